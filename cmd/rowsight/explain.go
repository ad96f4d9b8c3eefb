package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/explain"
)

// explainFlags are the options of the subcommand, as they were given.
type explainFlags struct {
	viewer viewerFlags
	tags   tagFlags
	data   dataFlags

	pick   pickFlags
	format string
	quiet  bool
}

func newExplain() *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use: `explain --rules FILE --user NAME [flags] DATA...
  rowsight explain --tags FILE --tag KEY=VALUE [flags] DATA...`,
		Short:   "Explain why a viewer sees a row or not",
		Long:    explainHelp,
		Example: explainExamples,
		Args:    needData,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	f.pick.register(flags)
	f.viewer.register(flags)
	f.tags.register(flags)
	f.data.register(flags)
	flags.StringVar(&f.format, "format", "text", "`FORMAT` of the answers: text, json")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no summary")
	choices(cmd, "format", "text", "json")
	return cmd
}

func (f *explainFlags) run(cmd *cobra.Command, args []string) error {
	pick, err := f.pick.parse()
	in, err2 := f.data.options(cmd.InOrStdin(), args)
	if err := errors.Join(err, err2, checkChoices(cmd)); err != nil {
		return err
	}
	view, err := viewOf(cmd, &f.viewer, &f.tags)
	if err != nil {
		return f.overLimit(cmd, err)
	}
	viewer, err := view.explain()
	if err != nil {
		return f.overLimit(cmd, err)
	}
	f.data.restrict(in, view.columns)
	data, err := input.Open(cmd.Context(), args, in)
	if err != nil {
		return &dataError{err}
	}
	defer data.Release()
	// What does not fit is an error before the first answer, as in filter.
	if _, err := bind(view, data); err != nil {
		return err
	}
	if err := pick.check(data.Schema()); err != nil {
		return err
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	write, end := writeText(out)
	if f.format == "json" {
		write, end = writeJSON(out)
	}
	// Where no rule applies every row has the same answer, which is said once.
	if nobody := viewer.Row(func(string) (string, bool) { return "", false }); nobody.Reason == explain.NoRule && f.format != "json" && len(pick.numbers)+len(pick.where) == 0 {
		if err := errors.Join(write(nobody), end(), out.Flush()); err != nil {
			return &dataError{err}
		}
		if !f.quiet {
			printNotes(cmd, view.notes)
			fmt.Fprintf(cmd.ErrOrStderr(), "no row visible to %s\n", view.who)
		}
		return nil
	}
	shown, visible := 0, 0
	for a, err := range answers(viewer, data, pick) {
		if err != nil {
			return errors.Join(out.Flush(), &dataError{err})
		}
		if shown++; a.Visible {
			visible++
		}
		if err := write(a); err != nil {
			return &dataError{err}
		}
	}
	if err := errors.Join(end(), out.Flush()); err != nil {
		return &dataError{err}
	}
	if err := pick.missing(data.Rows()); err != nil {
		return err
	}
	if !f.quiet {
		printNotes(cmd, view.notes)
		if shown == 0 && len(pick.where) > 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), "note: no row matches --where; values are compared exactly")
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s of %s explained rows visible to %s\n",
			plain.Number(visible), plain.Number(shown), view.who)
	}
	return nil
}

// overLimit says also in JSON that a viewer is over a limit, and sees no row for
// that reason (U14, U15). It returns err.
func (f *explainFlags) overLimit(cmd *cobra.Command, err error) error {
	var limit *rls.LimitError
	if f.format != "json" || !errors.As(err, &limit) {
		return err
	}
	answer := struct {
		Error string `json:"error"`
	}{err.Error()}
	return errors.Join(err, writeIndented(cmd.OutOrStdout(), answer))
}

// answers explains the rows that are picked, in the order of the data.
func answers(viewer *explain.Viewer, data *input.Data, pick *pick) iter.Seq2[explain.Answer, error] {
	return func(yield func(explain.Answer, error) bool) {
		for before := 0; !pick.done(before) && data.Next(); before += int(data.Record().NumRows()) {
			rec := data.Record()
			rows, err := pick.rows(rec, before)
			if err != nil {
				yield(explain.Answer{}, err)
				return
			}
			for a, err := range explainRows(viewer, rec, rows) {
				a.Row += before
				if !yield(a, err) || err != nil {
					return
				}
			}
		}
		if err := data.Err(); err != nil {
			yield(explain.Answer{}, err)
		}
	}
}

// explainRows explains some rows of a record, or all of them at once.
func explainRows(viewer *explain.Viewer, rec arrow.Record, rows []int) iter.Seq2[explain.Answer, error] {
	return func(yield func(explain.Answer, error) bool) {
		if int64(len(rows)) == rec.NumRows() {
			r, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
			if err != nil {
				yield(explain.Answer{}, err)
				return
			}
			defer r.Release()
			viewer.Records(r)(yield)
			return
		}
		for _, row := range rows {
			if !yield(viewer.At(rec, row)) {
				return
			}
		}
	}
}

// writeText writes an answer as lines of text.
func writeText(w io.Writer) (write func(explain.Answer) error, end func() error) {
	var buf []byte
	return func(a explain.Answer) error {
		buf = a.AppendTo(buf[:0])
		_, err := w.Write(buf)
		return err
	}, func() error { return nil }
}

// writeJSON writes a list of answers, each on a line of its own.
func writeJSON(w io.Writer) (write func(explain.Answer) error, end func() error) {
	between := "[\n"
	return func(a explain.Answer) error {
			text, err := json.Marshal(a)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(w, "%s%s", between, text)
			between = ",\n"
			return err
		}, func() error {
			if between == "[\n" {
				_, err := io.WriteString(w, "[]\n")
				return err
			}
			_, err := io.WriteString(w, "\n]\n")
			return err
		}
}

// needData holds that data is named.
func needData(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("DATA is missing: name files or folders, or - for standard input")
	}
	if slices.Contains(args, "") {
		return errors.New("DATA: got an empty name")
	}
	return nil
}
