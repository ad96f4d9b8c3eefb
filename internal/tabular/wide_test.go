package tabular_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/tabular"
)

// TestWide reads a file of very many columns, in the order of the file and in
// another one. It does not end if each column is looked for among all others.
func TestWide(t *testing.T) {
	const n = 200_000
	var header, values strings.Builder
	fields := make([]arrow.Field, n)
	for i := range n {
		fmt.Fprintf(&header, "c%d,", i)
		fmt.Fprintf(&values, "v%d,", i)
		fields[n-1-i] = arrow.Field{Name: fmt.Sprint("c", i), Type: arrow.BinaryTypes.String, Nullable: true}
	}
	text := strings.TrimSuffix(header.String(), ",") + "\n" + strings.TrimSuffix(values.String(), ",") + "\n"
	for _, schema := range []*arrow.Schema{nil, arrow.NewSchema(fields, nil)} {
		r, err := tabular.CSV("wide.csv", strings.NewReader(text), &tabular.CSVOptions{Schema: schema})
		require.NoError(t, err)
		require.True(t, r.Next(), r.Err())
		require.EqualValues(t, n, r.Record().NumCols())
		for i, c := range r.Record().Columns() {
			require.Equal(t, "v"+r.Schema().Field(i).Name[1:], c.(*array.String).Value(0))
		}
		require.False(t, r.Next())
		require.NoError(t, r.Err())
		r.Release()
	}
}
