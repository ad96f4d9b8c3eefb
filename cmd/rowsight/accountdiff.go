package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	accountdiff "github.com/rowsight/rowsight/account/diff"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/diff"
)

const (
	accountDiffHelp = `Diff compares two states of an account, and shows what each user gains and loses:
dashboards and data sets that the user can open or change, rows, and columns. It compares
the rows that the rules admit, not their text: rules that are written differently and
admit the same rows are no change.

If one folder lacks the rows of a permission dataset (data-sets/ID.rules.csv), or if the
settings or rules are invalid, the visible rows may have changed. Diff counts this as a
gain and as a loss. If both folders lack these rows, and the settings and the groups of the
user are equal, diff names the data set as unknown and reports no change.

If only one folder has another part, such as the permissions of a dashboard, diff calls it
unclear and counts it as a gain and as a loss. It does the same for tag rules that differ,
because they are for anonymous sessions. If both folders lack the part, diff names it and
reports no change.

Exit codes
  0  done
  1  wrong usage, or a folder that cannot be read
  2  rules that are too hard to compare, or an answer that cannot be written
  3  a change of --fail-on`

	accountDiffExamples = `  # what changes for each user?
  rowsight account diff account.old account.new

  # a gate in CI: nobody gains anything
  rowsight account diff --fail-on gain account.old account.new`

	accountDriftHelp = `Drift compares a rule file, such as the one in git, with the rules of a data set in an
account: the rows of its permission dataset (data-sets/ID.rules.csv). It shows who would
gain and lose which rows if you uploaded the file. The users and groups are those of the
account. Files that are written differently and admit the same rows are no drift.

Exit codes
  0  no drift
  1  wrong usage, rules or a folder that cannot be read
  2  rules that are too hard to compare, or an answer that cannot be written
  3  drift`

	accountDriftExamples = `  # does the account have the rules of this file?
  rowsight account drift --dataset sales account rules.csv`
)

func newAccountDiff() *cobra.Command {
	var failOn string
	var output outputFlags
	cmd := &cobra.Command{
		Use:     "diff [flags] OLD NEW",
		Short:   "Show what users gain and lose between two states of an account",
		Long:    accountDiffHelp,
		Example: accountDiffExamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			err := checkChoices(cmd)
			if len(args) != 2 {
				err = errors.Join(err, errors.New("want two folders: OLD and NEW"))
			}
			if err != nil {
				return err
			}
			old, err := readAccount(args[0])
			changed, err2 := readAccount(args[1])
			if err := errors.Join(err, err2); err != nil {
				return err
			}
			if old.ID != changed.ID {
				fmt.Fprintf(cmd.ErrOrStderr(), "note: OLD is account %s, and NEW is account %s\n", old.ID, changed.ID)
			}
			result, err := accountdiff.Accounts(old, changed, &accountdiff.Options{Effort: predicate.NewEffort(cmd.Context(), 0)})
			if err != nil {
				return &dataError{err}
			}
			if err := writeOut(cmd, output.out, nil, func(w io.Writer) error { return writeTextOrJSON(w, output.format, result) }); err != nil {
				return err
			}
			return failOnChange(failOn, "a user", "something", result)
		},
	}
	registerFailOn(cmd, &failOn)
	output.register(cmd, "`FORMAT` to write: text, json", "text", "json")
	return withTimeout(cmd)
}

// accountDriftFlags are the options of the subcommand, as they were given.
type accountDriftFlags struct {
	dataSet string
	read    ruleFlags
	outputFlags
}

func newAccountDrift() *cobra.Command {
	var f accountDriftFlags
	cmd := &cobra.Command{
		Use:     "drift --dataset ID [flags] FOLDER RULES",
		Short:   "Compare a rule file with the rules in an account",
		Long:    accountDriftHelp,
		Example: accountDriftExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dataSet, "dataset", "", "`ID` or ARN of the data set that the rules restrict")
	f.outputFlags.register(cmd, "`FORMAT` to write: text, json", "text", "json")
	return withTimeout(cmd)
}

func (f *accountDriftFlags) run(cmd *cobra.Command, args []string) error {
	err := checkChoices(cmd)
	if len(args) != 2 {
		err = errors.Join(err, errors.New("want FOLDER, as account pull writes it, and RULES"))
	}
	if f.dataSet == "" {
		err = errors.Join(err, errors.New("--dataset is missing: want the data set that the rules restrict"))
	}
	if err != nil {
		return err
	}
	a, err := readAccount(args[0])
	if err != nil {
		return err
	}
	s, ok := a.DataSet(f.dataSet)
	switch {
	case !ok:
		return fmt.Errorf("--dataset: the account has no data set %q", f.dataSet)
	case s.UserRules() == nil:
		return fmt.Errorf("--dataset: data set %q has no user rules", s.ID)
	}
	from, ok := a.DataSet(s.UserRules().ARN)
	if !ok || from.RuleRows == nil {
		return fmt.Errorf("the rows of the permission dataset %s are not in the folder: want data-sets/ID.rules.csv", s.UserRules().ARN)
	}
	settings := s.UserRules().Settings()
	settings.Status = rls.Enabled // what the rules say, whether they are enforced or not
	old, err := rls.ReadCSV(bytes.NewReader(from.RuleRows), &rls.Options{File: from.RuleFile, Settings: settings})
	if err != nil {
		return err
	}
	rules, err := f.read.readWith(cmd, args[1], settings)
	if err != nil {
		return err
	}
	users, err := a.Roster()
	if err != nil {
		return err
	}
	noteGaps(cmd.ErrOrStderr(), "others may gain or lose", a.RosterGaps())
	result, err := diff.Rules(old, rules, &diff.Options{Roster: users, Effort: predicate.NewEffort(cmd.Context(), 0)})
	if err != nil {
		return &dataError{err}
	}
	err = writeOut(cmd, f.out, args[1:], func(w io.Writer) error { return writeTextOrJSON(w, f.format, result) })
	if err == nil && (result.HasGain() || result.HasLoss()) {
		err = &foundError{"the file and the account differ"}
	}
	return err
}
