package main

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/rulefile"
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

	findingFlags
}

func newVet() *cobra.Command {
	var f vetFlags
	cmd := &cobra.Command{
		Use:     "vet [flags] RULES...",
		Short:   "Find errors and probable mistakes in rules",
		Long:    vetHelp,
		Example: vetExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.data, "data", nil, "`FILE` or folder of the data that the rules restrict; may be repeated for several parts")
	f.users.register(flags, "")
	f.users.registerAccount(flags)
	flags.StringArrayVar(&f.tags, "tags", nil, "tag rules: `FILE` with the JSON of RowLevelPermissionTagConfiguration; may be repeated")
	f.session.registerSession(flags)
	f.rules.register(flags)
	f.read.register(flags)
	f.register(cmd)
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
	config, from, err := f.start(cmd, args, "Findings about "+strings.Join(slices.Concat(args, f.tags), ", "), use{"rules", args}, use{"tag rules", f.tags},
		use{"settings", []string{f.rules.settings}}, use{"roster", f.users.files()}, use{"data", f.data})
	if err != nil {
		return err
	}
	findings, err := f.findings(cmd, args)
	if err != nil {
		return err
	}
	return f.finish(cmd, config, from, findings, vet.WriteSARIF, slices.Concat(args, f.tags, f.data, f.users.files())...)
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
