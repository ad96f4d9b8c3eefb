package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/rls/vet"
)

// newHelp describes a subcommand or a finding. The help command of cobra prints
// the general help for a word that it does not know, and succeeds.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | ID]",
		Short: "Describe a subcommand, or a finding by its id",
		Long: `Help describes a subcommand, such as rowsight help filter, or a finding of vet, such as
rowsight help RS022.

Exit codes
  0  done
  1  no such subcommand or finding`,
		Example: `  rowsight help who
  rowsight help RS022`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Root().Help()
			}
			kinds := slices.Concat(vet.Kinds(), vet.AccountKinds())
			if i := slices.IndexFunc(kinds, func(k vet.Kind) bool { return len(args) == 1 && strings.EqualFold(k.ID, args[0]) }); i >= 0 {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s (%s): %s\n%s\n", kinds[i].ID, kinds[i].Severity, kinds[i].Title, kinds[i].URL())
				return err
			}
			found, rest, err := cmd.Root().Find(args)
			if err == nil && (len(rest) == 0 || found.Name() == "audit" && slices.Contains(questions, rest[0])) {
				found.InitDefaultHelpFlag()
				return found.Help()
			}
			if err != nil {
				found, rest = cmd.Root(), args
			}
			if strings.HasPrefix(strings.ToUpper(rest[0]), "RS") {
				return fmt.Errorf("unknown finding %q: rowsight vet --list lists them", rest[0])
			}
			if strings.HasPrefix(strings.ToUpper(rest[0]), "RA") && len(rest[0]) == len("RA001") {
				return fmt.Errorf("unknown finding %q: rowsight account check --list lists them", rest[0])
			}
			return unknown(found, rest[0])
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, start string) (names []string, _ cobra.ShellCompDirective) {
			at, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			for _, c := range at.Commands() {
				if c.IsAvailableCommand() && strings.HasPrefix(c.Name(), start) {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// unknown reports a word that is no subcommand, and those that are like it.
func unknown(cmd *cobra.Command, word string) error {
	err := fmt.Errorf("unknown command %q", word)
	cmd.SuggestionsMinimumDistance = edits(word)
	if names := cmd.SuggestionsFor(word); len(names) > 0 {
		err = fmt.Errorf("%w: is it %s?", err, strings.Join(names, " or "))
	}
	return err
}

// edits is how many letters of a word may be wrong.
func edits(word string) int { return max(1, min(len(word)/3, 2)) }

// unknownFlag adds to an error of a flag that a command does not know the flags
// that are like it.
func unknownFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return err
	}
	flags := &cobra.Command{SuggestionsMinimumDistance: edits(unknown.GetSpecifiedName())} // cobra compares the names of commands
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		flags.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
	})
	names := flags.SuggestionsFor(unknown.GetSpecifiedName())
	if len(names) == 0 {
		return err
	}
	return fmt.Errorf("%w: is it --%s?", err, strings.Join(names, " or --"))
}
