package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func newCompletion() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Write a shell script that completes subcommands and flags",
		Long:      completionHelp,
		Example:   completionExamples,
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("want one SHELL: bash, zsh, fish or powershell")
			}
			root := cmd.Root()
			write, ok := map[string]func(io.Writer) error{
				"bash":       func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
				"zsh":        root.GenZshCompletion,
				"fish":       func(w io.Writer) error { return root.GenFishCompletion(w, true) },
				"powershell": root.GenPowerShellCompletionWithDesc,
			}[args[0]]
			if !ok {
				return fmt.Errorf("SHELL: got %q, want bash, zsh, fish or powershell", args[0])
			}
			return writeOut(cmd, "", nil, write)
		},
	}
}
