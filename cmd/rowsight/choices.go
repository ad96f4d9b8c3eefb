package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// choicesKey is the annotation of a flag that has one of a few values.
const choicesKey = "rowsight_choices"

// choices says which values a flag of cmd can have: shells offer them, and
// [checkChoices] holds that it is one of them.
func choices(cmd *cobra.Command, flag string, values ...string) {
	// Both fail only if there is no such flag; TestChoices would notice.
	cmd.Flags().SetAnnotation(flag, choicesKey, values)
	cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// checkChoices reports every flag whose value is none it can have.
func checkChoices(cmd *cobra.Command) error {
	var errs []error
	cmd.Flags().Visit(func(f *pflag.Flag) { // those that were given
		want := f.Annotations[choicesKey]
		if got := f.Value.String(); want != nil && !slices.Contains(want, got) {
			last := len(want) - 1
			errs = append(errs, fmt.Errorf("--%s: got %q, want %s or %s", f.Name, got, strings.Join(want[:last], ", "), want[last]))
		}
	})
	return errors.Join(errs...)
}
