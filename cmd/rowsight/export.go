package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls/policy"
	"github.com/rowsight/rowsight/rls/roster"
)

// exportFlags are the options of the subcommand, as they were given.
type exportFlags struct {
	to       string
	table    []string
	viewer   viewerFlags
	tags     tagFlags
	columns  []string
	fieldIDs []string // COLUMN=ID

	name        string
	createRoles bool
	arns        bool
	dialect     string
	dataset     int
	out         string
}

func newExport() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use: `export --to TARGET --table NAME --rules FILE [flags]
  rowsight export --to TARGET --rules FILE --user NAME [flags]
  rowsight export --to TARGET --tags FILE --tag KEY=VALUE [flags]`,
		Short:   "Write rules as the row policy of a database, a catalog or a dashboard",
		Long:    exportHelp,
		Example: exportExamples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("got %q, want flags only", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	var targets []string
	for _, t := range policy.Targets() {
		targets = append(targets, t.String())
	}
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "", "`TARGET`: "+strings.Join(targets, ", "))
	flags.StringArrayVar(&f.table, "table", nil, "`NAME` of the table; dots separate its parts. Or repeat the flag, once for each part")
	f.viewer.register(flags)
	f.tags.register(flags)
	flags.Lookup("users").Usage = "roster: `FILE` with a column of users and one of groups. Export then writes one policy for each user, with the rules of the user's groups (default: one for each user and group that the rules name). For one viewer, the roster gives the groups"
	flags.StringArrayVar(&f.columns, "column", nil, "`NAME` of a text column, in the order of the table; may be repeated (default: the restricted columns)")
	flags.StringArrayVar(&f.fieldIDs, "field-id", nil, "`COLUMN=ID`: the field ID of a column of an Iceberg table; needed for each restricted column; may be repeated")
	flags.StringVar(&f.name, "name", "", "`NAME` of the policy, or prefix of the names of several (default \"rowsight\")")
	flags.BoolVar(&f.createRoles, "create-roles", false, "postgresql: create missing roles, without a login")
	flags.BoolVar(&f.arns, "arns", false, "use the whole ARN of a principal instead of the name in it; lakeformation always does")
	flags.StringVar(&f.dialect, "dialect", "", "superset, superset-guest: `NAME` of the SQL dialect of the dataset's database")
	flags.IntVar(&f.dataset, "dataset", 0, "superset-guest: `ID` of the dataset; without it the filter applies to every dataset of the dashboard")
	registerOut(cmd, &f.out)
	choices(cmd, "to", targets...)
	return cmd
}

func (f *exportFlags) run(cmd *cobra.Command) error {
	if f.to == "" {
		return errors.New("the target is missing: want --to TARGET")
	}
	if err := checkChoices(cmd); err != nil {
		return err
	}
	target, err := policy.ParseTarget(f.to)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	opts := &policy.Options{Name: f.name, CreateRoles: f.createRoles, Dataset: f.dataset}
	table, err := f.tableOf()
	if f.dialect != "" {
		var bad error
		if opts.Dialect, bad = where.ParseDialect(f.dialect); bad != nil {
			err = errors.Join(err, fmt.Errorf("--dialect: %w", bad))
		}
	} else if target == policy.Superset || target == policy.SupersetGuest {
		err = errors.Join(err, fmt.Errorf("%s needs the SQL dialect of the dataset's database: want --dialect NAME", target))
	}
	if len(f.table) == 0 && !target.OneViewer() {
		err = errors.Join(err, errors.New("the table is missing: want --table NAME"))
	}
	if err != nil {
		return err
	}
	if target.OneViewer() {
		return f.filter(cmd, target, table, opts)
	}
	return f.script(cmd, target, table, opts)
}

// tableOf is the table of the flags. Every problem is reported.
func (f *exportFlags) tableOf() (policy.Table, error) {
	t := policy.Table{Name: f.table, Columns: f.columns}
	if len(f.table) == 1 {
		t.Name = strings.Split(f.table[0], ".")
	}
	ids, err := pairs("field-id", "COLUMN=ID", f.fieldIDs)
	for _, pair := range ids {
		id, bad := strconv.Atoi(pair[1])
		if bad != nil || id < 1 {
			err = errors.Join(err, fmt.Errorf("--field-id: got %q, want a number from 1", pair[0]+"="+pair[1]))
			continue
		}
		if t.FieldIDs == nil {
			t.FieldIDs = make(map[string]int)
		}
		t.FieldIDs[pair[0]] = id
	}
	return t, err
}

// filter writes the policy of one viewer.
func (f *exportFlags) filter(cmd *cobra.Command, target policy.Target, table policy.Table, opts *policy.Options) error {
	view, err := viewOf(cmd, &f.viewer, &f.tags)
	if err != nil {
		return err
	}
	text, err := policy.Filter(target, table, view.predicate, opts)
	if err != nil {
		return err
	}
	printNotes(cmd, view.notes)
	return writeBytes(cmd, f.out, view.files, text)
}

// script writes the policy of everybody.
func (f *exportFlags) script(cmd *cobra.Command, target policy.Target, table policy.Table, opts *policy.Options) error {
	viewer := f.viewer
	viewer.rules, viewer.read, viewer.users = "", ruleFlags{}, rosterFlags{}
	switch {
	case viewer.given() || f.tags.config != "" || f.tags.given():
		return fmt.Errorf("%s takes the rules of all viewers: want --rules FILE and no viewer", target)
	case f.viewer.rules == "":
		return errors.New("the rules are missing: want --rules FILE")
	}
	rules, err := f.viewer.read.read(cmd, f.viewer.rules)
	if err != nil {
		return err
	}
	users, err := f.viewer.users.read(cmd)
	if err != nil {
		return err
	}
	var viewers []roster.Viewer
	if users != nil {
		if viewers, err = users.Viewers(rules); err != nil {
			return err
		}
		viewers = slices.Concat([]roster.Viewer{}, viewers) // an empty roster is not none
	}
	var name func(roster.Viewer) string
	if f.arns || target == policy.LakeFormation {
		name = func(v roster.Viewer) string { return v.Name }
	}
	grants, err := policy.ForRules(rules, viewers, name)
	if err != nil {
		return err
	}
	text, err := policy.Script(target, policy.Policy{Table: table, Grants: grants}, opts)
	if err != nil {
		return err
	}
	return writeBytes(cmd, f.out, append(f.viewer.users.files(), f.viewer.rules), text)
}

const (
	exportHelp = `Export writes the rules as native policies of another system: row-level security in the
language of that system, which then filters every query by itself. If the target cannot
express the rules exactly, export fails and writes nothing.

These targets know the current user, so export writes the rules of all users (--rules):
postgresql, clickhouse, snowflake, bigquery, databricks, trino-file, lakeformation,
superset. Users and groups of the rules are the users, groups or roles of the target with
the same name. For ARNs, that is the name in the ARN, or with --arns the whole ARN. Without
--users, export writes one policy for each user and each group that the rules name, and
the target unites the policies of a user and the user's groups. trino-file cannot do that
and needs --users, a roster of users and their groups.

These targets get the filter of one viewer (--user or --tag):
trino-opa, superset-guest, iceberg, substrait.

docs/policies.md says how to install each, and what to remove first.

Exit codes
  0  done
  1  wrong usage, bad rules, or rules that the target cannot express
  2  output that cannot be written`

	exportExamples = `  # row-level security in PostgreSQL, with roles for everybody
  rowsight export --to postgresql --table public.sales --rules rules.csv --create-roles |
      psql -v ON_ERROR_STOP=1 shop

  # the access control file of a Trino cluster, for the users of a roster
  rowsight export --to trino-file --table lake.emea.sales --rules rules.csv \
      --users users.csv

  # the row filter for Bob, as a policy agent answers it to Trino
  rowsight export --to trino-opa --rules rules.csv --user Bob --group US-Sales

  # the filter in a guest token, for an anonymous session
  rowsight export --to superset-guest --dialect postgresql --dataset 7 \
      --tags config.json --tag-env tenant=TENANT`
)
