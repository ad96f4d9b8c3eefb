package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/output"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/exposure"
	"github.com/rowsight/rowsight/rls/roster"
)

// whoFlags are the options of the subcommand, as they were given.
type whoFlags struct {
	rules  string
	read   ruleFlags
	users  rosterFlags
	values []string // COLUMN=VALUE
	row    int
	data   dataFlags

	maxValues int
	outputFlags
}

func newWho() *cobra.Command {
	var f whoFlags
	cmd := &cobra.Command{
		Use: `who --rules FILE --value COLUMN=VALUE... [flags]
  rowsight who --rules FILE --row N [flags] DATA...
  rowsight who --rules FILE [flags] DATA...`,
		Short:   "List who sees a row, or how much of the data each viewer sees",
		Long:    whoHelp,
		Example: whoExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.rules, "rules", "", "permission dataset: `FILE` with rules, in CSV, xlsx, Parquet, Arrow or JSON lines")
	flags.StringArrayVar(&f.values, "value", nil, "`COLUMN=VALUE` of the rows; may be repeated, and all must match")
	flags.IntVar(&f.row, "row", 0, "`NUMBER` of a row of the data, from 1")
	f.users.register(flags, " (default: the users and groups that the rules name)")
	f.users.registerAccount(flags)
	f.read.register(flags)
	f.data.register(flags)
	flags.IntVar(&f.maxValues, "max-values", exposure.DefaultMaxValues, "count at most `N` values of a column separately in a report; 0 counts all")
	f.outputFlags.register(cmd, "`FORMAT` to write: table, csv, json, and html for a report", "table", "csv", "json", "html")
	return cmd
}

func (f *whoFlags) run(cmd *cobra.Command, args []string) error {
	values, err := f.check(cmd, args)
	if err != nil {
		return err
	}
	var from *origin
	if f.format == "html" {
		from, err = newOrigin(cmd, args, "Who sees "+strings.Join(args, ", "), use{"rules", []string{f.rules}}, use{"settings", []string{f.read.settings}}, use{"roster", f.users.files()}, use{"data", args})
		if err != nil {
			return err
		}
	}
	rules, err := f.read.read(cmd, f.rules)
	if err != nil {
		return err
	}
	users, err := f.users.read(cmd)
	if err != nil {
		return err
	}
	viewers, err := roster.Viewers(users, rules)
	if err != nil { // not the fault of the data
		return err
	}
	noteUnlisted(cmd.ErrOrStderr(), users, viewers)
	from.viewers(users, f.users.name(), viewers)
	inputs := slices.Concat(args, append(f.users.files(), f.rules))
	if len(values) == 0 && f.row == 0 {
		report, err := f.report(cmd, args, rules, users)
		if err != nil {
			return err
		}
		if err := from.findings(cmd, vetFlags{rules: f.read, data: args, read: f.data}, f.rules, false, users); err != nil {
			return err
		}
		return writeOut(cmd, f.out, inputs, func(w io.Writer) error { return f.writeReport(w, report, from) })
	}
	index, err := exposure.NewIndex(rules, users)
	if err != nil {
		return err
	}
	var answer exposure.Answer
	if f.row > 0 {
		answer, err = f.ofRow(cmd, args, rules, index)
	} else {
		answer, err = index.Values(values)
	}
	if err != nil {
		return err
	}
	return writeOut(cmd, f.out, inputs, func(w io.Writer) error { return f.writeAnswer(w, answer) })
}

// check reports everything that is wrong with the flags, and returns the values
// that were asked for.
func (f *whoFlags) check(cmd *cobra.Command, args []string) (map[string]string, error) {
	list, err := pairs("value", "COLUMN=VALUE", f.values)
	errs := []error{err}
	values := make(map[string]string)
	for _, p := range list {
		if _, ok := values[p[0]]; ok {
			errs = append(errs, fmt.Errorf("--value: got two values for column %q, want one", p[0]))
		}
		values[p[0]] = p[1]
	}
	asked, row := f.values != nil, cmd.Flags().Changed("row")
	if f.rules == "" {
		errs = append(errs, errors.New("the rules are missing: want --rules FILE"))
	}
	switch {
	case asked && row:
		errs = append(errs, errors.New("--value and --row exclude each other: want one of them"))
	case row && f.row < 1:
		errs = append(errs, fmt.Errorf("--row: got %d, want a number from 1", f.row))
	case asked && len(args) > 0:
		errs = append(errs, fmt.Errorf("--value needs no data: got %q", args[0]))
	case !asked && len(args) == 0:
		errs = append(errs, errors.New("the question is missing: want --value COLUMN=VALUE, or DATA"))
	}
	if errs = append(errs, checkChoices(cmd)); f.format == "html" && (asked || row) {
		errs = append(errs, errors.New("--format html is only for the report of all data"))
	}
	if f.maxValues < 0 {
		errs = append(errs, fmt.Errorf("--max-values: got %d, want 0 or more", f.maxValues))
	}
	return values, errors.Join(errs...)
}

func (f *whoFlags) report(cmd *cobra.Command, args []string, rules *rls.Rules, users *roster.Roster) (*exposure.Report, error) {
	data, err := f.data.open(cmd, args, view{columns: rules.Columns(), check: rules.Check})
	if err != nil {
		return nil, err
	}
	defer data.Release()
	opts := &exposure.Options{Roster: users, MaxValues: f.maxValues}
	if f.maxValues == 0 {
		opts.MaxValues = -1
	}
	report, err := exposure.NewReportContext(cmd.Context(), rules, data, opts)
	if err != nil {
		return nil, &dataError{err}
	}
	return report, nil
}

// ofRow answers for one row of the data.
func (f *whoFlags) ofRow(cmd *cobra.Command, args []string, rules *rls.Rules, index *exposure.Index) (exposure.Answer, error) {
	data, err := f.data.open(cmd, args, view{columns: rules.Columns(), check: rules.Check})
	if err != nil {
		return exposure.Answer{}, err
	}
	defer data.Release()
	for before := 0; data.Next(); before += int(data.Record().NumRows()) {
		if rec := data.Record(); f.row <= before+int(rec.NumRows()) {
			row, err := rowTexts(rec, f.row-1-before, rules.Columns())
			if err != nil {
				return exposure.Answer{}, &dataError{err}
			}
			return index.Row(func(column string) (string, bool) { return row[column], row[column] != "" }), nil
		}
	}
	if err := data.Err(); err != nil {
		return exposure.Answer{}, &dataError{err}
	}
	return exposure.Answer{}, fmt.Errorf("--row %d: the data has %d rows", f.row, data.Rows())
}

// rowTexts returns what a row holds in some columns.
func rowTexts(rec arrow.Record, row int, columns []string) (map[string]string, error) {
	texts := make(map[string]string, len(columns))
	for _, column := range columns {
		at := rec.Schema().FieldIndices(column)[0]
		text, err := output.Texts(rec.Column(at), rec.Schema().Field(at))
		if err != nil {
			return nil, err
		}
		if texts[column], err = text(row); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

func (f *whoFlags) writeReport(w io.Writer, r *exposure.Report, from *origin) error {
	switch f.format {
	case "csv":
		return r.WriteCSV(w)
	case "json":
		return writeIndented(w, r)
	case "html":
		return from.write(w, r.WriteHTML)
	}
	return r.WriteText(w)
}

func (f *whoFlags) writeAnswer(w io.Writer, a exposure.Answer) error {
	if f.format == "csv" {
		return writeSights(w, a)
	}
	return writeTextOrJSON(w, f.format, a)
}

// writeSights writes who sees rows as a table, one line for each rule by which
// somebody does. Rows says which of the rows, and is empty for all.
func writeSights(w io.Writer, a exposure.Answer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"Kind", "Viewer", "File", "Line", "Rows"}) // a csv.Writer keeps its error
	for _, s := range a.Access {
		rows := ""
		if s.Rows.Op() != predicate.OpAll {
			rows = s.Rows.String()
		}
		for _, r := range s.Rules {
			out.Write([]string{string(s.Viewer.Kind), s.Viewer.Name, r.Pos().File, fmt.Sprint(r.Pos().Line), rows})
		}
	}
	out.Flush()
	return out.Error()
}
