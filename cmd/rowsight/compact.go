package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/rls/compact"
)

// compactFlags are the options of the subcommand, as they were given.
type compactFlags struct {
	read  ruleFlags
	check bool
	outputFlags
}

func newCompact() *cobra.Command {
	var f compactFlags
	cmd := &cobra.Command{
		Use:     "compact [flags] RULES",
		Short:   "Write an equivalent rule file with fewer rules and values",
		Long:    compactHelp,
		Example: compactExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	f.read.register(flags)
	flags.BoolVar(&f.check, "check", false, "write no rules, and exit with code 3 if there could be fewer rules or values")
	f.outputFlags.register(cmd, "`FORMAT` to write: csv, json", "csv", "json")
	return cmd
}

func (f *compactFlags) run(cmd *cobra.Command, args []string) error {
	err := checkChoices(cmd)
	if len(args) != 1 {
		err = errors.Join(err, errors.New("want one permission dataset: RULES"))
	}
	if f.check && f.out != "" && f.format == "csv" {
		err = errors.Join(err, errors.New("--check writes no rules: --out is for --format json"))
	}
	if err != nil {
		return err
	}
	// The limit holds for what is written: splitting a cell that is too long is
	// what the command is for.
	read := f.read
	if read.maxCharacters >= 0 {
		read.maxCharacters = -1
	}
	rules, err := read.read(cmd, args[0])
	if err != nil {
		return err
	}
	opts := rules.Options()
	opts.MaxRunes = f.read.maxCharacters
	result, err := compact.RulesContext(cmd.Context(), rules, opts)
	if err != nil {
		return err
	}
	fewer := result.Rules.Len() < rules.Len() || result.After.Values < result.Before.Values
	if f.format == "json" {
		err = writeOut(cmd, f.out, args, func(w io.Writer) error { return f.writeJSON(w, result, fewer) })
	} else if !f.check {
		err = writeOut(cmd, f.out, args, result.WriteCSV)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), result)
	for _, viewer := range result.Unblocked {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s is above a limit and sees nothing; with the new rules the viewer is within it\n", printable(viewer.String()))
	}
	if f.check && fewer {
		return &foundError{"fewer rules or values show the same rows: run rowsight compact"}
	}
	return nil
}

// writeJSON writes the sizes and, unless they are only checked, the rules, whose
// first line is the header.
func (f *compactFlags) writeJSON(w io.Writer, r *compact.Result, fewer bool) error {
	type viewer struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	}
	type stats struct {
		Rules  int     `json:"rules"`
		Values int     `json:"values"`
		Most   int     `json:"most"`
		Who    *viewer `json:"who,omitempty"`
	}
	of := func(s compact.Stats) stats {
		out := stats{Rules: s.Rules, Values: s.Values, Most: s.Most}
		if s.Most > 0 {
			out.Who = &viewer{string(s.Who.Kind), s.Who.Name}
		}
		return out
	}
	doc := struct {
		Fewer     bool       `json:"fewer"`
		Before    stats      `json:"before"`
		After     stats      `json:"after"`
		Unblocked []viewer   `json:"freed"`
		Lines     [][]string `json:"lines,omitempty"`
	}{Fewer: fewer, Before: of(r.Before), After: of(r.After), Unblocked: []viewer{}}
	for _, v := range r.Unblocked {
		doc.Unblocked = append(doc.Unblocked, viewer{string(v.Kind), v.Name})
	}
	if !f.check {
		var err error
		if doc.Lines, err = cellsOf(r); err != nil {
			return err
		}
	}
	return writeIndented(w, doc)
}

// cellsOf returns the cells of rules as they are written to a file.
func cellsOf(r *compact.Result) ([][]string, error) {
	var b bytes.Buffer
	if err := r.WriteCSV(&b); err != nil {
		return nil, err
	}
	return csv.NewReader(&b).ReadAll()
}
