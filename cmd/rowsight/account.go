package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/account"
	"github.com/rowsight/rowsight/account/check"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/vet"
)

const (
	accountHelp = `Account answers questions about a whole QuickSight account: who can open which data set,
and which rows they see. It works on a folder of JSON files with the state of the account.
account pull writes the folder, and the other subcommands read it.

The folder has one file for each user, group, data set, dashboard and so on. The files use
the field names of the QuickSight API, are sorted, and contain no secrets, so that you can
keep them in git. The API does not return the rows of a permission dataset, the table of
rules for users and groups: write them to data-sets/ID.rules.csv yourself.

Exit codes
  0  done
  1  wrong usage, or a folder that cannot be read
  2  a file that cannot be written
  3  the subcommand found what it was told to fail on`

	accountExamples = `  rowsight account pull --out account
  rowsight account check account
  rowsight account who --dataset sales account
  rowsight account diff --fail-on gain account.old account`

	accountCheckHelp = `Check finds errors and probable mistakes in an account, such as

  data sets that are shared without rules, and dashboards that everybody can open
  rules that are disabled, or that name missing users, groups and columns
  users who see nothing or everything, and limits that are near
  permission datasets that users can open although the rules restrict these users
  data sources with passwords

Each finding has an id, such as RA001, that never changes its meaning. A page in
docs/findings explains it. rowsight account check --list lists the ids. To accept a
finding, silence it in a YAML file (--config) and give a reason, as for rowsight vet.

Check reports nothing about parts of the account that the folder lacks; notes name these
parts. Without the rows of a permission dataset (data-sets/ID.rules.csv), it does not check
who sees which rows.

Exit codes
  0  done
  1  wrong usage, or a folder that cannot be read
  2  findings that cannot be written
  3  findings of the severity of --fail-on or higher`

	accountCheckExamples = `  # what is wrong in the account?
  rowsight account check account

  # a gate in CI, with code scanning
  rowsight account check --fail-on warning --format sarif --out account.sarif account

  # a report to read
  rowsight account check --format html --out account.html account`
)

func newAccount() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "account SUBCOMMAND",
		Short:   "Check a whole QuickSight account, and say who sees what in it",
		Long:    accountHelp,
		Example: accountExamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(cmd, args[0])
			}
			cmd.Help()
			return errors.New("a subcommand is missing, such as check")
		},
	}
	cmd.AddCommand(newAccountPull(), newAccountCheck(), newAccountWho(), newAccountDiff(), newAccountDrift())
	return cmd
}

// readAccount reads a folder.
func readAccount(folder string) (*account.Account, error) {
	if info, err := os.Stat(folder); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s: want a folder, as account pull writes it", folder)
	}
	return account.Read(os.DirFS(folder), &account.Options{Name: filepath.ToSlash(folder)})
}

// noteGaps says what an answer about an account cannot know.
func noteGaps(w io.Writer, what string, gaps []string) {
	const most = 5
	for _, gap := range gaps[:min(len(gaps), most)] {
		fmt.Fprintf(w, "note: %s: %s\n", what, plain.Text(gap))
	}
	if more := len(gaps) - most; more > 0 {
		fmt.Fprintf(w, "note: %s: %s in the folder\n", what, plain.Count(more, "more gap"))
	}
}

// oneFolder returns the only argument.
func oneFolder(cmd *cobra.Command, args []string) (string, error) {
	err := checkChoices(cmd)
	if len(args) != 1 {
		return "", errors.Join(err, errors.New("want one FOLDER, as account pull writes it"))
	}
	return args[0], err
}

func newAccountCheck() *cobra.Command {
	var f findingFlags
	cmd := &cobra.Command{
		Use:     "check [flags] FOLDER",
		Short:   "Find errors and probable mistakes in an account",
		Long:    accountCheckHelp,
		Example: accountCheckExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return accountCheck(cmd, args, &f) },
	}
	f.register(cmd)
	return cmd
}

func accountCheck(cmd *cobra.Command, args []string, f *findingFlags) error {
	if f.list {
		return listKinds(cmd.OutOrStdout(), vet.AccountKinds())
	}
	folder, err := oneFolder(cmd, args)
	if err != nil {
		return err
	}
	config, from, err := f.start(cmd, args, "Findings about the account "+folder, use{"account", []string{filepath.Join(folder, "account.json")}})
	if err != nil {
		return err
	}
	a, err := readAccount(folder)
	if err != nil {
		return err
	}
	gaps := append(a.Gaps(), a.RosterGaps()...)
	slices.Sort(gaps)
	for i := range a.DataSets {
		if s := &a.DataSets[i]; s.UserRules() != nil {
			if _, ok, _ := a.UserRulesOf(s); !ok {
				gaps = append(gaps, fmt.Sprintf("the rows of the rules of data set %q are not in the folder", s.ID))
			}
		}
	}
	noteGaps(cmd.ErrOrStderr(), "not all is checked", slices.Compact(gaps))
	return f.finish(cmd, config, from, check.Account(a, nil), vet.WriteAccountSARIF)
}
