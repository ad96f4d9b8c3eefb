// Command rowsight tries row-level security rules on data: who sees which rows
// of a file. See rowsight help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/internal/plain"
)

// Exit codes. Whoever interrupts the command or closes its output gets the
// code that shells give to a program that died of the signal.
const (
	exitOK        = 0
	exitUsage     = 1 // wrong usage, bad rules, rules that do not fit the data
	exitData      = 2 // data that cannot be read, rows that cannot be written
	exitFound     = 3 // what the command looks for is there: findings, failing cases, differences
	exitInterrupt = 130
	exitPipe      = 141
)

// A dataError is the fault of the data, or of the disk, and not of the caller.
type dataError struct{ err error }

func (e *dataError) Error() string { return e.err.Error() }
func (e *dataError) Unwrap() error { return e.err }

// dataFault returns an error as a [dataError]; nil stays nil.
func dataFault(err error) error {
	if err == nil {
		return nil
	}
	return &dataError{err}
}

// A foundError ends a command that did its work, and found what it was told to
// fail on.
type foundError struct{ found string }

func (e *foundError) Error() string { return e.found }

// errInterrupted is the cause of a context that a signal ended.
var errInterrupted = errors.New("interrupted")

func main() {
	keepWriting()
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	for _, s := range ending {
		if !signal.Ignored(s) { // as nohup wants it
			signal.Notify(signals, s)
		}
	}
	go func() {
		<-signals
		signal.Reset() // a second one kills
		cancel(errInterrupted)
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	called, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	quiet, _ := called.Flags().GetBool("quiet")
	var data *dataError
	var found *foundError
	switch {
	case context.Cause(ctx) == errInterrupted:
		fmt.Fprintln(stderr, "rowsight: interrupted")
		return exitInterrupt
	case errors.Is(err, syscall.EPIPE):
		if !quiet {
			fmt.Fprintln(stderr, "rowsight: the output was closed before everything was written")
		}
		return exitPipe
	case errors.As(err, &data):
		printErrors(stderr, err)
		return exitData
	case errors.As(err, &found):
		printErrors(stderr, err)
		return exitFound
	}
	printErrors(stderr, err)
	return exitUsage
}

// maxErrors is how many lines with one reason are printed.
const maxErrors = 20

// printErrors prints one line for each of the errors that err joins. A file with
// one mistake on every line would scroll the other errors away: of the lines that
// differ only in numbers and in quoted texts, the first are printed, and the
// number of the others.
func printErrors(w io.Writer, err error) {
	var lines []string
	count := make(map[string]int)
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSuffix(line, "\n")
		lines = append(lines, line)
		count[errorKind(line)]++
	}
	printed := make(map[string]int)
	for _, line := range lines {
		kind := errorKind(line)
		printed[kind]++
		switch more := count[kind] - maxErrors; {
		case printed[kind] <= maxErrors:
			fmt.Fprintf(w, "rowsight: %s\n", line)
		case printed[kind] == maxErrors+1:
			fmt.Fprintf(w, "rowsight: and %s more like this\n", plain.Number(more))
		}
	}
}

// varying is the part of an error that differs from one place to the next.
var varying = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[0-9]+`)

// errorKind is the same for errors with one reason at several places.
func errorKind(line string) string { return varying.ReplaceAllString(line, "…") }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "rowsight",
		Short:         "See who sees which rows",
		Long:          rootHelp,
		Example:       rootExamples,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknown(cmd, args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.Help()
			return errors.New("a subcommand is missing, such as filter")
		},
	}
	root.AddCommand(newFilter(), withTimeout(newVet()), withTimeout(newExplain()), withTimeout(newWho()), withTimeout(newDiff()), withTimeout(newTest()),
		withTimeout(newCompact()), newFix(), newStudio(), newGenerate(), newWhere(), newExport(), newAudit(), newAccount(), newServe(), newCompletion(), newVersion())
	root.SetHelpCommand(newHelp())
	root.SetFlagErrorFunc(unknownFlag)
	root.SetVersionTemplate(versionLine() + "\n")
	once(root)
	written(root)
	return root
}

// written keeps the help of subcommands as it is written: flags in the order in which
// they are registered, and usage lines that name them.
func written(of *cobra.Command) {
	for _, cmd := range of.Commands() {
		cmd.DisableFlagsInUseLine = true
		cmd.Flags().SortFlags = false
		written(cmd)
	}
}
