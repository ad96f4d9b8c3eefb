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
	accountHelp = `Account works on the state of a whole QuickSight account, as a folder of JSON files: who
can open which data set, with which rules. Subcommands make the folder and ask it.

The folder has one file for each user, group, data set, dashboard and so on, in the shapes
of the QuickSight API, sorted, without secrets: keep it in git. Put the rows of a
permission dataset into data-sets/ID.rules.csv, because the API does not give them out.

Exit codes
  0  done
  1  wrong usage, or a folder that cannot be read
  2  a file that cannot be written
  3  the subcommand found what it was told to fail on`

	accountExamples = `  rowsight account pull --out account
  rowsight account check account
  rowsight account who --dataset sales account
  rowsight account diff --fail-on gain account.old account`

	accountCheckHelp = `Check finds errors and probable mistakes in an account: data sets that are shared without
rules, rules that are disabled, or name users, groups and columns that are not there,
users who see nothing or everything, permission datasets that the users they restrict can
open, data sources with passwords, dashboards for everybody, limits.

Each finding has an id that never changes its meaning, such as RA001, and a page that
explains it in docs/findings. rowsight account check --list lists them. To accept a finding,
silence it in a YAML file (--config) and give a reason, as for rowsight vet.

What the folder does not have is unknown and gives no finding; notes say what that is.
Without the rows of a permission dataset (data-sets/ID.rules.csv) nothing is said about who
sees what.

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
