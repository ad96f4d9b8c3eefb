//go:build duckdb_arrow

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice"
)

// small is a service of few rows.
func small(t *testing.T, o Orders, name string, cache int64) *Service {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "orders.parquet")
	require.NoError(t, o.WriteParquet(file))
	compute, err := engine(name)
	require.NoError(t, err)
	s, err := Open(t.Context(), Options{Dir: dir, File: file, AnswerCache: cache, Engine: compute})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// revenues are what the rows of a tenant add up to, counted from the rows themselves.
func revenues(t *testing.T, o Orders, tenant string) (rows int, cents int64) {
	t.Helper()
	require.NoError(t, o.each(func(rec arrow.Record) error {
		tenants := rec.Column(0).(*array.Dictionary)
		revenue := rec.Column(17).(*array.Decimal128)
		for i := range int(rec.NumRows()) {
			if tenants.Dictionary().(*array.String).Value(tenants.GetValueIndex(i)) == tenant {
				rows++
				cents += int64(revenue.Value(i).LowBits())
			}
		}
		return nil
	}))
	return rows, cents
}

func money2(cents int64) string { return new(big.Rat).SetFrac64(cents, 100).FloatString(2) }

// ask asks a question over HTTP, and returns the body of the answer.
func ask(t *testing.T, s *Service, token, question string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/query", strings.NewReader(question))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	w := &recorder{header: make(http.Header)}
	s.Handler().ServeHTTP(w, r)
	return fmt.Sprint(w.status, " ", w.body.String())
}

type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

const allRevenue = `{"measures": [{"function": "count", "as": "n"}, {"function": "sum", "of": "revenue", "as": "revenue"}]}`

// TestRefresh: each session gets the rows of its tenant, from both engines, and those of
// a new file after the next refresh.
func TestRefresh(t *testing.T) {
	for _, name := range []string{"go", "duckdb"} {
		o := Orders{Rows: 3000, Tenants: 7, Seed: 5}
		s := small(t, o, name, 1<<20)
		token, err := s.Token(t.Context(), tenant(3))
		require.NoError(t, err)
		require.Contains(t, ask(t, s, token, allRevenue), "503 ", "no rows before the first refresh")
		for _, o := range []Orders{o, {Rows: 4000, Tenants: 7, Seed: 6}} {
			require.NoError(t, o.WriteParquet(s.opts.File))
			done, err := s.Refresh(t.Context())
			require.NoError(t, err)
			require.True(t, done)
			rows, cents := revenues(t, o, tenant(3))
			all, _ := revenues(t, Orders{Rows: o.Rows, Tenants: 1, Seed: o.Seed}, tenant(0))
			require.NotEqual(t, all, rows, "dropped rules are found")
			require.Contains(t, ask(t, s, token, allRevenue), fmt.Sprintf(`[["%d","%s"]]`, rows, money2(cents)))
			done, err = s.Refresh(t.Context())
			require.NoError(t, err)
			require.False(t, done, "the same file")
		}
		require.Contains(t, ask(t, s, "wrong", allRevenue), "401 ")
		require.Contains(t, ask(t, s, token, `{"measures": [{"function": "sum", "of": "nothing"}]}`), "400 ")
		require.Contains(t, ask(t, s, token, `{`), "400 ")
	}
}

// TestKPIs: both engines give the same answers to the questions of the dashboard.
func TestKPIs(t *testing.T) {
	s := small(t, Orders{Rows: 5000, Tenants: 3, Seed: 8}, "go", 0)
	_, err := s.Refresh(t.Context())
	require.NoError(t, err)
	duck, err := engine("duckdb")
	require.NoError(t, err)
	_, err = engine("other")
	require.Error(t, err)
	for _, q := range kpis() {
		var texts []string
		for _, e := range []spice.Engine{nil, duck} {
			answer, err := s.orders.Ask(t.Context(), session(tenant(1)), q, &spice.AskOptions{Engine: e})
			require.NoError(t, err)
			text, err := json.Marshal(answer)
			require.NoError(t, err)
			texts = append(texts, string(text))
			answer.Release()
		}
		require.Equal(t, texts[0], texts[1])
	}
}

// TestClient starts the service, and runs the Python client against it.
func TestClient(t *testing.T) {
	python := pythonCommand(t)
	ctx, cancel := context.WithCancel(t.Context())
	out := new(lines)
	ended := make(chan error, 1)
	c := settings{dir: t.TempDir(), http: "127.0.0.1:0", flight: "127.0.0.1:0", engine: "duckdb", statements: "duckdb", token: tenant(0), rows: 20_000, tenants: 10, refresh: time.Second}
	go func() { ended <- run(ctx, c, out) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	said := regexp.MustCompile(`questions: (\S+)/query\nflight: +(\S+)\ntoken of tenant-000: (\S+)\n`)
	require.Eventually(t, func() bool { return said.MatchString(out.String()) }, time.Minute, 20*time.Millisecond)
	found := said.FindStringSubmatch(out.String())
	cmd := exec.CommandContext(t.Context(), python, append([]string{"client.py"}, found[1:]...)...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	require.NoError(t, err)
	rows, cents := revenues(t, Orders{Rows: 20_000, Tenants: 10, Seed: 1}, tenant(0))
	for _, want := range []string{
		"months 12\n", "tenants ['tenant-000']\n", fmt.Sprintf("rows %d\n", rows), fmt.Sprintf("revenue %s\n", money2(cents)), "customer-",
		"refused SELECT * FROM other\n", "refused SELECT * FROM read_csv('/etc/passwd')\n", "refused DELETE FROM orders\n",
	} {
		require.Contains(t, string(text), want)
	}
}

// lines is output that another goroutine reads.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestBench runs the measurements once, over few rows.
func TestBench(t *testing.T) {
	c := settings{dir: t.TempDir(), engine: "go", statements: "plain", rows: 20_000, tenants: 20, columns: 22, cache: 1 << 20, rowCache: 1 << 20, rounds: 1, sessions: 4, length: 200 * time.Millisecond}
	for _, part := range []string{"load", "kpi", "sessions", "stream"} {
		c.bench = part
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), c, &out), part)
		require.NotEmpty(t, out.String(), part)
	}
	c.bench = "other"
	require.Error(t, run(t.Context(), c, io.Discard))
}

// pythonCommand returns a Python that has the packages of the client. The tests of
// adapters/flightsql install them into the cache folder of the user.
func pythonCommand(t *testing.T) string {
	t.Helper()
	candidates := []string{"python3"}
	if cache, err := os.UserCacheDir(); err == nil {
		found, _ := filepath.Glob(filepath.Join(cache, "rowsight", "adbc-*", "bin", "python"))
		candidates = append(candidates, found...)
	}
	for _, command := range candidates {
		if exec.Command(command, "-c", "import adbc_driver_flightsql.dbapi, polars, pyarrow").Run() == nil {
			return command
		}
	}
	t.Skip("the client needs Python with adbc-driver-flightsql, adbc-driver-manager, pyarrow and polars")
	return ""
}
