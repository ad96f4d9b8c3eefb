package main

import "github.com/spf13/cobra"

// outputFlags say in which format a command writes, and into which file.
type outputFlags struct{ format, out string }

// register registers --format, of which the first value is the default, and --out.
func (f *outputFlags) register(cmd *cobra.Command, usage string, formats ...string) {
	cmd.Flags().StringVar(&f.format, "format", formats[0], usage)
	choices(cmd, "format", formats...)
	registerOut(cmd, &f.out)
}

// registerOut registers --out for a command with one format.
func registerOut(cmd *cobra.Command, out *string) {
	cmd.Flags().StringVarP(out, "out", "o", "", "write to `FILE`, which appears when it is complete (default: standard output)")
}
