package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/diff"
	"github.com/rowsight/rowsight/rls/report"
	"github.com/rowsight/rowsight/rls/roster"
	"github.com/rowsight/rowsight/tagrules"
)

// diffFlags are the options of the subcommand, as they were given.
type diffFlags struct {
	kind      string
	ruleFlags ruleFlags
	users     rosterFlags
	data      []string
	read      dataFlags
	samples   int
	session   tagFlags

	failOn string
	outputFlags

	from *origin // of a report
}

// A change is what somebody gains and loses.
type change interface {
	HasGain() bool
	HasLoss() bool
	String() string
}

// A comparison says who gains and loses rows, of rules or of tag rules.
type comparison interface {
	change
	WriteHTML(io.Writer, *report.Page) error
}

func newDiff() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:     "diff [flags] OLD NEW",
		Short:   "Show which rows viewers gain and lose by a change of rules",
		Long:    diffHelp,
		Example: diffExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	f.users.register(flags, " (default: the users and groups that the rules name)")
	f.users.registerAccount(flags)
	flags.StringArrayVar(&f.data, "data", nil, "`FILE` or folder of data to count rows in; may be repeated for several parts")
	flags.IntVar(&f.samples, "samples", 3, "show at most `N` rows gained and as many rows lost for each difference; rows with equal restricted values are one sample")
	registerFailOn(cmd, &f.failOn)
	flags.StringVar(&f.kind, "kind", "", "`KIND` of the files: rules, tags (default: tags if one is named *.json)")
	f.ruleFlags.register(flags)
	f.session.registerSession(flags)
	f.read.register(flags)
	f.outputFlags.register(cmd, "`FORMAT` to write: text, json, and html for a report", "text", "json", "html")
	choices(cmd, "kind", "rules", "tags")
	return cmd
}

func (f *diffFlags) run(cmd *cobra.Command, args []string) error {
	err := checkChoices(cmd)
	switch {
	case len(args) != 2:
		err = errors.Join(err, errors.New("want two files: OLD and NEW"))
	case args[0] == input.Stdin && args[1] == input.Stdin:
		err = errors.Join(err, errors.New("OLD and NEW cannot both be standard input"))
	}
	if f.samples < 0 {
		err = errors.Join(err, errors.New("--samples: want 0 or more"))
	}
	if err != nil {
		return err
	}
	if f.format == "html" {
		f.from, err = newOrigin(cmd, args, "What changes from "+args[0]+" to "+args[1], use{"old rules", args[:1]}, use{"new rules", args[1:]},
			use{"settings", []string{f.ruleFlags.settings}}, use{"roster", f.users.files()}, use{"data", f.data})
		if err != nil {
			return err
		}
	}
	var result comparison
	if f.kind == "tags" || f.kind == "" && slices.ContainsFunc(args, isConfig) {
		result, err = f.compareTags(cmd, args)
	} else {
		result, err = f.compareRules(cmd, args)
	}
	if err != nil {
		return err
	}
	inputs := slices.Concat(args, f.data, f.users.files())
	if err := writeOut(cmd, f.out, inputs, func(w io.Writer) error { return f.write(w, result) }); err != nil {
		return err
	}
	return failOnChange(f.failOn, "a viewer", "rows", result)
}

// registerFailOn adds the flag by which a change is a failure.
func registerFailOn(cmd *cobra.Command, failOn *string) {
	cmd.Flags().StringVar(failOn, "fail-on", "never", "exit with code 3 on a `CHANGE`: gain, loss, any, never")
	choices(cmd, "fail-on", "gain", "loss", "any", "never")
}

// failOnChange returns a [foundError] if somebody gains or loses what --fail-on names.
func failOnChange(failOn, who, what string, result change) error {
	switch {
	case failOn != "loss" && failOn != "never" && result.HasGain():
		return &foundError{fmt.Sprintf("%s gains %s: --fail-on is %s", who, what, failOn)}
	case failOn != "gain" && failOn != "never" && result.HasLoss():
		return &foundError{fmt.Sprintf("%s loses %s: --fail-on is %s", who, what, failOn)}
	}
	return nil
}

func (f *diffFlags) compareRules(cmd *cobra.Command, args []string) (comparison, error) {
	if f.session.given() {
		return nil, errors.New("session tags (--tag, …) are for tag configurations; see --kind")
	}
	old, err := f.rules(cmd, args[0])
	newer, err2 := f.rules(cmd, args[1])
	users, err3 := f.users.read(cmd)
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, err
	}
	viewers, err := roster.Viewers(users, old, newer)
	if err != nil { // not the fault of the data
		return nil, err
	}
	noteUnlisted(cmd.ErrOrStderr(), users, viewers)
	f.from.viewers(users, f.users.name(), viewers)
	if err := f.from.findings(cmd, vetFlags{rules: f.ruleFlags, data: f.data, read: f.read}, args[1], false, users); err != nil {
		return nil, err
	}
	opts, release, err := f.options(cmd, slices.Concat(old.Columns(), newer.Columns()))
	if err != nil {
		return nil, err
	}
	defer release()
	opts.Roster = users
	result, err := diff.Rules(old, newer, opts)
	if err != nil {
		return nil, &dataError{err}
	}
	return result, nil
}

// compareTags compares for all sessions there can be, or for one that is given.
func (f *diffFlags) compareTags(cmd *cobra.Command, args []string) (comparison, error) {
	var err error
	if f.users.given() {
		err = errors.New("--users is only for permission datasets: sessions with tags are anonymous")
	}
	if len(f.data) > 0 && !f.session.given() {
		err = errors.Join(err, errors.New("--data needs the tags of a session (--tag, …) if tag configurations are compared"))
	}
	tags, _, err2 := f.session.session(cmd.Context())
	old, err3 := f.config(cmd, args[0])
	newer, err4 := f.config(cmd, args[1])
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return nil, err
	}
	if err := f.from.findings(cmd, vetFlags{}, args[1], true, nil); err != nil {
		return nil, err
	}
	if !f.session.given() {
		return diff.Tags(old, newer)
	}
	var columns []string
	for _, config := range []*tagrules.Config{old, newer} {
		if config == nil {
			continue
		}
		columns = append(columns, config.Columns()...)
		if _, err := config.For(tags...); err != nil { // not the fault of the data
			return nil, err
		}
	}
	opts, release, err := f.options(cmd, columns)
	if err != nil {
		return nil, err
	}
	defer release()
	result, err := diff.Sessions(old, newer, []tagrules.Tags{tags}, opts)
	if err != nil {
		return nil, &dataError{err}
	}
	return result, nil
}

// config reads OLD or NEW; nil stands for no rules.
func (f *diffFlags) config(cmd *cobra.Command, path string) (*tagrules.Config, error) {
	switch path {
	case noRules:
		return nil, nil
	case input.Stdin:
		return tagrules.Parse(cmd.InOrStdin(), &tagrules.Options{File: "standard input", DataSet: f.ruleFlags.dataSet})
	}
	return readConfig(cmd.Context(), path, f.ruleFlags.dataSet)
}

// noRules stands for OLD or NEW where there is no file, as in the diffs of git:
// nobody sees a row.
const noRules = "/dev/null"

// options are those of package diff, with data that has the columns, if there
// is any, which release gives back.
func (f *diffFlags) options(cmd *cobra.Command, columns []string) (opts *diff.Options, release func(), err error) {
	opts = &diff.Options{Samples: f.samples, Effort: predicate.NewEffort(cmd.Context(), 0)}
	if f.samples == 0 {
		opts.Samples = -1
	}
	if len(f.data) == 0 {
		return opts, func() {}, nil
	}
	data, err := f.read.open(cmd, f.data, view{columns: columns})
	if err != nil {
		return nil, nil, err
	}
	opts.Data = data
	return opts, data.Release, nil
}

// rules reads OLD or NEW.
func (f *diffFlags) rules(cmd *cobra.Command, path string) (*rls.Rules, error) {
	if path == noRules {
		return new(rls.Rules), nil
	}
	return f.ruleFlags.read(cmd, path)
}

func (f *diffFlags) write(w io.Writer, result comparison) error {
	if f.format == "html" {
		return f.from.write(w, result.WriteHTML)
	}
	return writeTextOrJSON(w, f.format, result)
}
