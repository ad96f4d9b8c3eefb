package vet

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
)

var docs = filepath.Join("..", "..", "docs", "findings")

// Every id has a page that says what Kinds says, and every page an id.
func TestPages(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(docs, "RS*.md"))
	require.NoError(t, err)
	require.Len(t, pages, len(Kinds()), "docs/findings has one page for each of Kinds")
	table, err := os.ReadFile(filepath.Join(docs, "README.md"))
	require.NoError(t, err)
	for _, k := range Kinds() {
		text, err := os.ReadFile(filepath.Join(docs, k.ID+".md"))
		require.NoError(t, err)
		page := string(text)
		require.True(t, strings.HasPrefix(page, "# "+k.ID+": "), k.ID)
		require.Contains(t, page, fmt.Sprintf("`%s` · severity **%s** · rules %s ·", k.Name, k.Severity, k.Rules))
		for _, section := range []string{"## What it means\n\n", "## Why it matters\n\n", "## Example\n\n```", "## How to fix it\n\n"} {
			require.Contains(t, page, section, k.ID)
		}
		for rule := range strings.SplitSeq(k.Rules, ", ") {
			require.Regexp(t, `\b`+rule+`\b`, page[strings.Index(page, "## What"):], "%s: the text cites the rule", k.ID)
		}
		require.Contains(t, string(table), fmt.Sprintf("| [%s](%s.md) | %s | `%s` | %s |", k.ID, k.ID, k.Severity, k.Name, k.Title))
		require.True(t, strings.HasSuffix(k.URL(), "/docs/findings/"+k.ID+".md"))
	}
}

// The examples on the pages have the finding they are examples of.
func TestPageExamples(t *testing.T) {
	example := regexp.MustCompile("(?s)## Example\n\n```(csv|json)\n(.*?\n)```")
	// These are too long for a page, or need data, a roster or sessions.
	partial := []string{"RS004", "RS008", "RS009", "RS035", "RS016", "RS017", "RS018", "RS019", "RS026", "RS106"}
	ran := 0
	for _, k := range Kinds() {
		if slices.Contains(partial, k.ID) || k.ID >= "RS040" && k.ID < "RS101" || k.ID >= "RS111" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(docs, k.ID+".md"))
		require.NoError(t, err)
		m := example.FindStringSubmatch(string(text))
		require.NotNil(t, m, k.ID)
		input := strings.NewReader(strings.NewReplacer(`\uFEFF`, "\uFEFF", `\u00A0`, "\u00A0").Replace(m[2]))
		var findings []Finding
		if m[1] == "csv" {
			findings, err = CSV(input, nil)
		} else {
			findings, err = Tags(input, nil)
		}
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(findings, func(f Finding) bool { return f.ID == k.ID }), "%s: %v", k.ID, findings)
		ran++
	}
	require.Greater(t, ran, 30)
}

// Whoever reads a limit in a message can find it in the code.
func TestTitlesNameTheLimits(t *testing.T) {
	require.Equal(t, 999, rls.MaxRules)
	require.Equal(t, 192_000, rls.MaxValues)
	require.Equal(t, 2047, rls.MaxRunes)
	require.Equal(t, 90, nearPercent)
}
