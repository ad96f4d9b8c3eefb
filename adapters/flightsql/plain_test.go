package flightsql_test

import (
	"context"
	"testing"

	arrow15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/world"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// answering answers every question with one row of an allocator.
type answering struct {
	regions
	mem memory15.Allocator
	err error
}

func (a answering) Ask(_ context.Context, _ query.Query, _ *spice.AskOptions) (*eval.Result, error) {
	if a.err != nil {
		return nil, a.err
	}
	b := array15.NewRecordBuilder(a.mem, arrow15.NewSchema([]arrow15.Field{{Name: "n", Type: arrow15.PrimitiveTypes.Int64}}, nil))
	defer b.Release()
	b.Field(0).(*array15.Int64Builder).Append(7)
	return &eval.Result{Rows: b.NewRecord()}, nil
}

// TestPlainReleases: an answer is released if it is read, and also if it is not.
func TestPlainReleases(t *testing.T) {
	mem := memory15.NewCheckedAllocator(memory15.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	run := func(err error) (rows int, failed error) {
		r, runErr := flightsql.Plain{}.Run(t.Context(), map[string]flightsql.Table{"sales": answering{regions{"EMEA"}, mem, err}}, "SELECT count(*) AS n FROM sales", nil)
		require.NoError(t, runErr)
		defer r.Release()
		for r.Next() {
			rows += int(r.RecordBatch().NumRows())
		}
		return rows, r.Err()
	}
	rows, err := run(nil)
	require.NoError(t, err)
	require.Equal(t, 1, rows)
	rows, err = run(spice.ErrKey)
	require.ErrorIs(t, err, spice.ErrKey)
	require.Zero(t, rows)

	r, err := flightsql.Plain{}.Run(t.Context(), map[string]flightsql.Table{"sales": answering{regions{"EMEA"}, mem, nil}}, "SELECT count(*) AS n FROM sales", nil)
	require.NoError(t, err)
	r.Release()
}

// TestPlainMemory: a page and groups that need more memory than MaxBytes fail, and the
// client is told why.
func TestPlainMemory(t *testing.T) {
	w := world.New(t, 60)
	for _, sql := range []string{
		"SELECT tenant, qty FROM sales WHERE qty IS NOT NULL ORDER BY qty LIMIT 50",
		"SELECT qty, count(*) FROM sales GROUP BY qty",
	} {
		_, err := user(t, w.Serve(t, flightsql.Plain{}, nil), "anna").rows(sql)
		require.NoError(t, err)
		_, err = user(t, w.Serve(t, flightsql.Plain{MaxBytes: 500}, nil), "anna").rows(sql)
		require.Equal(t, codes.ResourceExhausted, status.Code(err), "%v", err)
		require.ErrorContains(t, err, eval.ErrMemory.Error())
	}
}
