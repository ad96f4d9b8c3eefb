//go:build duckdb_arrow

package flightduck_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/flightduck"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/clients"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/world"
	"github.com/rowsight/rowsight/internal/testkit/escapes"
	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
)

type client struct {
	*fsql.Client
	ctx context.Context
}

// user returns a client of a registered user.
func user(t testing.TB, address, name string) client {
	t.Helper()
	c, err := fsql.NewClient(address, nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), name, name+"-pw")
	require.NoError(t, err)
	return client{c, ctx}
}

func (c client) rows(sql string) ([]string, error) {
	info, err := c.Execute(c.ctx, sql)
	if err != nil {
		return nil, err
	}
	return c.read(info)
}

// read returns the rows as JSON.
func (c client) read(info *flight.FlightInfo) ([]string, error) {
	r, err := c.DoGet(c.ctx, info.Endpoint[0].Ticket)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	rows := []string{}
	for r.Next() {
		rec := r.RecordBatch()
		for i := range int(rec.NumRows()) {
			var cells []any
			for _, col := range rec.Columns() {
				cells = append(cells, col.GetOneForMarshal(i))
			}
			text, err := json.Marshal(cells)
			if err != nil {
				return nil, err
			}
			rows = append(rows, string(text))
		}
	}
	return rows, r.Err()
}

// column returns the values of a column in the rows of a predicate.
func column(rows []questions.Row, visible predicate.Predicate, name string) (values []any) {
	at := func(column string) int {
		for i, c := range questions.Columns() {
			if c.Name == column {
				return i
			}
		}
		return -1
	}
	for _, row := range rows {
		if visible.Match(func(c string) (string, bool) { s, ok := row[at(c)].(string); return s, ok }) {
			values = append(values, row[at(name)])
		}
	}
	return values
}

func TestZero(t *testing.T) {
	_, err := flightduck.Engine{}.Describe(t.Context(), nil, "SELECT * FROM sales", nil)
	require.ErrorIs(t, err, flightsql.ErrStatement)
	_, err = flightduck.Engine{}.Run(t.Context(), nil, "SELECT * FROM sales", nil)
	require.ErrorIs(t, err, flightsql.ErrStatement)
}

// TestSQL: free SQL over the visible rows of several datasets.
func TestSQL(t *testing.T) {
	w := world.New(t, 200)
	address := w.Serve(t, flightduck.Engine{}, nil)
	anna, ben := user(t, address, "anna"), user(t, address, "ben")
	n := func(name string, p predicate.Predicate) int { return len(column(w.Rows[name], p, "qty")) }
	for _, tt := range []struct {
		sql  string
		want string
	}{
		{"SELECT count(*) FROM sales", fmt.Sprintf("[%d]", n("sales", world.Anna()))},
		{"SELECT count(*) FROM sales s JOIN other o ON s.tenant = o.tenant", fmt.Sprintf("[%d]", n("sales", world.Anna())*n("other", world.Anna()))},
		{"SELECT count(*) FROM sales WHERE tenant <> 't1' OR tenant IS NULL;", "[0]"},
		{"WITH w AS (SELECT tenant FROM sales) SELECT DISTINCT tenant FROM w -- all", `["t1"]`},
		{"SELECT a.tenant, b.tenant FROM sales a, other b LIMIT 1", `["t1","t1"]`},
	} {
		got, err := anna.rows(tt.sql)
		require.NoError(t, err, tt.sql)
		require.Equal(t, []string{tt.want}, got, tt.sql)
	}
	got, err := ben.rows("SELECT count(*) FROM sales")
	require.NoError(t, err)
	require.Equal(t, []string{fmt.Sprintf("[%d]", n("sales", world.Ben()))}, got, "another viewer, other rows")
	require.NotEqual(t, n("sales", world.Anna()), n("sales", predicate.All()), "dropped rules are found")

	got, err = anna.rows("EXPLAIN SELECT Region, count(*) FROM sales WHERE qty > 1 GROUP BY Region")
	require.NoError(t, err)
	require.Contains(t, strings.Join(got, "\n"), "HASH_GROUP_BY")

	for sql, want := range map[string]string{
		"SELECT rate FROM sales":                             "rate",                 // hidden: like a column that is not there
		"SELECT rite FROM sales":                             "rite",                 //
		"SELECT 1; SELECT 2":                                 "one SELECT",           //
		"SELECT * FROM secret":                               "no such table",        //
		"SELECT CAST(tenant AS INTEGER) FROM sales":          "converted",            // without the value
		"SELECT error('x' || tenant) FROM sales":             "refuses",              //
		"SELECT 1::TINYINT + qty::TINYINT * 100 FROM sales ": "the statement failed", //
	} {
		_, err := anna.rows(sql)
		require.ErrorContains(t, err, want, sql)
		require.NotContains(t, err.Error(), "t1", sql)
	}
	last := w.Reads.Records()[len(w.Reads.Records())-1]
	require.Equal(t, audit.RunStatement, last.EventName)
}

// TestNoWayRound: whatever a viewer writes is refused or blind.
func TestNoWayRound(t *testing.T) {
	w := world.New(t, 60)
	c := user(t, w.Serve(t, flightduck.Engine{}, nil), "anna")
	for _, sql := range escapes.Refused() {
		for _, run := range []func() ([]string, error){
			func() ([]string, error) { return c.rows(sql) },
			func() ([]string, error) {
				p, err := c.Prepare(c.ctx, sql)
				if err != nil {
					return nil, err
				}
				info, err := p.Execute(c.ctx)
				if err != nil {
					return nil, err
				}
				return c.read(info)
			},
			func() ([]string, error) { _, err := c.GetExecuteSchema(c.ctx, sql); return nil, err },
		} {
			got, err := run()
			if sql == "EXPLAIN SELECT * FROM sales" { // which is allowed, and reads no row
				require.NotContains(t, fmt.Sprint(got), "t1")
				continue
			}
			require.Equal(t, codes.InvalidArgument, status.Code(err), "%s: %v", sql, err)
			require.NotContains(t, err.Error(), "root:", sql)
			require.Nil(t, got)
		}
	}
	for _, sql := range escapes.Blind() {
		got, err := c.rows(sql)
		shown := fmt.Sprint(got, err)
		if err != nil && !strings.Contains(sql, "t2") {
			require.NotContains(t, shown, "t2", sql)
		}
		require.NotContains(t, strings.Join(got, " "), `"t2"`, sql)
		require.NotContains(t, strings.Join(got, " "), `"T1"`, sql)
	}
}

// TestPrepared: parameters are bound with the types of their columns, and rules of now
// hold.
func TestPrepared(t *testing.T) {
	w := world.New(t, 200)
	address := w.Serve(t, flightduck.Engine{}, nil)
	c, ben := user(t, address, "anna"), user(t, address, "ben")
	p, err := c.Prepare(c.ctx, `SELECT count(*) FROM sales WHERE "Region" = ? AND qty >= ? AND price < ?`)
	require.NoError(t, err)
	var types []string
	for _, f := range p.ParameterSchema().Fields() {
		types = append(types, f.Type.String())
	}
	require.Equal(t, []string{"utf8", "int64", "utf8"}, types)
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}, {Name: "b", Type: arrow.PrimitiveTypes.Int32}, {Name: "c", Type: arrow.BinaryTypes.String}}, nil),
		strings.NewReader(`[{"a": "EMEA", "b": 0, "c": "2.5"}]`))
	require.NoError(t, err)
	p.SetParameters(rec)
	info, err := p.Execute(c.ctx)
	require.NoError(t, err)
	got, err := c.read(info)
	require.NoError(t, err)
	want := 0
	regions, quantities, prices := column(w.Rows["sales"], world.Anna(), "Region"), column(w.Rows["sales"], world.Anna(), "qty"), column(w.Rows["sales"], world.Anna(), "price")
	for i := range regions {
		q, _ := quantities[i].(int64)
		price, ok := prices[i].(int64)
		if regions[i] == "EMEA" && quantities[i] != nil && q >= 0 && ok && price < 250 {
			want++
		}
	}
	require.Positive(t, want)
	require.Equal(t, []string{fmt.Sprintf("[%d]", want)}, got)
	w.SetRules(t, "sales", "UserName,tenant\nben,t1\n")
	info, err = p.Execute(c.ctx)
	require.NoError(t, err)
	got, err = c.read(info)
	require.NoError(t, err)
	require.Equal(t, []string{"[0]"}, got, "rules of now")

	wide, err := ben.Prepare(ben.ctx, "SELECT * FROM sales")
	require.NoError(t, err)
	info, err = wide.Execute(ben.ctx)
	require.NoError(t, err)
	require.NoError(t, w.Dataset(t, "sales").SetColumnRules(t.Context(), spice.ColumnRule{ColumnNames: []string{world.Hidden}, Principals: []namespace.ARN{namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:user/default/anna")}}))
	_, err = ben.read(info)
	require.Equal(t, codes.FailedPrecondition, status.Code(err))
	schema, err := wide.GetSchema(ben.ctx)
	require.NoError(t, err)
	s, err := flight.DeserializeSchema(schema.GetSchema(), memory.DefaultAllocator)
	require.NoError(t, err)
	require.False(t, s.HasField(world.Hidden))
}

// TestClients: free SQL with the drivers of Python and Java.
func TestClients(t *testing.T) {
	w := world.New(t, 200)
	token, _ := w.Token(t, "t2")
	r := clients.Request{
		Address: w.Serve(t, flightduck.Engine{}, nil), Token: token, Parameter: "EMEA",
		SQL:      `SELECT s.tenant, count(*)::INT AS n FROM sales s SEMI JOIN other o USING (tenant) GROUP BY ALL`,
		Prepared: `SELECT count(*)::INT FROM sales WHERE "Region" = ?`,
		Refused:  slices.DeleteFunc(escapes.Refused(), func(s string) bool { return s == `EXPLAIN SELECT * FROM sales` || s == "" }),
	}
	n, emea := len(column(w.Rows["sales"], world.Tenant("t2"), "qty")), len(column(w.Rows["sales"], predicate.And(world.Tenant("t2"), predicate.In("Region", "EMEA")), "qty"))
	require.NotEqual(t, n, len(column(w.Rows["sales"], predicate.All(), "qty")), "dropped rules are found")
	for name, run := range map[string]func(testing.TB, clients.Request) clients.Reply{"ADBC": clients.ADBC, "JDBC": clients.JDBC} {
		t.Run(name, func(t *testing.T) {
			got := run(t, r)
			require.Equal(t, [][]any{{"t2", float64(n)}}, got.Rows)
			require.Equal(t, [][]any{{float64(emea)}}, got.Prepared)
			for i, e := range got.Errors {
				require.NotEmpty(t, e, r.Refused[i])
			}
			require.Len(t, got.Tables, 2)
		})
	}
}
