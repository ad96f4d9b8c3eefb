package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// shifts returns by how much things moved on the screen since it was last asked:
// the sum of the layout shifts, also of those right after a key or a click.
func shifts(t *testing.T, ctx context.Context) (sum float64, what string) {
	t.Helper()
	run(t, ctx, chromedp.Sleep(350*time.Millisecond))
	got := eval[struct {
		Sum  float64
		What string
	}](t, ctx, `new Promise((done) => requestAnimationFrame(() => {
		window.shifted ??= [];
		const take = () => { const sum = shifted.reduce((n, s) => n + s.value, 0); const what = shifted.flatMap((s) => s.sources.map((x) => x.node?.nodeType === 1 ? x.node.outerHTML.slice(0, 90) : String(x.node?.textContent).slice(0, 60))).slice(0, 6).join("\n"); shifted.length = 0; done({ Sum: sum, What: what }); };
		if (!window.shiftObserver) { window.shiftObserver = new PerformanceObserver((list) => shifted.push(...list.getEntries())); shiftObserver.observe({ type: "layout-shift" }); return take(); }
		shifted.push(...shiftObserver.takeRecords());
		take();
	}))`)
	return got.Sum, got.What
}

// TestShift: nothing on the screen moves under the pointer or the eye. What a
// person opens may take room; what the page finds out by itself must not.
func TestShift(t *testing.T) {
	url, _ := studio(t)
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	vetted(t, ctx)
	shifts(t, ctx)
	act := func(what, script, done string) {
		t.Helper()
		shifts(t, ctx)
		eval[bool](t, ctx, `(`+script+`, true)`)
		until(t, ctx, done)
		sum, sources := shifts(t, ctx)
		t.Logf("%-34s %.4f", what, sum)
		require.LessOrEqual(t, sum, 0.01, "%s moves\n%s", what, sources)
	}
	key := func(what, done string, keys ...string) {
		t.Helper()
		shifts(t, ctx)
		press(t, ctx, keys...)
		until(t, ctx, done)
		sum, sources := shifts(t, ctx)
		t.Logf("%-34s %.4f", what, sum)
		require.LessOrEqual(t, sum, 0.01, "%s moves\n%s", what, sources)
	}
	eval[bool](t, ctx, `(document.querySelector(".grid").focus(), true)`)
	key("to another cell", `document.querySelector(".cell.at").id === "c-1-3"`, arrowDown, arrowRight, arrowRight, arrowRight)
	key("edit a cell", `document.querySelector(".editor .options li")`, enter)
	key("a value", `document.querySelector(".editor .chip")`, "X", enter)
	key("done", `!document.querySelector(".editor")`, tab)
	vetted(t, ctx)
	act("a correction", `document.querySelector(".cards .fix").click()`, `document.querySelector(".toast")`)
	vetted(t, ctx)
	act("find", `(() => { const i = document.querySelector(".searchbox input"); i.value = "US"; i.dispatchEvent(new Event("input", { bubbles: true })); })()`, `document.querySelector(".gridrow.hit")`)
	act("undo", `document.querySelector('[title="Ctrl+Z"]').click()`, `!document.querySelector('[title="Ctrl+Y"]').disabled`)
	act("to View as", `location.hash = "view"`, `document.querySelector(".datarow .why")`)
	act("another viewer", `document.querySelector("#viewer").focus()`, `!document.querySelector("#viewer-options").hidden`)
	act("chosen", `document.querySelectorAll("#viewer-options li")[3].dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }))`, `document.querySelector("#viewer-options").hidden && document.querySelector(".datarow .why")`)
	act("hidden rows only", `document.querySelectorAll(".viewpage .segments button")[2].click()`, `document.querySelector(".datarow.hiddenrow")`)
	act("a row", `document.querySelector(".datarow").click()`, `document.querySelector(".drawer").dataset.row`)
	act("scroll", `document.querySelector(".datagrid").scrollTop = 600`, `document.querySelector(".datarow")`)
	act("to Who sees what", `location.hash = "who"`, `document.querySelector(".heatrow[data-name]")`)
	act("another column", `document.querySelectorAll(".whopage .segments button")[1].click()`, `document.querySelector(".heatrow[data-name]")`)
	act("a value of the map", `document.querySelector('.heatrow[data-name] [data-value="1"]').click()`, `document.querySelector(".drawer").dataset.picked`)
	act("to What changes", `location.hash = "changes"`, `document.querySelector(".difference")`)
	act("a tick", `document.querySelector(".difference input").click()`, `document.querySelector(".difference input").checked`)
	act("to Cases", `location.hash = "cases"`, `document.querySelector(".casespage .empty")`)
	act("to Report", `location.hash = "report"`, `document.querySelector(".reportpage .sheet")`)
	act("to Tag rules", `location.hash = "tags"`, `document.querySelector(".tagspage .empty")`)
	act("new tag rules", `document.querySelectorAll(".tagspage .empty button")[1].click()`, `document.querySelector(".tagrules")`)
	checked(t, ctx)
	act("a tag rule", `document.querySelector(".tagspage .toolbar button").click()`, `document.querySelector("#tag-0-key")`)
	checked(t, ctx)

	// The measure notices something that moves.
	shifts(t, ctx)
	eval[bool](t, ctx, `(document.querySelector("main").style.setProperty("padding-top", "120px"), true)`)
	sum, _ := shifts(t, ctx)
	require.Greater(t, sum, 0.01, "a page that is pushed down")
}
