//go:build duckdb_arrow

package duckdb_test

import (
	"context"
	"database/sql/driver"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	duck "github.com/duckdb/duckdb-go/v2"
	"github.com/stretchr/testify/require"
)

// TestStreamsDoNotFilter shows why rows are copied into tables: DuckDB pushes column
// = value into a stream of Arrow records, which returns every row. If this test
// fails, a newer DuckDB filters, and streams can be considered again.
//
//	GOWORK=off go test -tags duckdb_arrow -run TestStreamsDoNotFilter .
func TestStreamsDoNotFilter(t *testing.T) {
	count := func(setting, sql string) (n int64) {
		connector, err := duck.NewConnector("", nil)
		require.NoError(t, err)
		defer connector.Close()
		conn, err := connector.Connect(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		if setting != "" {
			_, err := conn.(driver.ExecerContext).ExecContext(t.Context(), setting, nil)
			require.NoError(t, err)
		}
		b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}}, nil))
		defer b.Release()
		b.Field(0).(*array.StringBuilder).AppendValues([]string{"a", "b", "a", "c"}, nil)
		reader, err := array.NewRecordReader(b.Schema(), []arrow.RecordBatch{b.NewRecordBatch()})
		require.NoError(t, err)
		a, err := duck.NewArrowFromConn(conn)
		require.NoError(t, err)
		release, err := a.RegisterView(reader, "stream")
		require.NoError(t, err)
		defer release()
		rows, err := conn.(driver.QueryerContext).QueryContext(context.Background(), sql, nil)
		require.NoError(t, err)
		defer rows.Close()
		values := make([]driver.Value, 1)
		require.NoError(t, rows.Next(values))
		return values[0].(int64)
	}
	const sql = "SELECT count(*) FROM stream WHERE region = 'a'"
	require.Equal(t, int64(4), count("", sql), "every row, though two match")
	require.Equal(t, int64(2), count("SET disabled_optimizers = 'filter_pushdown'", sql))
	require.Equal(t, int64(2), count("", "CREATE TABLE rows AS SELECT * FROM stream; SELECT count(*) FROM rows WHERE region = 'a'"))
	require.NotEqual(t, int64(16), count("", "SELECT count(*) FROM stream a, stream b"), "a stream is read once")
}
