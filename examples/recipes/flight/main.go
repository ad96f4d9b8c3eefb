// Command flight serves visible rows over Arrow Flight. The user is in the
// authorization header of the call; check it there as your service does.
package main

import (
	"errors"
	"log"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	arrow15 "github.com/apache/arrow/go/v15/arrow"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
)

type server struct {
	flight.BaseFlightServer
	rules   *rls.Rules
	rows    arrow15.Record
	filters batch.Cache
}

// DoGet sends the visible rows, whatever the ticket asks for.
func (s *server) DoGet(_ *flight.Ticket, stream flight.FlightService_DoGetServer) error {
	md, _ := metadata.FromIncomingContext(stream.Context())
	user, ok := strings.CutPrefix(strings.Join(md.Get("authorization"), ""), "Bearer ") // look the token up
	if !ok {
		return status.Error(codes.Unauthenticated, "no token")
	}
	visible, err := s.visible(user)
	if err != nil {
		log.Print(err)
		return status.Error(codes.Internal, "internal error")
	}
	defer visible.Release()
	w := flight.NewRecordWriter(stream, ipc.WithSchema(visible.Schema()))
	defer w.Close()
	return w.Write(visible)
}

func (s *server) visible(user string) (arrow.RecordBatch, error) {
	p, err := s.rules.For(namespace.Named(user))
	if err != nil {
		return nil, err
	}
	filter, err := s.filters.Bind(p, s.rows.Schema())
	if err != nil {
		return nil, err
	}
	filtered, err := filter.Apply(s.rows)
	if err != nil {
		return nil, err
	}
	defer filtered.Release()
	return arrow18.FromRecord(filtered)
}

func main() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}}, nil)
	rows, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"region": "US"}]`))
	table, err2 := arrow18.Record(rows) // once; it shares memory
	rules, err3 := rls.ReadCSV(strings.NewReader("UserName,region\nanna,US\n"), nil)
	s := flight.NewServerWithMiddleware(nil)
	if err := errors.Join(err, err2, err3, s.Init("127.0.0.1:32010")); err != nil {
		log.Fatal(err)
	}
	s.RegisterFlightService(&server{rules: rules, rows: table})
	log.Fatal(s.Serve())
}
