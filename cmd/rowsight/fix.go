package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/rulefile"
	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/diff"
)

func newFix() *cobra.Command {
	var read ruleFlags
	var out string
	cmd := &cobra.Command{
		Use:     "fix [flags] RULES",
		Short:   "Write a rule file as plain CSV, and list every change",
		Long:    fixHelp,
		Example: fixExamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("want one permission dataset: RULES")
			}
			return fix(cmd, &read, args[0], out)
		},
	}
	flags := cmd.Flags()
	read.register(flags)
	registerOut(cmd, &out)
	return cmd
}

// fix writes a rule file as plain CSV in UTF-8 with commas. Every rule keeps its
// cells: a file that would say something else is not written.
func fix(cmd *cobra.Command, read *ruleFlags, path, out string) error {
	fixed, err := repair(cmd, read, path)
	if err != nil {
		return err
	}
	if err := writeBytes(cmd, out, nil, fixed.text); err != nil {
		return err
	}
	w := cmd.ErrOrStderr()
	for _, c := range fixed.changes {
		fmt.Fprintln(w, c)
	}
	if fixed.unread {
		fmt.Fprintf(w, "%s: the file could not be read before; compare with no rules to see who sees what now: rowsight diff /dev/null FILE\n", plain.Count(len(fixed.changes), "change"))
	} else {
		fmt.Fprintf(w, "%s; everybody sees the same rows as before\n", plain.Count(len(fixed.changes), "change"))
	}
	return nil
}

// A repaired file is plain CSV, with what was changed to make it so.
type repaired struct {
	text    []byte
	changes []rulefile.Change
	unread  bool // the rules could not be read before
}

// repair makes plain CSV of a rule file, or says why it must not.
func repair(cmd *cobra.Command, read *ruleFlags, path string) (*repaired, error) {
	file, opts, err := read.open(cmd, path)
	if err != nil {
		return nil, err
	}
	before, errBefore := rls.ReadCSV(file.Reader(), opts)
	changes := file.Repair()
	text, more, err := plainCSV(file, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be repaired: %w", file.Name, err)
	}
	changes = append(changes, more...)
	commas := *opts
	commas.Delimiter = 0
	after, err := rls.ReadCSV(bytes.NewReader(text), &commas)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: what is left cannot be repaired without guessing; nothing was written", file.Name), err)
	}
	if name, want := misnamed(after); name != "" {
		return nil, fmt.Errorf("%s: the column %q restricts rows and is almost named %s: give it the name it should have; nothing was written", file.Name, name, want)
	}
	if errBefore == nil {
		result, err := diff.Rules(before, after, nil)
		if err != nil {
			return nil, err
		}
		if result.HasGain() || result.HasLoss() {
			return nil, fmt.Errorf("%s: the repair would change what somebody sees; nothing was written", file.Name)
		}
	}
	return &repaired{text, changes, errBefore != nil}, nil
}

// plainCSV writes the records of a file as CSV with commas, and principal
// columns by their right name if the name is only almost right.
func plainCSV(file *rulefile.File, opts *rls.Options) (text []byte, changes []rulefile.Change, err error) {
	r := csvtext.NewReader(file.Reader(), &csvtext.Options{Delimiter: file.Delimiter})
	for {
		record, err := r.Read()
		if err == io.EOF {
			return text, changes, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if text == nil {
			changes = append(changes, nameColumns(record, opts)...)
		}
		text = csvtext.AppendRecord(text, record)
	}
}

// nameColumns names principal columns right, those that have the letters of a
// standard name, in a file without any principal column. Beside one, a column such
// as "User Name" is a restricted column that viewers are checked for.
func nameColumns(names []string, opts *rls.Options) (changes []rulefile.Change) {
	if opts.User != "" || opts.Group != "" {
		return nil
	}
	standard := rls.StandardColumns()
	if slices.ContainsFunc(names, func(name string) bool { return slices.Contains(standard, name) }) {
		return nil // see misnamed
	}
	for _, want := range standard {
		var near []int
		for i, name := range names {
			if sameLetters(name, want) {
				near = append(near, i)
			}
		}
		if len(near) != 1 {
			continue
		}
		changes = append(changes, rulefile.Change{Line: 1, What: fmt.Sprintf("the column %q was named %s", names[near[0]], want)})
		names[near[0]] = want
	}
	return changes
}

// misnamed returns a column that is almost named like a principal column, beside
// one that is. It is a restricted column as the file stands: to rename it would
// change what the rules restrict, and to leave it would keep the mistake.
func misnamed(rules *rls.Rules) (name, want string) {
	for _, column := range rules.Columns() {
		for _, want := range rls.StandardColumns() {
			if sameLetters(column, want) {
				return column, want
			}
		}
	}
	return "", ""
}
