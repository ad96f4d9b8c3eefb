package parquet_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate"
)

// TestPruneOptions: what is asked for, and what the zero values mean.
func TestPruneOptions(t *testing.T) {
	rec := tenants(t, 20)
	defer rec.Release()
	b := file(t, &parquet.WriterOptions{RowGroupRows: 100}, rec)
	for _, tt := range []struct {
		reason string
		prune  *predicate.Predicate
		want   int64
	}{
		{"nil asks for nothing", nil, 2000},
		{"the zero Predicate selects no row (S1)", &predicate.Predicate{}, 0},
		{"all rows", ref(predicate.All()), 2000},
		{"one tenant", ref(predicate.In("tenant", tenant(3))), 100},
		{"two tenants", ref(predicate.In("tenant", tenant(3), tenant(19))), 200},
		{"no tenant", ref(predicate.In("tenant", "nobody")), 0},
		{"a column the file does not have says nothing", ref(predicate.In("Tenant", "nobody")), 2000},
		{"a column that is not text says nothing", ref(predicate.In("amount", "1")), 2000},
		{"one operand is enough", ref(predicate.And(predicate.In("Tenant", "x"), predicate.In("tenant", tenant(1)))), 100},
		{"of an or each operand is needed", ref(predicate.Or(predicate.In("Tenant", "x"), predicate.In("tenant", tenant(1)))), 2000},
	} {
		for _, columns := range []texts3{nil, {"tenant"}, {"amount"}} {
			r := open(t, b, &parquet.Options{Prune: tt.prune, Columns: columns})
			require.Equal(t, tt.want, count(r), tt.reason)
			require.NoError(t, r.Err(), tt.reason)
			require.Equal(t, int64(2000), r.NumRows(), tt.reason)
			require.Equal(t, 2000-tt.want, r.Stats().RowsSkipped, tt.reason)
			r.Release()
		}
	}
	r := open(t, b, &parquet.Options{Columns: []string{"amount"}})
	require.Less(t, r.Stats().Bytes, int64(len(b)/4), "of the columns that are asked for")
	r.Release()
	var zero parquet.Reader
	require.Equal(t, parquet.Stats{}, zero.Stats())
}

func ref(p predicate.Predicate) *predicate.Predicate { return &p }

// Two columns of one name, and a text below a struct: nobody knows which one a
// rule means.
func TestPruneByNoColumn(t *testing.T) {
	text := func(s string) arrow.Array {
		a, _, err := array.FromJSON(memory.DefaultAllocator, arrow.BinaryTypes.String, strings.NewReader(`["`+s+`"]`))
		require.NoError(t, err)
		return a
	}
	nested, _, err := array.FromJSON(memory.DefaultAllocator, arrow.StructOf(arrow.Field{Name: "in", Type: arrow.BinaryTypes.String}), strings.NewReader(`[{"in":"a"}]`))
	require.NoError(t, err)
	rec := array.NewRecord(arrow.NewSchema([]arrow.Field{
		{Name: "twice", Type: arrow.BinaryTypes.String}, {Name: "twice", Type: arrow.BinaryTypes.String}, {Name: "s", Type: nested.DataType()},
		{Name: "once", Type: arrow.BinaryTypes.String},
	}, nil), []arrow.Array{text("a"), text("b"), nested, text("a")}, 1)
	b := file(t, nil, rec)
	for column, want := range map[string]int64{"twice": 1, "in": 1, "s": 1, "s.in": 1, "once": 0} {
		r := open(t, b, &parquet.Options{Prune: ref(predicate.In(column, "c"))})
		require.Equal(t, want, count(r), column)
		require.NoError(t, r.Err())
		r.Release()
	}
}
