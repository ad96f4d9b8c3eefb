package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestPlayground: the page without a server answers as the command does, and
// sends nothing anywhere.
func TestPlayground(t *testing.T) {
	if testing.Short() {
		t.Skip("compiling for WebAssembly takes minutes")
	}
	dir := t.TempDir()
	build := exec.Command(filepath.Join("..", "..", "..", "scripts", "playground"), dir)
	build.Env = append(os.Environ(), "GOWORK=")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	t.Log(string(out))
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A browser fetches the icon of a page when it likes, even minutes later.
		if what := r.Method + " " + r.RequestURI; what != "GET /icon.svg" {
			mu.Lock()
			asked = append(asked, what)
			mu.Unlock()
		}
		http.FileServer(http.Dir(dir)).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	ctx := browser(t, 1280, 1500)
	// requests returns what the page has asked for. It makes one more request first and
	// waits for its answer, so that those on their way have time to arrive.
	requests := func() []string {
		require.True(t, eval[bool](t, ctx, `fetch("icon.svg", { cache: "no-store" }).then((r) => r.ok)`))
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(asked)
	}
	open(t, ctx, server.URL)
	until(t, ctx, `document.documentElement.dataset.started`)
	t.Logf("started after %s ms", eval[string](t, ctx, `document.documentElement.dataset.started`))
	vetted(t, ctx)
	loaded := requests()
	require.Contains(t, loaded, "GET /rowsight.wasm.gz")
	require.Equal(t, 4, eval[int](t, ctx, `document.querySelectorAll(".cards .finding.warning").length`))
	drop(t, ctx, map[string]string{"rules.csv": rulesText, "sales.csv": salesText}, "rules.csv", "sales.csv")
	show(t, ctx, "view")
	rows, problem := pageRows(t, ctx, "Martha", false, true)
	require.Empty(t, problem)
	require.Equal(t, [][]string{{"2", "US", "Enterprise"}}, rows)
	show(t, ctx, "who")
	until(t, ctx, `document.querySelector(".heatrow[data-name]")`)
	show(t, ctx, "rules")
	vetted(t, ctx)
	eval[bool](t, ctx, `(document.querySelector(".cards .fix").click(), true)`)
	until(t, ctx, `!document.querySelector(".top .main").disabled`)
	show(t, ctx, "changes")
	until(t, ctx, `document.querySelector(".difference")`)
	require.Equal(t, loaded, requests(), "after it is loaded, the page asks nobody")
	for _, what := range loaded {
		require.Regexp(t, `^GET /[a-z0-9_.]*$`, what, "a file of the page, without a query")
	}
	eval[bool](t, ctx, `(fetch("app.css?who=Martha"), true)`)
	for i := 0; len(requests()) == len(loaded); i++ {
		require.Less(t, i, 600, "a page that asked would be seen")
		time.Sleep(10 * time.Millisecond)
	}
	require.Equal(t, append(loaded, "GET /app.css?who=Martha"), requests())
}
