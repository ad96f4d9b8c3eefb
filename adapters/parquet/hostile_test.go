package parquet_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/metrics"
	"sort"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/predicate"
)

const (
	hostileEnv   = "ROWSIGHT_PARQUET_HOSTILE" // seconds; set in the process that reads hostile files
	hostileBytes = 32 << 20                   // MaxBatchBytes
	hostileHeap  = 512 << 20                  // more than that is a huge allocation
)

// TestHostileFiles reads thousands of broken files in a process of its own, so
// that what no recover can catch (a panic on a goroutine of the library, an
// exhausted stack, memory) fails this test and names the file.
func TestHostileFiles(t *testing.T) {
	if secs := os.Getenv(hostileEnv); secs != "" {
		n, err := strconv.Atoi(secs)
		require.NoError(t, err)
		readHostileFiles(t, time.Duration(n)*time.Second)
		return
	}
	secs := "8"
	if testing.Short() {
		secs = "1"
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestHostileFiles$", "-test.v")
	cmd.Env = append(os.Environ(), hostileEnv+"="+secs, "GOMEMLIMIT=256MiB")
	out, err := cmd.CombinedOutput()
	if len(out) > 6000 {
		out = out[len(out)-6000:]
	}
	require.NoError(t, err, "the process that reads hostile files died; the last lines say at which:\n%s", out)
	t.Logf("%s", out)
}

func readHostileFiles(t *testing.T, d time.Duration) {
	names, files := sources(t)
	last := filepath.Join(t.TempDir(), "last")
	dicts := make([][]string, len(files))
	for i, b := range files {
		dicts[i] = texts(t, b)
	}
	defer watchHeap(last)()
	var read, refused int
	rnd := rand.New(rand.NewPCG(1, 2))
	for start, round := time.Now(), 0; time.Since(start) < d; round++ {
		for i, whole := range files {
			b, what := mutate(rnd, whole)
			require.NoError(t, os.WriteFile(last, []byte(names[i]+": "+what), 0o600))
			opts := &parquet.Options{Dictionary: dicts[i][:len(dicts[i])*(round%2)]}
			if round%4 > 1 {
				opts.Prune = anyOf(dicts[i])
			}
			if readHostile(t, b, opts, names[i]+": "+what) == nil {
				read++
			} else {
				refused++
			}
		}
	}
	fmt.Printf("%d files read, %d refused\n", read, refused)
	require.NotZero(t, refused)
}

func FuzzRead(f *testing.F) {
	f.Add(file(f, nil, sales(3)))
	f.Add(file(f, &parquet.WriterOptions{Compression: parquet.Uncompressed}, sales(3)))
	f.Add(file(f, &parquet.WriterOptions{Statistics: []string{}, BloomFilters: []string{"region"}}, sales(3)))
	f.Fuzz(func(t *testing.T, b []byte) {
		names := texts(t, b)
		_ = readHostile(t, b, &parquet.Options{}, "fuzz")
		_ = readHostile(t, b, &parquet.Options{Dictionary: names}, "fuzz")
		_ = readHostile(t, b, &parquet.Options{Prune: anyOf(names)}, "fuzz")
		for _, name := range names { // a record for each row, so that windows end in pages
			p := predicate.HasValue(name)
			_ = readHostile(t, b, &parquet.Options{Prune: &p, BatchRows: 1}, "fuzz")
		}
	})
}

// anyOf asks for a value in each of some columns, so that all evidence about them
// is looked at.
func anyOf(columns []string) *predicate.Predicate {
	var ps []predicate.Predicate
	for _, c := range columns {
		ps = append(ps, predicate.In(c, "US", "customer 5", "no such value"))
	}
	p := predicate.Or(ps...)
	return &p
}

// readHostile reads a file to its end. What it says is what it has: as many
// rows as the footer says, read or left out, or an error of this package.
func readHostile(t *testing.T, b []byte, opts *parquet.Options, what string) error {
	t.Helper()
	opts.MaxBatchBytes, opts.BatchRows = hostileBytes, cmp.Or(opts.BatchRows, 1000)
	r, err := parquet.NewReader(section(b), opts)
	if err == nil {
		rows := int64(0)
		for r.Next() {
			rows += r.Record().NumRows()
			_, _ = r.Record().MarshalJSON() // looks at every value, as a filter would
		}
		if err = r.Err(); err == nil {
			require.Equal(t, r.NumRows(), rows+r.Stats().RowsSkipped, what)
		}
		r.Release()
	}
	var where *parquet.Error
	if err != nil && !errors.As(err, &where) {
		t.Errorf("%s: not an Error: %v", what, err)
	}
	return err
}

// mutate flips bits anywhere or in the footer, overwrites bytes, or cuts.
func mutate(rnd *rand.Rand, whole []byte) ([]byte, string) {
	b := bytes.Clone(whole)
	footer := max(0, len(b)-8-int(uint32(b[len(b)-8])|uint32(b[len(b)-7])<<8|uint32(b[len(b)-6])<<16))
	pick := func(from int) int { return from + rnd.IntN(len(b)-from) }
	switch kind := rnd.IntN(6); kind {
	case 0:
		n := rnd.IntN(len(b))
		return b[:n], fmt.Sprintf("cut to %d", n)
	case 1, 2: // anywhere
		what := "flip"
		for range 1 + rnd.IntN(3) {
			at, bit := pick(0), rnd.IntN(8)
			b[at] ^= 1 << bit
			what += fmt.Sprintf(" %d.%d", at, bit)
		}
		return b, what
	case 3, 4: // in the footer
		what := "flip footer"
		for range 1 + rnd.IntN(3) {
			at, bit := pick(footer), rnd.IntN(8)
			b[at] ^= 1 << bit
			what += fmt.Sprintf(" %d.%d", at, bit)
		}
		return b, what
	default: // the values attackers like
		at, v := pick(0), []byte{0x00, 0x7f, 0x80, 0xff}[rnd.IntN(4)]
		n := min(1+rnd.IntN(8), len(b)-at)
		for i := range n {
			b[at+i] = v
		}
		return b, fmt.Sprintf("%d bytes of %#x at %d", n, v, at)
	}
}

// sources are files of every type and codec: our own, and real ones of other
// writers when they are there.
func sources(t *testing.T) (names []string, files [][]byte) {
	rec := columns(t, memory.DefaultAllocator)
	for name, c := range map[string]parquet.Compression{"zstd": parquet.Zstd, "snappy": parquet.Snappy, "plain": parquet.Uncompressed} {
		names, files = append(names, "types "+name, "sales "+name),
			append(files, file(t, &parquet.WriterOptions{Compression: c}, rec), file(t, &parquet.WriterOptions{Compression: c, RowGroupRows: 300}, sales(1000)))
	}
	for name, opts := range map[string]*parquet.WriterOptions{
		"sales bloom":      {RowGroupRows: 50, Statistics: []string{}, BloomFilters: []string{"region", "customer"}},
		"sales dictionary": {RowGroupRows: 50, Statistics: []string{}, Compression: parquet.Snappy},
		"sales statistics": {RowGroupRows: 20},
	} {
		names, files = append(names, name), append(files, file(t, opts, sales(200)))
	}
	for i, tt := range carried { // small files, so that every byte is hit
		col := rec.Column(i)
		one := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: tt.name, Type: col.DataType(), Nullable: true}}, nil), []arrow.Array{col}, -1)
		names, files = append(names, tt.name), append(files, file(t, nil, one))
	}
	var paths []string
	t.Run("real files", func(t *testing.T) { // skips itself when they are not there
		paths = parquetFiles(t, realdata.Path(t, "data", "5_conformance", "parquet-testing"))
	})
	sort.Strings(paths)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		if len(b) < 64<<10 {
			names, files = append(names, filepath.Base(path)), append(files, b)
		}
	}
	return names, files
}

// watchHeap ends the process when the heap grows past what a file may ask for.
// It returns a function that ends the watch.
func watchHeap(last string) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			metrics.Read(sample)
			if n := sample[0].Value.Uint64(); n > hostileHeap {
				what, _ := os.ReadFile(last)
				fmt.Printf("%d bytes on the heap for %s\n", n, what)
				os.Exit(3)
			}
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() { close(done); <-ended }
}
