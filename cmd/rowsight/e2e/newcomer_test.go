package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNewcomer goes from an export of Excel with two mistakes to a file that is
// saved and tested, by what the page offers: no key but Tab-less clicks, no text
// but what the cards say.
func TestNewcomer(t *testing.T) {
	export := "\uFEFFUserName;GroupName;Region;Segment\r\nMartha;;US;Enterprise\r\nPaulo;;US;\"SMB, Startup\"\r\nWei;;APAC;Enterprize\r\n;EMEA-Sales;EMEA;\r\n"
	dir := write(t, map[string]string{"rules.csv": export, "sales.csv": salesText, "people.csv": "user,groups\nMartha,\nPaulo,\nWei,\nIngrid,EMEA-Sales\n"})
	path, data := filepath.Join(dir, "rules.csv"), filepath.Join(dir, "sales.csv")
	began := time.Now()
	url, _ := studio(t, "--rules", path, "--data", data, "--users", filepath.Join(dir, "people.csv"))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	vetted(t, ctx)
	for range 2 {
		rev := eval[string](t, ctx, `document.documentElement.dataset.rev`) // before the click, which may be done at once
		eval[bool](t, ctx, `([...document.querySelectorAll(".cards .warning .fix")][0].click(), true)`)
		until(t, ctx, `document.documentElement.dataset.rev !== "`+rev+`"`)
		vetted(t, ctx)
	}
	require.Equal(t, 0, eval[int](t, ctx, `document.querySelectorAll(".cards .warning .fix").length`))
	for _, who := range []string{"Martha", "Paulo", "Wei"} {
		show(t, ctx, "view")
		until(t, ctx, `document.querySelector(".viewpage")?.dataset.who`)
		_, problem := pageRows(t, ctx, who, false, true)
		require.Empty(t, problem)
		// Toasts of before go by themselves, at any time.
		eval[bool](t, ctx, `(document.querySelectorAll(".toast").forEach((e) => e.remove()), document.querySelectorAll(".viewpage > .toolbar > button")[0].click(), true)`)
		until(t, ctx, `document.querySelector(".toast")`)
	}
	show(t, ctx, "cases")
	until(t, ctx, `document.querySelector(".casespage").dataset.passed === "3"`)
	eval[bool](t, ctx, `(document.querySelector(".casespage .toolbar .main").click(), true)`)
	until(t, ctx, `document.querySelector(".casespage .toolbar .main").disabled`)
	show(t, ctx, "changes")
	until(t, ctx, `document.querySelectorAll(".difference").length === 2`)
	eval[bool](t, ctx, `(document.querySelector(".savebar input").click(), true)`) // all of them
	until(t, ctx, `!document.getElementById("save").disabled`)
	eval[bool](t, ctx, `(document.getElementById("save").click(), true)`)
	until(t, ctx, `document.querySelector(".top .main").disabled`)
	t.Logf("from the export to a saved and tested file in %v", time.Since(began).Round(time.Millisecond))

	require.Equal(t, strings.NewReplacer("SMB, Startup", "SMB,Startup", "Enterprize", "Enterprise").Replace(export), content(t, path))
	out, said, ok := rowsight(t, "test", dir)
	require.True(t, ok, out+said)
	require.Contains(t, out, "3")
}

// TestImported: rules in UTF-16 stay as they are, and are saved as CSV beside.
func TestImported(t *testing.T) {
	text := []byte{0xFF, 0xFE}
	for _, c := range "UserName,Region\r\nMartha,US\r\n" {
		text = append(text, byte(c), 0)
	}
	dir := write(t, map[string]string{"rules.txt": string(text), "sales.csv": salesText})
	path := filepath.Join(dir, "rules.txt")
	url, _ := studio(t, "--rules", path, "--data", filepath.Join(dir, "sales.csv"))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	vetted(t, ctx)
	require.Contains(t, eval[string](t, ctx, `document.querySelector(".notices").textContent`), "not plain CSV")
	eval[bool](t, ctx, `(document.querySelector(".grid").focus(), true)`)
	press(t, ctx, "d")
	until(t, ctx, `document.querySelector(".editor")`)
	press(t, ctx, "i", enter)
	until(t, ctx, `!document.querySelector(".top .main").disabled`)
	// Cases name the file that the rules are saved in, so that the command finds it.
	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".viewpage")?.dataset.who`)
	_, problem := pageRows(t, ctx, "di", false, true)
	require.Empty(t, problem)
	eval[bool](t, ctx, `(document.querySelectorAll(".toast").forEach((e) => e.remove()), document.querySelectorAll(".viewpage > .toolbar > button")[0].click(), true)`)
	until(t, ctx, `document.querySelector(".toast")`)
	show(t, ctx, "cases")
	until(t, ctx, `document.querySelector(".casespage").dataset.passed === "1" && document.querySelector(".casespage .toolbar .main")`)
	eval[bool](t, ctx, `(document.querySelector(".casespage .toolbar .main").click(), true)`)
	until(t, ctx, `document.querySelector(".casespage .toolbar .main").disabled`)
	show(t, ctx, "changes")
	until(t, ctx, `document.querySelector(".difference")`)
	eval[bool](t, ctx, `(document.querySelector(".difference input").click(), true)`)
	until(t, ctx, `!document.getElementById("save").disabled`)
	require.Contains(t, eval[string](t, ctx, `document.getElementById("save-note").textContent`), "beside", "the page says where it saves")
	eval[bool](t, ctx, `(document.getElementById("save").click(), true)`)
	until(t, ctx, `document.querySelector(".top .main").disabled`)
	require.Equal(t, string(text), content(t, path))
	require.Equal(t, "UserName,Region\r\ndi,US\r\n", content(t, filepath.Join(dir, "rules.csv")))
	out, saidTest, ok := rowsight(t, "test", dir)
	require.True(t, ok, out+saidTest)
	require.Contains(t, out, "1 passed")
	_, err := os.Stat(filepath.Join(dir, "rules.csv.bak"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
