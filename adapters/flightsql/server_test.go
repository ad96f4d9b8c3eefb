package flightsql_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"
	memory15 "github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/internal/world"
	"github.com/rowsight/rowsight/internal/testkit/escapes"
	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

// A client is a connection of one session.
type client struct {
	*fsql.Client
	ctx context.Context
}

func dial(t testing.TB, address string) *fsql.Client {
	t.Helper()
	c, err := fsql.NewClient(address, nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// bearing returns a client with a bearer token.
func bearing(t testing.TB, address, token string) client {
	t.Helper()
	return client{dial(t, address), metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)}
}

// user returns a client of a registered user, who logs in with a handshake.
func user(t testing.TB, address, name string) client {
	t.Helper()
	c := dial(t, address)
	ctx, err := c.Client.AuthenticateBasicToken(t.Context(), name, name+"-pw")
	require.NoError(t, err)
	return client{c, ctx}
}

// rows runs a statement and returns the rows as texts.
func (c client) rows(sql string) ([][]string, error) {
	info, err := c.Execute(c.ctx, sql)
	if err != nil {
		return nil, err
	}
	return c.read(info)
}

func (c client) read(info *flight.FlightInfo) (all [][]string, err error) {
	r, err := c.DoGet(c.ctx, info.Endpoint[0].Ticket)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	all = [][]string{}
	for r.Next() {
		rec, err := arrow18.Record(r.RecordBatch())
		if err != nil {
			return nil, err
		}
		all = append(all, questions.Read(rec)...)
		rec.Release()
	}
	return all, r.Err()
}

// want returns the rows of a predicate as texts, with the columns that a session sees.
func want(rows []questions.Row, visible predicate.Predicate, columns ...string) [][]string {
	var kept []questions.Row
	for _, row := range rows {
		if visible.Match(func(column string) (string, bool) {
			s, ok := row[slices.IndexFunc(questions.Columns(), func(c query.Column) bool { return c.Name == column })].(string)
			return s, ok
		}) {
			kept = append(kept, row)
		}
	}
	rec := questions.Record(memory15.NewGoAllocator(), kept, false)
	defer rec.Release()
	all := questions.Read(rec)
	if columns == nil {
		columns = seen(world.Hidden)
	}
	out := make([][]string, len(all))
	for i, row := range all {
		for _, name := range columns {
			out[i] = append(out[i], row[slices.IndexFunc(questions.Columns(), func(c query.Column) bool { return c.Name == name })])
		}
	}
	return out
}

// seen returns all columns but some.
func seen(without ...string) (names []string) {
	for _, c := range questions.Columns() {
		if !slices.Contains(without, c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}

func TestZero(t *testing.T) {
	_, err := flightsql.NewServer(nil, nil, nil)
	require.ErrorIs(t, err, flightsql.ErrOptions)
	require.ErrorIs(t, new(flightsql.Server).Serve(t.Context(), listen(t)), flightsql.ErrOptions)
	w := world.New(t, 10)
	server, err := flightsql.NewServer(w.Store, flightsql.Plain{}, nil)
	require.NoError(t, err)
	listener := listen(t)
	go func() { _ = server.Serve(t.Context(), listener) }()
	for _, c := range []client{{dial(t, listener.Addr().String()), t.Context()}, bearing(t, listener.Addr().String(), "x")} {
		_, err = c.rows("SELECT * FROM sales")
		require.Equal(t, codes.Unauthenticated, status.Code(err), "no way to log in lets nobody in: %v", err)
		_, err = c.GetTables(c.ctx, &fsql.GetTablesOpts{})
		require.Equal(t, codes.Unauthenticated, status.Code(err))
	}
	_, err = flightsql.Plain{}.Describe(t.Context(), nil, "SELECT * FROM sales", nil)
	require.ErrorIs(t, err, flightsql.ErrStatement)
	_, err = flightsql.NewServer(w.Store, flightsql.Plain{}, &flightsql.Options{Limits: flightsql.Limits{MaxRows: -1}})
	require.ErrorIs(t, err, flightsql.ErrOptions)
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return l
}

// TestRows: each client gets the rows that its predicate admits, with the columns that
// it sees. With the rows of another viewer the comparison fails.
func TestRows(t *testing.T) {
	w := world.New(t, 300)
	address := w.Serve(t, flightsql.Plain{}, nil)
	token, _ := w.Token(t, "t2")
	for _, tt := range []struct {
		name    string
		client  client
		visible predicate.Predicate
		columns []string
	}{
		{"a registered user", user(t, address, "anna"), world.Anna(), nil},
		{"a user who sees one more column", user(t, address, "ben"), world.Ben(), seen()},
		{"a user that no rule names", user(t, address, "carl"), predicate.Predicate{}, nil},
		{"an embedded session", bearing(t, address, token), world.Tenant("t2"), nil},
	} {
		for _, name := range []string{"sales", "other"} {
			got, err := tt.client.rows("SELECT * FROM " + name)
			require.NoError(t, err, tt.name)
			require.Equal(t, want(w.Rows[name], tt.visible, tt.columns...), got, tt.name)
			require.NotEqual(t, want(w.Rows[name], predicate.All(), tt.columns...), got, "dropped rules are found")
		}
		_, err := tt.client.rows("SELECT * FROM secret")
		require.Equal(t, codes.InvalidArgument, status.Code(err), tt.name)
		_, missing := tt.client.rows("SELECT * FROM sexret")
		require.Equal(t, strings.ReplaceAll(err.Error(), "secret", "sexret"), missing.Error(), "what may not be opened is like what is not there")
	}
}

// TestStatements: what Plain knows, against answers computed row by row.
func TestStatements(t *testing.T) {
	w := world.New(t, 400)
	c := user(t, w.Serve(t, flightsql.Plain{}, nil), "anna")
	sales := w.Rows["sales"]
	answer := func(q query.Query) [][]string {
		rows, _ := questions.Answer(q, sales, world.Anna())
		return rows
	}
	for _, tt := range []struct {
		reason, sql string
		want        [][]string
	}{
		{"columns", `SELECT "Region", qty FROM sales`, want(sales, world.Anna(), "Region", "qty")},
		{"names in any case, and another name", `select REGION as r, Qty from SALES`, want(sales, world.Anna(), "Region", "qty")},
		{"a condition", `SELECT qty FROM sales WHERE Region = 'EMEA'`, want(sales, predicate.And(world.Anna(), predicate.In("Region", "EMEA")), "qty")},
		{"AND and OR", `SELECT qty FROM sales WHERE (Region IN ('EMEA', 'é') OR "name'""; --" = 'US') AND tenant = 't1'`,
			want(sales, predicate.And(world.Anna(), predicate.Or(predicate.In("Region", "EMEA", "é"), predicate.In("name'\"; --", "US"))), "qty")},
		{"hidden values", `SELECT qty FROM sales WHERE tenant = 't2'`, [][]string{}},
		{"LIMIT", `SELECT qty FROM sales LIMIT 3`, want(sales, world.Anna(), "qty")[:3]},
		{"LIMIT 0", `SELECT qty FROM sales LIMIT 0`, [][]string{}},
		{"a comment", "SELECT qty -- all\nFROM sales /* of anna */ LIMIT 3;", want(sales, world.Anna(), "qty")[:3]},
		{"a page", `SELECT Region, QTY AS q FROM sales WHERE tenant = 't1' AND qty >= -1 AND day IS NOT NULL ORDER BY q DESC, 1 LIMIT 7 OFFSET 3`, answer(query.Query{
			Columns: []string{"Region", "qty"}, Order: []query.Order{{By: "qty", Desc: true}, {By: "Region"}}, Limit: 7, Offset: 3,
			Filters: []query.Filter{query.Where{Predicate: predicate.In("tenant", "t1")}, query.Range{Column: "qty", From: "-1"}, query.Null{Column: "day", Not: true}}})},
		{"a page of all columns", `SELECT * FROM sales LIMIT 5 OFFSET 2`, answer(query.Query{
			Columns: []string{"tenant", "Region", "name'\"; --", "qty", "big", "price", "day", "at", "flag"}, Limit: 5, Offset: 2})},
		{"a page of nothing", `SELECT qty FROM sales ORDER BY qty LIMIT 0`, [][]string{}},
		{"names of the result come before those of columns", `SELECT qty AS big, big AS qty FROM sales ORDER BY qty LIMIT 9`, answer(query.Query{
			Columns: []string{"qty", "big"}, Order: []query.Order{{By: "big"}}, Limit: 9})},
		{"and so they do for groups", `SELECT Region AS tenant, tenant AS Region, count(*) FROM sales GROUP BY 1, 2 ORDER BY Region`, answer(query.Query{
			Dimensions: []query.Dimension{{Column: "Region", As: "a"}, {Column: "tenant", As: "b"}}, Measures: []query.Measure{{Func: query.Count}}, Order: []query.Order{{By: "b"}}})},
		{"groups", `SELECT Region, count(*) AS n, sum(qty * price) s FROM sales GROUP BY Region ORDER BY n DESC, Region LIMIT 4`, answer(query.Query{
			Dimensions: []query.Dimension{{Column: "Region"}},
			Measures:   []query.Measure{{Func: query.Count, As: "n"}, {Func: query.Sum, Of: query.Multiply(query.Col("qty"), query.Col("price")), As: "s"}},
			Order:      []query.Order{{By: "n", Desc: true}, {By: "Region"}}, Limit: 4})},
		{"no group", `SELECT count(*), count(DISTINCT Region), avg(price), min(day), max(at), median(qty) FROM sales`, answer(query.Query{Measures: []query.Measure{
			{Func: query.Count}, {Func: query.CountDistinct, Of: query.Col("Region")}, {Func: query.Avg, Of: query.Col("price")}, {Func: query.Min, Of: query.Col("day")},
			{Func: query.Max, Of: query.Col("at")}, {Func: query.Median, Of: query.Col("qty")}}})},
		{"months, ranges and NULL", `SELECT date_trunc('month', day) AS m, count(*) n FROM sales WHERE qty BETWEEN -1 AND 2 AND price > 0.5 AND day >= DATE '2022-06-01' AND Region IS NOT NULL GROUP BY m ORDER BY 1`,
			answer(query.Query{Dimensions: []query.Dimension{{Column: "day", Cut: query.Month, As: "m"}}, Measures: []query.Measure{{Func: query.Count, As: "n"}},
				Filters: []query.Filter{query.Range{Column: "qty", From: "-1"}, query.Range{Column: "qty", To: "2"}, query.Range{Column: "price", Above: "0.5"}, query.Range{Column: "day", From: "2022-06-01"}, query.Null{Column: "Region", Not: true}},
				Order:   []query.Order{{By: "m"}}})},
		{"months as an expression", `SELECT date_trunc('month', day), count(*) FROM sales GROUP BY date_trunc('MONTH', Day) ORDER BY date_trunc('month', day) DESC`,
			answer(query.Query{Dimensions: []query.Dimension{{Column: "day", Cut: query.Month}}, Measures: []query.Measure{{Func: query.Count}}, Order: []query.Order{{By: "day", Desc: true}}})},
		{"a group by its other name", `SELECT Region AS r, count(*) FROM sales GROUP BY r ORDER BY r`,
			answer(query.Query{Dimensions: []query.Dimension{{Column: "Region", As: "r"}}, Measures: []query.Measure{{Func: query.Count}}, Order: []query.Order{{By: "r"}}})},
		{"a group by its column", `SELECT Region AS r, count(*) FROM sales GROUP BY Region ORDER BY r`,
			answer(query.Query{Dimensions: []query.Dimension{{Column: "Region", As: "r"}}, Measures: []query.Measure{{Func: query.Count}}, Order: []query.Order{{By: "r"}}})},
		{"different values", `SELECT DISTINCT Region FROM sales ORDER BY Region`, answer(query.Query{Dimensions: []query.Dimension{{Column: "Region"}}, Order: []query.Order{{By: "Region"}}})},
	} {
		got, err := c.rows(tt.sql)
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, got, tt.reason)
	}
	got, err := c.rows(`EXPLAIN SELECT Region, count(*) FROM sales WHERE "name'""; --" = 'US' GROUP BY Region`)
	require.NoError(t, err)
	require.Equal(t, [][]string{{`"dataset \"sales\": the rows that its rules admit"`}, {`"filter: name'\"; --"`}, {`"groups: Region, count()"`}}, got)
}

// TestRefused: what Plain does not know, with the place.
func TestRefused(t *testing.T) {
	w := world.New(t, 20)
	c := user(t, w.Serve(t, flightsql.Plain{}, nil), "anna")
	for _, tt := range []struct{ reason, sql, want string }{
		{"no statement", "", "want SELECT"},
		{"a hidden column", "SELECT rate FROM sales", `"rate": no such column`},
		{"a hidden column in a condition", "SELECT count(*) FROM sales WHERE rate > 1", `"rate": no such column`},
		{"a hidden column in a measure", "SELECT sum(qty + rate) FROM sales", `"rate": no such column`},
		{"a column that is not there", "SELECT rite FROM sales", `"rite": no such column`},
		{"NOT", "SELECT qty FROM sales WHERE NOT tenant = 't1'", "want the name of a column"},
		{"not equal", "SELECT qty FROM sales WHERE tenant <> 't1'", "no other test is known here"},
		{"an empty text, which no predicate has", "SELECT qty FROM sales WHERE Region = ''", "not empty"},
		{"rows by number", "SELECT qty FROM sales WHERE qty > 1", "want LIMIT, at most 100000"},
		{"order of rows", "SELECT qty FROM sales ORDER BY qty", "want LIMIT, at most 100000"},
		{"order by a column that is not in the result", "SELECT qty FROM sales ORDER BY price LIMIT 3", "no such column of the result"},
		{"order by a hidden column", "SELECT * FROM sales ORDER BY rate LIMIT 3", `"rate": no such column`},
		{"a page of a hidden column", "SELECT rate FROM sales ORDER BY 1 LIMIT 3", `"rate": no such column`},
		{"a page by a hidden column", "SELECT qty FROM sales WHERE rate > 1 LIMIT 3", `"rate": no such column`},
		{"a page that is too long", "SELECT qty FROM sales ORDER BY qty LIMIT 100001", "want 1 to 100000"},
		{"an order by a name that two columns have", `SELECT qty AS x, price AS x FROM sales ORDER BY x LIMIT 3`, "several columns of the result"},
		{"a name that differs in case from two columns", `SELECT qty AS "PRICE", price AS x FROM sales ORDER BY price LIMIT 3`, "several columns of the result"},
		{"a group that is not named", "SELECT Region, count(*) FROM sales", "want it in GROUP BY"},
		{"a group that is not shown", "SELECT count(*) FROM sales GROUP BY Region", "want a column of the result"},
		{"a group by days, shown by months", "SELECT date_trunc('month', day), count(*) FROM sales GROUP BY day", "another one of the result"},
		{"a group by a column that the result calls otherwise", "SELECT Region AS tenant, count(*) FROM sales GROUP BY tenant", "another one of the result"},
		{"a group by weeks, shown by months", "SELECT date_trunc('month', day), count(*) FROM sales GROUP BY date_trunc('week', day)", "as it stands after SELECT"},
		{"an order by weeks, shown by months", "SELECT date_trunc('month', day), count(*) FROM sales GROUP BY 1 ORDER BY date_trunc('week', day)", "as it stands after SELECT"},
		{"two datasets", "SELECT qty FROM sales, other", "the end of the statement"},
		{"two statements", "SELECT qty FROM sales; SELECT qty FROM other", "the end of the statement"},
		{"a function", "SELECT length(tenant) FROM sales", "want count, sum"},
		{"a text that does not end", "SELECT qty FROM sales WHERE tenant = 't1", "does not end"},
		{"deep", "SELECT qty FROM sales WHERE " + strings.Repeat("(", 99) + "tenant = 'x'" + strings.Repeat(")", 99), "nested parentheses"},
		{"long", "SELECT qty FROM sales WHERE tenant = '" + strings.Repeat("x", 70_000) + "'", "want at most 65536"},
	} {
		_, err := c.rows(tt.sql)
		require.Equal(t, codes.InvalidArgument, status.Code(err), tt.reason)
		require.ErrorContains(t, err, tt.want, tt.reason)
	}
	for _, text := range escapes.Refused() {
		got, err := c.rows(text)
		if err == nil { // EXPLAIN of a statement that is allowed
			require.True(t, strings.HasPrefix(text, "EXPLAIN SELECT"), text)
			require.NotContains(t, fmt.Sprint(got), "t1", text)
			continue
		}
		require.Nil(t, got, text)
	}
	for _, text := range escapes.Blind() {
		got, err := c.rows(text)
		shown := fmt.Sprint(got, err)
		require.NotContains(t, shown, `"t2"`, text)
		require.NotContains(t, shown, `"T1"`, text)
	}
}

// TestCatalog: catalog calls list what the session may open, and the columns that it
// sees.
func TestCatalog(t *testing.T) {
	w := world.New(t, 20)
	address := w.Serve(t, flightsql.Plain{}, nil)
	token, _ := w.Token(t, "t1")
	for _, tt := range []struct {
		name   string
		client client
		hidden []string
	}{{"anna", user(t, address, "anna"), []string{world.Hidden}}, {"ben", user(t, address, "ben"), nil}, {"a session", bearing(t, address, token), []string{world.Hidden}}} {
		c := tt.client
		info, err := c.GetTables(c.ctx, &fsql.GetTablesOpts{IncludeSchema: true})
		require.NoError(t, err)
		r, err := c.DoGet(c.ctx, info.Endpoint[0].Ticket)
		require.NoError(t, err)
		var names []string
		for r.Next() {
			rec := r.RecordBatch()
			for i := range int(rec.NumRows()) {
				names = append(names, rec.Column(2).(*array.String).Value(i))
				schema, err := flight.DeserializeSchema(rec.Column(4).(*array.Binary).Value(i), memory.DefaultAllocator)
				require.NoError(t, err)
				var columns []string
				for _, f := range schema.Fields() {
					columns = append(columns, f.Name)
				}
				require.Equal(t, seen(tt.hidden...), columns, tt.name)
			}
		}
		require.NoError(t, r.Err())
		r.Release()
		slices.Sort(names)
		require.Equal(t, []string{"other", "sales"}, names, "no secret")
		for pattern, n := range map[string]int{"%": 2, "s%": 1, "sal_s": 1, "secret": 0, "%e%": 2, `sal\_s`: 0, "": 0} {
			info, err := c.GetTables(c.ctx, &fsql.GetTablesOpts{TableNameFilterPattern: &pattern})
			require.NoError(t, err)
			got, err := c.read(info)
			require.NoError(t, err)
			require.Len(t, got, n, pattern)
		}
	}
	c := user(t, address, "anna")
	counts := map[string]int{}
	for name, call := range map[string]func() (*flight.FlightInfo, error){
		"catalogs": func() (*flight.FlightInfo, error) { return c.GetCatalogs(c.ctx) },
		"schemas":  func() (*flight.FlightInfo, error) { return c.GetDBSchemas(c.ctx, &fsql.GetDBSchemasOpts{}) },
		"types":    func() (*flight.FlightInfo, error) { return c.GetTableTypes(c.ctx) },
		"primary":  func() (*flight.FlightInfo, error) { return c.GetPrimaryKeys(c.ctx, fsql.TableRef{Table: "secret"}) },
		"exported": func() (*flight.FlightInfo, error) { return c.GetExportedKeys(c.ctx, fsql.TableRef{Table: "secret"}) },
		"imported": func() (*flight.FlightInfo, error) { return c.GetImportedKeys(c.ctx, fsql.TableRef{Table: "secret"}) },
		"cross": func() (*flight.FlightInfo, error) {
			return c.GetCrossReference(c.ctx, fsql.TableRef{Table: "a"}, fsql.TableRef{Table: "b"})
		},
		"xdbc": func() (*flight.FlightInfo, error) { return c.GetXdbcTypeInfo(c.ctx, nil) },
		"info": func() (*flight.FlightInfo, error) {
			return c.GetSqlInfo(c.ctx, []fsql.SqlInfo{fsql.SqlInfoFlightSqlServerReadOnly})
		},
	} {
		info, err := call()
		require.NoError(t, err, name)
		r, err := c.DoGet(c.ctx, info.Endpoint[0].Ticket)
		require.NoError(t, err, name)
		for r.Next() {
			counts[name] += int(r.RecordBatch().NumRows())
		}
		require.NoError(t, r.Err(), name)
		r.Release()
	}
	require.Equal(t, map[string]int{"catalogs": 1, "schemas": 1, "types": 1, "primary": 0, "exported": 0, "imported": 0, "cross": 0, "xdbc": 12, "info": 1}, counts)
}

// TestReadOnly: what would change something is refused.
func TestReadOnly(t *testing.T) {
	w := world.New(t, 5)
	c := user(t, w.Serve(t, flightsql.Plain{}, nil), "anna")
	_, err := c.ExecuteUpdate(c.ctx, "DELETE FROM sales")
	require.Equal(t, codes.Unimplemented, status.Code(err), "%v", err)
	_, err = c.BeginTransaction(c.ctx)
	require.Equal(t, codes.Unimplemented, status.Code(err))
	_, err = c.ExecuteSubstrait(c.ctx, fsql.SubstraitPlan{Plan: []byte("x")})
	require.Equal(t, codes.Unimplemented, status.Code(err))
	_, err = c.Prepare(c.ctx, "INSERT INTO sales VALUES (1)")
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil), strings.NewReader(`[{"a": 1}]`))
	require.NoError(t, err)
	defer rec.Release()
	r, err := array.NewRecordReader(rec.Schema(), []arrow.RecordBatch{rec})
	require.NoError(t, err)
	_, err = c.ExecuteIngest(c.ctx, r, &fsql.ExecuteIngestOpts{Table: "sales", TableDefinitionOptions: &fsql.TableDefinitionOptions{}})
	require.ErrorContains(t, err, "read only")
	n, err := w.Dataset(t, "sales").Describe(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 5, n.Rows)
}

// TestLogin: what is no login is refused, and a session ends.
func TestLogin(t *testing.T) {
	w := world.New(t, 20)
	address := w.Serve(t, flightsql.Plain{}, &flightsql.Options{Limits: flightsql.Limits{LoginLifetime: time.Hour}})
	c := dial(t, address)
	for _, pair := range [][2]string{{"anna", "ben-pw"}, {"anna", ""}, {"", ""}, {"nobody", "nobody-pw"}, {"anna:x", "anna-pw"}} {
		_, err := c.Client.AuthenticateBasicToken(t.Context(), pair[0], pair[1])
		require.Equal(t, codes.Unauthenticated, status.Code(err), pair[0])
	}
	token, session := w.Token(t, "t1")
	anna := user(t, address, "anna")
	for _, bad := range []string{"", "x", token[:len(token)-1], token + "A", strings.ToUpper(token)} {
		_, err := bearing(t, address, bad).rows("SELECT * FROM sales")
		require.Equal(t, codes.Unauthenticated, status.Code(err), bad)
	}
	twice := bearing(t, address, token)
	twice.ctx = metadata.AppendToOutgoingContext(twice.ctx, "authorization", "Bearer "+token)
	_, err := twice.rows("SELECT * FROM sales")
	require.Equal(t, codes.Unauthenticated, status.Code(err), "two tokens are none")

	good := bearing(t, address, token)
	_, err = good.rows("SELECT * FROM sales")
	require.NoError(t, err)
	require.NoError(t, w.Embed.Revoke(t.Context(), world.Caller(), session.User()))
	_, err = good.rows("SELECT * FROM sales")
	require.Equal(t, codes.Unauthenticated, status.Code(err))
	_, err = good.GetTables(good.ctx, &fsql.GetTablesOpts{})
	require.Equal(t, codes.Unauthenticated, status.Code(err))

	_, err = anna.rows("SELECT * FROM sales")
	require.NoError(t, err)
	w.Pass(59 * time.Minute)
	_, err = anna.rows("SELECT * FROM sales")
	require.NoError(t, err)
	w.Pass(time.Minute)
	_, err = anna.rows("SELECT * FROM sales")
	require.Equal(t, codes.Unauthenticated, status.Code(err), "its time has ended")
	anna = user(t, address, "anna")
	_, err = anna.rows("SELECT * FROM sales")
	require.NoError(t, err)
	w.End("anna")
	_, err = anna.rows("SELECT * FROM sales")
	require.Equal(t, codes.Unauthenticated, status.Code(err), "the user is gone")
	ben := user(t, address, "ben")
	_, err = ben.CloseSession(ben.ctx, &flight.CloseSessionRequest{})
	require.NoError(t, err)
	_, err = ben.rows("SELECT * FROM sales")
	require.Equal(t, codes.Unauthenticated, status.Code(err), "logged out")
}
