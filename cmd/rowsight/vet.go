package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/rulefile"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
	"github.com/rowsight/rowsight/rls/vet"
	"github.com/rowsight/rowsight/tagrules"
)

// vetFlags are the options of the subcommand, as they were given.
type vetFlags struct {
	tags    []string // configurations
	session tagFlags
	rules   ruleFlags
	users   rosterFlags
	data    []string
	read    dataFlags

	config string
	format string
	failOn string
	out    string
	list   bool
}

func newVet() *cobra.Command {
	var f vetFlags
	cmd := &cobra.Command{
		Use:                   "vet [flags] RULES...",
		DisableFlagsInUseLine: true,
		Short:                 "Find errors and probable mistakes in rules",
		Long:                  vetHelp,
		Example:               vetExamples,
		RunE:                  func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.data, "data", nil, "`FILE` or folder of the data that the rules restrict; may be repeated for several parts")
	f.users.register(flags, "")
	f.users.registerAccount(flags)
	flags.StringArrayVar(&f.tags, "tags", nil, "tag rules: `FILE` with the JSON of RowLevelPermissionTagConfiguration; may be repeated")
	f.session.registerSession(flags)
	f.rules.register(flags)
	f.read.register(flags)
	flags.StringVar(&f.config, "config", "", "`FILE` in YAML that silences findings and changes severities")
	flags.StringVar(&f.failOn, "fail-on", "error", "exit with code 3 on findings of `SEVERITY` or higher: error, warning, info, never")
	flags.StringVar(&f.format, "format", "text", "`FORMAT` of the findings: text, json, sarif, github, and html for a report")
	flags.StringVarP(&f.out, "out", "o", "", "write to `FILE`, which appears when it is complete (default: standard output)")
	choices(cmd, "fail-on", "error", "warning", "info", "never")
	choices(cmd, "format", "text", "json", "sarif", "github", "html")
	flags.BoolVar(&f.list, "list", false, "list all finding ids and exit")
	return cmd
}

func (f *vetFlags) run(cmd *cobra.Command, args []string) error {
	if f.list {
		return listKinds(cmd.OutOrStdout(), vet.Kinds())
	}
	err := checkChoices(cmd)
	if len(args)+len(f.tags) == 0 {
		err = errors.Join(err, errors.New("RULES are missing: want permission datasets, or tag rules with --tags FILE"))
	}
	rules := slices.ContainsFunc(args, func(path string) bool { return !isConfig(path) })
	if tags := len(f.tags) > 0 || slices.ContainsFunc(args, isConfig); f.session.given() && !tags {
		err = errors.Join(err, errors.New("session tags (--tag, …) need tag rules: want --tags FILE"))
	}
	if f.users.given() && !rules {
		err = errors.Join(err, errors.New("--users needs a permission dataset, because sessions with tags are anonymous"))
	}
	if err != nil {
		return err
	}
	config, err := readVetConfig(cmd.Context(), f.config)
	if err != nil {
		return err
	}
	noteWide(cmd.ErrOrStderr(), f.config, config)
	var from *origin
	if f.format == "html" {
		from, err = newOrigin(cmd, args, "Findings about "+strings.Join(slices.Concat(args, f.tags), ", "), use{"rules", args}, use{"tag rules", f.tags},
			use{"settings", []string{f.rules.settings}}, use{"roster", f.users.files()}, use{"data", f.data}, use{"vet configuration", []string{f.config}})
		if err != nil {
			return err
		}
	}
	findings, err := f.findings(cmd, args)
	if err != nil {
		return err
	}
	if findings, err = config.Apply(findings); err != nil {
		return err
	}
	write := map[string]func(io.Writer, []vet.Finding) error{
		"text": vet.WriteText, "json": vet.WriteJSON, "sarif": vet.WriteSARIF, "github": vet.WriteGitHub,
		"html": func(w io.Writer, findings []vet.Finding) error {
			page, err := from.done()
			if err != nil {
				return err
			}
			return vet.WriteHTML(w, findings, page)
		},
	}[f.format]
	inputs := slices.Concat(args, f.tags, f.data, f.users.files(), []string{f.config})
	if err := writeOut(cmd, f.out, inputs, func(w io.Writer) error { return write(w, findings) }); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), summary(findings))
	return failOn(f.failOn, findings)
}

// findings vets every file. Files are read one after the other, and the data
// anew for each.
func (f *vetFlags) findings(cmd *cobra.Command, args []string) ([]vet.Finding, error) {
	users, err := f.users.read(cmd)
	if err != nil {
		return nil, err
	}
	var sessions []vet.Session
	if f.session.given() {
		tags, _, err := f.session.session(cmd.Context())
		if err != nil {
			return nil, err
		}
		sessions = []vet.Session{{Name: "session", Tags: tags}}
	}
	if len(args)+len(f.tags) > 1 && slices.Contains(f.data, input.Stdin) {
		return nil, errors.New("--data -: standard input can be read only once: want one file of rules")
	}
	var all []vet.Finding
	for i, path := range slices.Concat(args, f.tags) {
		found, err := f.file(cmd, path, i >= len(args) || isConfig(path), users, sessions)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// file vets one file, as tag rules or as a permission dataset.
func (f *vetFlags) file(cmd *cobra.Command, path string, tags bool, users *roster.Roster, sessions []vet.Session) ([]vet.Finding, error) {
	ruleOptions := &vet.Options{Roster: users, Effort: predicate.NewEffort(cmd.Context(), 0)}
	tagOptions := &vet.TagOptions{Tags: &tagrules.Options{File: path, DataSet: f.rules.dataSet}, Sessions: sessions}
	var text io.Reader
	var restricted []string
	var book *rulefile.File
	if tags {
		var err error
		if text, err = openDocument(cmd.Context(), path); err != nil {
			return nil, err
		}
		if config, err := readConfig(cmd.Context(), path, f.rules.dataSet); err == nil { // else it is among the findings
			restricted = config.Columns()
		}
	} else {
		file, opts, err := f.rules.open(cmd, path)
		var bad *input.Error
		switch {
		case errors.As(err, &bad):
			return vet.Unreadable(bad.Pos.File, bad.Err, rulefile.Advice(bad.Err)), nil
		case err != nil:
			return nil, err
		}
		ruleOptions.Rules, ruleOptions.Assumed, text, book = opts, file.Assumed, file.Reader(), file
		rules, err := rls.ReadCSV(file.Reader(), opts)
		if err == nil {
			restricted = rules.Columns()
		}
		ruleOptions.Hint = file.Hint()
	}
	if len(f.data) > 0 {
		in, err := f.read.options(cmd.InOrStdin(), f.data)
		if err != nil {
			return nil, err
		}
		in.Restricted = restricted
		data, err := input.Open(cmd.Context(), f.data, in)
		if err != nil {
			return nil, &dataError{err}
		}
		defer data.Release()
		ruleOptions.Data, tagOptions.Data = data, data
	}
	var found []vet.Finding
	var err error
	if tags {
		found, err = vet.Tags(text, tagOptions)
	} else {
		found, err = vet.CSV(text, ruleOptions)
	}
	if err != nil {
		return nil, &dataError{err}
	}
	for i := range found {
		found[i].Pos = book.Locate(found[i].Pos)
	}
	return found, nil
}

// summary counts findings: those that are listed, and those that stand for
// more.
func summary(findings []vet.Finding) string {
	var count [vet.Error + 1]int
	silenced := 0
	for _, f := range findings {
		if f.Silenced != "" {
			silenced += 1 + f.More
		} else {
			count[f.Severity] += 1 + f.More
		}
	}
	s := fmt.Sprintf("%s, %s, %s", plain.Count(count[vet.Error], "error"), plain.Count(count[vet.Warning], "warning"), plain.Count(count[vet.Info], "note"))
	if silenced > 0 {
		s += fmt.Sprintf("; %d silenced", silenced)
	}
	return s
}

func listKinds(w io.Writer, kinds []vet.Kind) error {
	for _, k := range kinds {
		if _, err := fmt.Fprintf(w, "%s  %-7s  %s\n", k.ID, k.Severity, k.Title); err != nil {
			return &dataError{err}
		}
	}
	return nil
}
