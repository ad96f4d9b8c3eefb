package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// manual reads the manual pages with mandoc or, without it, with groff.
func manual(t *testing.T, folder string) {
	pages, err := filepath.Glob(filepath.Join(folder, "*.1"))
	require.NoError(t, err)
	docs, err := filepath.Glob(filepath.Join("..", "..", "docs", "cli", "*.md"))
	require.NoError(t, err)
	require.Len(t, pages, len(docs), "a page for each subcommand, and one for the command")
	reader := []string{"mandoc", "-T", "utf8", "-O", "width=200", "-W", "warning,stop"}
	if _, err := exec.LookPath("mandoc"); err != nil {
		if _, err := exec.LookPath("groff"); err != nil {
			t.Skip("neither mandoc nor groff is installed: nothing read the manual pages")
		}
		reader = []string{"groff", "-K", "utf8", "-man", "-ww", "-Tutf8", "-rLL=200n", "-P-cbou"}
	}
	for _, page := range pages {
		out, err := exec.Command(reader[0], append(reader[1:], page)...).CombinedOutput()
		require.NoError(t, err, "%s: %s", page, out)
		text := overstruck(string(out))
		for _, heading := range []string{"NAME", "SYNOPSIS", "SEE ALSO"} {
			require.Contains(t, text, "\n"+heading+"\n", page)
		}
		require.NotContains(t, text, "warning:", page)
	}
	out, err := exec.Command(reader[0], append(reader[1:], filepath.Join(folder, "rowsight-filter.1"))...).Output()
	require.NoError(t, err)
	text := overstruck(string(out))
	require.Contains(t, text, "rowsight-filter - write the rows of data that a viewer may see")
	for _, part := range []string{"EXIT STATUS\n", "EXAMPLES\n", "--rules FILE", "-o, --out FILE", `tab (default: a comma`} {
		require.Contains(t, text, part)
	}
}

// overstruck returns the text that a terminal shows: a character, a backspace and a
// character are one, bold or underlined.
func overstruck(text string) string {
	runes := []rune(text)
	var b strings.Builder
	for i := 0; i < len(runes); i++ {
		if i+1 < len(runes) && runes[i+1] == '\b' {
			i++
			continue
		}
		b.WriteRune(runes[i])
	}
	return b.String()
}

// TestManPage: what a page of another form would lose is an error.
func TestManPage(t *testing.T) {
	for _, tt := range []struct{ reason, text, want string }{
		{"a section that no manual page has", "# rowsight x\n\nDo x.\n\n## Notes\n", `a section that manual pages do not have: "## Notes"`},
		{"a flag in another form", "# rowsight x\n\nDo x.\n\n## Flags\n\n```text\n--flag text\n```\n", `a line that is no flag: "--flag text"`},
		{"a block without a section", "```\nx\n```\n", "a block in no section"},
	} {
		_, err := manPage("rowsight-x", "v0.2.0", made, tt.text)
		require.ErrorContains(t, err, tt.want, tt.reason)
	}
	page, err := manPage("rowsight-x", "v0.2.0", made, "# rowsight x\n\nDo x.\n\n```\nrowsight x\n```\n\n```text\nx <a> *b* _c_ \\t [d](e)\n```\n\n"+
		"## Examples\n\n```sh\n.no macro\n'nor this\n```\n\n## Flags\n\n```text\n-q, --quiet     say nothing\n    --to FILE   FILE to write\n```\n")
	require.NoError(t, err)
	for _, part := range []string{`x <a> *b* _c_ \\t [d](e)`, "\n\\&.no macro", "\n\\&'nor this", `\fB\-q\fP, \fB\-\-quiet\fP`, `\fB\-\-to\fP \fIFILE\fP`} {
		require.Contains(t, string(page), part)
	}
	_, err = manPages(filepath.Join(t.TempDir(), "none"), "v0.2.0", made)
	require.ErrorContains(t, err, "got no pages")
}
