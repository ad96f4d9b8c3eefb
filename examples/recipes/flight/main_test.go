package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/rls"
)

func TestFlight(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}, {Name: "sales", Type: arrow.PrimitiveTypes.Int64}}, nil)
	rows, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"region": "US", "sales": 1}, {"region": "EMEA", "sales": 2}, {"sales": 3}]`))
	require.NoError(t, err)
	table, err := arrow18.Record(rows)
	require.NoError(t, err)
	rules, err := rls.ReadCSV(strings.NewReader("UserName,region\nanna,US\n"), nil)
	require.NoError(t, err)
	s := flight.NewServerWithMiddleware(nil)
	require.NoError(t, s.Init("127.0.0.1:0"))
	s.RegisterFlightService(&server{rules: rules, rows: table})
	go func() { _ = s.Serve() }()
	defer s.Shutdown()
	client, err := flight.NewClientWithMiddleware(s.Addr().String(), nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer client.Close()

	get := func(authorization string) (string, error) {
		ctx := metadata.AppendToOutgoingContext(context.Background(), "authorization", authorization)
		stream, err := client.DoGet(ctx, &flight.Ticket{Ticket: []byte("everything")})
		if err != nil {
			return "", err
		}
		r, err := flight.NewRecordReader(stream)
		if err != nil {
			return "", err
		}
		defer r.Release()
		text := ""
		for r.Next() {
			text += fmt.Sprint(r.RecordBatch().Column(1))
		}
		return text, r.Err()
	}
	got, err := get("Bearer anna")
	require.NoError(t, err)
	require.Equal(t, "[1]", got)
	got, err = get("Bearer eve")
	require.NoError(t, err)
	require.Equal(t, "[]", got)
	_, err = get("Basic anna")
	require.Error(t, err)
}
