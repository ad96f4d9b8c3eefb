package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls/vet"
)

// Every id has a page that says what AccountKinds says, and every page an id.
func TestPages(t *testing.T) {
	docs := filepath.Join("..", "..", "docs", "findings")
	pages, err := filepath.Glob(filepath.Join(docs, "RA*.md"))
	require.NoError(t, err)
	require.Len(t, pages, len(vet.AccountKinds()))
	table, err := os.ReadFile(filepath.Join(docs, "README.md"))
	require.NoError(t, err)
	for _, k := range vet.AccountKinds() {
		text, err := os.ReadFile(filepath.Join(docs, k.ID+".md"))
		require.NoError(t, err)
		page := string(text)
		require.True(t, strings.HasPrefix(page, "# "+k.ID+": "), k.ID)
		require.Contains(t, page, fmt.Sprintf("`%s` · severity **%s** · rules %s ·", k.Name, k.Severity, k.Rules))
		for _, section := range []string{"## What it means\n\n", "## Why it matters\n\n", "## Example\n\n```", "## How to fix it\n\n"} {
			require.Contains(t, page, section, k.ID)
		}
		for rule := range strings.SplitSeq(k.Rules, ", ") {
			require.Contains(t, page[strings.Index(page, "## What"):], "["+rule+"]", "%s: the text cites the rule", k.ID)
		}
		require.Contains(t, string(table), fmt.Sprintf("| [%s](%s.md) | %s | `%s` | %s |", k.ID, k.ID, k.Severity, k.Name, k.Title))
	}
}
