package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/rls/roster"
)

func newGenerate() *cobra.Command {
	var users rosterFlags
	var all, out string
	var maps []string
	var opts roster.GenerateOptions
	cmd := &cobra.Command{
		Use:                   "generate --users ROSTER --map COLUMN=ATTRIBUTE... [flags]",
		DisableFlagsInUseLine: true,
		Short:                 "Write rules from a roster",
		Long:                  generateHelp,
		Example:               generateExamples,
		Args:                  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := pairs("map", "COLUMN=ATTRIBUTE", maps)
			if users.path == "" {
				err = errors.Join(err, errors.New("the roster is missing: want --users FILE"))
			}
			if maps == nil {
				err = errors.Join(err, errors.New("the mapping is missing: want --map COLUMN=ATTRIBUTE"))
			}
			if err != nil {
				return err
			}
			r, err := users.read()
			if err != nil {
				return err
			}
			var mapping []roster.Mapping
			for _, m := range list {
				mapping = append(mapping, roster.Mapping{Field: m[0], Attribute: m[1], All: all})
			}
			rules, err := roster.Generate(r, mapping, &opts)
			if err != nil {
				return err
			}
			if err := writeOut(cmd, out, []string{users.path}, rules.WriteCSV); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s from %s\n", plural(rules.Len(), "rule"), plural(r.Len(), "user"))
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	users.register(flags, ", and what each may see")
	flags.StringArrayVar(&maps, "map", nil, "`COLUMN=ATTRIBUTE`: the column of the data, and that of the roster with its values; may be repeated")
	flags.StringVar(&all, "all", "", "`VALUE` of an attribute that stands for all values")
	flags.BoolVar(&opts.Groups, "groups", false, "write one rule for each group; its members must have the same attributes")
	flags.BoolVar(&opts.SkipMissing, "skip-missing", false, "leave out users who lack an attribute; they then see nothing")
	flags.StringVarP(&out, "out", "o", "", "write to `FILE`, which appears when it is complete (default: standard output)")
	return cmd
}
