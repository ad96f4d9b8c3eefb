package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	rulesText = "UserName,GroupName,Region,Segment\r\nMartha,,US,\"Enterprise\"\r\n\"Paulo\",,\"US\",\"SMB, Startup\"\r\n\r\n,EMEA-Sales,EMEA,\r\nWei,,APAC,Enterprize\n"
	salesText = "Order,Region,Segment\n1,EMEA,SMB\n2,US,Enterprise\n3,US,SMB\n4,US,Startup\n5,,SMB\n6,APAC,Enterprise\n"
)

// write writes files into a new folder.
func write(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// vetted waits until the findings are those of the rules on the screen.
func vetted(t *testing.T, ctx context.Context) {
	t.Helper()
	until(t, ctx, `document.querySelector(".rulespage")?.dataset.vetted === document.documentElement.dataset.rev`)
}

// cell is the text of a cell of the grid.
func cell(row, col int) string {
	return `document.getElementById("c-` + string(rune('0'+row)) + `-` + string(rune('0'+col)) + `")`
}

// TestEdit: edits with the keyboard, undo, a tick for each gain, and saving. What
// was not touched keeps every byte.
func TestEdit(t *testing.T) {
	dir := write(t, map[string]string{"rules.csv": rulesText, "sales.csv": salesText})
	path := filepath.Join(dir, "rules.csv")
	url, _ := studio(t, "--rules", path, "--data", filepath.Join(dir, "sales.csv"))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	vetted(t, ctx)
	require.NotContains(t, eval[string](t, ctx, `location.href`), "token", "the token is gone from the address")

	// Martha: Enterprise, and SMB.
	eval[bool](t, ctx, `(document.querySelector(".grid").focus(), true)`)
	press(t, ctx, arrowRight, arrowRight, arrowRight, enter)
	until(t, ctx, `document.querySelector(".editor")`)
	press(t, ctx, "S", "M", "B", enter, tab)
	until(t, ctx, cell(0, 3)+`.textContent.includes("SMB")`)
	require.Equal(t, rulesText, content(t, path), "nothing is saved yet")
	eval[bool](t, ctx, `(document.querySelector('[title="Ctrl+Z"]').click(), true)`)
	until(t, ctx, `!`+cell(0, 3)+`.textContent.includes("SMB") && document.querySelector(".top .main").disabled`)
	eval[bool](t, ctx, `(document.querySelector('[title="Ctrl+Y"]').click(), true)`)
	until(t, ctx, cell(0, 3)+`.textContent.includes("SMB")`)

	// Martha gains a row: the page asks.
	show(t, ctx, "changes")
	until(t, ctx, `document.querySelector(".difference")`)
	require.True(t, eval[bool](t, ctx, `document.getElementById("save").disabled`))
	require.Equal(t, "1", eval[string](t, ctx, `document.querySelector(".difference").dataset.gained`))
	eval[bool](t, ctx, `(document.querySelector(".difference input[type=checkbox]").click(), true)`)
	until(t, ctx, `!document.getElementById("save").disabled`)

	// Another program writes the file: nothing is saved.
	require.NoError(t, os.WriteFile(path, []byte(rulesText+"eve,,,\n"), 0o600))
	eval[bool](t, ctx, `(document.getElementById("save").click(), true)`)
	until(t, ctx, `document.querySelector(".toast.bad")?.textContent.includes("Another program")`)
	require.Equal(t, rulesText+"eve,,,\n", content(t, path))
	require.NoError(t, os.WriteFile(path, []byte(rulesText), 0o600))

	eval[bool](t, ctx, `(document.getElementById("save").click(), true)`)
	until(t, ctx, `document.querySelector(".top .main").disabled`)
	require.Equal(t, strings.Replace(rulesText, `"Enterprise"`, `"Enterprise,SMB"`, 1), content(t, path))
	backups, err := filepath.Glob(path + ".*.bak")
	require.NoError(t, err)
	require.Len(t, backups, 1)
	require.Equal(t, rulesText, content(t, backups[0]))
}

// TestFindings: two planted mistakes have a mark on their cells, and one click
// corrects each.
func TestFindings(t *testing.T) {
	dir := write(t, map[string]string{"rules.csv": rulesText, "sales.csv": salesText})
	url, _ := studio(t, "--rules", filepath.Join(dir, "rules.csv"), "--data", filepath.Join(dir, "sales.csv"))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	vetted(t, ctx)
	marked := `JSON.stringify([...document.querySelectorAll(".cell.has.warning")].map((c) => c.id))`
	until(t, ctx, `document.querySelectorAll(".cell.has.warning").length === 2`)
	require.Equal(t, `["c-1-3","c-3-3"]`, eval[string](t, ctx, marked))
	require.Contains(t, eval[string](t, ctx, `[...document.querySelectorAll(".cards .finding")].find((f) => f.querySelector(".fix")).textContent`), "RS022")
	require.Equal(t, "https://github.com/rowsight/rowsight/blob/main/docs/findings/RS022.md", eval[string](t, ctx, `[...document.querySelectorAll(".cards .finding")].find((f) => f.querySelector(".fix")).querySelector("a").href`))
	for left := 1; left >= 0; left-- {
		eval[bool](t, ctx, `(document.querySelector(".cards .fix").click(), true)`)
		until(t, ctx, `document.querySelectorAll(".cell.has.warning").length === `+string(rune('0'+left)))
		vetted(t, ctx)
	}
	require.Contains(t, eval[string](t, ctx, cell(3, 3)+`.textContent`), "Enterprise")
	require.Equal(t, rulesText, content(t, filepath.Join(dir, "rules.csv")), "a click corrects the page, not the file")
}

// TestDiff: the gains and losses on the page are those of rowsight diff.
func TestDiff(t *testing.T) {
	newer := strings.NewReplacer("Enterprize", "Enterprise", "SMB, Startup", "SMB", "EMEA,\r", "\"EMEA,APAC\",\r").Replace(rulesText)
	dir := write(t, map[string]string{"rules.csv": newer, "old.csv": rulesText, "sales.csv": salesText})
	old, now, data := filepath.Join(dir, "old.csv"), filepath.Join(dir, "rules.csv"), filepath.Join(dir, "sales.csv")
	url, _ := studio(t, "--rules", now, "--data", data, "--against", old)
	out, said, ok := rowsight(t, "diff", "--format", "json", "--data", data, old, now)
	require.True(t, ok, said)
	var want struct {
		Differences []struct {
			Viewers      []struct{ Name string }
			Gained, Lost int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &want))
	require.NotEmpty(t, want.Differences)
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	show(t, ctx, "changes")
	until(t, ctx, `document.querySelectorAll('.changespage [role="radio"]').length === 2`)
	eval[bool](t, ctx, `(document.querySelectorAll('.changespage [role="radio"]')[1].click(), true)`)
	until(t, ctx, `document.querySelector(".difference")`)
	type shown struct {
		Viewers      string
		Gained, Lost int
	}
	var expected []shown
	for _, d := range want.Differences {
		var names []string
		for _, v := range d.Viewers {
			names = append(names, v.Name)
		}
		expected = append(expected, shown{strings.Join(names, "\n"), d.Gained, d.Lost})
	}
	require.Equal(t, expected, eval[[]shown](t, ctx, `[...document.querySelectorAll(".difference")].map((d) => ({ Viewers: d.dataset.viewers, Gained: Number(d.dataset.gained), Lost: Number(d.dataset.lost) }))`))
}

// TestHostile: whatever a cell holds stays text, on every page.
func TestHostile(t *testing.T) {
	hostile := []string{`<script>window.hacked=1</script>`, `<img src=x onerror=window.hacked=1>`, `=cmd()`, "\u202eevil", strings.Repeat("x", 2047), "👩‍👩‍👧‍👦", `javascript:alert(1)`, `</textarea><b>`}
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	rules, sales := "UserName,Region\n", "Order,Region\n"
	for _, s := range hostile {
		rules += quote(s) + "," + quote(s) + "\n"
		sales += quote(s) + "," + quote(s) + "\n"
	}
	dir := write(t, map[string]string{"rules.csv": rules, "sales.csv": sales})
	url, _ := studio(t, "--rules", filepath.Join(dir, "rules.csv"), "--data", filepath.Join(dir, "sales.csv"))
	ctx := browser(t, 1280, 1200)
	open(t, ctx, url)
	vetted(t, ctx)
	for i, s := range hostile {
		require.Equal(t, s, eval[string](t, ctx, cell(i, 0)+`.querySelector(".principal").textContent`))
		require.Equal(t, s, eval[string](t, ctx, cell(i, 1)+`.querySelector(".chip bdi").textContent`))
	}
	for _, page := range []string{"view", "who", "changes", "cases", "report", "rules"} {
		show(t, ctx, page)
		until(t, ctx, `!document.querySelector("[aria-busy]")`)
		require.True(t, eval[bool](t, ctx, `window.hacked === undefined && document.querySelectorAll("script").length === 1 && document.querySelectorAll("main img, main b.x").length === 0`), page)
	}
	show(t, ctx, "view")
	for _, s := range hostile {
		rows, problem := pageRows(t, ctx, s, false, true)
		require.Empty(t, problem)
		want := s
		if len(want) > 300 {
			want = want[:300] + "…"
		}
		require.Equal(t, [][]string{{want, want}}, rows)
	}
}

// TestGroups: a viewer can be in groups that no roster names.
func TestGroups(t *testing.T) {
	dir := write(t, map[string]string{"rules.csv": rulesText, "sales.csv": salesText})
	url, _ := studio(t, "--rules", filepath.Join(dir, "rules.csv"), "--data", filepath.Join(dir, "sales.csv"))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".viewpage").dataset.who === "Martha"`)
	require.Equal(t, "1", eval[string](t, ctx, `document.querySelector(".viewpage").dataset.visible`))
	eval[bool](t, ctx, `(document.querySelector(".addgroup input").focus(), true)`)
	press(t, ctx, "E", "M", "E", "A", "-", "S", "a", "l", "e", "s", enter)
	until(t, ctx, `document.querySelector(".viewpage").dataset.visible === "2"`)
	out, said, ok := rowsight(t, "filter", "--rules", filepath.Join(dir, "rules.csv"), "--user", "Martha", "--group", "EMEA-Sales", "--format", "csv", filepath.Join(dir, "sales.csv"))
	require.True(t, ok, said)
	require.Equal(t, 3, strings.Count(out, "\n"))
	eval[bool](t, ctx, `(document.querySelector(".groups .chip button").click(), true)`)
	until(t, ctx, `document.querySelector(".viewpage").dataset.visible === "1"`)
}
