package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// docsFolder is where the pages about the command are.
var docsFolder = filepath.Join("..", "..", "docs", "cli")

// TestDocs holds that docs/cli says what help says; -update writes it.
func TestDocs(t *testing.T) {
	pages := map[string]string{"README.md": indexPage(newRoot())}
	for _, cmd := range subcommands(newRoot()) {
		pages[pageName(cmd)] = page(cmd)
	}
	if *update {
		require.NoError(t, os.MkdirAll(docsFolder, 0o777))
		for name, text := range pages {
			require.NoError(t, os.WriteFile(filepath.Join(docsFolder, name), []byte(text), 0o666))
		}
	}
	files, err := os.ReadDir(docsFolder)
	require.NoError(t, err)
	require.Len(t, files, len(pages), "a page for each subcommand, and no other")
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(docsFolder, name))
		require.NoError(t, err)
		require.Equal(t, want, string(got), "%s: go test -run TestDocs . -update writes it", name)
	}
}

// TestHelp holds that every subcommand teaches: what it does, an example, and
// what its exit codes mean; and that every flag says what it takes.
func TestHelp(t *testing.T) {
	for _, cmd := range subcommands(newRoot()) {
		require.NotEmpty(t, cmd.Short, cmd.Name())
		require.Contains(t, cmd.Example, cmd.CommandPath(), cmd.Name())
		if cmd.Name() != "version" {
			require.Contains(t, cmd.Long, "Exit codes\n", cmd.Name())
		}
		for line := range strings.Lines(cmd.Long + "\n" + cmd.Example) {
			require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 92, "%s: %s", cmd.Name(), line)
			require.False(t, strings.HasSuffix(line, "\\\\\n"), "a shell goes on after one backslash: %s", line)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			name, usage := pflag.UnquoteUsage(f)
			require.NotEmpty(t, usage, f.Name)
			if f.Value.Type() != "bool" {
				require.Equal(t, strings.ToUpper(name), name, "%s --%s: what it takes stands in backquotes", cmd.Name(), f.Name)
			}
		})
	}
}

// TestChoices holds that a flag that names its values takes these and offers
// them to shells.
func TestChoices(t *testing.T) {
	seen := 0
	for _, cmd := range subcommands(newRoot()) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			values := f.Annotations[choicesKey]
			if values == nil {
				return
			}
			seen++
			require.Contains(t, f.Usage, strings.Join(values[:2], ", "), "%s --%s", cmd.Name(), f.Name)
			complete, ok := cmd.GetFlagCompletionFunc(f.Name)
			require.True(t, ok, f.Name)
			offered, _ := complete(cmd, nil, "")
			require.Equal(t, values, offered)
			require.NoError(t, f.Value.Set("nonsense"))
			f.Changed = true
		})
	}
	require.GreaterOrEqual(t, seen, 8)
}

// subcommands returns the subcommands of a command, and those of each of them.
func subcommands(root *cobra.Command) (all []*cobra.Command) {
	for _, cmd := range root.Commands() {
		if !cmd.Hidden && cmd.Name() != "help" {
			all = append(append(all, cmd), subcommands(cmd)...)
		}
	}
	return all
}

// pathOf is the command without the name of the program.
func pathOf(cmd *cobra.Command) string { return strings.TrimPrefix(cmd.CommandPath(), "rowsight ") }

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(pathOf(cmd), " ", "-") + ".md" }

const generated = "<!-- written by go test -run TestDocs . -update in cmd/rowsight -->\n\n"

func indexPage(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# rowsight\n\n%s\n\n```text\n%s\n```\n\n| subcommand | |\n|---|---|\n", generated, root.Long, unindent(root.Example))
	for _, cmd := range subcommands(root) {
		fmt.Fprintf(&b, "| [%s](%s) | %s |\n", pathOf(cmd), pageName(cmd), cmd.Short)
	}
	b.WriteString("\n[The tutorial](../tutorial.md) goes from a first rule file to a gate in CI.\n")
	return b.String()
}

func page(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# rowsight %s\n\n%s.\n\n```\n%s\n```\n", generated, pathOf(cmd), cmd.Short, unindent(cmd.UseLine()))
	if cmd.Long != "" {
		fmt.Fprintf(&b, "\n```text\n%s\n```\n", strings.TrimSpace(cmd.Long))
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\n## Examples\n\n```sh\n%s\n```\n", unindent(cmd.Example))
	}
	if flags := cmd.NonInheritedFlags(); flags.HasAvailableFlags() {
		fmt.Fprintf(&b, "\n## Flags\n\n```text\n%s\n```\n", unindent(flags.FlagUsages()))
	}
	return b.String()
}

// unindent takes away the two spaces that help indents by.
func unindent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.Trim(s, "\n")) {
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
	return strings.TrimRight(b.String(), " \n")
}
