package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// withTimeout gives cmd the flag --timeout. Rules can be so hard to compare, and
// data so large, that a job would rather have no answer than wait.
//
// The context of the command ends at the deadline. Reading and comparing look at
// it, and [writeOut] writes nothing after it.
func withTimeout(cmd *cobra.Command) *cobra.Command {
	var limit time.Duration
	cmd.Flags().DurationVar(&limit, "timeout", 0, "stop with exit code 2 after `DURATION`, such as 30s or 5m (default: no limit)")
	cmd.Flags().Lookup("timeout").DefValue = "" // no limit, and not 0s
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case !cmd.Flags().Changed("timeout"):
			return run(cmd, args)
		case limit <= 0:
			return fmt.Errorf("--timeout: got %s, want more than 0", limit)
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), limit)
		defer cancel()
		cmd.SetContext(ctx)
		err := run(cmd, args)
		if errors.Is(err, context.DeadlineExceeded) {
			return &dataError{fmt.Errorf("stopped after %s: --timeout", limit)}
		}
		return err
	}
	return cmd
}
