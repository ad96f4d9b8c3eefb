package batch

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// A keptText is a text that a program holds on to, and a copy of what it was.
type keptText struct{ held, was string }

// keep adds the texts of an array to those that are kept.
func keep(kept []keptText, a arrow.Array) []keptText {
	switch a := a.(type) {
	case *array.Dictionary:
		return keep(kept, a.Dictionary())
	case *array.RunEndEncoded:
		return keep(kept, a.Values())
	case interface{ Value(int) string }:
		for i := range a.(arrow.Array).Len() {
			kept = append(kept, keptText{a.Value(i), strings.Clone(a.Value(i))})
		}
	}
	return kept
}

func changed(kept []keptText) (n int) {
	for _, k := range kept {
		if k.held != k.was {
			n++
		}
	}
	return n
}

// tenantRecords are records whose rows belong to one tenant after the other, with
// texts that name it.
func tenantRecords(dt arrow.DataType) (*arrow.Schema, []arrow.Record) {
	var records []arrow.Record
	for part := range 3 {
		names, notes := make([]cell, 600), make([]cell, 600)
		for i := range names {
			tenant := strings.Repeat(string(rune('a'+i%6)), 14)
			names[i], notes[i] = cell{tenant, true}, cell{fmt.Sprintf("note %d of %s", 20*part+i%20, tenant), true}
		}
		table := textTable{names: []string{"tenant", "note"}, cells: [][]cell{names, notes}}
		records = append(records, table.record(memory.DefaultAllocator, []arrow.DataType{dt, dt}, 0, 0))
	}
	return records[0].Schema(), records
}

// eachStream yields the records of a filter by each way there is to a stream.
func eachStream(t *testing.T, f *Filter, records []arrow.Record, reader bool, yield func(arrow.Record)) {
	t.Helper()
	in, err := array.NewRecordReader(records[0].Schema(), records)
	require.NoError(t, err)
	defer in.Release()
	if !reader {
		for rec, err := range f.Records(context.Background(), in) {
			require.NoError(t, err)
			yield(rec)
		}
		return
	}
	r := f.Reader(context.Background(), in)
	defer r.Release()
	for r.Next() {
		yield(r.Record())
	}
	require.NoError(t, r.Err())
}

// TestKeptTexts keeps every text of the streams of one viewer, as programs do that
// put them into a list, and lets other viewers read: without Options.Allocator
// none of the texts turns into another. With a Pool they do, so there is something
// to go wrong.
func TestKeptTexts(t *testing.T) {
	turned := 0
	for _, dt := range textLayouts() {
		schema, records := tenantRecords(dt)
		for _, workers := range []int{0, 3} {
			for _, reader := range []bool{false, true} {
				for _, mem := range []memory.Allocator{nil, new(Pool)} {
					var viewers []*Filter
					for i := range 6 {
						p := predicate.In("tenant", strings.Repeat(string(rune('a'+i)), 14))
						f, err := Bind(p, schema, &Options{Workers: workers, Allocator: mem})
						require.NoError(t, err)
						viewers = append(viewers, f)
					}
					everybody, err := Bind(predicate.All(), schema, &Options{Workers: workers, Allocator: mem})
					require.NoError(t, err)
					var kept []keptText
					for _, first := range []*Filter{viewers[0], everybody} {
						eachStream(t, first, records, reader, func(rec arrow.Record) {
							for _, c := range rec.Columns() {
								kept = keep(kept, c)
							}
						})
					}
					require.Greater(t, len(kept), 100, dt)
					for _, other := range viewers[1:] {
						eachStream(t, other, records, !reader, func(arrow.Record) {})
					}
					if mem == nil {
						require.Zero(t, changed(kept), "%s, %d workers: of %d texts that were kept", dt, workers, len(kept))
					} else {
						turned += changed(kept)
					}
				}
			}
		}
	}
	require.Positive(t, turned, "a pool recycles, as it says")
}
