package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	url, _ := studio(t)
	base, _, _ := strings.Cut(url, "?")
	answer, err := http.Post(base+"api/state", "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	answer.Body.Close()
	require.Equal(t, http.StatusForbidden, answer.StatusCode)
}

var pages = []string{"rules", "view", "who", "tags", "changes", "cases", "report"}

// TestAxe: axe-core finds no violation on any page, in either scheme, with the
// parts open that are hidden at first.
func TestAxe(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("there is no npm: install it to check accessibility with axe-core")
	}
	dir := t.TempDir()
	install := exec.Command(npm, "install", "--no-audit", "--no-fund", "--silent", "axe-core@4")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install axe-core: %s", out)
	}
	axe := content(t, filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	url, _ := studio(t)
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	eval[bool](t, ctx, axe+`; true`)
	check := func(what string) {
		t.Helper()
		run(t, ctx, chromedp.Sleep(250*time.Millisecond)) // colours change slowly
		found := eval[[]string](t, ctx, `axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160) + " " + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? ""))))`)
		require.Empty(t, found, what)
	}
	for _, mode := range []string{"light", "dark"} {
		scheme(t, ctx, mode, 1280, 900, 1)
		for _, page := range pages {
			show(t, ctx, page)
			until(t, ctx, `!document.querySelector("[aria-busy]")`)
			switch page {
			case "rules":
				vetted(t, ctx)
				eval[bool](t, ctx, `(document.querySelector(".grid").focus(), true)`)
				press(t, ctx, arrowDown, arrowRight, arrowRight, arrowRight)
				check(mode + " rules")
				press(t, ctx, enter)
				until(t, ctx, `document.querySelector(".editor .options li")`)
				check(mode + " editor")
				press(t, ctx, escape)
			case "view":
				until(t, ctx, `document.querySelector(".datarow.visible")`)
				eval[bool](t, ctx, `(document.querySelector(".datarow").click(), true)`)
				until(t, ctx, `document.querySelector(".drawer").dataset.row`)
				check(mode + " view")
				eval[bool](t, ctx, `(document.getElementById("viewer").focus(), true)`)
				until(t, ctx, `!document.querySelector("#viewer-options").hidden`)
			case "tags":
				if mode == "light" {
					click(t, ctx, ".tagspage .empty button:last-child")
				}
				until(t, ctx, `document.querySelector(".tagrules")`)
				click(t, ctx, ".tagspage .toolbar button")
				checked(t, ctx)
				until(t, ctx, `document.querySelector(".tagrules .has")`)
			case "who":
				until(t, ctx, `document.querySelector(".heatrow[data-name]")`)
				eval[bool](t, ctx, `(document.querySelector('.heatrow[data-name="Aicha"] [data-value="1"]').click(), true)`)
				until(t, ctx, `document.querySelector(".drawer").dataset.picked`)
			}
			check(mode + " " + page)
		}
		eval[bool](t, ctx, `(document.querySelector('[data-keep="help"]').click(), true)`)
		check(mode + " help")
		press(t, ctx, escape)
		show(t, ctx, "rules")
		vetted(t, ctx)
		for _, selector := range []string{`[data-keep="add-column"]`, ".columnmenu"} {
			click(t, ctx, selector)
			until(t, ctx, `document.querySelector("dialog[open]")`)
			check(mode + " " + selector)
			press(t, ctx, escape)
			until(t, ctx, `!document.querySelector("dialog")`)
		}
	}
	// With edits, gains to tick, and cases.
	show(t, ctx, "rules")
	vetted(t, ctx)
	eval[bool](t, ctx, `(document.querySelector(".cards .fix").click(), true)`)
	until(t, ctx, `!document.querySelector(".top .main").disabled`)
	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".datarow.visible")`)
	eval[bool](t, ctx, `(document.querySelectorAll(".viewpage > .toolbar > button")[0].click(), true)`)
	until(t, ctx, `document.querySelector(".toast")`)
	for _, mode := range []string{"light", "dark"} {
		scheme(t, ctx, mode, 1280, 900, 1)
		show(t, ctx, "changes")
		until(t, ctx, `document.querySelector(".difference")`)
		check(mode + " changes")
		show(t, ctx, "cases")
		until(t, ctx, `document.querySelector(".cases li") && document.querySelectorAll(".casespage .toolbar button")[1]`)
		eval[bool](t, ctx, `(document.querySelectorAll(".casespage .toolbar button")[1].click(), document.querySelector(".source").open = true, true)`)
		until(t, ctx, `document.querySelectorAll(".plainlist").length === 2`)
		check(mode + " cases")
	}
}

// TestSmall: on a phone, and at 200 % zoom, nothing is wider than the screen.
func TestSmall(t *testing.T) {
	url, _ := studio(t)
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	for _, size := range []struct{ width, height int64 }{{390, 844}, {640, 450}, {320, 640}} {
		scheme(t, ctx, "light", size.width, size.height, 1)
		for _, page := range pages {
			show(t, ctx, page)
			until(t, ctx, `!document.querySelector("[aria-busy]")`)
			require.LessOrEqual(t, eval[float64](t, ctx, `document.documentElement.scrollWidth`), float64(size.width), "%s at %d pixels", page, size.width)
		}
	}
}

// TestSpanish: every text is there in Spanish, with the same places to fill.
func TestSpanish(t *testing.T) {
	url, _ := studio(t)
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	require.Empty(t, eval[[]string](t, ctx, `Promise.all([import("./en.js"), import("./es.js")]).then(([{ en }, { es }]) => {
		const names = (text) => JSON.stringify([...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]))].sort());
		return [...Object.keys(en).filter((k) => !(k in es) || names(en[k]) !== names(es[k])), ...Object.keys(es).filter((k) => !(k in en) && !/^(finding|advice)\.RS/.test(k))];
	})`))
	eval[bool](t, ctx, `(() => { const s = document.querySelector('[data-keep="language"]'); s.value = "es"; s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`)
	until(t, ctx, `document.documentElement.lang === "es" && document.querySelector("nav").textContent.includes("Quién ve qué")`)
	vetted(t, ctx)
	require.Contains(t, eval[string](t, ctx, `document.querySelector(".finding h3").textContent`), "espacios")
	require.Contains(t, eval[string](t, ctx, `document.querySelector(".finding .suggestion").textContent`), "Quite")
	require.Contains(t, eval[string](t, ctx, `document.querySelector('.finding [lang="en"]').textContent`), "en inglés", "the page says what is in English")
	findings, err := filepath.Glob(filepath.Join("..", "..", "..", "docs", "findings", "RS*.md"))
	require.NoError(t, err)
	require.Greater(t, len(findings), 50)
	for _, path := range findings {
		id := strings.TrimSuffix(filepath.Base(path), ".md")
		require.True(t, eval[bool](t, ctx, `import("./es.js").then(({ es }) => Boolean(es["finding.`+id+`"] && es["advice.`+id+`"]))`), "%s has no Spanish title, or not what to do", id)
	}
}

// TestOtherSites: a page of another site, in the same browser, gets nothing.
func TestOtherSites(t *testing.T) {
	url, _ := studio(t)
	base, _, _ := strings.Cut(url, "?")
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><iframe id="f" src=%q></iframe>`, base)
	}))
	t.Cleanup(evil.Close)
	ctx := browser(t, 800, 600)
	open(t, ctx, url)
	run(t, ctx, chromedp.Navigate(evil.URL))
	got := eval[string](t, ctx, `(async () => {
		const said = [];
		for (const options of [{ method: "POST" }, { method: "POST", headers: { "X-Rowsight-Studio": "1" } }, { method: "POST", credentials: "include", headers: { "X-Rowsight-Studio": "1" } }, { method: "POST", mode: "no-cors", credentials: "include" }])
			try { const r = await fetch(`+"`"+base+"api/state`"+`, options); said.push(r.type + " " + r.status + " " + (await r.text())); } catch (e) { said.push("refused"); }
		return said.join("\n");
	})()`)
	require.Equal(t, "refused\nrefused\nrefused\nrefused", got)
	require.Equal(t, "refused", eval[string](t, ctx, `(() => { try { return String(document.getElementById("f").contentDocument?.body?.innerText ?? "refused"); } catch { return "refused"; } })()`))
}

// TestOtherPorts: a server on another port of 127.0.0.1 gets the cookie of the page
// if the browser visits it, and can do nothing with it.
func TestOtherPorts(t *testing.T) {
	url, _ := studio(t)
	base, _, _ := strings.Cut(url, "?")
	cookies := make(chan string, 10)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			cookies <- r.Header.Get("Cookie")
		}
		fmt.Fprint(w, "<!doctype html><p>hello")
	}))
	t.Cleanup(other.Close)
	ctx := browser(t, 800, 600)
	open(t, ctx, url)
	run(t, ctx, chromedp.Navigate(other.URL))
	cookie := <-cookies
	require.Contains(t, cookie, "rowsight_studio_", "cookies know no ports")
	require.Equal(t, "null", eval[string](t, ctx, `String(localStorage.getItem("rowsight-studio-key"))`), "storage does")
	for _, key := range []string{"", "1"} {
		ask, err := http.NewRequest(http.MethodPost, base+"api/state", strings.NewReader("{}"))
		require.NoError(t, err)
		ask.Header.Set("Cookie", cookie)
		ask.Header.Set("X-Rowsight-Studio", key)
		ask.Header.Set("Origin", strings.TrimSuffix(base, "/"))
		answer, err := http.DefaultClient.Do(ask)
		require.NoError(t, err)
		answer.Body.Close()
		require.Equal(t, http.StatusForbidden, answer.StatusCode)
	}
	// The page itself may be loaded again, and opened in a second tab.
	run(t, ctx, chromedp.Navigate(base))
	until(t, ctx, `document.documentElement.dataset.ready === "true"`)
}

// TestClose: the command ends when the page that it opened is closed.
func TestClose(t *testing.T) {
	dir := t.TempDir()
	opened := filepath.Join(dir, "opened")
	script := filepath.Join(dir, "browser")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nprintf %s \"$1\" > '"+opened+"'\n"), 0o700))
	process := exec.Command(binary(t), "studio")
	process.Env = append(os.Environ(), "BROWSER="+script)
	printed := start(t, process)
	ctx := browser(t, 800, 600)
	var url string
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(opened)
		url = string(text)
		return err == nil && url != ""
	}, 10*time.Second, 20*time.Millisecond)
	path, ok := strings.CutPrefix(url, "file://")
	require.True(t, ok, "the address is not in the arguments of the browser, which others can list: %s", url)
	require.Contains(t, content(t, path), html.EscapeString(printed))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	open(t, ctx, url)
	run(t, ctx, chromedp.Navigate("about:blank"))
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(30 * time.Second):
		require.Fail(t, "the command goes on after its page was closed")
	}
}

var rows = flag.Int("rows", 20_000, "rows of the data of TestRows")

// TestRows: large data scrolls, to the last row, and the numbers are right.
func TestRows(t *testing.T) {
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, "data.csv"))
	require.NoError(t, err)
	regions := []string{"EMEA", "US", "APAC", "LATAM"}
	var line strings.Builder
	line.WriteString("Row,Region")
	for c := range 18 {
		fmt.Fprintf(&line, ",Column %d", c+1)
	}
	for i := range *rows {
		fmt.Fprintf(&line, "\n%d,%s", i+1, regions[i%4])
		for c := range 18 {
			fmt.Fprintf(&line, ",v%d", (i*7+c)%1000)
		}
		if line.Len() > 1<<20 {
			_, err := file.WriteString(line.String())
			require.NoError(t, err)
			line.Reset()
		}
	}
	_, err = file.WriteString(line.String() + "\n")
	require.NoError(t, err)
	require.NoError(t, file.Close())
	rules := filepath.Join(dir, "rules.csv")
	require.NoError(t, os.WriteFile(rules, []byte("UserName,Region\nal,\"US,APAC\"\n"), 0o600))
	began := time.Now()
	url, _ := studio(t, "--rules", rules, "--data", filepath.Join(dir, "data.csv"))
	t.Logf("reading took %v", time.Since(began).Round(time.Millisecond))
	ctx := browser(t, 1280, 900)
	open(t, ctx, url)
	began = time.Now()
	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".datarow.visible")`)
	t.Logf("the first rows took %v", time.Since(began).Round(time.Millisecond))
	require.Equal(t, fmt.Sprint(*rows/2), eval[string](t, ctx, `document.querySelector(".viewpage").dataset.visible`))
	frames, err := json.Marshal(eval[map[string]float64](t, ctx, `new Promise((done) => {
		const v = document.querySelector(".datagrid"), times = [], steps = 120, far = v.scrollHeight - v.clientHeight;
		let last = performance.now(), n = 0;
		const step = (now) => { times.push(now - last); last = now; v.scrollTop = n < steps / 2 ? n * 90 : far * (n / steps); if (++n < steps) requestAnimationFrame(step); else { times.sort((a, b) => a - b); done({ median: times[times.length >> 1], p95: times[Math.floor(times.length * 0.95)], worst: times.at(-1) }); } };
		requestAnimationFrame(step);
	})`))
	require.NoError(t, err)
	t.Logf("milliseconds between frames: %s", frames)
	var times struct{ Median float64 }
	require.NoError(t, json.Unmarshal(frames, &times))
	require.Less(t, times.Median, 100.0, "milliseconds of half of the frames, on a machine that may be busy")
	eval[bool](t, ctx, `(() => { const v = document.querySelector(".datagrid"); v.scrollTop = v.scrollHeight; return true; })()`)
	until(t, ctx, fmt.Sprintf(`document.querySelector('[data-row="%d"]')`, *rows))
	require.LessOrEqual(t, eval[float64](t, ctx, `document.querySelectorAll(".datarow").length`), 60.0, "only rows on the screen are made")
}
