package report_test

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls/report"
)

func TestZero(t *testing.T) {
	for _, p := range []*report.Page{nil, {}} {
		var b bytes.Buffer
		require.NoError(t, p.Write(&b, ""))
		require.Contains(t, b.String(), "<main>")
		for _, what := range []string{"Made on", "Command", "SHA-256", `class="warnings"`} {
			require.NotContains(t, b.String(), what, "what is not known is not stated")
		}
	}
}

// TestWrite: everything is on the page, as text whatever it is.
func TestWrite(t *testing.T) {
	for _, s := range []string{"plain", "<script>alert(1)</script>", `" onload="x`, "a\u202eb", "{{.}}", strings.Repeat("x", 2047), "🦀 東京", "</style>", "<!--"} {
		p := &report.Page{
			Title: "T " + s, Time: time.Date(2026, 1, 1, 1, 30, 0, 0, time.FixedZone("", 2*3600)), Version: "V " + s, Command: "C " + s, Roster: "R " + s,
			Files:    []report.File{{Role: "F " + s, Name: "N " + s, Size: 1234567, SHA256: strings.Repeat("0a", 32)}, {Role: "r", Name: "-", Size: -1}},
			Warnings: []string{"W " + s},
		}
		section, err := report.Body("<p>{{.}}</p>", "B "+s)
		require.NoError(t, err)
		p.Sections = []report.Section{{Title: "S " + s, Body: section}}
		var b bytes.Buffer
		require.NoError(t, p.Write(&b, "<p>the body</p>"))
		page := b.String()
		require.Equal(t, 1, strings.Count(page, "<script"))
		require.Equal(t, 1, strings.Count(page, "</style>"))
		require.NotContains(t, page, "<!--")
		text := html.UnescapeString(page)
		for _, what := range []string{"T ", "V ", "C ", "R ", "F ", "W ", "B ", "S "} {
			require.Contains(t, text, what+s)
		}
		for _, what := range []string{"2025-12-31 23:30:00 UTC", "1,234,567", strings.Repeat("0a", 32), "unknown", "<p>the body</p>"} {
			require.Contains(t, page, what)
		}
		for _, bad := range []string{"src=", "@import", "url(", "ZgotmplZ"} {
			require.NotContains(t, page, bad, "the page needs nothing from anywhere")
		}
	}
	_, err := report.Body("{{", nil)
	require.Error(t, err)
	_, err = report.Body("{{.X}}", 1)
	require.Error(t, err)
}

func ExampleBody() {
	body, err := report.Body("<p>{{number .Rows}} rows of {{.Name}}</p>", struct {
		Rows int
		Name string
	}{12345, "<sales>"})
	fmt.Println(body, err)
	// Output: <p>12,345 rows of &lt;sales&gt;</p> <nil>
}

func ExamplePage_Write() {
	p := &report.Page{Title: "Sales", Time: time.Unix(1767225600, 0), Files: []report.File{{Role: "data", Name: "sales.csv", Size: 1172248, SHA256: "4ce8aa…"}}}
	var b strings.Builder
	if err := p.Write(&b, "<p>…</p>"); err != nil {
		fmt.Println(err)
	}
	_, rest, _ := strings.Cut(b.String(), "<time>")
	made, _, _ := strings.Cut(rest, "</time>")
	fmt.Println(made)
	// Output: 2026-01-01 00:00:00 UTC
}
