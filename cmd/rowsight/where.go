package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/predicate/where"
)

// whereFlags are the options of the subcommand, as they were given.
type whereFlags struct {
	viewer viewerFlags
	tags   tagFlags

	dialect   string
	wrap      string
	inline    bool
	twoValued bool
	firstArg  int
	table     string
	temp      string

	outputFlags
	quiet bool
}

const (
	whereHelp = `Where writes a condition in the SQL of a database. It selects exactly the rows that a viewer
may see, even if the database compares text in another way (its collation), for example
without regard to case. If the database cannot express the condition exactly, or if the
condition exceeds the size of a statement, where fails and writes nothing.

The output is the condition, then its arguments, one per line and quoted as in JSON. With
--inline there are no arguments. --format json writes one object for programs.

The columns must hold text. You may append AND and another condition, but never OR. In
Spark and Databricks do not append AND either: it can show hidden rows. --wrap QUERY, with
a QUERY such as "SELECT * FROM sales", writes a query of the visible rows of QUERY instead.
Expressions around it or after it see no hidden row, in Spark and Databricks, too. If a
database has no such barrier, --wrap fails and names the alternative.

With --temp NAME, values that do not fit into one statement go into a table NAME. Where
then writes statements before the condition, which create and fill the table, and one
after it, which drops the table.

The output contains the values that the viewer may see and, for a session, tag values.

Exit codes
  0  done
  1  wrong usage, bad rules, a condition that the database cannot express
  2  output that cannot be written`

	whereExamples = `  # what Bob sees, as a condition for PostgreSQL
  rowsight where --dialect postgresql --rules rules.csv --user Bob

  # without arguments, for Athena
  rowsight where --dialect athena --inline --rules rules.csv --user Bob --group US-Sales

  # a query of the visible rows, for use in a larger query
  rowsight where --dialect trino --inline --wrap "SELECT * FROM sales" \
      --rules rules.csv --user Bob

  # an anonymous session, for a program
  rowsight where --dialect mysql --format json --tags config.json --tag-env tenant=TENANT`
)

func newWhere() *cobra.Command {
	var f whereFlags
	cmd := &cobra.Command{
		Use: `where --dialect NAME --rules FILE --user NAME [flags]
  rowsight where --dialect NAME --tags FILE --tag KEY=VALUE [flags]`,
		Short:   "Write the rows of a viewer as a SQL condition",
		Long:    whereHelp,
		Example: whereExamples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("got %q, want only flags: where reads no data", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	var names []string
	for _, d := range where.Dialects() {
		names = append(names, d.String())
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dialect, "dialect", "", "`NAME` of the SQL: "+strings.Join(names, ", "))
	flags.StringVar(&f.wrap, "wrap", "", "write a query of the visible rows of a `QUERY` from a trusted source")
	flags.BoolVar(&f.inline, "inline", false, "write values as literals instead of arguments")
	flags.BoolVar(&f.twoValued, "two-valued", false, "write a condition that is false instead of NULL, for use outside WHERE")
	flags.IntVar(&f.firstArg, "first-arg", 1, "`NUMBER` of the first placeholder")
	flags.StringVar(&f.table, "table", "", "`NAME` or alias of the table, to qualify columns with")
	flags.StringVar(&f.temp, "temp", "", "`NAME` of a table to create for values that do not fit into one statement; dots separate its parts")
	f.viewer.register(flags)
	f.tags.register(flags)
	f.outputFlags.register(cmd, "`FORMAT` of the output: text, json", "text", "json")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no notes")
	choices(cmd, "dialect", names...)
	return cmd
}

func (f *whereFlags) run(cmd *cobra.Command) error {
	var errs []error
	if f.dialect == "" {
		errs = append(errs, errors.New("the dialect is missing: want --dialect NAME"))
	}
	if f.firstArg < 1 {
		errs = append(errs, fmt.Errorf("--first-arg: got %d, want a number from 1", f.firstArg))
	}
	if f.wrap != "" && f.table != "" {
		errs = append(errs, errors.New("--wrap and --table both name the table: want one of them"))
	}
	if err := errors.Join(append(errs, checkChoices(cmd))...); err != nil {
		return err
	}
	d, err := where.ParseDialect(f.dialect)
	if err != nil {
		return fmt.Errorf("--dialect: %w", err)
	}
	view, err := viewOf(cmd, &f.viewer, &f.tags)
	if err != nil {
		return err
	}
	opts := &where.Options{Inline: f.inline, TwoValued: f.twoValued, FirstArg: f.firstArg}
	if f.table != "" {
		opts.Column = where.Known(d, f.table, view.columns...)
	}
	if f.temp != "" {
		opts.Temp = strings.Split(f.temp, ".")
	}
	clause, err := where.Lower(view.predicate, d, opts)
	if err != nil {
		return err
	}
	sql := clause.SQL()
	if f.wrap != "" {
		if sql, err = clause.Wrap(f.wrap); err != nil {
			return fmt.Errorf("--wrap: %w", err)
		}
	}
	if !f.quiet {
		printNotes(cmd, view.notes)
	}
	return writeOut(cmd, f.out, view.files, func(w io.Writer) error {
		if f.format == "json" {
			return writeIndented(w, newConditionJSON(clause, sql))
		}
		return writeCondition(w, clause, sql, f.firstArg)
	})
}

// conditionJSON is a condition as a program reads it.
type conditionJSON struct {
	Dialect  where.Dialect   `json:"dialect"`
	Setup    []statementJSON `json:"setup,omitempty"`
	SQL      string          `json:"sql"`
	Args     []any           `json:"args"`
	Teardown []statementJSON `json:"teardown,omitempty"`
}

type statementJSON struct {
	SQL  string `json:"sql"`
	Args []any  `json:"args"`
}

func newConditionJSON(c where.Clause, sql string) conditionJSON {
	statements := func(list []where.Statement) (out []statementJSON) {
		for _, s := range list {
			out = append(out, statementJSON{s.SQL, append([]any{}, s.Args...)})
		}
		return out
	}
	return conditionJSON{c.Dialect(), statements(c.Setup()), sql, append([]any{}, c.Args()...), statements(c.Teardown())}
}

// writeCondition writes a condition as text: statements end in a semicolon, and
// each argument stands in a line of its own behind its placeholder.
func writeCondition(w io.Writer, c where.Clause, sql string, first int) error {
	out := bufio.NewWriter(w) // keeps its error
	write := func(sql string, args []any, first int, end string) {
		fmt.Fprintf(out, "%s%s\n", sql, end)
		for i, arg := range args {
			text, err := json.Marshal(arg)
			if err != nil { // a string has none
				text = []byte("null")
			}
			fmt.Fprintf(out, "%s %s\n", c.Dialect().Placeholder(first+i), text)
		}
	}
	for _, s := range c.Setup() {
		write(s.SQL, s.Args, 1, ";")
	}
	write(sql, c.Args(), first, "")
	for _, s := range c.Teardown() {
		write(s.SQL, s.Args, 1, ";")
	}
	return out.Flush()
}
