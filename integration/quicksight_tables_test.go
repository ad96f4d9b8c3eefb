package integration

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestTablesOracle: joins of all four kinds and filters of text, numbers and times
// keep the rows that DuckDB keeps, and rules on columns of either side hold for the
// result: what a join leaves NULL is in no rule.
func TestTablesOracle(t *testing.T) {
	db, server, ctx := duckdb(t), quicksighttest.NewEmptyServer(t, ""), t.Context()
	arn := func(resource string) string {
		return "arn:aws:quicksight:" + server.Region + ":" + server.Account + ":" + resource
	}
	type object = map[string]any
	r := rand.New(rand.NewPCG(17, 3))
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	exec := func(query string) {
		t.Helper()
		_, err := db.ExecContext(ctx, query)
		require.NoError(t, err, "%.300s", query)
	}
	exec(`CREATE TABLE l (id VARCHAR, shop VARCHAR, n BIGINT, x DOUBLE)`)
	exec(`CREATE TABLE r (key VARCHAR, region VARCHAR, placed TIMESTAMP)`)
	null := func(s string) string {
		if s == "" {
			return "NULL"
		}
		return "'" + s + "'"
	}
	var left, right strings.Builder
	left.WriteString("id,shop,n,x\n")
	right.WriteString("key,region,placed\n")
	ids := []string{"", "a", "A", "b", "c", "d", "e"}
	for range 60 {
		id, shop, n, x := pick(ids...), pick("N", "S", ""), pick("", "-2", "0", "3", "9007199254740993"), pick("", "-0.5", "0", "0.1", "2.5")
		fmt.Fprintf(&left, "%s,%s,%s,%s\n", id, shop, n, x)
		exec(fmt.Sprintf("INSERT INTO l VALUES ('%s', '%s', %s, %s)", id, shop, null(n), null(x)))
	}
	for range 25 {
		key, region, at := pick("", "a", "b", "b", "y", "z"), pick("US", "EMEA", ""), pick("", "2026-01-01T00:00:00Z", "2026-01-31T23:59:59.5Z", "2026-02-01T00:00:00Z")
		fmt.Fprintf(&right, "%s,%s,%s\n", key, region, at)
		exec(fmt.Sprintf("INSERT INTO r VALUES ('%s', '%s', %s)", key, region, strings.Replace(null(at), "Z'", "'", 1)))
	}
	require.NoError(t, server.AddCSV(ctx, "left", left.String(), nil))
	require.NoError(t, server.AddCSV(ctx, "right", right.String(), nil))
	require.NoError(t, server.AddCSV(ctx, "rules", "UserName,shop,region\nal,N,\nbo,,\ncy,,US\n", object{"UseAs": "RLS_RULES"}))
	var permissions []object
	for _, name := range []string{"al", "bo", "cy", "nobody"} {
		require.NoError(t, server.Do(ctx, "POST", "/namespaces/default/users", object{"UserName": name, "Email": "a@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT"}, nil))
		permissions = append(permissions, object{"Principal": arn("user/default/" + name), "Actions": []string{"quicksight:PassDataSet"}})
	}
	columns := func(pairs ...string) (all []object) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, object{"Name": pairs[i], "Type": pairs[i+1]})
		}
		return all
	}
	value := func(v any) object { return object{"StaticValue": v} }
	compare := func(kind, column, operator string, v any) object {
		return object{"FilterOperation": object{kind + "FilterCondition": object{"ColumnName": column, "ComparisonFilterCondition": object{"Operator": operator, "Value": value(v)}}}}
	}
	filters := []struct {
		step object
		sql  string
	}{
		{nil, "true"},
		{compare("Numeric", "n", "EQUALS", 9007199254740993), "n = 9007199254740993"},
		{compare("Numeric", "n", "DOES_NOT_EQUAL", 3), "n <> 3"},
		{compare("Numeric", "n", "LESS_THAN", 0.5), "n < 0.5"},
		{compare("Numeric", "x", "GREATER_THAN_OR_EQUALS_TO", 0.1), "x >= 0.1::DOUBLE"},
		{object{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": "x", "RangeFilterCondition": object{"RangeMinimum": value(-0.5), "RangeMaximum": value(0.1), "IncludeMaximum": true}}}}, "x > -0.5 AND x <= 0.1::DOUBLE"},
		{compare("Date", "placed", "BEFORE", "2026-01-31T23:59:59.5Z"), "placed < TIMESTAMP '2026-01-31 23:59:59.5'"},
		{compare("Date", "placed", "AFTER_OR_EQUALS_TO", 1769903999.5), "placed >= TIMESTAMP '2026-01-31 23:59:59.5'"},
		{object{"FilterOperation": object{"StringFilterCondition": object{"ColumnName": "region", "ListFilterCondition": object{"Operator": "INCLUDE", "Values": object{"StaticValues": []string{"US"}}}}}}, "region = 'US'"},
	}
	joins := map[string]string{"INNER": "JOIN", "LEFT": "LEFT JOIN", "RIGHT": "RIGHT JOIN", "OUTER": "FULL JOIN"}
	viewers := map[string]string{"al": "shop = 'N'", "bo": "true", "cy": "region = 'US'", "nobody": "false"}
	rows := func(query string) (all []string) {
		found, err := db.QueryContext(ctx, query)
		require.NoError(t, err, query)
		defer found.Close()
		for found.Next() {
			cells := make([]any, 7)
			to := make([]any, len(cells))
			for i := range cells {
				to[i] = &cells[i]
			}
			require.NoError(t, found.Scan(to...))
			all = append(all, tableLine(t, cells))
		}
		require.NoError(t, found.Err())
		slices.Sort(all)
		return all
	}
	seen, nulls := 0, 0
	for kind, join := range joins {
		for i, filter := range filters {
			id := fmt.Sprintf("%s-%d", strings.ToLower(kind), i)
			steps := []object{{"ProjectOperation": object{"ProjectedColumns": []string{"id", "shop", "n", "x", "key", "region", "placed"}}}}
			if filter.step != nil {
				steps = append([]object{filter.step}, steps...)
			}
			number, decimal, moment := "INTEGER", "DECIMAL", "DATETIME"
			if i%2 == 1 { // cast after the join in place of before, which is the same
				for column, typ := range map[string]string{"n": number, "x": decimal, "placed": moment} {
					steps = append([]object{{"CastColumnTypeOperation": object{"ColumnName": column, "NewColumnType": typ}}}, steps...)
				}
				number, decimal, moment = "STRING", "STRING", "STRING"
			}
			var made struct{ IngestionId string }
			require.NoError(t, server.Do(ctx, "POST", "/data-sets", object{
				"DataSetId": id, "Name": id, "ImportMode": "SPICE", "Permissions": permissions,
				"PhysicalTableMap": object{
					"l": object{"S3Source": object{"DataSourceArn": arn("datasource/left"), "InputColumns": columns("id", "STRING", "shop", "STRING", "n", number, "x", decimal)}},
					"r": object{"S3Source": object{"DataSourceArn": arn("datasource/right"), "InputColumns": columns("key", "STRING", "region", "STRING", "placed", moment)}},
				},
				"LogicalTableMap": object{
					"ll": object{"Alias": "l", "Source": object{"PhysicalTableId": "l"}}, "rr": object{"Alias": "r", "Source": object{"PhysicalTableId": "r"}},
					"j": object{"Alias": "j", "Source": object{"JoinInstruction": object{"LeftOperand": "ll", "RightOperand": "rr", "Type": kind, "OnClause": "{id} = {key}"}}, "DataTransforms": steps},
				},
				"RowLevelPermissionDataSet": object{"Arn": arn("dataset/rules"), "PermissionPolicy": "GRANT_ACCESS"},
			}, &made), id)
			require.NoError(t, server.WaitIngestion(ctx, id, made.IngestionId), id)
			for user, rule := range viewers {
				want := rows(fmt.Sprintf("SELECT id, shop, n, x, key, region, placed FROM l %s r ON nullif(id, '') = nullif(key, '') WHERE (%s) AND (%s)", join, filter.sql, rule))
				var got []string
				answer, err := server.Rows(ctx, id, "default", user)
				require.NoError(t, err)
				for _, row := range answer.Rows {
					got = append(got, tableLine(t, row))
				}
				slices.Sort(got)
				require.Equal(t, want, got, "%s, %s, filter %s", id, user, filter.sql)
				seen += len(got)
				if user == "bo" && kind != "INNER" {
					nulls += strings.Count(strings.Join(got, "\n"), "~|~|~|~|")
				}
			}
		}
	}
	require.Greater(t, seen, 1000, "the cases are not empty")
	require.Positive(t, nulls, "rows without a match are among them")
}

// tableLine writes a row: numbers as JSON has them, times in microseconds, and ~
// for NULL.
func tableLine(t *testing.T, cells []any) string {
	t.Helper()
	texts := make([]string, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case nil:
			texts[i] = "~"
		case int64:
			texts[i] = fmt.Sprint(float64(v))
		case time.Time:
			texts[i] = fmt.Sprint(v.UnixMicro())
		case string:
			texts[i] = v
			if i == len(cells)-1 {
				at, err := time.Parse("2006-01-02 15:04:05.999999999", strings.TrimSuffix(strings.Replace(v, "T", " ", 1), "Z"))
				require.NoError(t, err)
				texts[i] = fmt.Sprint(at.UnixMicro())
			}
		default:
			texts[i] = fmt.Sprint(v)
		}
	}
	return strings.Join(texts, "|")
}
