package e2e

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// command returns the built command.
var command = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "rowsight-e2e-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "rowsight")
	build := exec.Command("go", "build", "-o", path, "..")
	build.Env = append(os.Environ(), "GOWORK=")
	build.Dir = "."
	if out, err := build.CombinedOutput(); err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

func binary(t *testing.T) string {
	t.Helper()
	path, err := command()
	require.NoError(t, err)
	return path
}

// studio starts rowsight studio and returns the address it prints.
func studio(t *testing.T, args ...string) (url string, process *exec.Cmd) {
	t.Helper()
	process = exec.Command(binary(t), append([]string{"studio", "--no-open"}, args...)...)
	return start(t, process), process
}

func start(t *testing.T, process *exec.Cmd) (url string) {
	t.Helper()
	stderr, err := process.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	t.Cleanup(func() {
		process.Process.Signal(syscall.SIGTERM)
		process.Wait()
	})
	lines := bufio.NewScanner(stderr)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if text := strings.TrimSpace(lines.Text()); strings.HasPrefix(text, "http://127.0.0.1:") {
			return text
		}
	}
	require.Fail(t, "no address", strings.Join(said, "\n"))
	return ""
}

// browser starts Chromium with an empty profile, and returns a tab.
func browser(t *testing.T, width, height int) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("there is no Chromium: install the package chromium to use the page as a browser does")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(width, height),
		chromedp.Flag("lang", "en"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to sandbox itself as root
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	run(t, ctx) // starts it; a timeout on this context would end it
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	complain(t, ctx)
	return ctx
}

// complain fails the test for what a page throws.
func complain(t *testing.T, ctx context.Context) {
	run(t, ctx, send(runtime.Enable, cdp.Empty{}))
	var mu sync.Mutex
	var said []string
	events := chromedp.Events(ctx, runtime.ExceptionThrown)
	go func() {
		for e, err := range events {
			if err != nil {
				return
			}
			text := e.ExceptionDetails.Text
			if e.ExceptionDetails.Exception != nil {
				text += " " + e.ExceptionDetails.Exception.Description
			}
			mu.Lock()
			said = append(said, text)
			mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		require.Empty(t, said, "exceptions of the page")
	})
}

// open shows a page of the studio.
func open(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	run(t, ctx, chromedp.Navigate(url))
	until(t, ctx, `document.documentElement.dataset.ready === "true"`)
}

// show goes to one of the pages.
func show(t *testing.T, ctx context.Context, page string) {
	t.Helper()
	eval[bool](t, ctx, `(location.hash = "`+page+`", true)`)
	until(t, ctx, `document.querySelector('nav a[aria-current="page"]')?.hash === "#`+page+`" && !document.querySelector("main > .waiting")`)
}

// run does things in the browser, and fails the test if one fails.
func run(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, steps...))
}

// press sends keys to what has the focus.
func press(t *testing.T, ctx context.Context, keys ...string) {
	t.Helper()
	for _, key := range keys {
		run(t, ctx, chromedp.KeyEvent(key))
	}
}

// send is a command of the protocol as a step.
func send[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, c, params)
		return chromedp.Void{}, err
	}
}

// eval returns the value of a JavaScript expression in the tab.
func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(t, err, expression)
	return v
}

// until waits for a JavaScript expression to be true. Asking may fail while the
// tab goes from one page to another.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	var last error
	for range 600 {
		var ok bool
		if ok, last = chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")")); ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	require.Fail(t, "never true", "%s (%v), on the page\n%s", expression, last, page)
}
