package flightsql_test

import (
	"context"
	"fmt"
	"iter"
	"net"

	arrow15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
)

// regions is a table of one column.
type regions []string

func (r regions) Schema(context.Context) (*arrow15.Schema, error) {
	return arrow15.NewSchema([]arrow15.Field{{Name: "Region", Type: arrow15.BinaryTypes.String}}, nil), nil
}

func (r regions) Read(ctx context.Context, _ *spice.ReadOptions) iter.Seq2[arrow15.Record, error] {
	return func(yield func(arrow15.Record, error) bool) {
		s, _ := r.Schema(ctx)
		b := array15.NewRecordBuilder(memory15.DefaultAllocator, s)
		defer b.Release()
		b.Field(0).(*array15.StringBuilder).AppendValues(r, nil)
		rec := b.NewRecord()
		defer rec.Release()
		yield(rec, nil)
	}
}

func (r regions) Ask(ctx context.Context, q query.Query, _ *spice.AskOptions) (*eval.Result, error) {
	s, _ := r.Schema(ctx)
	plan, err := q.Check(eval.Columns(s))
	if err != nil {
		return nil, err
	}
	return eval.Answer(ctx, plan, r.Read(ctx, nil), nil)
}

func ExampleNewServer() {
	var store *spice.Store // spice.Open(dir, nil)
	_, err := flightsql.NewServer(store, nil, nil)
	fmt.Println(err)
	// Output: bad option: engine: got nil, want one such as Plain{}
}

func ExampleServer_Serve() {
	server, err := flightsql.NewServer(new(spice.Store), flightsql.Plain{}, nil)
	if err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		panic(err)
	}
	err = server.Serve(context.Background(), plain{listener})
	fmt.Println(err)
	// Output: no TLS on an address that other machines reach: 192.0.2.1:32010
}

// plain is a listener on another address than the one it has.
type plain struct{ net.Listener }

func (plain) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 32010} }

func ExamplePlain_Describe() {
	tables := map[string]flightsql.Table{"sales": regions{"EMEA", "US", "US"}}
	d, err := flightsql.Plain{}.Describe(context.Background(), tables, "SELECT Region, count(*) AS n FROM sales WHERE Region = ? GROUP BY Region", nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Schema.Field(1).Name, d.Schema.Field(1).Type)
	fmt.Println(d.Params.Field(0).Name, d.Params.Field(0).Type)
	fmt.Println(d.Tables, d.Used)
	_, err = flightsql.Plain{}.Describe(context.Background(), tables, "SELECT Region FROM sales, other", nil)
	fmt.Println(err)
	// Output:
	// n int64
	// $1 utf8
	// [sales] map[sales:[Region]]
	// statement refused: at byte 25: want the end of the statement: one dataset, WHERE, GROUP BY, ORDER BY, LIMIT and OFFSET are all that this server knows
}

func ExamplePlain_Run() {
	tables := map[string]flightsql.Table{"sales": regions{"EMEA", "US", "US"}}
	reader, err := flightsql.Plain{}.Run(context.Background(), tables, "SELECT Region, count(*) FROM sales GROUP BY Region ORDER BY Region", nil)
	if err != nil {
		panic(err)
	}
	defer reader.Release()
	for reader.Next() {
		fmt.Println(reader.RecordBatch().Column(0), reader.RecordBatch().Column(1))
	}
	// Output: ["EMEA" "US"] [1 2]
}
