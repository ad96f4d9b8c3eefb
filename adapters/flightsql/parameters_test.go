package flightsql_test

import (
	"encoding/binary"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/flight"
	pb "github.com/apache/arrow-go/v18/arrow/flight/gen/flight"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	fs "github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/world"
)

// A long sends a schema with a vector of 2^31-1 entries.
type long struct {
	flight.FlightService_DoPutClient
	slot flatbuffers.VOffsetT
}

func (l long) Send(d *flight.FlightData) error {
	b := d.DataHeader
	root := &flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}
	var schema flatbuffers.Table
	root.Union(&schema, flatbuffers.UOffsetT(root.Offset(8)))
	vec := schema.Vector(flatbuffers.UOffsetT(schema.Offset(l.slot)))
	binary.LittleEndian.PutUint32(b[vec-4:], 1<<31-1)
	return l.FlightService_DoPutClient.Send(d)
}

func TestPutLongSchema(t *testing.T) {
	put(t, func(s flight.FlightService_DoPutClient) flight.FlightService_DoPutClient { return long{s, 6} })
}
func TestPutLongMetadata(t *testing.T) {
	put(t, func(s flight.FlightService_DoPutClient) flight.FlightService_DoPutClient { return long{s, 8} })
}
func TestPutLoopedSchema(t *testing.T) {
	put(t, func(s flight.FlightService_DoPutClient) flight.FlightService_DoPutClient { return looped{s, t} })
}

// A looped sends a schema in which a field is its own child.
type looped struct {
	flight.FlightService_DoPutClient
	t *testing.T
}

func (l looped) Send(d *flight.FlightData) error {
	b := d.DataHeader
	root := &flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}
	var schema flatbuffers.Table
	root.Union(&schema, flatbuffers.UOffsetT(root.Offset(8)))
	vec := schema.Vector(flatbuffers.UOffsetT(schema.Offset(6)))
	field := &flatbuffers.Table{Bytes: b, Pos: schema.Indirect(vec)}
	child := field.Vector(flatbuffers.UOffsetT(field.Offset(14)))
	binary.LittleEndian.PutUint32(b[child:], uint32(field.Pos)-uint32(child))
	return l.FlightService_DoPutClient.Send(d)
}

// put sends the parameters of a prepared statement through a wrapper that damages them.
func put(t *testing.T, wrap func(flight.FlightService_DoPutClient) flight.FlightService_DoPutClient) {
	w := world.New(t, 20)
	token, _ := w.Token(t, "t1")
	c := bearing(t, w.Serve(t, fs.Plain{}, nil), token)
	p, err := c.Prepare(c.ctx, `SELECT count(*) AS n FROM sales WHERE Region = ?`)
	require.NoError(t, err)
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.StructOf(arrow.Field{Name: "b", Type: arrow.PrimitiveTypes.Int32})}}, func() *arrow.Metadata { m := arrow.NewMetadata([]string{"a"}, []string{"b"}); return &m }())
	var cmd anypb.Any
	_ = cmd.MarshalFrom(&pb.CommandPreparedStatementQuery{PreparedStatementHandle: p.Handle()})
	raw, _ := proto.Marshal(&cmd)
	stream, err := c.Client.Client.DoPut(c.ctx)
	require.NoError(t, err)
	wr := flight.NewRecordWriter(wrap(stream), ipc.WithSchema(schema))
	wr.SetFlightDescriptor(&flight.FlightDescriptor{Type: flight.DescriptorCMD, Cmd: raw})
	_ = wr.Close()
	_ = stream.CloseSend()
	_, err = stream.Recv()
	require.Equal(t, codes.InvalidArgument, status.Code(err), "package ipc would end the process: %v", err)
}
