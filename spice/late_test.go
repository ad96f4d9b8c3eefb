package spice

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// readsDisk counts the bytes that are read out of the rows.
type readsDisk struct {
	spicefile.FS
	mu    *sync.Mutex
	bytes *int
}

type readsFile struct {
	spicefile.File
	disk readsDisk
}

func (d readsDisk) Open(path string) (spicefile.File, error) {
	f, err := d.FS.Open(path)
	return readsFile{f, d}, err
}

func (f readsFile) ReadAt(b []byte, at int64) (int, error) {
	f.disk.mu.Lock()
	*f.disk.bytes += len(b)
	f.disk.mu.Unlock()
	return f.File.ReadAt(b, at)
}

// wide is a source of rows with a small column for rules, one for Where, and a large one.
type wide struct{ rows int }

func (s wide) Records(context.Context) (array.RecordReader, error) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "Region", Type: arrow.BinaryTypes.String}, {Name: "Code", Type: arrow.BinaryTypes.String}, {Name: "Note", Type: arrow.BinaryTypes.String}, {Name: "N", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range s.rows {
		b.Field(0).(*array.StringBuilder).Append([]string{"EMEA", "US", "APAC"}[i*3/s.rows])
		// Every code is in every chunk, but those of EMEA are others than those of US. So
		// statistics of the codes rule nothing out.
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("%d-%03d", i*3/s.rows, i%100))
		b.Field(2).(*array.StringBuilder).Append(fmt.Sprintf("a long note about row %d, which nobody asks for %0100d", i, i))
		b.Field(3).(*array.Int64Builder).Append(int64(i))
	}
	return array.NewRecordReader(schema, []arrow.Record{b.NewRecord()})
}

// TestLate reads columns and rows of a dataset, and compares the bytes that come from the
// disk with those of the columns that it takes.
func TestLate(t *testing.T) {
	const rows = 30_000
	w := newWorld(t)
	bytes := 0
	w.open(readsDisk{w.store.disk, new(sync.Mutex), &bytes})
	d := w.create("wide", wide{rows})
	w.attach(d, w.rules("rules", "UserName,Region\nanna,EMEA\nall,\nnobody,Nowhere\n"))
	read := func(viewer string, opts *ReadOptions) (got []string, cost int) {
		bytes = 0
		for rec, err := range d.Read(t.Context(), user(viewer), opts) {
			require.NoError(t, err)
			for i := range int(rec.NumRows()) {
				row := ""
				for _, c := range rec.Columns() {
					row += c.ValueStr(i) + "|"
				}
				got = append(got, row)
			}
		}
		return got, bytes
	}
	every, whole := read("all", nil)
	require.Len(t, every, rows)
	_, n := read("all", &ReadOptions{Columns: []string{"N"}, Where: predicate.All()})
	_, note := read("all", &ReadOptions{Columns: []string{"Note"}, Where: predicate.All()})
	require.Less(t, n, whole/10, "a column is read, and no other")
	require.Greater(t, note, whole/2)

	for _, c := range []struct {
		reason string
		viewer string
		opts   *ReadOptions
		rows   int
		most   int // bytes
	}{
		{"the rules need one more column", "anna", &ReadOptions{Columns: []string{"N"}, Where: predicate.All()}, rows / 3, n},
		{"all columns, of a third of the rows", "anna", nil, rows / 3, whole / 2},
		{"no chunk may have a row", "nobody", nil, 0, 0},
		{"Where selects no visible row, so the notes are not read", "anna", &ReadOptions{Where: predicate.In("Code", "0-nope")}, 0, note / 10},
		{"Where selects hidden rows only, and costs the same", "anna", &ReadOptions{Where: predicate.In("Code", "1-050")}, 0, note / 10},
		{"Where selects visible rows", "anna", &ReadOptions{Columns: []string{"Code", "N"}, Where: predicate.In("Code", "0-050")}, rows / 300, n},
	} {
		got, cost := read(c.viewer, c.opts)
		require.Len(t, got, c.rows, c.reason)
		require.LessOrEqual(t, cost, c.most, c.reason)
		require.Equal(t, c.most == 0, cost == 0, c.reason)
	}
	_, nothing := read("anna", &ReadOptions{Where: predicate.In("Code", "0-nope")})
	_, hidden := read("anna", &ReadOptions{Where: predicate.In("Code", "1-050")})
	require.Equal(t, nothing, hidden, "a value of hidden rows must not show in what is read (S7)")

	// The same rows, whichever columns are asked for.
	got, _ := read("anna", &ReadOptions{Columns: []string{"N", "Region"}, Where: predicate.In("Code", "0-007", "0-050")})
	i := 0
	for k, row := range every[:rows/3] {
		if k%100 == 7 || k%100 == 50 {
			require.Contains(t, row, got[i][:len(got[i])-len("EMEA|")])
			i++
		}
	}
	require.Len(t, got, i)
}
