//go:build duckdb_arrow

package duckdb

import (
	"context"
	"database/sql/driver"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	duck "github.com/duckdb/duckdb-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
)

var fillTypes = []arrow.DataType{
	arrow.BinaryTypes.String, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint8, ValueType: arrow.BinaryTypes.String},
	&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String},
	arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Uint32,
	&arrow.Decimal128Type{Precision: 38, Scale: 4}, &arrow.Decimal128Type{Precision: 9, Scale: 2}, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
	arrow.PrimitiveTypes.Date32, &arrow.TimestampType{Unit: arrow.Microsecond}, &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
}

// fillRecord returns random values of all types, sliced so that offsets are not zero.
func fillRecord(rnd *rand.Rand, mem memory.Allocator, rows int) arrow.Record {
	fields := make([]arrow.Field, len(fillTypes))
	for i, t := range fillTypes {
		fields[i] = arrow.Field{Name: fmt.Sprint("c", i), Type: t, Nullable: true}
	}
	b := array.NewRecordBuilder(mem, arrow.NewSchema(fields, nil))
	defer b.Release()
	texts := []string{"", "a", "A", "é", "a text that does not fit into twelve bytes", "x\x00y", "☃ and more than twelve bytes"}
	for range rows + 5 {
		for _, f := range b.Fields() {
			if rnd.IntN(6) == 0 {
				f.AppendNull()
				continue
			}
			switch f := f.(type) {
			case *array.StringBuilder:
				f.Append(texts[rnd.IntN(len(texts))])
			case *array.BinaryDictionaryBuilder:
				_ = f.AppendString(texts[rnd.IntN(len(texts))])
			case *array.BooleanBuilder:
				f.Append(rnd.IntN(2) == 0)
			case *array.Int8Builder:
				f.Append(int8(rnd.Int()))
			case *array.Int64Builder:
				f.Append(rnd.Int64() - math.MaxInt64/2)
			case *array.Uint32Builder:
				f.Append(rnd.Uint32())
			case *array.Decimal128Builder:
				f.Append(decimal128.FromI64(rnd.Int64N(999_999_999) - 500_000_000))
			case *array.Float32Builder:
				f.Append([]float32{0, -1.5, float32(math.NaN()), float32(math.Inf(1)), 1e30}[rnd.IntN(5)])
			case *array.Float64Builder:
				f.Append([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(-1), 1e300}[rnd.IntN(5)])
			case *array.Date32Builder:
				f.Append(arrow.Date32([]int32{-719162, 2932896, 0, -1, 20000}[rnd.IntN(5)]))
			case *array.TimestampBuilder:
				f.Append(arrow.Timestamp([]int64{-62135596800_000_000, 253402300799_999_999, 0, -1, 1_700_000_000_123_456}[rnd.IntN(5)]))
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	return rec.NewSlice(3, int64(rows)+3)
}

// filled fills a table of a new database by f, and returns its rows as text.
func filledRows(t *testing.T, columns []query.Column, fill func(d *database) error) (lines []string) {
	o, err := (*Options)(nil).filled()
	require.NoError(t, err)
	d, err := open(t.Context(), o)
	require.NoError(t, err)
	defer d.close()
	require.NoError(t, d.define(t.Context(), "t", columns))
	require.NoError(t, fill(d))
	rows, err := d.db.QueryContext(t.Context(), `SELECT CAST(t AS VARCHAR) FROM t`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		lines = append(lines, line)
	}
	require.NoError(t, rows.Err())
	var views int
	require.NoError(t, d.db.QueryRowContext(t.Context(), `SELECT count(*) FROM duckdb_views() WHERE NOT internal`).Scan(&views))
	require.Zero(t, views, "the stream is gone before SQL of a viewer runs")
	return lines
}

// TestFill: rows that go in as Arrow are the rows that go in value by value.
func TestFill(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rnd := rand.New(rand.NewPCG(18, 60))
	for _, rows := range []int{0, 1, 7, 2048, 2500} {
		one, two := fillRecord(rnd, mem, rows), fillRecord(rnd, mem, 3)
		columns := eval.Columns(one.Schema())
		fast := filledRows(t, columns, func(d *database) error {
			return held(t, d, columns, []arrow.Record{one, two}, func(f *filler) error {
				ok, err := f.insert(t.Context())
				require.True(t, ok, "all types go in as Arrow")
				return err
			})
		})
		slow := filledRows(t, columns, func(d *database) error {
			return held(t, d, columns, []arrow.Record{one, two}, func(f *filler) error {
				a, err := duck.NewAppenderFromConn(f.conn, "", f.table)
				require.NoError(t, err)
				require.NoError(t, f.append(t.Context(), a))
				return a.Close()
			})
		})
		require.Len(t, fast, rows+3)
		require.Equal(t, slow, fast)
		one.Release()
		two.Release()
	}
}

// TestFillHolds: rows that wait to be copied are bounded in bytes, too.
func TestFillHolds(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{{Name: "c", Type: arrow.BinaryTypes.String}}, nil))
	defer b.Release()
	columns := []query.Column{{Name: "c", Kind: query.Text}}
	lines := filledRows(t, columns, func(d *database) error {
		return d.fill(t.Context(), "t", func(yield func(arrow.Record, error) bool) {
			for range 30 {
				b.Field(0).(*array.StringBuilder).Append(strings.Repeat("x", 8<<20))
				rec := withoutBitmap(b.NewRecord())
				more := yield(rec, nil)
				rec.Release()
				require.Less(t, mem.CurrentAlloc(), 2*batchBytes)
				if !more {
					return
				}
			}
		}, columns)
	})
	require.Len(t, lines, 30)
}

// withoutBitmap returns a record of one column, which has no NULL and no bitmap of them.
func withoutBitmap(rec arrow.Record) arrow.Record {
	defer rec.Release()
	data := rec.Column(0).Data()
	bare := array.NewData(data.DataType(), data.Len(), append([]*memory.Buffer{nil}, data.Buffers()[1:]...), nil, 0, data.Offset())
	defer bare.Release()
	column := array.MakeFromData(bare)
	defer column.Release()
	return array.NewRecord(rec.Schema(), []arrow.Array{column}, rec.NumRows())
}

func held(t *testing.T, d *database, columns []query.Column, records []arrow.Record, do func(f *filler) error) error {
	conn, err := d.db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	return conn.Raw(func(raw any) error {
		f := filler{conn: raw.(driver.Conn), table: "t", columns: columns}
		defer f.drop()
		for _, rec := range records {
			rec.Retain()
			f.held = append(f.held, rec)
		}
		return do(&f)
	})
}

// TestFillRefuses: what DuckDB may read otherwise does not go in as Arrow, and what it
// cannot hold not at all.
func TestFillRefuses(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	build := func(dt arrow.DataType, add func(b array.Builder)) arrow.Record {
		b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{{Name: "c", Type: dt, Nullable: true}}, nil))
		defer b.Release()
		add(b.Field(0))
		return b.NewRecord()
	}
	for _, tt := range []struct {
		reason string
		rec    arrow.Record
		holds  bool // the appender takes it
	}{
		{"nanoseconds", build(&arrow.TimestampType{Unit: arrow.Nanosecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(1) }), false},
		{"nanoseconds that are microseconds", build(&arrow.TimestampType{Unit: arrow.Nanosecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(1000) }), true},
		{"the year 0", build(arrow.PrimitiveTypes.Date32, func(b array.Builder) { b.(*array.Date32Builder).Append(-719163) }), false},
		{"the year 10000", build(&arrow.TimestampType{Unit: arrow.Microsecond}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(253402300800_000_000) }), false},
		{"uint64", build(arrow.PrimitiveTypes.Uint64, func(b array.Builder) { b.(*array.Uint64Builder).Append(math.MaxUint64) }), true},
		{"large text", build(arrow.BinaryTypes.LargeString, func(b array.Builder) { b.(*array.LargeStringBuilder).Append("x") }), true},
	} {
		columns := eval.Columns(tt.rec.Schema())
		_ = filledRows(t, columns, func(d *database) error {
			require.NoError(t, held(t, d, columns, []arrow.Record{tt.rec}, func(f *filler) error {
				ok, err := f.insert(t.Context())
				require.False(t, ok, tt.reason)
				return err
			}))
			err := d.fill(t.Context(), "t", only(tt.rec), columns)
			if tt.holds {
				require.NoError(t, err, tt.reason)
			} else {
				require.ErrorIs(t, err, query.ErrDialect, tt.reason)
			}
			return nil
		})
		tt.rec.Release()
	}
	bad := build(arrow.BinaryTypes.String, func(b array.Builder) { b.(*array.StringBuilder).Append("\xff") })
	defer bad.Release()
	require.False(t, same(bad.Column(0)), "no UTF-8")
}

func only(records ...arrow.Record) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) {
		for _, rec := range records {
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// BenchmarkFill copies a million rows of three columns.
func BenchmarkFill(b *testing.B) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: fillTypes[1]}, {Name: "day", Type: arrow.PrimitiveTypes.Date32}, {Name: "amount", Type: &arrow.Decimal128Type{Precision: 12, Scale: 2}}}, nil)
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	for i := range 1_000_000 {
		_ = builder.Field(0).(*array.BinaryDictionaryBuilder).AppendString([]string{"EMEA", "US", "APAC"}[i%3])
		builder.Field(1).(*array.Date32Builder).Append(arrow.Date32(20000 + i%365))
		builder.Field(2).(*array.Decimal128Builder).Append(decimal128.FromI64(int64(i)))
	}
	rec := builder.NewRecord()
	defer rec.Release()
	o, err := (*Options)(nil).filled()
	require.NoError(b, err)
	for b.Loop() {
		d, err := open(context.Background(), o)
		require.NoError(b, err)
		require.NoError(b, d.define(context.Background(), "t", eval.Columns(schema)))
		require.NoError(b, d.fill(context.Background(), "t", only(rec), eval.Columns(schema)))
		require.NoError(b, d.close())
	}
	b.ReportMetric(float64(rec.NumRows())*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

// BenchmarkOpen opens and closes a database.
func BenchmarkOpen(b *testing.B) {
	o, err := (*Options)(nil).filled()
	require.NoError(b, err)
	for b.Loop() {
		d, err := open(context.Background(), o)
		require.NoError(b, err)
		require.NoError(b, d.close())
	}
}
