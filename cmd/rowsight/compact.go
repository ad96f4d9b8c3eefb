package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/rls/compact"
)

func newCompact() *cobra.Command {
	var read ruleFlags
	var out string
	cmd := &cobra.Command{
		Use:                   "compact [flags] RULES",
		DisableFlagsInUseLine: true,
		Short:                 "Write an equivalent rule file with fewer rules and values",
		Long:                  compactHelp,
		Example:               compactExamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("want one permission dataset: RULES")
			}
			// The limit holds for what is written: splitting a cell that is too
			// long is what the command is for.
			most := read.maxCharacters
			if most >= 0 {
				read.maxCharacters = -1
			}
			rules, err := read.read(cmd, args[0])
			if err != nil {
				return err
			}
			opts := rules.Options()
			opts.MaxRunes = most
			result, err := compact.RulesContext(cmd.Context(), rules, opts)
			if err != nil {
				return err
			}
			if err := writeOut(cmd, out, args, result.Rules.WriteCSV); err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), result)
			for _, viewer := range result.Freed {
				fmt.Fprintf(cmd.ErrOrStderr(), "note: %s is above a limit and sees nothing; with the new rules the viewer is within it\n", printable(viewer.String()))
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	read.register(flags)
	flags.StringVarP(&out, "out", "o", "", "write to `FILE`, which appears when it is complete (default: standard output)")
	return cmd
}
