package flightsql

import (
	"context"
	"iter"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrow15 "github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// A Table is what one session sees of a dataset. Each method goes through the rules,
// and each read leaves an audit record.
type Table interface {
	Schema(ctx context.Context) (*arrow15.Schema, error)
	Read(ctx context.Context, opts *spice.ReadOptions) iter.Seq2[arrow15.Record, error]
	Ask(ctx context.Context, q query.Query, opts *spice.AskOptions) (*eval.Result, error)
}

// An Engine runs statements over the tables of one session. It reaches no other data.
// It is safe for concurrent use.
type Engine interface {
	// Describe checks a statement against the columns of the tables, and reads no row.
	// args are the parameters, nil before they are known. Its errors are shown to the
	// client if they wrap ErrStatement.
	Describe(ctx context.Context, tables map[string]Table, sql string, args []any) (Description, error)
	// Run runs a statement. The columns of the result are those of Describe. A client
	// sees its errors if they wrap ErrRun; others go to the log. None may hold a value of
	// a row. The caller releases the reader.
	Run(ctx context.Context, tables map[string]Table, sql string, args []any) (array.RecordReader, error)
}

// A Description is what an [Engine] knows of a statement without reading a row.
type Description struct {
	Tables []string            // that the statement reads, as the map names them
	Used   map[string][]string // of each table, columns that the statement may need; nil is all
	Schema *arrow.Schema       // of the result
	Params *arrow.Schema       // one field a parameter
	Plan   []string            // lines of EXPLAIN, without a value of a row
}
