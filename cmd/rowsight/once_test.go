package main

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// TestOnce gives every flag of every command twice.
func TestOnce(t *testing.T) {
	values := map[string]string{"string": "a", "int": "1", "bool": "true", "duration": "1s"}
	var walk func(path string)
	checked := 0
	walk = func(path string) {
		find := func(root *cobra.Command) *cobra.Command {
			for _, cmd := range root.Commands() {
				if cmd.CommandPath() == path {
					return cmd
				}
				for _, sub := range cmd.Commands() {
					if sub.CommandPath() == path {
						return sub
					}
				}
			}
			return root
		}
		flags := find(newRoot()).Flags()
		flags.VisitAll(func(f *pflag.Flag) {
			value, one := values[f.Value.Type()]
			if !one {
				require.Implements(t, (*pflag.SliceValue)(nil), f.Value, "%s --%s", path, f.Name)
				return
			}
			checked++
			require.NoError(t, flags.Set(f.Name, value), "%s --%s", path, f.Name)
			require.ErrorIs(t, flags.Set(f.Name, value), errTwice, "%s --%s", path, f.Name)
		})
		for _, sub := range find(newRoot()).Commands() {
			walk(sub.CommandPath())
		}
	}
	walk("rowsight")
	require.Greater(t, checked, 50)
}
