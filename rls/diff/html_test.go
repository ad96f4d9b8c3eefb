package diff_test

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls/diff"
	"github.com/rowsight/rowsight/rls/report"
	"github.com/rowsight/rowsight/tagrules"
)

// pageOf returns a page as text, after it was checked that nothing on it is
// markup that is not ours.
func pageOf(t *testing.T, write func(b *bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b))
	require.Equal(t, 1, strings.Count(b.String(), "<script"))
	require.NotContains(t, b.String(), "<b>")
	return html.UnescapeString(b.String())
}

// TestHTML: the page says what the text says, and names every viewer.
func TestHTML(t *testing.T) {
	rec := records(memory.DefaultAllocator)
	reader, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	require.NoError(t, err)
	var many strings.Builder
	for i := range 40 {
		fmt.Fprintf(&many, "user%02d,,EMEA\n", i)
	}
	const head = "UserName,GroupName,Region\n"
	old := read(t, head+"\"<script>x</script>\",,\"\"\"<b>\"\"\"\nal,,US\n", nil)
	is := read(t, head+many.String()+"ceo,,\nal,,EMEA\n", nil)
	r := rules(t, old, is, &diff.Options{Data: reader, Roster: people(t, "user,groups\nal,\n")})
	page := pageOf(t, func(b *bytes.Buffer) error { return r.WriteHTML(b, &report.Page{Title: "A change"}) })
	for line := range strings.Lines(r.String()) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "such as "); ok {
			line = rest
		}
		if rest, ok := strings.CutPrefix(line, "+ Region"); ok {
			require.Contains(t, page, "Region"+rest)
		}
		if strings.HasPrefix(line, "Region = ") {
			require.Contains(t, page, line)
		}
	}
	for i := range 40 {
		require.Contains(t, page, fmt.Sprintf("user user%02d", i))
	}
	for _, want := range []string{
		"<h1>A change</h1>", "user ceo (not in the roster)</h2>", `<h2 class="alarm">`, "user <script>x</script>", `Region in ("<b>")`, "every row", ">gains<", ">loses<",
		"Of 343 rows of the data: 343 gained, 0 lost.", "<dt>Viewers compared</dt><dd>43</dd>", "<dt>Viewers who gain rows</dt><dd>42</dd>", "<dt>Viewers who lose rows</dt><dd>2</dd>", "<dt>Of these, not in the roster</dt><dd>42</dd>",
	} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "and 32 more</p>")

	page = pageOf(t, func(b *bytes.Buffer) error { return new(diff.Result).WriteHTML(b, nil) })
	require.Contains(t, page, "No difference")
}

// TestTagHTML: pages about tags hold no match-all value and no value of a tag.
func TestTagHTML(t *testing.T) {
	config := func(all string) *tagrules.Config {
		return &tagrules.Config{Status: tagrules.Enabled, TagRules: []tagrules.Rule{{TagKey: "<b>tenant", ColumnName: "Tier", MatchAllValue: all}}}
	}
	old, is := config("s3cret-1"), config("s3cret-2")
	r, err := diff.Tags(old, is)
	require.NoError(t, err)
	page := pageOf(t, func(b *bytes.Buffer) error { return r.WriteHTML(b, nil) })
	require.Contains(t, page, `Sessions with tags "<b>tenant"`)
	require.Contains(t, page, "(match all)")
	require.NotContains(t, page, "s3cret")

	sessions, err := diff.Sessions(old, is, []tagrules.Tags{{{Key: "<b>tenant", Value: "s3cret-2"}}}, nil)
	require.NoError(t, err)
	page = pageOf(t, func(b *bytes.Buffer) error { return sessions.WriteHTML(b, nil) })
	require.Contains(t, page, "Session 1")
	require.Contains(t, page, ">gains<")
	require.NotContains(t, page, "s3cret")

	page = pageOf(t, func(b *bytes.Buffer) error { return (&diff.TagResult{Unproven: [][]string{{"k"}}}).WriteHTML(b, nil) })
	require.Contains(t, page, "too many rules changed")
	require.NotContains(t, page, "No difference")
}
