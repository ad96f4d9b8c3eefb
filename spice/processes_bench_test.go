package spice

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

const benchDirEnv = "ROWSIGHT_BENCH_PROCESS_DIR"

// BenchmarkProcesses measures how many reads of one tenant of 1,000 several processes
// do on one folder, and how long it takes until all of them read by new rules.
func BenchmarkProcesses(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "store")
	store, err := Open(dir, nil)
	require.NoError(b, err)
	defer store.Close()
	ctx := context.Background()
	rules, err := store.CreateDataset(ctx, DatasetInput{ID: "rules", ImportMode: SPICE, UseAs: RLSRules})
	require.NoError(b, err)
	_, err = rules.Refresh(ctx, csvTable("UserName,tenant\nanna,tenant7\n"), RefreshFull)
	require.NoError(b, err)
	d, err := store.CreateDataset(ctx, DatasetInput{ID: "sales", ImportMode: SPICE})
	require.NoError(b, err)
	require.NoError(b, d.Attach(ctx, permissions(rules)))
	rows := table{{"id", "tenant"}}
	for i := range 200_000 {
		rows = append(rows, []string{strconv.Itoa(i), fmt.Sprint("tenant", i%1000)})
	}
	_, err = d.Refresh(ctx, rows, RefreshFull)
	require.NoError(b, err)

	for _, n := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("readers=%d", n), func(b *testing.B) {
			for b.Loop() {
				var all []*exec.Cmd
				var outs []*strings.Builder
				for i := range n {
					cmd := exec.Command(os.Args[0], "-test.run=^TestBenchReader$")
					cmd.Env = append(os.Environ(), benchDirEnv+"="+dir, chaosProcessEnv+"="+strconv.Itoa(i))
					out := new(strings.Builder)
					cmd.Stdout = out
					require.NoError(b, cmd.Start())
					all, outs = append(all, cmd), append(outs, out)
				}
				total := 0.0
				for i, cmd := range all {
					require.NoError(b, cmd.Wait())
					var rate float64
					_, err := fmt.Sscan(outs[i].String(), &rate)
					require.NoError(b, err)
					total += rate
				}
				b.ReportMetric(total, "reads/s")
			}
		})
	}
	b.Run("revoke", func(b *testing.B) {
		opts := &Options{ReadOnly: true, Audit: new(audit.Memory)}
		reader, err := Open(dir, opts)
		require.NoError(b, err)
		defer reader.Close()
		r, err := reader.Dataset("sales")
		require.NoError(b, err)
		for i := 0; b.Loop(); i++ {
			_, err := rules.Refresh(ctx, csvTable([]string{"UserName,tenant\nben,tenant7\n", "UserName,tenant\nanna,tenant7\n"}[i%2]), RefreshFull)
			require.NoError(b, err)
			count, err := r.Count(ctx, user("anna"))
			require.NoError(b, err)
			require.Equal(b, int64(i%2*200), count)
		}
	})
}

// TestBenchReader is a process of BenchmarkProcesses.
func TestBenchReader(t *testing.T) {
	dir := os.Getenv(benchDirEnv)
	if dir == "" {
		t.Skip("is run by BenchmarkProcesses")
	}
	log, err := audit.OpenLog(fmt.Sprintf("%s.%s.jsonl", dir, os.Getenv(chaosProcessEnv)), &audit.LogOptions{Sync: audit.SyncSoon})
	require.NoError(t, err)
	store, err := Open(dir, &Options{ReadOnly: true, Audit: log})
	require.NoError(t, err)
	d, err := store.Dataset("sales")
	require.NoError(t, err)
	n, start := 0, time.Now()
	for ; time.Since(start) < time.Second; n++ {
		ids, err := read1(d, user("anna"))
		require.NoError(t, err)
		require.Len(t, ids, 200)
	}
	fmt.Println(float64(n) / time.Since(start).Seconds())
}
