package arrow18_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/predicate"
	filter "github.com/rowsight/rowsight/predicate/batch"
)

// tenants is a stream of v18 whose rows belong to one tenant after the other.
func tenants(t *testing.T) array18.RecordReader {
	t.Helper()
	schema := v18.NewSchema([]v18.Field{
		{Name: "tenant", Type: v18.BinaryTypes.String},
		{Name: "kind", Type: &v18.DictionaryType{IndexType: v18.PrimitiveTypes.Int32, ValueType: v18.BinaryTypes.String}},
	}, nil)
	b := array18.NewRecordBuilder(mem18.DefaultAllocator, schema)
	defer b.Release()
	var batches []v18.RecordBatch
	for part := range 3 {
		for i := range 300 {
			tenant := strings.Repeat(string(rune('a'+i%6)), 14)
			b.Field(0).(*array18.StringBuilder).Append(tenant)
			require.NoError(t, b.Field(1).(*array18.BinaryDictionaryBuilder).AppendString(fmt.Sprintf("kind %d of %s", 10*part+i%10, tenant)))
		}
		batches = append(batches, b.NewRecordBatch())
	}
	r, err := array18.NewRecordReader(schema, batches)
	require.NoError(t, err)
	return r
}

// texts returns what a viewer keeps of a stream, and copies of it.
func texts(t *testing.T, p predicate.Predicate, opts *filter.Options) (held, was []string) {
	t.Helper()
	in, err := arrow18.Reader(tenants(t))
	require.NoError(t, err)
	defer in.Release()
	f, err := filter.Bind(p, in.Schema(), opts)
	require.NoError(t, err)
	visible := f.Reader(context.Background(), in)
	defer visible.Release()
	out, err := arrow18.FromReader(visible)
	require.NoError(t, err)
	defer out.Release()
	for out.Next() {
		for _, c := range out.RecordBatch().Columns() {
			if d, ok := c.(*array18.Dictionary); ok {
				c = d.Dictionary()
			}
			for i := range c.Len() {
				text := c.(*array18.String).Value(i)
				held, was = append(held, text), append(was, strings.Clone(text))
			}
		}
	}
	require.NoError(t, out.Err())
	return held, was
}

// TestKeptTexts keeps the texts of a stream that goes from v18 through a filter
// and back, while other viewers read: without an allocator that recycles none
// turns into another. With a pool they do, so there is something to go wrong.
func TestKeptTexts(t *testing.T) {
	for reason, opts := range map[string]*filter.Options{"default": nil, "pool": {Allocator: new(filter.Pool)}} {
		turned := 0
		for _, first := range []predicate.Predicate{predicate.In("tenant", strings.Repeat("a", 14)), predicate.All()} {
			held, was := texts(t, first, opts)
			require.Greater(t, len(held), 100)
			for i := 1; i < 6; i++ {
				texts(t, predicate.In("tenant", strings.Repeat(string(rune('a'+i)), 14)), opts)
			}
			for i := range held {
				if held[i] != was[i] {
					turned++
				}
			}
		}
		if opts == nil {
			require.Zero(t, turned, reason)
		} else {
			require.Positive(t, turned, reason)
		}
	}
}
