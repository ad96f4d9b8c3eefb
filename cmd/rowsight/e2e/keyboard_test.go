package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// tabTo presses Tab until an expression is true.
func tabTo(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for range 90 {
		if eval[bool](t, ctx, `!!(`+expression+`)`) {
			return
		}
		press(t, ctx, tab)
	}
	require.Fail(t, "Tab does not lead there", expression)
}

// reach presses Tab until the element with the focus has a name, as a screen reader
// reads it, and returns with the focus there.
func reach(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	tabTo(t, ctx, `(() => { const e = document.activeElement; return (e.getAttribute("aria-label") ?? e.innerText ?? "").trim() === "`+name+`"; })()`)
}

// TestKeyboard: from a file with a mistake to a saved file and a case, by the
// keyboard alone. No step touches an element by a script: what has no focus, and
// what has no name, is not there.
func TestKeyboard(t *testing.T) {
	dir := write(t, map[string]string{"rules.csv": "UserName,Region\nMartha,US\nWei,\" APAC\"\n", "sales.csv": salesText})
	path := filepath.Join(dir, "rules.csv")
	url, _ := studio(t, "--rules", path, "--data", filepath.Join(dir, "sales.csv"))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	vetted(t, ctx)
	tabTo(t, ctx, `document.activeElement.classList.contains("skip")`)
	press(t, ctx, enter)
	require.Equal(t, "main", eval[string](t, ctx, `document.activeElement.id`), "the way into the page is short")

	// Go to the mistake in the grid, hear of it, and correct it with the card.
	reach(t, ctx, "Rules")
	tabTo(t, ctx, `document.activeElement.getAttribute("role") === "grid"`)
	press(t, ctx, arrowDown, arrowRight)
	require.Contains(t, eval[string](t, ctx, `document.getElementById(document.activeElement.getAttribute("aria-activedescendant")).textContent`), "Warning: ", "the cell says what was found")
	tabTo(t, ctx, `document.activeElement.classList.contains("fix")`)
	press(t, ctx, enter)
	until(t, ctx, `!document.querySelector(".top .main").disabled`)
	vetted(t, ctx)

	// View as somebody else, look at a row, and make a case of it.
	eval[bool](t, ctx, `(document.activeElement.blur(), true)`)
	tabTo(t, ctx, `document.activeElement.hash === "#view"`)
	press(t, ctx, enter)
	until(t, ctx, `document.querySelector(".datarow.visible")`)
	tabTo(t, ctx, `document.activeElement.id === "viewer"`)
	until(t, ctx, `!document.querySelector("#viewer-options").hidden`)
	press(t, ctx, arrowDown, arrowDown, enter)
	until(t, ctx, `document.querySelector(".viewpage").dataset.who === "Wei" && document.querySelector(".datarow .why")`)
	tabTo(t, ctx, `document.activeElement.classList.contains("datagrid")`)
	press(t, ctx, arrowDown)
	until(t, ctx, `document.querySelector(".drawer").dataset.row === "1"`)
	press(t, ctx, escape)
	require.True(t, eval[bool](t, ctx, `document.querySelector(".drawer").hidden`))
	eval[bool](t, ctx, `(document.activeElement.blur(), true)`)
	reach(t, ctx, "Make a test case")
	press(t, ctx, enter)
	until(t, ctx, `document.querySelector(".toast")`)

	// Find a value in the heat map.
	tabTo(t, ctx, `document.activeElement.hash === "#who"`)
	press(t, ctx, enter)
	until(t, ctx, `document.querySelector(".heatrow[data-name]")`)
	tabTo(t, ctx, `document.activeElement.classList.contains("heat")`)
	press(t, ctx, arrowDown, arrowRight)
	until(t, ctx, `document.querySelector(".drawer").dataset.picked`)

	// A choice keeps the focus when the page is drawn anew.
	column := `document.activeElement.getAttribute("role") === "radio" && document.activeElement.textContent === "Region"`
	eval[bool](t, ctx, `(document.activeElement.blur(), true)`)
	tabTo(t, ctx, column)
	eval[bool](t, ctx, `(document.activeElement.dataset.old = "true", true)`)
	press(t, ctx, enter)
	until(t, ctx, `!document.querySelector("[aria-busy], [data-old]")`)
	require.True(t, eval[bool](t, ctx, column), "the focus stays on the column that was chosen")

	// Save, with a tick for the gain.
	run(t, ctx, chromedp.KeyEvent("s", chromedp.KeyModifiers(2)))
	until(t, ctx, `document.querySelector(".difference input")`)
	tabTo(t, ctx, `document.activeElement.matches(".difference input")`)
	press(t, ctx, " ")
	until(t, ctx, `!document.getElementById("save").disabled`)
	tabTo(t, ctx, `document.activeElement.id === "save"`)
	press(t, ctx, enter)
	until(t, ctx, `document.querySelector(".top .main").disabled`)
	require.Equal(t, "UserName,Region\nMartha,US\nWei,\"APAC\"\n", content(t, path))

	// Add a column and take it out again.
	eval[bool](t, ctx, `(document.activeElement.blur(), true)`)
	tabTo(t, ctx, `document.activeElement.hash === "#rules"`)
	press(t, ctx, enter)
	vetted(t, ctx)
	reach(t, ctx, "Add column")
	press(t, ctx, enter)
	until(t, ctx, `document.querySelector("dialog[open]")`)
	reach(t, ctx, "Segment")
	press(t, ctx, enter)
	until(t, ctx, `!document.querySelector("dialog") && document.querySelectorAll(".columnmenu").length === 3`)
	focused := func(name string) {
		t.Helper()
		require.Equal(t, name, eval[string](t, ctx, `document.activeElement.getAttribute("aria-label") ?? ""`), "focus stays where the page is drawn anew")
	}
	tabTo(t, ctx, `document.activeElement.getAttribute("aria-label") === "Column Region"`)
	run(t, ctx, chromedp.KeyEvent("z", chromedp.KeyModifiers(2)))
	until(t, ctx, `document.querySelectorAll(".columnmenu").length === 2`)
	vetted(t, ctx)
	focused("Column Region")
	run(t, ctx, chromedp.KeyEvent("y", chromedp.KeyModifiers(2)))
	until(t, ctx, `document.querySelectorAll(".columnmenu").length === 3`)
	tabTo(t, ctx, `document.activeElement.getAttribute("aria-label") === "Column Segment"`)
	vetted(t, ctx)
	focused("Column Segment")
	press(t, ctx, enter)
	until(t, ctx, `document.querySelector("dialog[open]")`)
	reach(t, ctx, "Delete the column")
	press(t, ctx, enter)
	until(t, ctx, `document.querySelectorAll(".columnmenu").length === 2`)

	// And tag rules from nothing.
	eval[bool](t, ctx, `(document.activeElement.blur(), true)`)
	tabTo(t, ctx, `document.activeElement.hash === "#tags"`)
	press(t, ctx, enter)
	until(t, ctx, `document.querySelector(".tagspage")`)
	reach(t, ctx, "New tag rules")
	press(t, ctx, enter)
	until(t, ctx, `document.querySelector(".tagrules")`)
	reach(t, ctx, "Add tag rule")
	press(t, ctx, enter)
	until(t, ctx, `document.activeElement.getAttribute("aria-label") === "Tag key of tag rule 1"`)
	press(t, ctx, strings.Split("region", "")...)
	press(t, ctx, tab)
	press(t, ctx, strings.Split("Region", "")...)
	press(t, ctx, enter)
	checked(t, ctx)
	until(t, ctx, `document.querySelector("#tag-0-column input").value === "Region" && document.querySelectorAll(".tagspage .finding").length === 0`)
}

// TestNames: everything that can have the focus has a name for a screen reader, on
// every page, in both languages.
func TestNames(t *testing.T) {
	url, _ := studio(t)
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	for _, language := range []string{"en", "es"} {
		eval[bool](t, ctx, `(() => { const s = document.querySelector('[data-keep="language"]'); s.value = "`+language+`"; s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`)
		for _, page := range pages {
			show(t, ctx, page)
			until(t, ctx, `!document.querySelector("[aria-busy], .waiting")`)
			if page == "tags" && language == "en" {
				click(t, ctx, ".tagspage .empty button:last-child")
				until(t, ctx, `document.querySelector(".tagrules")`)
				click(t, ctx, ".tagspage .toolbar button")
				until(t, ctx, `document.querySelector("#tag-0-key")`)
			}
			require.Empty(t, eval[[]string](t, ctx, `[...document.querySelectorAll("a, button, input:not([type=file]), select, textarea, summary, [tabindex='0']")].filter((e) => e.checkVisibility()).filter((e) => {
				const labelled = (e.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("");
				return !((e.getAttribute("aria-label") ?? "") + labelled + [...(e.labels ?? [])].map((l) => l.textContent).join("") + (["INPUT", "SELECT", "TEXTAREA"].includes(e.tagName) ? "" : e.textContent) + (e.getAttribute("title") ?? "")).trim();
			}).map((e) => e.outerHTML.slice(0, 120))`), "%s in %s", page, language)
		}
	}
}
