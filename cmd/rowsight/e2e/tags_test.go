package e2e

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const tagsText = "{\r\n  \"Status\": \"ENABLED\",\r\n  \"TagRules\": [\r\n    {\"TagKey\": \"tenant\", \"ColumnName\": \"Segment\"},\r\n    {\"TagKey\": \"region\", \"ColumnName\": \"Region\", \"MatchAllValue\": \"*all*\"}\r\n  ]\r\n}\r\n"

// typed writes text into the element that an expression finds, as a person does: what was
// there is replaced.
func typed(t *testing.T, ctx context.Context, element, text string) {
	t.Helper()
	eval[bool](t, ctx, `(() => { const i = `+element+`; i.focus(); i.select?.(); return true; })()`)
	for _, r := range text {
		press(t, ctx, string(r))
	}
}

// rev is the revision of the rules that the page shows.
func rev(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `document.documentElement.dataset.rev`)
}

// checked waits until the findings are those of the tag rules on the screen.
func checked(t *testing.T, ctx context.Context) {
	t.Helper()
	until(t, ctx, `document.querySelector(".tagspage")?.dataset.vetted === document.documentElement.dataset.rev`)
}

// click clicks the first element that a selector finds.
func click(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	text, err := json.Marshal(selector)
	require.NoError(t, err)
	eval[bool](t, ctx, `(document.querySelector(`+string(text)+`).click(), true)`)
}

// TestTagRules: tag rules are edited, with findings beside their fields, undo, a
// tick for each gain, and saving that keeps every other byte.
func TestTagRules(t *testing.T) {
	dir := write(t, map[string]string{"tags.json": tagsText, "sales.csv": salesText})
	path := filepath.Join(dir, "tags.json")
	url, _ := studio(t, "--tags", path, "--data", filepath.Join(dir, "sales.csv"))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	show(t, ctx, "tags")
	checked(t, ctx)

	// A column that the data does not have, in the cell where it is written.
	old := rev(t, ctx)
	typed(t, ctx, `document.querySelector("#tag-0-column input")`, "Segmen")
	press(t, ctx, enter)
	until(t, ctx, `document.documentElement.dataset.rev !== "`+old+`"`)
	checked(t, ctx)
	until(t, ctx, `document.querySelector("#tag-0-column.has.error")`)
	require.Contains(t, eval[string](t, ctx, `document.getElementById(document.querySelector("#tag-0-column input").getAttribute("aria-describedby")).textContent`), "no such column")
	require.Contains(t, eval[string](t, ctx, `document.querySelector(".cards .finding.error").textContent`), "RS111")
	old = rev(t, ctx)
	click(t, ctx, `.tagspage [title="Ctrl+Z"]`)
	until(t, ctx, `document.documentElement.dataset.rev !== "`+old+`"`)
	checked(t, ctx)
	require.Equal(t, "Segment", eval[string](t, ctx, `document.querySelector("#tag-0-column input").value`))
	require.True(t, eval[bool](t, ctx, `document.querySelector(".top .main").disabled && !document.querySelector("#tag-0-column.has")`))

	// Somebody who writes fast is in the next field before the first one is taken.
	old = rev(t, ctx)
	eval[bool](t, ctx, `(() => {
		const [a, b] = ["#tag-0-key input", "#tag-1-key input"].map((s) => document.querySelector(s));
		for (const [i, text] of [[a, "tenant2"], [b, "region2"]]) { i.focus(); i.value = text; i.blur(); }
		return true;
	})()`)
	until(t, ctx, `Number(document.documentElement.dataset.rev) === `+old+` + 2`)
	checked(t, ctx)
	require.Equal(t, "tenant2 region2", eval[string](t, ctx, `["#tag-0-key input", "#tag-1-key input"].map((s) => document.querySelector(s).value).join(" ")`))
	eval[bool](t, ctx, `(document.querySelector('.tagspage [title="Ctrl+Z"]').click(), document.querySelector('.tagspage [title="Ctrl+Z"]').click(), true)`)
	until(t, ctx, `Number(document.documentElement.dataset.rev) === `+old+` + 4`)
	checked(t, ctx)

	// Match-all values are dots until somebody asks for them.
	require.Equal(t, "disc", eval[string](t, ctx, `getComputedStyle(document.querySelector("#tag-1-matchAll input")).webkitTextSecurity`))

	// The region may be a list, and a session may do with its tenant alone.
	old = rev(t, ctx)
	typed(t, ctx, `document.querySelector("#tag-1-delimiter input")`, ";")
	press(t, ctx, tab)
	until(t, ctx, `document.documentElement.dataset.rev !== "`+old+`"`)
	click(t, ctx, `[data-keep="add-list"]`)
	until(t, ctx, `document.querySelectorAll(".keylist").length === 1`)
	checked(t, ctx)
	click(t, ctx, `[data-keep="list-0-region"]`)
	until(t, ctx, `document.querySelector('[data-keep="list-0-tenant"]').checked && !document.querySelector('[data-keep="list-0-region"]').checked`)

	// What a session sees is by the edited rules.
	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".tags input")`)
	typed(t, ctx, `document.querySelector(".tags label input")`, "SMB")
	until(t, ctx, `document.querySelector(".viewpage").dataset.visible === "3"`)

	// A report of tag rules does not promise who sees how many rows.
	show(t, ctx, "report")
	until(t, ctx, `document.getElementById("make-report")`)
	require.Equal(t, 3, eval[int](t, ctx, `document.querySelectorAll(".reportpage .ticks li").length`))
	require.Contains(t, eval[string](t, ctx, `document.querySelector(".reportpage").textContent`), "not saved")

	show(t, ctx, "changes")
	until(t, ctx, `document.querySelector('.difference[data-kind="gain"]')`)
	require.True(t, eval[bool](t, ctx, `document.getElementById("save").disabled`))
	require.NotContains(t, eval[string](t, ctx, `document.querySelector(".changespage").textContent`), "*all*", "match-all values are secrets")
	require.Equal(t, tagsText, content(t, path))
	eval[bool](t, ctx, `(document.querySelectorAll(".difference input").forEach((i) => i.click()), true)`)
	until(t, ctx, `!document.getElementById("save").disabled`)
	click(t, ctx, "#save")
	until(t, ctx, `document.querySelector(".top .main").disabled`)
	require.Equal(t, strings.NewReplacer(`"*all*"}`, `"*all*", "TagMultiValueDelimiter": ";"}`, "\r\n  ]\r\n}", "\r\n  ],\r\n  \"TagRuleConfigurations\": [\r\n    [\"tenant\"]\r\n  ]\r\n}").Replace(tagsText), content(t, path))
	backups, err := filepath.Glob(path + ".*.bak")
	require.NoError(t, err)
	require.Len(t, backups, 1)
	require.Equal(t, tagsText, content(t, backups[0]))
}

// TestSessions: sessions made of the data are in View as, in the heat map, among
// those who can see a row, and in cases. Their numbers are those of rowsight
// filter.
func TestSessions(t *testing.T) {
	dir := write(t, map[string]string{"tags.json": tagsText, "sales.csv": salesText})
	path, data := filepath.Join(dir, "tags.json"), filepath.Join(dir, "sales.csv")
	url, _ := studio(t, "--tags", path, "--data", data)
	ctx := browser(t, 1280, 1000)
	open(t, ctx, url)
	show(t, ctx, "who")
	until(t, ctx, `document.querySelector(".whopage .empty .main")`)
	click(t, ctx, ".whopage .empty .main")
	until(t, ctx, `document.querySelectorAll(".heatrow[data-name]").length === 5`)
	type seen struct {
		Name string
		Rows int
	}
	for _, s := range eval[[]seen](t, ctx, `[...document.querySelectorAll(".heatrow[data-name]")].map((r) => ({ Name: r.dataset.name, Rows: Number(r.querySelector(".total").firstChild.textContent) }))`) {
		tenant, region, _ := strings.Cut(s.Name, " · ")
		out, said, ok := rowsight(t, "filter", "--tags", path, "--tag", "tenant="+tenant, "--tag", "region="+region, "--format", "csv", data)
		require.True(t, ok, said)
		require.Equal(t, strings.Count(out, "\n")-1, s.Rows, s.Name)
		require.Positive(t, s.Rows)
	}
	eval[bool](t, ctx, `(document.querySelector('.heatrow[data-name="Startup · US"] [data-value="0"]').click(), true)`)
	until(t, ctx, `document.querySelector(".drawer").dataset.picked`)
	eval[bool](t, ctx, `([...document.querySelectorAll(".drawer button")].at(-1).click(), true)`)
	until(t, ctx, `document.querySelector(".viewpage")?.dataset.visible === "1"`)
	until(t, ctx, `document.querySelector(".datarow.visible")`)
	click(t, ctx, ".datarow.visible")
	until(t, ctx, `document.querySelector(".drawer").dataset.row === "4"`)
	require.Contains(t, eval[string](t, ctx, `document.querySelector(".whosees").textContent`), "Startup · US")
	eval[bool](t, ctx, `(window.confirm = (said) => { window.asked = said; return true; }, document.querySelectorAll(".viewpage > .toolbar > button")[0].click(), true)`)
	until(t, ctx, `document.querySelector(".toast")`)
	require.Contains(t, eval[string](t, ctx, `window.asked`), "values of the tags")
	show(t, ctx, "cases")
	until(t, ctx, `document.querySelector(".casespage").dataset.passed === "1"`)
	click(t, ctx, ".casespage .toolbar .main")
	until(t, ctx, `document.querySelector(".casespage .toolbar .main").disabled`)
	out, said, ok := rowsight(t, "test", dir)
	require.True(t, ok, out+said)
}

// TestNewRules: from data alone to rules that are downloaded, by the page: a new
// file, a rule, another column, and one that is renamed and deleted.
func TestNewRules(t *testing.T) {
	dir := write(t, map[string]string{"sales.csv": salesText})
	url, _ := studio(t, "--data", filepath.Join(dir, "sales.csv"))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	eval[bool](t, ctx, `([...document.querySelectorAll(".rulespage button")].at(-1).click(), true)`)
	until(t, ctx, `document.querySelector("dialog[open]")`)
	eval[bool](t, ctx, `([...document.querySelectorAll('dialog input[type="checkbox"]')].find((b) => b.value === "Region").click(), true)`)
	click(t, ctx, `dialog button[type="submit"]`)
	until(t, ctx, `document.querySelectorAll('.gridhead [role="columnheader"]').length === 4 && !document.querySelector("dialog")`)
	click(t, ctx, `.rulespage [title="Alt+N"]`)
	until(t, ctx, `document.querySelector(".gridrow")`)
	eval[bool](t, ctx, `(document.querySelector(".grid").focus(), true)`)
	press(t, ctx, "a", "l", tab)
	until(t, ctx, cell(0, 0)+`.textContent === "al"`)
	click(t, ctx, `[data-keep="add-column"]`)
	until(t, ctx, `document.querySelector("dialog .choices button")`)
	require.Equal(t, []string{"Order", "Segment"}, eval[[]string](t, ctx, `[...document.querySelectorAll("dialog .choices button")].map((b) => b.textContent)`))
	eval[bool](t, ctx, `([...document.querySelectorAll("dialog .choices button")][0].click(), true)`)
	until(t, ctx, `document.querySelectorAll('.gridhead [role="columnheader"]').length === 5 && !document.querySelector("dialog")`)
	eval[bool](t, ctx, `([...document.querySelectorAll(".columnmenu")].at(-1).click(), true)`)
	until(t, ctx, `document.querySelector("dialog[open] input")`)
	typed(t, ctx, `document.querySelector("dialog input")`, "Segment")
	press(t, ctx, enter)
	until(t, ctx, `document.querySelectorAll('.gridhead [role="columnheader"] .name')[3].textContent === "Segment" && !document.querySelector("dialog")`)
	eval[bool](t, ctx, `([...document.querySelectorAll(".columnmenu")].at(1).click(), true)`)
	until(t, ctx, `document.querySelector("dialog .danger")`)
	click(t, ctx, "dialog .danger")
	until(t, ctx, `document.querySelectorAll('.gridhead [role="columnheader"]').length === 4`)
	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".viewpage")?.dataset.visible === "6"`)
	eval[bool](t, ctx, `(URL.createObjectURL = ((make) => (b) => { b.text().then((x) => { window.saved = x; }); return make.call(URL, b); })(URL.createObjectURL), true)`)
	show(t, ctx, "changes")
	until(t, ctx, `document.querySelector(".difference input")`)
	click(t, ctx, ".difference input")
	until(t, ctx, `!document.getElementById("save").disabled`)
	click(t, ctx, "#save")
	until(t, ctx, `window.saved`)
	require.Equal(t, "UserName,Region,Segment\nal,,\n", eval[string](t, ctx, `window.saved`))
}
