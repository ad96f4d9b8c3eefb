//go:build unix

package parquet_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
)

// The rows of this benchmark: orders of a thousand tenants, who are mixed in
// the source as they are in life.
var (
	spiceRows    = flag.Int("spice-rows", 200_000, "rows of BenchmarkSpice")
	spiceTenants = flag.Int("spice-tenants", 1000, "tenants of BenchmarkSpice")
)

// orders is a Source that makes up rows as they are read. Every read makes the
// same ones.
type orders struct{ rows int }

func ordersSchema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "tenant", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "product", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "customer", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "note", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "amount", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "at", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	}, nil)
}

func (o orders) Records(context.Context) (array.RecordReader, error) {
	const size = 64 << 10
	rng := rand.New(rand.NewPCG(1, 2))
	left := o.rows
	return &madeUp{next: func() arrow.Record {
		n := min(size, left)
		if n == 0 {
			return nil
		}
		left -= n
		b := array.NewRecordBuilder(memory.DefaultAllocator, ordersSchema())
		defer b.Release()
		note := make([]byte, 0, 64)
		for range n {
			b.Field(0).(*array.StringBuilder).Append(tenantName(rng.IntN(*spiceTenants)))
			b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("region-%d", rng.IntN(12)))
			b.Field(2).(*array.StringBuilder).Append(fmt.Sprintf("product-%04d", rng.IntN(3000)))
			b.Field(3).(*array.StringBuilder).Append(fmt.Sprintf("customer%06d", rng.IntN(200_000)))
			note = note[:0]
			for range 30 + rng.IntN(20) {
				note = append(note, byte('a'+rng.IntN(26)))
			}
			b.Field(4).(*array.StringBuilder).BinaryBuilder.Append(note)
			b.Field(5).(*array.Float64Builder).Append(rng.Float64())
			b.Field(6).(*array.Int64Builder).Append(rng.Int64N(1 << 40))
		}
		return b.NewRecord()
	}}, nil
}

func tenantName(i int) string { return fmt.Sprintf("%08x-tenant-%04d", uint32(i)*2654435761, i) }

type madeUp struct {
	next func() arrow.Record
	rec  arrow.Record
}

func (m *madeUp) Retain()               {}
func (m *madeUp) Schema() *arrow.Schema { return ordersSchema() }
func (m *madeUp) Record() arrow.Record  { return m.rec }
func (m *madeUp) Err() error            { return nil }
func (m *madeUp) Release() {
	if m.rec != nil {
		m.rec.Release()
		m.rec = nil
	}
}

func (m *madeUp) Next() bool {
	m.Release()
	m.rec = m.next()
	return m.rec != nil
}

// BenchmarkSpice reads the same rows from a Parquet file and from an encrypted
// SPICE dataset: all of them without rules, and then those of one tenant.
func BenchmarkSpice(b *testing.B) {
	ctx := context.Background()
	dir := b.TempDir()
	for _, c := range []struct {
		name string
		how  parquet.Compression
	}{{"zstd", parquet.Zstd}, {"none", parquet.Uncompressed}} {
		path := filepath.Join(dir, c.name+".parquet")
		writeOrders(b, path, &parquet.WriterOptions{Compression: c.how})
		for _, dictionary := range [][]string{nil, {"tenant", "region", "product"}} {
			b.Run(fmt.Sprintf("read=all/from=parquet/compression=%s/dictionary=%t", c.name, dictionary != nil), func(b *testing.B) {
				begin := cpuTime(b)
				for b.Loop() {
					r, err := parquet.Open(path, &parquet.Options{Dictionary: dictionary})
					require.NoError(b, err)
					rows := int64(0)
					for r.Next() {
						rows += r.Record().NumRows()
					}
					require.NoError(b, r.Err())
					require.Equal(b, int64(*spiceRows), rows)
					r.Release()
				}
				report(b, begin)
			})
		}
	}

	path := filepath.Join(dir, "none.parquet")
	tenant := predicate.In("tenant", tenantName(7))
	for name, opts := range map[string]*parquet.Options{
		"amount":        {Columns: []string{"amount"}},
		"tenant":        {Prune: &tenant},
		"tenant-amount": {Prune: &tenant, Columns: []string{"amount"}},
	} {
		b.Run("read="+name+"/from=parquet", func(b *testing.B) {
			begin := cpuTime(b)
			for b.Loop() {
				r, err := parquet.Open(path, opts)
				require.NoError(b, err)
				for r.Next() {
				}
				require.NoError(b, r.Err())
				r.Release()
			}
			report(b, begin)
		})
	}

	store, err := spice.Open(filepath.Join(dir, "store"), nil)
	require.NoError(b, err)
	defer func() { require.NoError(b, store.Close()) }()
	d, err := store.CreateDataset(ctx, spice.DatasetInput{ID: "orders", ImportMode: spice.SPICE, Cluster: []string{"tenant"}})
	require.NoError(b, err)
	result, err := d.Refresh(ctx, orders{*spiceRows}, spice.RefreshFull)
	require.NoError(b, err)
	b.Logf("%d rows, %d bytes on disk, ingested in %v", result.RowsIngested, result.IngestionSizeInBytes, result.Duration)
	viewer := spice.Session{Principal: namespace.Named("viewer")}
	var opts *spice.ReadOptions
	read := func(b *testing.B) (rows int64) {
		for rec, err := range d.Read(ctx, viewer, opts) {
			require.NoError(b, err)
			rows += rec.NumRows()
		}
		return rows
	}
	b.Run("read=all/from=spice", func(b *testing.B) {
		begin := cpuTime(b)
		for b.Loop() {
			require.Equal(b, int64(*spiceRows), read(b))
		}
		report(b, begin)
	})
	amount := &spice.ReadOptions{Columns: []string{"amount"}, Where: predicate.All()}
	opts = amount
	b.Run("read=amount/from=spice", func(b *testing.B) {
		begin := cpuTime(b)
		for b.Loop() {
			require.Equal(b, int64(*spiceRows), read(b))
		}
		report(b, begin)
	})
	opts = nil
	rules, err := rls.ReadCSV(strings.NewReader("UserName,tenant\nviewer,"+tenantName(7)+"\nother,\n"), nil)
	require.NoError(b, err)
	require.NoError(b, d.Attach(ctx, spice.Permissions{Rules: rules}))
	b.Run("read=tenant/from=spice", func(b *testing.B) {
		begin := cpuTime(b)
		for b.Loop() {
			require.NotZero(b, read(b))
		}
		report(b, begin)
	})
	opts = amount
	b.Run("read=tenant-amount/from=spice", func(b *testing.B) {
		begin := cpuTime(b)
		for b.Loop() {
			require.NotZero(b, read(b))
		}
		report(b, begin)
	})
	opts = nil
	viewer = spice.Session{Principal: namespace.Named("other")}
	b.Run("read=wildcard/from=spice", func(b *testing.B) {
		begin := cpuTime(b)
		for b.Loop() {
			require.Equal(b, int64(*spiceRows), read(b))
		}
		report(b, begin)
	})
}

// report adds the time that the processors worked, of all goroutines: on a
// machine that others use, too, it says more than the time on the wall.
func report(b *testing.B, begin time.Duration) {
	work := float64(cpuTime(b) - begin)
	b.ReportMetric(work/float64(b.N)/1e6, "cpu-ms/op")
	b.ReportMetric(work/float64(b.N)/float64(*spiceRows), "cpu-ns/row")
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func writeOrders(b *testing.B, path string, opts *parquet.WriterOptions) {
	b.Helper()
	f, err := os.Create(path)
	require.NoError(b, err)
	w, err := parquet.NewWriter(f, ordersSchema(), opts)
	require.NoError(b, err)
	r, err := orders{*spiceRows}.Records(context.Background())
	require.NoError(b, err)
	for r.Next() {
		require.NoError(b, w.Write(r.Record()))
	}
	r.Release()
	require.NoError(b, errors.Join(w.Close(), f.Close()))
}
