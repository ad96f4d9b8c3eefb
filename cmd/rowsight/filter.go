package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/output"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/progress"
	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls/explain"
)

// filterFlags are the options of the subcommand, as they were given.
type filterFlags struct {
	viewer viewerFlags
	tags   tagFlags
	data   dataFlags

	format string
	out    string
	quiet  bool
}

// A view is what a viewer may see: which rows, of which columns the rules
// speak, and who it is, in the words of the summary.
type view struct {
	predicate predicate.Predicate
	columns   []string // that any rule names, for this viewer or not
	who       string
	notes     []string // what explains a surprising result
	files     []string // that were read, and must not be overwritten

	check   func([]predicate.Column) error  // of the rules; nil for none
	explain func() (*explain.Viewer, error) // by the same rules, which may come from a pipe
}

func newFilter() *cobra.Command {
	var f filterFlags
	cmd := &cobra.Command{
		Use: `filter --rules FILE --user NAME [flags] DATA...
  rowsight filter --tags FILE --tag KEY=VALUE [flags] DATA...`,
		Short:   "Write the rows of data that a viewer may see",
		Long:    filterHelp,
		Example: filterExamples,
		Args:    needData,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	f.viewer.register(flags)
	f.tags.register(flags)
	f.data.register(flags)
	flags.Lookup("delimiter").Usage = "`CHARACTER` between CSV fields, read and written; \\t is a tab (default: a comma, for *.tsv a tab)"
	flags.StringVar(&f.format, "format", "", "`FORMAT` to write: csv, jsonl, arrow, parquet, table (default: see above)")
	registerOut(cmd, &f.out)
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no summary, no progress bar")
	return cmd
}

// The garbage collector leaves a heap alone that is smaller than memoryLimit, unless it has grown by
// gcPercent. A process takes some 40 MB more.
const (
	memoryLimit = 88 << 20
	gcPercent   = 400
)

// limitMemory sets the garbage collector, unless its own variables do, and returns what sets it back.
func limitMemory() (back func()) {
	percent, limit := -2, int64(-1)
	if os.Getenv("GOGC") == "" {
		percent = debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		limit = debug.SetMemoryLimit(memoryLimit)
	}
	return func() {
		if percent >= -1 {
			debug.SetGCPercent(percent)
		}
		debug.SetMemoryLimit(limit) // negative: as it is
	}
}

func (f *filterFlags) run(cmd *cobra.Command, args []string) error {
	defer limitMemory()()
	view, err := viewOf(cmd, &f.viewer, &f.tags)
	if err != nil {
		return err
	}
	in, err := f.inputOptions(cmd.InOrStdin(), args)
	if err != nil {
		return err
	}
	f.data.restrict(in, view.columns)
	in.Prune = &view.predicate
	// JSON lines that are written as JSON lines stay as they are.
	in.Lines = f.outputFormat(cmd.OutOrStdout(), input.JSONL) == input.JSONL
	ctx, cancel := context.WithCancel(cmd.Context())
	data, err := input.Open(ctx, args, in)
	if err != nil {
		cancel()
		return &dataError{err}
	}
	defer func() {
		cancel() // ends a read that Release waits for
		data.Release()
	}()
	filter, err := bind(view, data)
	if err != nil {
		return err
	}
	header := data.Schema()
	rows := view.predicate.Rows() // bind has looked at the columns that are restricted
	if f.copiesLines(cmd.OutOrStdout(), data, in) && data.CopyLines(rows.Columns()) {
		if filter, err = batch.Bind(rows, data.Schema(), nil); err != nil {
			return err
		}
	}
	view.check, view.explain = nil, nil // the rules are not needed any more, and may be large
	visible, err := f.write(ctx, cancel, cmd, view, filter, header, data, in)
	if err != nil {
		return err
	}
	if !f.quiet {
		printNotes(cmd, view.notes)
		fmt.Fprintf(cmd.ErrOrStderr(), "%s of %s rows visible to %s\n",
			plain.Number(int(visible)), plain.Number(int(data.Rows())), view.who)
		if p := data.Pruned(); p.Skipped > 0 {
			parts := "row groups"
			if data.Format == input.Arrow {
				parts = "batches"
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "skipped %s of %s %s without visible rows, %.0f%% of the bytes\n",
				plain.Number(p.Skipped), plain.Number(p.Parts), parts, 100*float64(p.BytesSkipped)/float64(max(p.Bytes, 1)))
		}
	}
	return nil
}

// printNotes prints what explains a surprising result.
func printNotes(cmd *cobra.Command, notes []string) {
	for _, note := range notes {
		fmt.Fprintf(cmd.ErrOrStderr(), "note: %s\n", note)
	}
}

// viewOf resolves the rules for the viewer, whichever kind of rules it is.
func viewOf(cmd *cobra.Command, viewer *viewerFlags, tags *tagFlags) (view, error) {
	switch {
	case viewer.rules != "" && tags.config != "":
		return view{}, errors.New("--rules and --tags exclude each other: want one of them")
	case viewer.rules != "":
		if tags.given() {
			return view{}, errors.New("session tags (--tag, …) need --tags FILE, not --rules")
		}
		return viewer.view(cmd)
	case tags.config != "":
		if viewer.given() {
			return view{}, errors.New("--user, --group and --namespace need --rules FILE, not --tags")
		}
		return tags.view(cmd.Context(), viewer.read.dataSet)
	}
	return view{}, errors.New("the rules are missing: want --rules FILE or --tags FILE")
}

func (f *filterFlags) inputOptions(stdin io.Reader, args []string) (*input.Options, error) {
	in, err := f.data.options(stdin, args)
	if f.format != "" && !slices.Contains(output.Formats(), input.Format(f.format)) {
		err = errors.Join(err, fmt.Errorf("--format: got %q, want csv, jsonl, arrow, parquet or table", f.format))
	}
	return in, err
}

// outputFormat is what is asked for, or what the name of the file says, or a
// table where somebody looks at it, or the format of the data.
func (f *filterFlags) outputFormat(stdout io.Writer, data input.Format) input.Format {
	switch {
	case f.format != "":
		return input.Format(f.format)
	case f.out != "" && input.FormatOf(f.out) != "":
		return input.FormatOf(f.out)
	case f.out == "" && isTerminal(stdout):
		return output.Table
	}
	if data == input.Workbook {
		return input.CSV
	}
	return data
}

// outputDelimiter is that of the data, unless the name of the file asks for
// another one.
func (f *filterFlags) outputDelimiter(data rune) rune {
	switch out := strings.ToLower(f.out); {
	case f.data.delimiter != "":
		return data
	case strings.HasSuffix(out, ".tsv"):
		return '\t'
	case strings.HasSuffix(out, ".csv"):
		return ','
	}
	return data
}

// copiesLines reports whether records of CSV are written with the delimiter with
// which they were read. They are copied then, and not taken apart.
func (f *filterFlags) copiesLines(stdout io.Writer, data *input.Data, in *input.Options) bool {
	read, written := cmp.Or(in.Delimiter, ','), cmp.Or(f.outputDelimiter(in.Delimiter), ',')
	return data.Format == input.CSV && f.outputFormat(stdout, data.Format) == input.CSV && read == written
}

// bind binds the viewer's predicate. Rules that do not fit the data are an error
// also for a viewer without a rule: the command reads rules and data in one go.
func bind(v view, data *input.Data) (*batch.Filter, error) {
	schema := data.Schema()
	filter, err := batch.Bind(v.predicate.Restrict(v.columns...), schema, nil)
	if err == nil {
		return filter, nil
	}
	if v.check != nil && errors.Is(err, batch.ErrNoColumn) {
		if about := v.check(batch.Columns(schema)); about != nil {
			err = about // it knows more about names
		}
	}
	if hint := binaryHint(err); hint != nil {
		err = errors.Join(err, hint)
	}
	if !errors.Is(err, batch.ErrNoColumn) || schema.NumFields() == 0 || data.Format == input.JSONL {
		return nil, err
	}
	var names []string
	for _, field := range schema.Fields() {
		names = append(names, field.Name)
	}
	hint := ""
	if data.Format == input.CSV && csvtext.OneColumn(names) {
		hint = "; does the file use another --delimiter?"
	}
	return nil, errors.Join(err, fmt.Errorf("the data has the columns %q%s", names, hint))
}

// binaryHint says what can be done about restricted columns that are binary; nil
// if there is none.
func binaryHint(err error) error {
	var errs []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		errs = joined.Unwrap()
	} else {
		errs = []error{err}
	}
	for _, err := range errs {
		if at, ok := errors.AsType[*batch.BindError](err); ok && at.Type != nil && errors.Is(err, batch.ErrNotText) && strings.Contains(at.Type.String(), "binary") {
			return errors.New("if the bytes are text in UTF-8, --binary-as-text reads them")
		}
	}
	return nil
}

// write writes what filter lets pass, and returns how many rows that are.
// cancel ends the reading of data, which may wait for a pipe.
func (f *filterFlags) write(ctx context.Context, cancel func(), cmd *cobra.Command, v view, filter *batch.Filter, header *arrow.Schema, data *input.Data, in *input.Options) (visible int64, err error) {
	stdout := cmd.OutOrStdout()
	format := f.outputFormat(stdout, data.Format)
	opts := &output.Options{
		Delimiter: f.outputDelimiter(in.Delimiter),
		Header:    header,
		Stream:    strings.HasSuffix(strings.ToLower(f.out), ".arrows"),
		Color:     f.out == "" && isTerminal(stdout) && os.Getenv("NO_COLOR") == "",

		Compression: data.Compression,
	}
	var to io.Writer = stdout
	if f.out == "" && isInput(stdout, data) {
		return 0, errors.New("standard output is one of the input files")
	}
	var file *output.File
	if f.out != "" {
		file, err = output.Create(f.out, func(info fs.FileInfo) bool { return data.Holds(info) || sameFile(v.files, info) })
		if err != nil {
			return 0, fmt.Errorf("--out: %w", err)
		}
		defer file.Discard()
		to = file
	}
	w, err := output.New(to, format, data.Schema(), opts)
	if err != nil {
		return 0, fmt.Errorf("--format %s: %w", format, err)
	}
	stop := f.progress(cmd, data)
	defer stop()
	for rec, err := range filter.Records(ctx, data) {
		if err != nil {
			return 0, &dataError{err}
		}
		visible += rec.NumRows()
		if err := w.Write(rec); err != nil {
			cancel() // leaving the loop waits for the reader
			return 0, &dataError{fmt.Errorf("writing %s: %w", format, err)}
		}
	}
	if err := w.Close(); err != nil {
		return 0, &dataError{fmt.Errorf("writing %s: %w", format, err)}
	}
	stop()
	if err = ctx.Err(); err == nil && file != nil {
		err = file.Commit()
	}
	return visible, dataFault(err)
}

// progress shows a bar where it disturbs nobody: on a terminal that does not
// show the rows themselves.
func (f *filterFlags) progress(cmd *cobra.Command, data *input.Data) (stop func()) {
	stderr := cmd.ErrOrStderr()
	if f.quiet || !isTerminal(stderr) || f.out == "" && isTerminal(cmd.OutOrStdout()) {
		return func() {}
	}
	return progress.Start(stderr, func() progress.State {
		done, total := data.Progress()
		return progress.State{Done: done, Total: total, Rows: data.Rows()}
	})
}

// isInput reports whether w is one of the files that are read, as in
// rowsight filter … data.csv >> data.csv, which would never end.
func isInput(w io.Writer, data *input.Data) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode().IsRegular() && data.Holds(info)
}

func sameFile(paths []string, info fs.FileInfo) bool {
	for _, path := range paths {
		if other, err := os.Stat(path); err == nil && os.SameFile(other, info) {
			return true
		}
	}
	return false
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
