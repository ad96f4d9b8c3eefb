package integration

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
	"github.com/rowsight/rowsight/spice/source"
)

// A service over PostgreSQL, which can be closed and opened again.
type databaseService struct {
	quicksighttest.Server
	log   bytes.Buffer
	close func()
}

type object = map[string]any

func (s *databaseService) open(t *testing.T) {
	t.Helper()
	keys, err := quicksight.ParseCredentials(strings.NewReader(fmt.Sprintf(`{"Credentials": [{"AccessKeyId": %q, "SecretAccessKey": %q, "Arn": "arn:aws:iam::111122223333:user/test",
		"Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}`, serviceKey, serviceSecret)), nil)
	require.NoError(t, err)
	service, err := quicksight.Open(t.Context(), s.Dir, &quicksight.Options{
		Account: "111122223333", Region: "us-east-1", Credentials: keys, Logger: slog.New(slog.NewTextHandler(&s.log, nil)),
		OpenDatabase: func(_ context.Context, n source.Connection) (*sql.DB, error) {
			return sql.Open("pgx", n.DSN().Reveal())
		},
	})
	require.NoError(t, err)
	server := httptest.NewServer(service)
	s.URL, s.Service = server.URL, service
	s.close = func() {
		server.Close()
		require.NoError(t, service.Close())
	}
}

func (s *databaseService) arn(resource string) string {
	return "arn:aws:quicksight:us-east-1:111122223333:" + resource
}

func (s *databaseService) rows(t *testing.T, set, user string) string {
	t.Helper()
	rows, err := s.Rows(t.Context(), set, "default", user)
	require.NoError(t, err)
	text, err := json.Marshal(rows.Rows)
	require.NoError(t, err)
	return string(text)
}

// overTCP hands connections to a port of this machine on to a socket, because a
// data source of the API is a host and a port, and the servers of these tests
// listen on no port.
func overTCP(t *testing.T, socket string) (host string, port int) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return // closed
			}
			to, err := net.Dial("unix", socket)
			if err != nil {
				from.Close()
				continue
			}
			pipe := func(a, b net.Conn) {
				io.Copy(a, b)
				a.Close()
			}
			go pipe(from, to)
			go pipe(to, from)
		}
	}()
	at := l.Addr().(*net.TCPAddr)
	return at.IP.String(), at.Port
}

// TestQuickSightPostgreSQL reads tables and custom SQL of a real server through
// the API, in both import modes: the rows that a user sees are those of the
// rules, hidden rows do not leave the database, and the service finds its
// databases again when it is opened again.
func TestQuickSightPostgreSQL(t *testing.T) {
	admin := postgres(t)
	exec := func(query string) {
		t.Helper()
		_, err := admin.ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	var socket string
	require.NoError(t, admin.QueryRowContext(t.Context(), "SHOW unix_socket_directories").Scan(&socket))
	exec(`CREATE SCHEMA shop`)
	exec(`CREATE TABLE shop.orders (id bigint, region text, amount double precision, placed timestamp, note text)`)
	exec(`INSERT INTO shop.orders VALUES (1,'US',10.5,'2024-05-01 12:00:00','a'),(2,'EMEA',20,NULL,'b'),(3,NULL,30,NULL,'c'),(4,'us',40,NULL,'d'),(5,'EMEA',50,NULL,'hidden-5')`)
	exec(`CREATE TABLE shop.rules ("UserName" text, region text)`)
	exec(`INSERT INTO shop.rules VALUES ('al','EMEA'),('bo',NULL)`)
	exec(`CREATE TABLE shop.prices ("Region" text, id bigint, small smallint, mid integer, price numeric(12,3), day date)`)
	exec(`INSERT INTO shop.prices VALUES ('US',1,1,7,0.1,'2026-01-01'),('EMEA',2,2,8,0.100,'2026-01-02'),('EMEA',3,3,9,0.101,'2025-12-31'),('US',4,-4,NULL,9999999.999,NULL),('EMEA',5,NULL,7,NULL,'2026-03-01')`)
	exec(`CREATE ROLE reader LOGIN`)
	exec(`GRANT USAGE ON SCHEMA shop TO reader`)
	exec(`GRANT SELECT ON ALL TABLES IN SCHEMA shop TO reader`)

	s := &databaseService{Server: quicksighttest.Server{Account: "111122223333", Region: "us-east-1", AccessKeyID: serviceKey, SecretAccessKey: serviceSecret, Dir: t.TempDir()}}
	s.open(t)
	defer func() { s.close() }()
	do := func(method, path string, body any) {
		t.Helper()
		require.NoError(t, s.Do(t.Context(), method, path, body, nil))
	}
	fails := func(code string, err error) {
		t.Helper()
		var e *quicksighttest.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, code, e.Code, e.Message)
		require.NotContains(t, e.Message, "hidden")
	}
	for _, name := range []string{"al", "bo", "cy"} {
		do("POST", "/namespaces/default/users", object{"UserName": name, "Email": "a@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT"})
	}
	host, port := overTCP(t, filepath.Join(socket, ".s.PGSQL.5432"))
	addSource := func(id, user string) {
		do("POST", "/data-sources", object{
			"DataSourceId": id, "Name": id, "Type": "POSTGRESQL", "DataSourceParameters": object{"PostgreSqlParameters": object{"Host": host, "Port": port, "Database": "postgres"}},
			"Credentials": object{"CredentialPair": object{"Username": user, "Password": "Correct-Horse-7"}}, "SslProperties": object{"DisableSsl": true},
		})
	}
	addSource("db", "reader")
	column := func(pairs ...string) (all []object) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, object{"Name": pairs[i], "Type": pairs[i+1]})
		}
		return all
	}
	orders := object{"t": object{"RelationalTable": object{"DataSourceArn": s.arn("datasource/db"), "Schema": "shop", "Name": "orders",
		"InputColumns": column("id", "INTEGER", "region", "STRING", "amount", "DECIMAL", "placed", "DATETIME")}}}
	create := func(id string, fields object) (string, error) {
		in := object{"DataSetId": id, "Name": id, "Permissions": []object{}}
		for _, user := range []string{"al", "bo", "cy"} {
			in["Permissions"] = append(in["Permissions"].([]object), object{"Principal": s.arn("user/default/" + user), "Actions": []string{"quicksight:PassDataSet"}})
		}
		for k, v := range fields {
			in[k] = v
		}
		var made struct{ IngestionId string }
		err := s.Do(t.Context(), "POST", "/data-sets", in, &made)
		if err == nil && made.IngestionId != "" {
			err = s.WaitIngestion(t.Context(), id, made.IngestionId)
		}
		return made.IngestionId, err
	}
	rules := object{"Arn": s.arn("dataset/rules"), "PermissionPolicy": "GRANT_ACCESS"}
	_, err := create("rules", object{"ImportMode": "SPICE", "UseAs": "RLS_RULES", "PhysicalTableMap": object{"t": object{"CustomSql": object{
		"DataSourceArn": s.arn("datasource/db"), "Name": "rules", "SqlQuery": `SELECT "UserName", region AS "Region" FROM shop.rules`, "Columns": column("UserName", "STRING", "Region", "STRING"),
	}}}})
	require.NoError(t, err)
	renamed := object{"l": object{"Alias": "orders", "Source": object{"PhysicalTableId": "t"}, "DataTransforms": []object{
		{"RenameColumnOperation": object{"ColumnName": "region", "NewColumnName": "Region"}},
		{"ProjectOperation": object{"ProjectedColumns": []string{"Region", "id", "amount", "placed"}}},
	}}}
	const emea, all = `[["EMEA",2,20,null],["EMEA",5,50,null]]`, 5
	for _, mode := range []string{"DIRECT_QUERY", "SPICE"} {
		_, err := create("orders-"+mode, object{"ImportMode": mode, "PhysicalTableMap": orders, "LogicalTableMap": renamed, "RowLevelPermissionDataSet": rules})
		require.NoError(t, err, mode)
		require.Equal(t, emea, s.rows(t, "orders-"+mode, "al"), mode)
		rows, err := s.Rows(t.Context(), "orders-"+mode, "default", "bo")
		require.NoError(t, err)
		require.Equal(t, int64(all), rows.RowCount, mode)
		require.Equal(t, "[]", s.rows(t, "orders-"+mode, "cy"), mode)
	}
	require.Contains(t, s.rows(t, "orders-DIRECT_QUERY", "bo"), `["US",1,10.5,"2024-05-01`)

	filtered := object{"l": object{"Alias": "orders", "Source": object{"PhysicalTableId": "t"}, "DataTransforms": []object{
		{"FilterOperation": object{"StringFilterCondition": object{"ColumnName": "note", "ListFilterCondition": object{"Operator": "INCLUDE", "Values": object{"StaticValues": []string{"a", "b"}}}}}},
		{"RenameColumnOperation": object{"ColumnName": "region", "NewColumnName": "Region"}},
		{"ProjectOperation": object{"ProjectedColumns": []string{"Region", "id"}}},
	}}}
	query := object{"t": object{"CustomSql": object{"DataSourceArn": s.arn("datasource/db"), "Name": "q", "SqlQuery": "SELECT id, region, note FROM shop.orders -- all\n",
		"Columns": column("id", "INTEGER", "region", "STRING", "note", "STRING")}}}
	for _, mode := range []string{"DIRECT_QUERY", "SPICE"} {
		_, err := create("query-"+mode, object{"ImportMode": mode, "PhysicalTableMap": query, "LogicalTableMap": filtered, "RowLevelPermissionDataSet": rules})
		require.NoError(t, err, mode)
		require.Equal(t, `[["EMEA",2]]`, s.rows(t, "query-"+mode, "al"), mode)
		require.Contains(t, []string{`[["US",1],["EMEA",2]]`, `[["EMEA",2],["US",1]]`}, s.rows(t, "query-"+mode, "bo"), mode)
		require.Equal(t, "[]", s.rows(t, "query-"+mode, "cy"), mode)
	}

	// Filters of numbers and dates, on columns that are projected away.
	bounded := object{"l": object{"Alias": "orders", "Source": object{"PhysicalTableId": "t"}, "DataTransforms": []object{
		{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": "amount", "RangeFilterCondition": object{"RangeMinimum": object{"StaticValue": 10.5}, "IncludeMinimum": true, "RangeMaximum": object{"StaticValue": 40}}}}},
		{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": "id", "ComparisonFilterCondition": object{"Operator": "DOES_NOT_EQUAL", "Value": object{"StaticValue": 4}}}}},
		{"RenameColumnOperation": object{"ColumnName": "region", "NewColumnName": "Region"}},
		{"ProjectOperation": object{"ProjectedColumns": []string{"Region", "id"}}},
	}}}
	dated := object{"l": object{"Alias": "orders", "Source": object{"PhysicalTableId": "t"}, "DataTransforms": []object{
		{"FilterOperation": object{"DateFilterCondition": object{"ColumnName": "placed", "ComparisonFilterCondition": object{"Operator": "BEFORE", "Value": object{"StaticValue": "2124-01-01T00:00:00Z"}}}}},
		{"RenameColumnOperation": object{"ColumnName": "region", "NewColumnName": "Region"}},
		{"ProjectOperation": object{"ProjectedColumns": []string{"Region", "id"}}},
	}}}
	ids := func(where string) string {
		var all string
		require.NoError(t, admin.QueryRowContext(t.Context(), "SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM "+where).Scan(&all))
		return all
	}
	seen := func(id, user string) string {
		rows, err := s.Rows(t.Context(), id, "default", user)
		require.NoError(t, err)
		var all []string
		for _, row := range rows.Rows {
			all = append(all, fmt.Sprint(row[1]))
		}
		slices.Sort(all)
		return strings.Join(all, ",")
	}
	prices := object{"t": object{"RelationalTable": object{"DataSourceArn": s.arn("datasource/db"), "Schema": "shop", "Name": "prices",
		"InputColumns": column("Region", "STRING", "id", "INTEGER", "small", "INTEGER", "mid", "INTEGER", "price", "DECIMAL", "day", "DATETIME")}}}
	compare := func(kind, name, operator string, v any) object {
		return object{"l": object{"Alias": "l", "Source": object{"PhysicalTableId": "t"}, "DataTransforms": []object{
			{"FilterOperation": object{kind + "FilterCondition": object{"ColumnName": name, "ComparisonFilterCondition": object{"Operator": operator, "Value": object{"StaticValue": v}}}}},
			{"ProjectOperation": object{"ProjectedColumns": []string{"Region", "id"}}},
		}}}
	}
	for _, mode := range []string{"DIRECT_QUERY", "SPICE"} {
		for i, tt := range []struct {
			tables, steps object
			from          string
		}{
			{orders, bounded, `shop.orders WHERE amount >= 10.5 AND amount < 40 AND id <> 4`},
			{orders, dated, `shop.orders WHERE placed < '2124-01-01'`},
			{prices, compare("Numeric", "price", "EQUALS", 0.1), `shop.prices WHERE price = 0.1`},
			{prices, compare("Numeric", "price", "GREATER_THAN", 0.1), `shop.prices WHERE price > 0.1`},
			{prices, compare("Numeric", "small", "LESS_THAN", 2.5), `shop.prices WHERE small < 2.5`},
			{prices, compare("Numeric", "mid", "DOES_NOT_EQUAL", 7), `shop.prices WHERE mid <> 7`},
			{prices, compare("Date", "day", "AFTER", "2026-01-01T00:00:00Z"), `shop.prices WHERE day > '2026-01-01'`},
			{prices, compare("Date", "day", "AFTER_OR_EQUALS_TO", "2025-12-31T12:00:00Z"), `shop.prices WHERE day >= '2025-12-31 12:00'::timestamp`},
		} {
			id := fmt.Sprintf("bounds-%d-%s", i, mode)
			_, err := create(id, object{"ImportMode": mode, "PhysicalTableMap": tt.tables, "LogicalTableMap": tt.steps, "RowLevelPermissionDataSet": rules})
			require.NoError(t, err, id)
			region := map[bool]string{true: "region", false: `"Region"`}[i < 2]
			require.NotEmpty(t, ids(tt.from), id)
			require.Equal(t, ids(tt.from), seen(id, "bo"), id)
			require.Equal(t, ids(tt.from+" AND "+region+" = 'EMEA'"), seen(id, "al"), id)
			require.Empty(t, seen(id, "cy"), id)
		}
	}

	// DIRECT_QUERY shows the rows of now, SPICE those of the last ingestion.
	exec(`INSERT INTO shop.orders VALUES (6,'EMEA',60,NULL,'e')`)
	require.Contains(t, s.rows(t, "orders-DIRECT_QUERY", "al"), `["EMEA",6,60,null]`)
	require.Equal(t, emea, s.rows(t, "orders-SPICE", "al"))

	// An update that changes the columns, and the same service opened again.
	do("PUT", "/data-sets/orders-DIRECT_QUERY", object{"Name": "o", "ImportMode": "DIRECT_QUERY", "PhysicalTableMap": query, "LogicalTableMap": filtered, "RowLevelPermissionDataSet": rules})
	require.Equal(t, `[["EMEA",2]]`, s.rows(t, "orders-DIRECT_QUERY", "al"))
	s.close()
	s.open(t)
	require.Equal(t, `[["EMEA",2]]`, s.rows(t, "orders-DIRECT_QUERY", "al"))
	require.Equal(t, "[]", s.rows(t, "orders-DIRECT_QUERY", "cy"))

	// What cannot be read is refused, and no error tells a value.
	table := func(fields object) object {
		in := object{"DataSourceArn": s.arn("datasource/db"), "Schema": "shop", "Name": "orders", "InputColumns": column("id", "INTEGER")}
		for k, v := range fields {
			in[k] = v
		}
		return object{"t": object{"RelationalTable": in}}
	}
	for reason, tables := range map[string]object{
		"no such table":         table(object{"Name": "nothing"}),
		"no such column":        table(object{"InputColumns": column("nothing", "STRING")}),
		"another type":          table(object{"InputColumns": column("id", "STRING")}),
		"another database":      table(object{"Catalog": "other"}),
		"a name of two parts":   table(object{"Name": "shop.orders"}),
		"two statements":        {"t": object{"CustomSql": object{"DataSourceArn": s.arn("datasource/db"), "Name": "q", "SqlQuery": "SELECT id FROM shop.orders); DELETE FROM shop.orders; --", "Columns": column("id", "INTEGER")}}},
		"a change":              {"t": object{"CustomSql": object{"DataSourceArn": s.arn("datasource/db"), "Name": "q", "SqlQuery": "DELETE FROM shop.orders RETURNING id", "Columns": column("id", "INTEGER")}}},
		"a value in the error":  {"t": object{"CustomSql": object{"DataSourceArn": s.arn("datasource/db"), "Name": "q", "SqlQuery": "SELECT CAST('hidden' AS bigint) AS id", "Columns": column("id", "INTEGER")}}},
		"a column of the rules": table(object{"InputColumns": column("id", "INTEGER", "note", "STRING")}),
	} {
		t.Log(reason)
		_, err := create("bad", object{"ImportMode": "DIRECT_QUERY", "PhysicalTableMap": tables, "RowLevelPermissionDataSet": rules})
		fails("InvalidParameterValueException", err)
		fails("ResourceNotFoundException", s.Do(t.Context(), "GET", "/data-sets/bad", nil, nil))
	}
	_, err = create("bad", object{"ImportMode": "DIRECT_QUERY", "UseAs": "RLS_RULES", "PhysicalTableMap": orders})
	fails("InvalidParameterValueException", err)

	// A value that an engine quotes in an error is in no answer and no log.
	exec(`CREATE VIEW shop.late AS SELECT CASE WHEN id < 100 THEN id ELSE CAST(note AS bigint) END AS id, region FROM shop.orders`)
	exec(`GRANT SELECT ON shop.late TO reader`)
	_, err = create("late", object{"ImportMode": "DIRECT_QUERY", "PhysicalTableMap": table(object{"Name": "late", "InputColumns": column("id", "INTEGER", "region", "STRING")})})
	require.NoError(t, err)
	exec(`INSERT INTO shop.orders VALUES (100,'EMEA',1,NULL,'hidden-note')`)
	_, err = s.Rows(t.Context(), "late", "default", "bo")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hidden")
	require.Contains(t, s.log.String(), "SQLSTATE 22P02")
	require.NotContains(t, s.log.String(), "hidden")

	// A data source that cannot be opened: no data set of it is made.
	addSource("nobody", "no-such-role")
	_, err = create("bad", object{"ImportMode": "DIRECT_QUERY", "PhysicalTableMap": table(object{"DataSourceArn": s.arn("datasource/nobody")})})
	fails("InvalidParameterValueException", err)
	_, err = create("failed", object{"ImportMode": "SPICE", "PhysicalTableMap": table(object{"DataSourceArn": s.arn("datasource/nobody")})})
	require.ErrorContains(t, err, "FAILED")
}
