package tabular

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// byTenant is a table of dictionaries sorted by tenant: three batches a tenant,
// each tenant with a dictionary of its own.
func byTenant(t *testing.T, tenants ...string) (*arrow.Schema, []arrow.Record) {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "tenant", Type: &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, Nullable: true},
		{Name: "plain", Type: arrow.BinaryTypes.String},
		{Name: "n", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	var records []arrow.Record
	for _, tenant := range tenants {
		words := array.NewStringBuilder(memory.DefaultAllocator)
		words.AppendValues([]string{tenant, ""}, nil)
		dictionary := words.NewStringArray()
		for range 3 {
			b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
			indices := array.NewInt32Builder(memory.DefaultAllocator)
			for i := range 100 {
				if i%10 == 9 {
					indices.AppendNull()
				} else {
					indices.Append(int32(i % 2))
				}
				b.Field(1).(*array.StringBuilder).Append(tenant)
				b.Field(2).(*array.Int64Builder).Append(int64(i))
			}
			column := array.NewDictionaryArray(schema.Field(0).Type, indices.NewArray(), dictionary)
			records = append(records, array.NewRecord(schema, []arrow.Array{column, b.Field(1).NewArray(), b.Field(2).NewArray()}, 100))
		}
	}
	return schema, records
}

// visible counts the rows that come through a filter.
func visible(t *testing.T, p predicate.Predicate, r array.RecordReader) (rows int) {
	t.Helper()
	defer r.Release()
	f, err := batch.Bind(p, r.Schema(), nil)
	require.NoError(t, err)
	for r.Next() {
		n, err := f.Count(r.Record())
		require.NoError(t, err)
		rows += n
	}
	require.NoError(t, r.Err())
	return rows
}

func TestPrune(t *testing.T) {
	schema, records := byTenant(t, "a", "b", "c", "d")
	var stream bytes.Buffer
	w := ipc.NewWriter(&stream, ipc.WithSchema(schema))
	for _, rec := range records {
		require.NoError(t, w.Write(rec))
	}
	require.NoError(t, w.Close())

	// A file has one dictionary for all batches.
	one, _ := byTenant(t, "c")
	_, same := byTenant(t, "c")
	var file seeker
	fw, err := ipc.NewFileWriter(&file, ipc.WithSchema(one))
	require.NoError(t, err)
	for _, rec := range same {
		require.NoError(t, fw.Write(rec))
	}
	require.NoError(t, fw.Close())

	tests := []struct {
		reason          string
		p               predicate.Predicate
		stream, file    int // batches left out
		hidesEverything bool
	}{
		{"one tenant: two of three batches of each other one", predicate.In("tenant", "b"), 6, 2, false},
		{"two tenants", predicate.In("tenant", "a", "c"), 4, 0, false},
		{"nobody's tenant", predicate.In("tenant", "x"), 8, 2, true},
		{"an alternative that no dictionary speaks of", predicate.Or(predicate.In("tenant", "b"), predicate.In("plain", "a")), 0, 0, false},
		{"a condition more", predicate.And(predicate.In("tenant", "b"), predicate.In("plain", "b")), 6, 2, false},
		{"any tenant", predicate.HasValue("tenant"), 0, 0, false},
		{"every row", predicate.All(), 0, 0, false},
		{"no row", predicate.Predicate{}, 8, 2, true},
		{"a column that holds no dictionary", predicate.In("plain", "b"), 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			for what, open := range map[string]func(*Prune) (array.RecordReader, error){
				"stream": func(p *Prune) (array.RecordReader, error) {
					return ArrowStream("x", bytes.NewReader(stream.Bytes()), p)
				},
				"file": func(p *Prune) (array.RecordReader, error) {
					return ArrowFile("x", bytes.NewReader(file.Bytes()), int64(file.Len()), p)
				},
			} {
				whole, err := open(nil)
				require.NoError(t, err)
				want := visible(t, tt.p, whole)
				prune := &Prune{Predicate: tt.p}
				r, err := open(prune)
				require.NoError(t, err)
				require.Equal(t, want, visible(t, tt.p, r), what)

				left, all := tt.stream, len(records)
				if what == "file" {
					left, all = tt.file, len(same)
				}
				require.Equal(t, left, prune.Skipped, what)
				require.Equal(t, all, prune.Batches, what)
				require.EqualValues(t, 100*left, prune.RowsSkipped, what)
				require.Equal(t, left > 0, prune.BytesSkipped > 0, what)
				require.Less(t, prune.BytesSkipped, prune.Bytes, what)
				if what == "stream" {
					require.Equal(t, tt.hidesEverything, want == 0, "the trial shows and hides")
				}
			}
		})
	}
}

// TestPruneDelta: a dictionary that grows may bring what was not there.
func TestPruneDelta(t *testing.T) {
	schema, records := byTenant(t, "a", "a", "b")
	var stream bytes.Buffer
	w := ipc.NewWriter(&stream, ipc.WithSchema(schema), ipc.WithDictionaryDeltas(true))
	for _, rec := range records {
		require.NoError(t, w.Write(rec))
	}
	require.NoError(t, w.Close())
	for _, tenant := range []string{"a", "b"} {
		p := predicate.In("tenant", tenant)
		whole, err := ArrowStream("x", bytes.NewReader(stream.Bytes()), nil)
		require.NoError(t, err)
		r, err := ArrowStream("x", bytes.NewReader(stream.Bytes()), &Prune{Predicate: p})
		require.NoError(t, err)
		want := visible(t, p, whole)
		require.NotZero(t, want)
		require.Equal(t, want, visible(t, p, r), tenant)
	}
}

// TestPruneCut: what is left out must be there all the same.
func TestPruneCut(t *testing.T) {
	schema, records := byTenant(t, "a")
	var stream bytes.Buffer
	w := ipc.NewWriter(&stream, ipc.WithSchema(schema))
	for _, rec := range records {
		require.NoError(t, w.Write(rec))
	}
	require.NoError(t, w.Close())
	cut := stream.Bytes()[:stream.Len()-100]
	r, err := ArrowStream("x", bytes.NewReader(cut), &Prune{Predicate: predicate.In("tenant", "x")})
	require.NoError(t, err)
	defer r.Release()
	for r.Next() {
	}
	require.ErrorIs(t, r.Err(), errTruncated, fmt.Sprint(r.Err()))
}
