package e2e

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/examples/oktank/internal/revenue"
)

// viewers say, apart from all rules, what each user of the story may see. It is
// the oracle.
var viewers = []struct {
	name string
	sees func(revenue.Row) bool
}{
	{"NorthUser", func(r revenue.Row) bool {
		return r.Hospital == "North Hospital" && (r.Region == "Central" || r.Region == "East")
	}},
	{"NorthAdmin", func(r revenue.Row) bool { return r.Hospital == "North Hospital" }},
	{"SouthUser", func(r revenue.Row) bool { return r.Hospital == "South Hospital" && r.Region == "South" }},
	{"SouthAdmin", func(r revenue.Row) bool { return r.Hospital == "South Hospital" }},
	{"PowerUser", func(revenue.Row) bool { return true }},
}

// page is what the dashboard says to one viewer.
type page struct {
	Revenue, Visits, Rows         float64
	ByMonth, ByHospital, ByRegion map[string]float64
	Hospitals, Regions            []string // of the lists of choices
	TableRevenue, TableVisits     float64
	TableLines                    int
	PerVisit                      float64
	BestMonth                     string
	BestRevenue                   float64
}

// oracle computes the page from the rows.
func oracle(sees func(revenue.Row) bool) page {
	p := page{ByMonth: map[string]float64{}, ByHospital: map[string]float64{}, ByRegion: map[string]float64{}}
	lines := map[[3]string]bool{}
	for _, r := range revenue.Rows() {
		if !sees(r) {
			continue
		}
		r.Region = cmp.Or(r.Region, "(no region)")
		p.Rows++
		p.Revenue += r.Revenue
		p.Visits += float64(r.Visits)
		p.ByMonth[r.Month] += r.Revenue
		p.ByHospital[r.Hospital] += r.Revenue
		p.ByRegion[r.Region] += r.Revenue
		lines[[3]string{r.Hospital, r.Region, r.Department}] = true
	}
	p.PerVisit = p.Revenue / p.Visits
	for month, sum := range p.ByMonth {
		if sum > p.BestRevenue || sum == p.BestRevenue && month < p.BestMonth {
			p.BestMonth, p.BestRevenue = month, sum
		}
	}
	p.TableRevenue, p.TableVisits, p.TableLines = p.Revenue, p.Visits, len(lines)
	return p
}

const (
	frame = `document.getElementById("frame").contentDocument`
	ready = frame + `?.getElementById("kpi-rows")?.dataset.value > 0 && ` + idle
	idle  = frame + `.getElementById("dashboard").ariaBusy === "false"`
	// read gathers the numbers of the page in the frame, and all pages of the table.
	read = `(async () => {
		const d = ` + frame + `, $ = (id) => d.getElementById(id), number = (id) => Number($(id).dataset.value);
		const cell = (tr, i) => Number(tr.cells[i].textContent.replace(/[^0-9.-]/g, ""));
		const press = async (id) => {
			$(id).click();
			while ($("dashboard").ariaBusy !== "false") await new Promise((done) => setTimeout(done, 10));
		};
		while (!$("table-back").disabled) await press("table-back");
		const lines = [...$("table").tBodies[0].rows];
		while (!$("table-next").disabled) {
			await press("table-next");
			lines.push(...$("table").tBodies[0].rows);
		}
		const choices = (name) => [...$("filters").elements[name].options].slice(1).map((o) => o.value);
		return {
			Revenue: number("kpi-revenue"), Visits: number("kpi-visits"), Rows: number("kpi-rows"), PerVisit: number("kpi-per-visit"),
			BestMonth: $("kpi-best").textContent, BestRevenue: number("kpi-best"),
			ByMonth: JSON.parse($("d-month").dataset.sums), ByHospital: JSON.parse($("d-hospital").dataset.sums), ByRegion: JSON.parse($("d-region").dataset.sums),
			Hospitals: choices("hospital"), Regions: choices("region"),
			TableVisits: lines.reduce((n, tr) => n + cell(tr, 3), 0), TableRevenue: lines.reduce((n, tr) => n + cell(tr, 4), 0), TableLines: lines.length,
		};
	})()`
)

// login opens the portal and logs in as a user.
func login(t *testing.T, ctx context.Context, url, user string) {
	t.Helper()
	run(t, ctx, chromedp.Navigate(url), chromedp.Click(`button[value="`+user+`"]`, chromedp.NodeVisible))
	until(t, ctx, `document.querySelector("h1")?.textContent === "Revenue for `+user+`"`)
	until(t, ctx, ready)
}

// become changes the user in the menu at the top right.
func become(t *testing.T, ctx context.Context, user string) {
	t.Helper()
	run(t, ctx, chromedp.Click(`#menu summary`), chromedp.Click(`#menu button[value="`+user+`"]`, chromedp.NodeVisible))
	until(t, ctx, `document.querySelector("h1")?.textContent === "Revenue for `+user+`"`)
	until(t, ctx, ready)
}

// complaints collects what the pages throw, until the browser ends.
func complaints(t *testing.T, ctx context.Context) func() []string {
	t.Helper()
	run(t, ctx, command(runtime.Enable, cdp.Empty{}))
	var mu sync.Mutex
	var said []string
	events := chromedp.Events(ctx, runtime.ExceptionThrown)
	go func() {
		for e, err := range events {
			if err != nil {
				return
			}
			mu.Lock()
			said = append(said, e.ExceptionDetails.Text)
			mu.Unlock()
		}
	}()
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(said)
	}
}

func TestZero(t *testing.T) {
	require.Zero(t, oracle(func(revenue.Row) bool { return false }).Rows)
}

// TestViewers: for each user every number on the page is the oracle's.
func TestViewers(t *testing.T) {
	url, _ := site(t)
	ctx := browser(t, 1280, 900)
	said := complaints(t, ctx)
	seen := map[float64]string{}
	for i, viewer := range viewers {
		if i == 0 {
			login(t, ctx, url, viewer.name)
		} else {
			become(t, ctx, viewer.name)
		}
		want, got := oracle(viewer.sees), eval[page](t, ctx, read)
		require.Len(t, got.Hospitals, len(want.ByHospital), viewer.name)
		for _, name := range got.Hospitals {
			require.Contains(t, want.ByHospital, name, "a choice must not name what is hidden")
		}
		require.Len(t, got.Regions, len(want.ByRegion), viewer.name)
		for _, name := range got.Regions {
			require.Contains(t, want.ByRegion, name)
		}
		got.Hospitals, got.Regions = nil, nil
		require.InDelta(t, want.PerVisit, got.PerVisit, 1e-9)
		got.PerVisit = want.PerVisit
		require.Equal(t, want, got, viewer.name)

		require.Empty(t, seen[got.Revenue], "two viewers of the story see different sums")
		seen[got.Revenue] = viewer.name
	}
	require.Len(t, seen, 5)
	require.Empty(t, said())
}

// TestFilters: the lists of choices narrow the page down as they say.
func TestFilters(t *testing.T) {
	url, _ := site(t)
	ctx := browser(t, 1280, 900)
	login(t, ctx, url, "PowerUser")
	choose := func(name, value string) {
		eval[bool](t, ctx, `(() => { const s = `+frame+`.getElementById("filters").elements["`+name+`"]; s.value = "`+value+`"; s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`)
	}
	choose("hospital", "Downtown Hospital")
	choose("from", "2025-06")
	choose("to", "2025-08")
	until(t, ctx, idle)
	until(t, ctx, `(() => { const f = document.getElementById("frame"); return f.style.height === Math.ceil(f.contentDocument.body.offsetHeight) + "px"; })()`) // all of it, and no more
	want := oracle(func(r revenue.Row) bool {
		return r.Hospital == "Downtown Hospital" && r.Month >= "2025-06" && r.Month <= "2025-08"
	})
	got := eval[page](t, ctx, read)
	require.Equal(t, want.Revenue, got.Revenue)
	require.Equal(t, want.ByMonth, got.ByMonth)
	require.Len(t, want.ByMonth, 3)
	eval[bool](t, ctx, frame+`.querySelector("button[type=reset]").click(), true`)
	until(t, ctx, frame+`.getElementById("kpi-rows").dataset.value == "`+strconv.FormatFloat(oracle(func(revenue.Row) bool { return true }).Rows, 'f', -1, 64)+`"`)
}

// TestRows: the table of rows shows the visible rows in an order, page by page.
func TestRows(t *testing.T) {
	url, _ := site(t)
	ctx := browser(t, 1280, 900)
	login(t, ctx, url, "SouthAdmin")
	var rows []revenue.Row
	for _, r := range revenue.Rows() {
		if viewers[3].sees(r) {
			rows = append(rows, r)
		}
	}
	// texts returns 12 rows from at, as the page shows them.
	texts := func(at int, by func(a, b revenue.Row) int) (lines [][]string) {
		region := func(r revenue.Row) string { return cmp.Or(r.Region, "\U0010FFFF") }
		slices.SortFunc(rows, func(a, b revenue.Row) int {
			return cmp.Or(by(a, b), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Hospital, b.Hospital), cmp.Compare(region(a), region(b)),
				cmp.Compare(a.Department, b.Department), cmp.Compare(a.Payer, b.Payer), cmp.Compare(a.Visits, b.Visits))
		})
		for _, r := range rows[at : at+12] {
			lines = append(lines, []string{r.Month, r.Hospital, cmp.Or(r.Region, "(no region)"), r.Department, r.Payer, strconv.Itoa(int(r.Visits)), strconv.Itoa(int(r.Revenue))})
		}
		return lines
	}
	const table = frame + `.getElementById("rows")`
	shown := func() [][]string {
		until(t, ctx, idle)
		return eval[[][]string](t, ctx, `[...`+table+`.tBodies[0].rows].map((tr) => [...tr.cells].map((td, i) => i < 5 ? td.textContent : td.textContent.replace(/[^0-9]/g, "")))`)
	}
	press := func(selector string) { eval[bool](t, ctx, frame+`.querySelector('`+selector+`').click(), true`) }
	newest := func(a, b revenue.Row) int { return cmp.Compare(b.Month, a.Month) }
	require.Equal(t, texts(0, newest), shown())
	press("#rows-next")
	require.Equal(t, texts(12, newest), shown())
	press(`#rows button[data-key="region"]`)
	press("#rows-next") // while the first answer is on its way
	require.Equal(t, texts(12, func(a, b revenue.Row) int {
		return cmp.Compare(cmp.Or(a.Region, "\U0010FFFF"), cmp.Or(b.Region, "\U0010FFFF"))
	}), shown())
	press(`#rows button[data-key="revenue"]`)
	require.Equal(t, texts(0, func(a, b revenue.Row) int { return cmp.Compare(b.Revenue, a.Revenue) }), shown())
	require.Equal(t, "Lines 1 to 12", eval[string](t, ctx, table+`.caption.textContent`))
}

// TestKeyboard: logging in, changing the user and opening the table work
// without a mouse.
func TestKeyboard(t *testing.T) {
	url, _ := site(t)
	ctx := browser(t, 1280, 900)
	run(t, ctx, chromedp.Navigate(url), chromedp.WaitVisible(`.people`))
	press := func(keys ...string) {
		for _, key := range keys {
			run(t, ctx, chromedp.KeyEvent(key))
		}
	}
	focused := func() string {
		return eval[string](t, ctx, `document.activeElement.value || document.activeElement.textContent.trim() || document.activeElement.id`)
	}
	tabTo := func(what string) {
		for range 40 {
			if focused() == what {
				return
			}
			press(kb.Tab)
		}
		t.Fatalf("tab does not lead to %s", what)
	}
	tabTo("SouthUser")
	press(kb.Enter)
	until(t, ctx, `document.querySelector("h1")?.textContent === "Revenue for SouthUser" && document.readyState === "complete"`)
	tabTo("SouthUser") // the menu, whose Escape is a script's
	press(kb.Enter)
	until(t, ctx, `document.getElementById("menu").open`)
	press(kb.Escape)
	until(t, ctx, `!document.getElementById("menu").open`)
	press(kb.Enter)
	tabTo("PowerUser")
	press(kb.Enter)
	until(t, ctx, `document.querySelector("h1")?.textContent === "Revenue for PowerUser"`)
	until(t, ctx, ready)
}

// embedURL asks the portal, as whoever is logged in, for a new embed URL that
// no frame follows.
func embedURL(t *testing.T, ctx context.Context, url string) string {
	t.Helper()
	address := eval[string](t, ctx, `fetch("/").then((r) => r.text()).then((text) => new DOMParser().parseFromString(text, "text/html").getElementById("frame").getAttribute("src"))`)
	require.True(t, strings.HasPrefix(address, url+"/embed/oktank/dashboards/revenue?code="), address)
	return address
}

// refused opens an address and returns the heading and text of the page.
func refused(t *testing.T, ctx context.Context, url string) string {
	t.Helper()
	run(t, ctx, chromedp.Navigate(url), chromedp.WaitReady("body"))
	return eval[string](t, ctx, `document.body.innerText`)
}

// TestRefusals: a URL works once and for five minutes; what was tampered with,
// and what is of another namespace, is refused. Each time a page says so.
func TestRefusals(t *testing.T) {
	url, later := site(t)
	ctx := browser(t, 1280, 900)
	login(t, ctx, url, "SouthUser")

	t.Run("a second redemption", func(t *testing.T) {
		address := embedURL(t, ctx, url)
		run(t, ctx, chromedp.Navigate(address))
		until(t, ctx, `document.getElementById("kpi-rows")?.dataset.value > 0`)
		require.NotContains(t, eval[string](t, ctx, `location.href`), "code=", "the code is gone from the address")
		text := refused(t, ctx, address)
		require.Contains(t, text, "already used")
	})
	t.Run("an expired URL", func(t *testing.T) {
		run(t, ctx, chromedp.Navigate(url))
		address := embedURL(t, ctx, url)
		later(6 * time.Minute)
		require.Contains(t, refused(t, ctx, address), "expired")
	})
	t.Run("a tampered URL", func(t *testing.T) {
		run(t, ctx, chromedp.Navigate(url))
		address := embedURL(t, ctx, url)
		last := address[len(address)-1]
		other := byte('A')
		if last == other {
			other = 'B'
		}
		text := refused(t, ctx, address[:len(address)-2]+string([]byte{other, last}))
		require.NotContains(t, text, "kpi")
		require.Contains(t, text, "not valid")
	})
	t.Run("a tampered session", func(t *testing.T) {
		run(t, ctx, chromedp.Navigate(url))
		until(t, ctx, ready)
		// From here on the browser sends a token with its end changed.
		held := chromedp.Events(ctx, fetch.RequestPaused)
		run(t, ctx, command(fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*/ask"}}}))
		go func() {
			for e, err := range held {
				if err != nil {
					return
				}
				var headers []*fetch.HeaderEntry
				for name, value := range e.Request.Headers {
					text := fmt.Sprint(value)
					if http.CanonicalHeaderKey(name) == "Authorization" {
						text = text[:len(text)-3] + "xyz"
					}
					headers = append(headers, &fetch.HeaderEntry{Name: name, Value: text})
				}
				_ = chromedp.Do(ctx, command(fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID, Headers: headers}))
			}
		}()
		eval[bool](t, ctx, frame+`.getElementById("refresh").click(), true`)
		until(t, ctx, frame+`.getElementById("notice").role === "alert"`)
		text := eval[string](t, ctx, frame+`.body.innerText`)
		require.Contains(t, text, "not valid")
		require.NotContains(t, text, "$", "no number stays on the page")
		run(t, ctx, command(fetch.Disable, cdp.Empty{}))
		// The session is still good, and its code is used up.
		eval[bool](t, ctx, frame+`.querySelector("#notice button").click(), true`)
		until(t, ctx, ready+` && !`+frame+`.getElementById("content").hidden`)
	})
	t.Run("a foreign namespace", func(t *testing.T) {
		run(t, ctx, chromedp.Navigate(url))
		address := embedURL(t, ctx, url)
		text := refused(t, ctx, strings.Replace(address, "/embed/oktank/", "/embed/globex/", 1))
		require.Contains(t, text, "another namespace")
	})
}

// TestOperator: only the operator view shows the predicate.
func TestOperator(t *testing.T) {
	url, _ := site(t)
	ctx := browser(t, 1280, 900)
	login(t, ctx, url, "NorthUser")
	require.False(t, eval[bool](t, ctx, `document.documentElement.outerHTML.includes("Central, East")`), "tag values are secrets")
	run(t, ctx, chromedp.Click(`#menu summary`), chromedp.Click(`#menu button[formaction="/operator"]`, chromedp.NodeVisible), chromedp.WaitVisible(`#predicate`))
	require.Equal(t, `hospital in ("North Hospital") and region in ("Central", "East")`, eval[string](t, ctx, `document.getElementById("predicate").textContent`))
}

// TestPhone: on a small screen nothing is wider than the screen.
func TestPhone(t *testing.T) {
	url, _ := site(t)
	ctx := browser(t, 390, 844)
	run(t, ctx, command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 2, Mobile: true}))
	login(t, ctx, url, "PowerUser")
	for _, document := range []string{"document", frame} {
		width := eval[float64](t, ctx, document+`.documentElement.scrollWidth`)
		require.LessOrEqual(t, width, 390.0, document)
	}
}

var screenshots = flag.String("screenshots", "", "folder to write pictures of the pages to")

// TestScreenshots writes the pictures of docs, if asked to.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no folder was named with -screenshots")
	}
	url, _ := site(t)
	ctx := browser(t, 1280, 1000)
	login(t, ctx, url, "PowerUser")
	picture := func(name, scheme string, phone bool) {
		width, height, scale := int64(1280), int64(1000), 1.0
		if phone {
			width, height, scale = 390, 844, 2
		}
		run(t, ctx,
			command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: scale, Mobile: phone}),
			command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}),
			chromedp.Sleep(time.Second)) // charts are drawn again
		png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644))
	}
	picture("oktank-power-user", "light", false)
	become(t, ctx, "SouthUser")
	picture("oktank-south-user-dark", "dark", false)
	picture("oktank-phone", "light", true)
}
