package vet_test

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/vet"
)

// TestWriteHTML: every finding is on the page in full, as text whatever it is.
func TestWriteHTML(t *testing.T) {
	findings := []vet.Finding{
		{ID: "RS022", Severity: vet.Warning, Pos: rls.Position{File: "<b>.csv", Line: 3, Column: 7}, Thing: "user <script>x</script>", Reason: strings.Repeat("x", 2047), Suggestion: `write "US"`},
		{ID: "RS001", Severity: vet.Error, Reason: "a\u202eb"},
		{ID: "RS014", Severity: vet.Info, Reason: "many", More: 1234},
		{ID: "RS015", Severity: vet.Info, Reason: "meant", Silenced: "auditors <i>see</i> all"},
	}
	var b bytes.Buffer
	require.NoError(t, vet.WriteHTML(&b, findings, nil))
	require.Equal(t, 1, strings.Count(b.String(), "<script"))
	require.NotContains(t, b.String(), "<b>")
	page := html.UnescapeString(b.String())
	for _, f := range findings {
		for _, text := range []string{f.ID, f.Pos.String(), f.Thing, f.Reason, f.Suggestion, f.Silenced} {
			require.Contains(t, page, text)
		}
	}
	for _, want := range []string{"<dt>Errors</dt><dd>1</dd>", "<dt>Warnings</dt><dd>1</dd>", "<dt>Notes</dt><dd>1,235</dd>", "<dt>Silenced</dt><dd>1</dd>", "[and 1,234 more]", "Silenced because"} {
		require.Contains(t, page, want)
	}
	b.Reset()
	require.NoError(t, vet.WriteHTML(&b, nil, nil))
	require.Contains(t, b.String(), "No finding.")
}
