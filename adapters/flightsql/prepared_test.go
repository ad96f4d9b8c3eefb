package flightsql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/world"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
)

// params returns one row of parameters.
func params(t testing.TB, json string, fields ...arrow.Field) arrow.RecordBatch {
	t.Helper()
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, arrow.NewSchema(fields, nil), strings.NewReader(json))
	require.NoError(t, err)
	return rec
}

func names(s *arrow.Schema) (all []string) {
	for _, f := range s.Fields() {
		all = append(all, f.Name)
	}
	return all
}

// TestPrepared: parameters have the types of their columns, and are bound.
func TestPrepared(t *testing.T) {
	w := world.New(t, 200)
	c := user(t, w.Serve(t, flightsql.Plain{}, nil), "anna")
	p, err := c.Prepare(c.ctx, `SELECT Region, count(*) AS n FROM sales WHERE Region IN (?, ?) AND qty >= ? AND day < ? GROUP BY Region LIMIT ?`)
	require.NoError(t, err)
	require.Equal(t, []string{"Region", "n"}, names(p.DatasetSchema()))
	var types []string
	for _, f := range p.ParameterSchema().Fields() {
		types = append(types, f.Type.String())
	}
	require.Equal(t, []string{"utf8", "utf8", "int64", "date32", "int64"}, types)
	_, err = p.Execute(c.ctx)
	require.Equal(t, codes.InvalidArgument, status.Code(err), "no parameters: %v", err)
	fields := []arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "b", Type: arrow.BinaryTypes.LargeString}, {Name: "c", Type: arrow.PrimitiveTypes.Int32}, {Name: "d", Type: arrow.FixedWidthTypes.Date32}, {Name: "e", Type: arrow.PrimitiveTypes.Uint8}}
	p.SetParameters(params(t, `[{"a": "EMEA", "b": "t2' OR 1 = 1", "c": 0, "d": "2023-06-01", "e": 5}]`, fields...))
	info, err := p.Execute(c.ctx)
	require.NoError(t, err)
	got, err := c.read(info)
	require.NoError(t, err)
	n := len(want(w.Rows["sales"], world.Anna()))
	require.Positive(t, n)
	require.Len(t, got, 1)
	require.Equal(t, `"EMEA"`, got[0][0])
	p.SetParameters(params(t, `[{"a": null, "b": "x", "c": 0, "d": "2023-06-01", "e": 5}]`, fields...))
	_, err = p.Execute(c.ctx)
	require.Equal(t, codes.InvalidArgument, status.Code(err), "NULL is in no set: %v", err)
	p.SetParameters(params(t, `[{"a": "EMEA", "b": "x", "c": 0, "d": "2023-06-01", "e": 5}, {"a": "US", "b": "x", "c": 0, "d": "2023-06-01", "e": 5}]`, fields...))
	_, err = p.Execute(c.ctx)
	require.Error(t, err, "two rows of parameters")
	require.NoError(t, p.Close(c.ctx))
	_, err = fsql.NewPreparedStatement(c.Client, p.Handle()).Execute(c.ctx)
	require.Equal(t, codes.NotFound, status.Code(err))
}

// TestRulesChange: what changes between prepare and execute holds. Others' Flight ports
// skipped row filters for prepared statements and for their schemas.
func TestRulesChange(t *testing.T) {
	w := world.New(t, 200)
	address := w.Serve(t, flightsql.Plain{}, nil)
	sales := w.Rows["sales"]
	anna, ben := user(t, address, "anna"), user(t, address, "ben")
	prepare := func(c client, sql string) *fsql.PreparedStatement {
		p, err := c.Prepare(c.ctx, sql)
		require.NoError(t, err)
		return p
	}
	rows := func(c client, p *fsql.PreparedStatement) [][]string {
		info, err := p.Execute(c.ctx)
		require.NoError(t, err)
		got, err := c.read(info)
		require.NoError(t, err)
		return got
	}
	all := prepare(anna, "SELECT * FROM sales")
	count := prepare(anna, "SELECT count(*) FROM sales")
	require.Equal(t, want(sales, world.Anna()), rows(anna, all))
	w.SetRules(t, "sales", "UserName,tenant\nanna,t2\n")
	require.Equal(t, want(sales, world.Tenant("t2")), rows(anna, all), "rules of now, and not of the preparation")
	require.Equal(t, [][]string{{fmt.Sprint(len(want(sales, world.Tenant("t2"))))}}, rows(anna, count))
	info, err := all.Execute(anna.ctx)
	require.NoError(t, err)
	w.SetRules(t, "sales", "UserName,tenant\nben,t1\n")
	got, err := anna.read(info)
	require.NoError(t, err)
	require.Empty(t, got, "a ticket that was made before the rules has the rows of now")
	require.NotEmpty(t, want(sales, world.Tenant("t2")), "the test can fail")

	// A column that is hidden later is in no schema, and not in a result that was
	// promised.
	w.SetRules(t, "sales", world.Rules)
	wide, narrow := prepare(ben, "SELECT * FROM sales"), prepare(ben, "SELECT "+world.Hidden+" FROM sales")
	require.Contains(t, names(wide.DatasetSchema()), world.Hidden)
	promised, err := wide.Execute(ben.ctx)
	require.NoError(t, err)
	statement, err := ben.Execute(ben.ctx, "SELECT * FROM sales")
	require.NoError(t, err)
	require.NoError(t, w.Dataset(t, "sales").SetColumnRules(t.Context(), spice.ColumnRule{ColumnNames: []string{world.Hidden}, Principals: []namespace.ARN{namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:user/default/anna")}}))
	for _, ticket := range []*flight.FlightInfo{promised, statement} {
		got, err := ben.read(ticket)
		require.Equal(t, codes.FailedPrecondition, status.Code(err), "%v", err)
		require.Empty(t, got)
	}
	schema, err := wide.GetSchema(ben.ctx)
	require.NoError(t, err)
	s, err := flight.DeserializeSchema(schema.GetSchema(), memory.DefaultAllocator)
	require.NoError(t, err)
	require.NotContains(t, names(s), world.Hidden)
	_, err = narrow.GetSchema(ben.ctx)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = narrow.Execute(ben.ctx)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	schema, err = ben.GetExecuteSchema(ben.ctx, "SELECT * FROM sales")
	require.NoError(t, err)
	s, err = flight.DeserializeSchema(schema.GetSchema(), memory.DefaultAllocator)
	require.NoError(t, err)
	require.Equal(t, seen(world.Hidden), names(s))
}

// TestHandles: a ticket works once, for its session, for a time; and so do prepared
// statements, but for once.
func TestHandles(t *testing.T) {
	w := world.New(t, 50)
	address := w.Serve(t, flightsql.Plain{}, &flightsql.Options{Limits: flightsql.Limits{MaxHandles: 3}})
	token, _ := w.Token(t, "t2")
	anna, again, session := user(t, address, "anna"), user(t, address, "anna"), bearing(t, address, token)
	info, err := anna.Execute(anna.ctx, "SELECT * FROM sales")
	require.NoError(t, err)
	for _, other := range []client{again, session} {
		_, err := other.read(info)
		require.Equal(t, codes.NotFound, status.Code(err), "a ticket of another session")
	}
	got, err := anna.read(info)
	require.NoError(t, err)
	require.NotEmpty(t, got, "those who had no right did not use it up")
	_, err = anna.read(info)
	require.Equal(t, codes.NotFound, status.Code(err), "it works once")

	p, err := anna.Prepare(anna.ctx, "SELECT * FROM sales WHERE tenant = ?")
	require.NoError(t, err)
	for _, other := range []client{again, session} {
		stolen := fsql.NewPreparedStatement(other.Client, p.Handle())
		_, err := stolen.Execute(other.ctx)
		require.Equal(t, codes.NotFound, status.Code(err))
		_, err = stolen.GetSchema(other.ctx)
		require.Equal(t, codes.NotFound, status.Code(err))
		stolen.SetParameters(params(t, `[{"a": "t2"}]`, arrow.Field{Name: "a", Type: arrow.BinaryTypes.String}))
		_, err = stolen.Execute(other.ctx)
		require.Error(t, err)
		require.Equal(t, codes.NotFound, status.Code(stolen.Close(other.ctx)))
	}
	// A handle is no ticket.
	p.SetParameters(params(t, `[{"a": "t1"}]`, arrow.Field{Name: "a", Type: arrow.BinaryTypes.String}))
	bound, err := p.Execute(anna.ctx)
	require.NoError(t, err)
	for _, name := range [][]byte{anyOf(t, p.Handle()), bound.FlightDescriptor.Cmd, info.FlightDescriptor.Cmd} {
		got, err := anna.read(&flight.FlightInfo{Endpoint: []*flight.FlightEndpoint{{Ticket: &flight.Ticket{Ticket: name}}}})
		require.Error(t, err)
		require.Empty(t, got)
	}
	got, err = anna.read(bound)
	require.NoError(t, err)
	require.Equal(t, want(w.Rows["sales"], world.Anna()), got)

	info, err = anna.Execute(anna.ctx, "SELECT * FROM sales")
	require.NoError(t, err)
	w.Pass(time.Minute)
	_, err = anna.read(info)
	require.Equal(t, codes.NotFound, status.Code(err), "it ended")
	for range 2 {
		_, err = anna.Execute(anna.ctx, "SELECT * FROM sales")
		require.NoError(t, err)
	}
	_, err = anna.Execute(anna.ctx, "SELECT * FROM sales")
	require.Equal(t, codes.ResourceExhausted, status.Code(err), "two tickets and a statement")
	_, err = again.Execute(again.ctx, "SELECT * FROM sales")
	require.NoError(t, err, "of that session alone")
	w.Pass(time.Minute)
	_, err = anna.Execute(anna.ctx, "SELECT * FROM sales")
	require.NoError(t, err, "tickets that ended make room")
}

func anyOf(t testing.TB, handle []byte) []byte {
	t.Helper()
	ticket, err := fsql.CreateStatementQueryTicket(handle)
	require.NoError(t, err)
	return ticket
}

// FuzzTickets: no ticket that the server has not made gets anything, and none ends the
// server.
func FuzzTickets(f *testing.F) {
	w := world.New(f, 20)
	address := w.Serve(f, flightsql.Plain{}, nil)
	anna, ben := user(f, address, "anna"), user(f, address, "ben")
	info, err := ben.Execute(ben.ctx, "SELECT * FROM sales")
	require.NoError(f, err)
	foreign := info.Endpoint[0].Ticket.Ticket
	for _, seed := range [][]byte{nil, {}, []byte("x"), foreign, foreign[:len(foreign)-1], info.FlightDescriptor.Cmd, make([]byte, 32)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, ticket []byte) {
		got, err := anna.read(&flight.FlightInfo{Endpoint: []*flight.FlightEndpoint{{Ticket: &flight.Ticket{Ticket: ticket}}}})
		if err == nil { // a catalog call is its own ticket
			require.NotContains(t, fmt.Sprint(got), "secret")
			require.NotContains(t, fmt.Sprint(got), "t2")
		}
		_, err = anna.read(&flight.FlightInfo{Endpoint: []*flight.FlightEndpoint{{Ticket: &flight.Ticket{Ticket: anyOf(t, ticket)}}}})
		require.Equal(t, codes.NotFound, status.Code(err))
		_, _ = anna.Client.Client.GetFlightInfo(anna.ctx, &flight.FlightDescriptor{Type: flight.DescriptorCMD, Cmd: ticket})
		_, _ = anna.Client.Client.GetSchema(anna.ctx, &flight.FlightDescriptor{Type: flight.DescriptorCMD, Cmd: ticket})
		stolen := fsql.NewPreparedStatement(anna.Client, ticket)
		_, err = stolen.Execute(anna.ctx)
		require.Equal(t, codes.NotFound, status.Code(err))
	})
}

// FuzzPlain: whatever a viewer writes is refused, or shows visible rows.
func FuzzPlain(f *testing.F) {
	w := world.New(f, 20)
	c := user(f, w.Serve(f, flightsql.Plain{}, nil), "anna")
	for _, seed := range []string{
		"SELECT * FROM sales", `SELECT "Region" AS r, count(*) FROM sales WHERE tenant IN ('t2', 't1') AND qty >= -1 GROUP BY 1 ORDER BY 2 DESC LIMIT 3 OFFSET 1`,
		"SELECT DISTINCT day FROM other", "SELECT * FROM secret", "EXPLAIN SELECT sum((qty + 1) * price - 2) FROM sales", "SELECT date_trunc('week', at) FROM sales GROUP BY 1", "select'", "$1 ? -- /*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		got, err := c.rows(sql)
		if err != nil {
			require.NotEqual(t, codes.Internal, status.Code(err))
			return
		}
		shown := fmt.Sprint(got)
		if !strings.Contains(sql, "t2") && !strings.Contains(sql, "T1") {
			require.NotContains(t, shown, `"t2"`)
			require.NotContains(t, shown, `"T1"`)
		}
	})
}
