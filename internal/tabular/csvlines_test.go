package tabular_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/tabular"
)

// TestCSVLines: the rows of CSV with the lines beside them; the command compares
// both ways over real and hostile files.
func TestCSVLines(t *testing.T) {
	before := runtime.NumGoroutine()
	defer func() { require.LessOrEqual(t, runtime.NumGoroutine(), before) }()
	in := "h,i,j\n" + strings.Repeat("a,\"b,\",c\nd, e,\"f\"\n", 100_000)
	r, err := tabular.CSV("f.csv", strings.NewReader(in), nil)
	require.NoError(t, err)
	l, ok := tabular.CSVLines(r, []string{"h", "j"}, nil, 2)
	require.True(t, ok)
	defer l.Release()
	var lines strings.Builder
	rows := 0
	for l.Next() {
		rec := l.Record()
		require.Equal(t, tabular.LineColumn, rec.ColumnName(2))
		for row := range int(rec.NumRows()) {
			want := [][2]string{{"a", "c"}, {"d", "f"}}[rows%2]
			require.Equal(t, want[0], rec.Column(0).(*array.String).Value(row))
			require.Equal(t, want[1], rec.Column(1).(*array.String).Value(row))
			rows++
		}
		lines.Write(rec.Column(2).(*array.Binary).ValueBytes())
	}
	require.NoError(t, l.Err())
	require.Equal(t, 200_000, rows)
	require.True(t, lines.String() == strings.Repeat("a,\"b,\",c\nd,\" e\",f\n", 100_000))
}

func TestCSVLinesRefused(t *testing.T) {
	text := arrow.Field{Name: "h", Type: arrow.BinaryTypes.String}
	for _, tt := range []struct {
		reason  string
		in      string
		opts    *tabular.CSVOptions
		columns []string
	}{
		{"one column", "h\na\n", nil, nil},
		{"columns with types", "h,i\na,1\n", &tabular.CSVOptions{Schema: arrow.NewSchema([]arrow.Field{text, {Name: "i", Type: arrow.PrimitiveTypes.Int64}}, nil)}, nil},
		{"no header", "h,i\n", &tabular.CSVOptions{NoHeader: true}, nil},
		{"a delimiter of two bytes", "h§i\n", &tabular.CSVOptions{Delimiter: '§'}, nil},
		{"a column that is not there", "h,i\n", nil, []string{"k"}},
		{"a name that is there twice", "h,h\n", nil, []string{"h"}},
		{"columns in another order", "h,i\n", nil, []string{"i", "h"}},
		{"a column with the name of the lines", "h,\x00line\n", nil, []string{tabular.LineColumn}},
	} {
		r, err := tabular.CSV("", strings.NewReader(tt.in), tt.opts)
		require.NoError(t, err, tt.reason)
		_, ok := tabular.CSVLines(r, tt.columns, nil, 1)
		require.False(t, ok, tt.reason)
		r.Release()
	}
	_, ok := tabular.CSVLines(nil, nil, nil, 1)
	require.False(t, ok)
}

// TestCSVLinesLeft: a reader that is left early ends its goroutines.
func TestCSVLinesLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	defer func() { require.LessOrEqual(t, runtime.NumGoroutine(), before) }()
	for _, reads := range []int{0, 1, 3} {
		r, err := tabular.CSV("", strings.NewReader("h,i\n"+strings.Repeat("a,b\n", 5_000_000)), nil)
		require.NoError(t, err)
		l, ok := tabular.CSVLines(r, nil, nil, 2)
		require.True(t, ok)
		for range reads {
			require.True(t, l.Next())
		}
		l.Release()
	}
}
