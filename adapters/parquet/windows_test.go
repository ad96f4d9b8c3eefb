package parquet_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate"
)

// TestLateWindows: values that are not held are decoded by every window that has rows of
// their page, so a page with the visible rows of many windows is read once, with its row group
// as a whole. A page with few visible rows is not, however long it is.
func TestLateWindows(t *testing.T) {
	rec := gatheredTable(t, rand.New(rand.NewPCG(6, 16)), 2000)
	defer rec.Release()
	b := fileOf(t, rec, 2000, v18pq.WithDictionaryDefault(false)) // one page of each column
	for _, tt := range []struct {
		reason  string
		p       predicate.Predicate
		batch   int
		held    int64
		gathers bool
	}{
		{"many windows of most rows, nothing held", predicate.HasValue("c0"), 20, -1, false},
		{"many windows of most rows, few columns held", predicate.HasValue("c0"), 20, 20_000, false},
		{"many windows of most rows, held", predicate.HasValue("c0"), 20, 0, true},
		{"few windows of most rows", predicate.HasValue("c0"), 500, -1, true},
		{"few visible rows of a long page", predicate.In("c1", "tenant-7", "tenant-500"), 20, -1, true},
	} {
		opts := parquet.Options{Prune: &tt.p, BatchRows: tt.batch}
		opts.Hold(tt.held)
		r := open(t, b, &opts)
		require.True(t, r.Gathers(), tt.reason)
		require.True(t, r.Next(), tt.reason)
		require.Equal(t, tt.gathers, r.Gathers(), tt.reason)
		r.Release()
		want, _, err := visibleJSON(t, b, tt.p, parquet.Whole(opts))
		require.NoError(t, err, tt.reason)
		got, _, err := visibleJSON(t, b, tt.p, &opts)
		require.NoError(t, err, tt.reason)
		require.Equal(t, lines(want), lines(got), tt.reason)
	}
}

// TestLateWindowsOfLongTexts: a long text that repeats takes little room among the values that
// are held, and much in a record. Every record keeps the bound of MaxBatchBytes, the first one
// and those that are taken from held values.
func TestLateWindowsOfLongTexts(t *testing.T) {
	const most, long, rows = 8 << 20, 32 << 10, 2000
	for _, large := range []bool{false, true} {
		dt := arrow.DataType(arrow.BinaryTypes.String)
		if large {
			dt = arrow.BinaryTypes.LargeString
		}
		for _, begin := range []int{0, rows / 4} { // of the rows with the long text
			schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: arrow.BinaryTypes.String}, {Name: "note", Type: dt}}, nil)
			cell := func(i int) string {
				if i < begin {
					return "short"
				}
				return strings.Repeat("x", long)
			}
			var json strings.Builder
			for i := range rows {
				fmt.Fprintf(&json, ",{\"tenant\": %q, \"note\": %q}", []string{"a", "b"}[i%20/19], cell(i))
			}
			rec := fromJSON(t, schema, "["+json.String()[1:]+"]")
			p := predicate.In("tenant", "a")
			r := open(t, fileOf(t, rec, rows), &parquet.Options{Prune: &p, BatchRows: rows / 4, MaxBatchBytes: most})
			seen, records := int64(0), 0
			for r.Next() {
				require.True(t, r.Gathers())
				size := 0
				for i := range int(r.Record().NumRows()) {
					size += len(r.Record().Column(1).ValueStr(i))
				}
				require.LessOrEqual(t, size, most, "%s, from %d on", dt, begin)
				seen, records = seen+r.Record().NumRows(), records+1
			}
			require.NoError(t, r.Err())
			require.EqualValues(t, rows/20*19, seen)
			require.Greater(t, records, 4)
			r.Release()
			rec.Release()
		}
	}
}

// TestLateWindowsWithoutRoom: a column that turns out to have no room among the held values, because
// most of its texts are not in its dictionary, is decoded for every window. Others are held.
func TestLateWindowsWithoutRoom(t *testing.T) {
	const rows = 20_000
	var json strings.Builder
	for i := range rows {
		fmt.Fprintf(&json, ",{\"tenant\": %q, \"note\": \"%s%d\", \"amount\": %d}", []string{"a", "b"}[i%20/19], strings.Repeat("x", 100), i, i)
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: arrow.BinaryTypes.String}, {Name: "note", Type: arrow.BinaryTypes.String}, {Name: "amount", Type: arrow.PrimitiveTypes.Int64}}, nil)
	rec := fromJSON(t, schema, "["+json.String()[1:]+"]")
	defer rec.Release()
	b := fileOf(t, rec, rows, tooLarge...)
	p := predicate.In("tenant", "a")
	opts := &parquet.Options{Prune: &p, BatchRows: rows / 4}
	opts.Hold(3 << 19) // more than a dictionary and indices take, and less than the notes
	r := open(t, b, opts)
	require.True(t, r.Next())
	require.True(t, r.Gathers())
	require.EqualValues(t, rows/4, r.Record().NumRows())
	r.Release()
	want, _, err := visibleJSON(t, b, p, parquet.Whole(*opts))
	require.NoError(t, err)
	got, _, err := visibleJSON(t, b, p, opts)
	require.NoError(t, err)
	require.True(t, lines(want) == lines(got))
}

// A readCounter counts the bytes that are read.
type readCounter struct {
	*bytes.Reader
	n atomic.Int64
}

func (c *readCounter) ReadAt(b []byte, at int64) (int, error) {
	n, err := c.Reader.ReadAt(b, at)
	c.n.Add(int64(n))
	return n, err
}

// TestLateCursor: a page in which windows end is read once to be checked and once to take its values.
// The column of the predicate, whose texts have no room, is checked when the visible rows are found.
func TestLateCursor(t *testing.T) {
	const rows = 20_000
	rec := wideTexts(2, rows, func(i int) string { return fmt.Sprintf("%d%s", i, strings.Repeat("x", 20)) })
	defer rec.Release()
	b := fileOf(t, rec, rows, v18pq.WithDictionaryDefault(false)) // one page of each column
	for _, tt := range []struct {
		reason string
		column string
		held   int64
		least  int
		most   int // bytes, in hundredths of the file
	}{
		{"room for all pages", "tenant", 0, 150, 220},
		{"of texts that take much room, no check more", "c1", 2 << 20, 150, 220},
		{"no room", "tenant", -1, 500, 5000},
	} {
		p := predicate.HasValue(tt.column)
		opts := parquet.Options{Prune: &p, BatchRows: rows / 8}
		opts.Hold(tt.held)
		from := &readCounter{Reader: bytes.NewReader(b)}
		r, err := parquet.NewReader(from, &opts)
		require.NoError(t, err, tt.reason)
		seen := int64(0)
		for r.Next() {
			seen += r.Record().NumRows()
		}
		require.NoError(t, r.Err(), tt.reason)
		require.True(t, r.Gathers(), tt.reason)
		r.Release()
		require.EqualValues(t, rows, seen, tt.reason)
		read := int(from.n.Load() * 100 / int64(len(b)))
		require.GreaterOrEqual(t, read, tt.least, tt.reason)
		require.LessOrEqual(t, read, tt.most, tt.reason)
	}
}
