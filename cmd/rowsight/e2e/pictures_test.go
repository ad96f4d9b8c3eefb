package e2e

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var screenshots = flag.String("screenshots", "", "folder to write pictures of the page to")

// picture writes what the tab shows.
func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644))
}

// scheme shows the page in a size, light or dark.
func scheme(t *testing.T, ctx context.Context, name string, width, height int64, scale float64) {
	t.Helper()
	run(t, ctx,
		send(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: scale, Mobile: width < 600}),
		send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}),
		chromedp.Sleep(300*time.Millisecond))
}

// TestScreenshots writes the pictures of docs, if asked to.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("no folder was named with -screenshots")
	}
	url, _ := studio(t)
	ctx := browser(t, 1280, 800)
	scheme(t, ctx, "light", 1280, 800, 1)
	open(t, ctx, url)
	until(t, ctx, `document.querySelector(".rulespage")?.dataset.vetted`)
	eval[bool](t, ctx, `(document.querySelector(".grid").focus(), true)`)
	press(t, ctx, arrowDown, arrowRight, arrowRight, arrowRight)
	until(t, ctx, `!document.querySelector(".bubble").hidden`)
	run(t, ctx, chromedp.Sleep(300*time.Millisecond))
	picture(t, ctx, "studio-rules")

	press(t, ctx, "\r")
	until(t, ctx, `document.querySelector(".editor")`)
	run(t, ctx, chromedp.Sleep(400*time.Millisecond))
	picture(t, ctx, "studio-cell")
	press(t, ctx, escape)

	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".datarow.visible")`)
	eval[bool](t, ctx, `(document.querySelector('[data-row="1"]').click(), true)`)
	until(t, ctx, `document.querySelector(".drawer").dataset.row === "1"`)
	run(t, ctx, chromedp.Sleep(300*time.Millisecond))
	picture(t, ctx, "studio-view")

	show(t, ctx, "who")
	until(t, ctx, `document.querySelector(".heatrow[data-name]")`)
	eval[bool](t, ctx, `(document.querySelector('.heatrow[data-name="Aicha"] [data-value="1"]').click(), true)`)
	until(t, ctx, `document.querySelector(".drawer").dataset.picked`)
	run(t, ctx, chromedp.Sleep(300*time.Millisecond))
	picture(t, ctx, "studio-who")

	show(t, ctx, "rules")
	until(t, ctx, `document.querySelector(".rulespage")?.dataset.vetted && document.querySelector(".finding .fix")`)
	eval[bool](t, ctx, `(document.querySelector(".cards .finding .fix").click(), true)`)
	until(t, ctx, `document.querySelector(".file .about")?.textContent === "not saved"`)
	show(t, ctx, "changes")
	until(t, ctx, `document.querySelector(".difference")`)
	run(t, ctx, chromedp.Sleep(300*time.Millisecond))
	picture(t, ctx, "studio-changes")

	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".datarow.visible")`)
	eval[bool](t, ctx, `([...document.querySelectorAll(".viewpage > .toolbar > button")][0].click(), true)`)
	run(t, ctx, chromedp.Sleep(600*time.Millisecond))
	show(t, ctx, "cases")
	until(t, ctx, `document.querySelector(".cases li")`)
	eval[bool](t, ctx, `(document.querySelectorAll(".casespage .toolbar button")[1].click(), true)`)
	run(t, ctx, chromedp.Sleep(6*time.Second)) // messages go
	picture(t, ctx, "studio-cases")
	show(t, ctx, "report")
	run(t, ctx, chromedp.Sleep(300*time.Millisecond))
	picture(t, ctx, "studio-report")

	// Tag rules, on the data of the example.
	dir := t.TempDir()
	sales, err := os.ReadFile(filepath.Join("..", "internal", "studio", "example", "sales.csv"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "sales.csv"), sales, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tags.json"), []byte("{\n  \"Status\": \"ENABLED\",\n  \"TagRules\": [\n    {\"TagKey\": \"region\", \"ColumnName\": \"Region\", \"TagMultiValueDelimiter\": \",\", \"MatchAllValue\": \"every-region-7f3a\"},\n    {\"TagKey\": \"segment\", \"ColumnName\": \"Segment\"},\n    {\"TagKey\": \"product\", \"ColumnName\": \"Products\"}\n  ],\n  \"TagRuleConfigurations\": [[\"region\", \"segment\"], [\"product\"]]\n}\n"), 0o600))
	tagURL, _ := studio(t, "--tags", filepath.Join(dir, "tags.json"), "--data", filepath.Join(dir, "sales.csv"))
	tagContext := browser(t, 1280, 800)
	scheme(t, tagContext, "light", 1280, 800, 1)
	open(t, tagContext, tagURL)
	show(t, tagContext, "tags")
	checked(t, tagContext)
	picture(t, tagContext, "studio-tags")
	typed(t, tagContext, `document.querySelector("#tag-2-column input")`, "Product")
	press(t, tagContext, enter)
	until(t, tagContext, `!document.querySelector("#tag-2-column.has")`)
	show(t, tagContext, "who")
	until(t, tagContext, `document.querySelector(".whopage .empty .main")`)
	click(t, tagContext, ".whopage .empty .main")
	until(t, tagContext, `document.querySelector(".heatrow[data-name]")`)
	run(t, tagContext, chromedp.Sleep(300*time.Millisecond))
	picture(t, tagContext, "studio-tags-who")
	show(t, tagContext, "view")
	until(t, tagContext, `document.querySelector(".sessions option:nth-child(2)")`)
	eval[bool](t, tagContext, `(() => { const s = document.querySelector(".sessions select"); s.selectedIndex = 1; s.dispatchEvent(new Event("change")); return true; })()`)
	until(t, tagContext, `document.querySelector(".datarow .why")`)
	run(t, tagContext, chromedp.Sleep(300*time.Millisecond))
	picture(t, tagContext, "studio-tags-view")
	show(t, tagContext, "changes")
	until(t, tagContext, `document.querySelector(".difference")`)
	run(t, tagContext, chromedp.Sleep(300*time.Millisecond))
	picture(t, tagContext, "studio-tags-changes")

	scheme(t, ctx, "dark", 1280, 800, 1)
	show(t, ctx, "rules")
	until(t, ctx, `document.querySelector(".rulespage")?.dataset.vetted`)
	run(t, ctx, chromedp.Sleep(300*time.Millisecond))
	picture(t, ctx, "studio-dark")
	show(t, ctx, "who")
	until(t, ctx, `document.querySelector(".heatrow[data-name]")`)
	picture(t, ctx, "studio-who-dark")

	scheme(t, ctx, "light", 1280, 800, 1)
	eval[bool](t, ctx, `(() => { const s = document.querySelector('[data-keep="language"]'); s.value = "es"; s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`)
	show(t, ctx, "rules")
	vetted(t, ctx)
	picture(t, ctx, "studio-spanish")
	eval[bool](t, ctx, `(() => { const s = document.querySelector('[data-keep="language"]'); s.value = "en"; s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`)
	show(t, ctx, "rules")
	vetted(t, ctx)
	scheme(t, ctx, "light", 390, 844, 2)
	picture(t, ctx, "studio-phone-rules")
	show(t, ctx, "view")
	until(t, ctx, `document.querySelector(".datarow.visible")`)
	picture(t, ctx, "studio-phone")
}
