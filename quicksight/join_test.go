package quicksight_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// joinSet is a data set of orders and customers, in two S3 data sources.
func joinSet(kind, on string, change func(logical object)) object {
	columns := func(names ...string) (all []object) {
		for _, n := range names {
			all = append(all, object{"Name": n, "Type": "STRING"})
		}
		return all
	}
	logical := object{
		"o": object{"Alias": "orders", "Source": object{"PhysicalTableId": "orders"}},
		"c": object{"Alias": "customers", "Source": object{"PhysicalTableId": "customers"}, "DataTransforms": []object{
			{"RenameColumnOperation": object{"ColumnName": "Id", "NewColumnName": "Id[customers]"}},
		}},
		"j": object{"Alias": "both", "Source": object{"JoinInstruction": object{"LeftOperand": "o", "RightOperand": "c", "Type": kind, "OnClause": on}}},
	}
	if change != nil {
		change(logical)
	}
	return object{
		"DataSetId": "joined", "Name": "joined", "ImportMode": "SPICE",
		"PhysicalTableMap": object{
			"orders":    object{"S3Source": object{"DataSourceArn": arn("datasource/orders"), "InputColumns": columns("Order", "Id", "Shop")}},
			"customers": object{"S3Source": object{"DataSourceArn": arn("datasource/customers"), "InputColumns": columns("Id", "Region", "City")}},
		},
		"LogicalTableMap": logical,
	}
}

func newShop(t *testing.T) *quicksighttest.Server {
	t.Helper()
	s := quicksighttest.NewEmptyServer(t, "")
	require.NoError(t, s.AddCSV(t.Context(), "orders", "Order,Id,Shop\n1,a,N\n2,b,N\n3,,N\n4,A,S\n5,a,S\n", nil))
	require.NoError(t, s.AddCSV(t.Context(), "customers", "Id,Region,City\na,US,Boston\na,US,Austin\nb,EMEA,Rome\n,EMEA,Nowhere\nz,APAC,Perth\n", nil))
	require.NoError(t, s.AddCSV(t.Context(), "rules", "UserName,Region\nal,US\nbo,\n", object{"UseAs": "RLS_RULES"}))
	for _, name := range []string{"al", "bo"} {
		require.NoError(t, s.Do(t.Context(), "POST", "/namespaces/default/users", object{"UserName": name, "Email": "a@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT"}, nil))
	}
	return s
}

// TestJoin joins two tables: "" and another case match nothing, a match that
// is there twice gives two rows, and rules on a column of the right table
// restrict the result.
func TestJoin(t *testing.T) {
	const inner = "1 a N US Austin|1 a N US Boston|2 b N EMEA Rome|5 a S US Austin|5 a S US Boston"
	const left = "1 a N US Austin|1 a N US Boston|2 b N EMEA Rome|3  N <nil> <nil>|4 A S <nil> <nil>|5 a S US Austin|5 a S US Boston"
	const missing = "<nil> <nil> <nil> APAC Perth|<nil> <nil> <nil> EMEA Nowhere"
	tests := []struct {
		reason, kind, on string
		steps            []object // after the join
		left             []object // of the left table
		want             string
	}{
		{"inner", "INNER", "{Id} = {Id[customers]}", nil, nil, inner},
		{"left", "LEFT", "{Id} = {Id[customers]}", nil, nil, left},
		{"right", "RIGHT", "{Id} = {Id[customers]}", nil, nil, inner + "|" + missing},
		{"outer", "OUTER", "{Id} = {Id[customers]}", nil, nil, left + "|" + missing},
		{"right, and no row has both", "RIGHT", "{Id} = {Id[customers]} AND {Shop} = {City}", nil, nil,
			"<nil> <nil> <nil> APAC Perth|<nil> <nil> <nil> EMEA Nowhere|<nil> <nil> <nil> EMEA Rome|<nil> <nil> <nil> US Austin|<nil> <nil> <nil> US Boston"},
		{"right, of the left rows that a filter keeps", "RIGHT", "{Id} = {Id[customers]}", nil, []object{{"FilterOperation": object{"StringFilterCondition": object{
			"ColumnName": "Order", "ComparisonFilterCondition": object{"Operator": "EQUALS", "Value": object{"StaticValue": "2"}},
		}}}}, "2 b N EMEA Rome|<nil> <nil> <nil> APAC Perth|<nil> <nil> <nil> EMEA Nowhere|<nil> <nil> <nil> US Austin|<nil> <nil> <nil> US Boston"},
		{"the sides are exchanged, and one is a word", "INNER", "{Id[customers]}=Id", nil, nil, inner},
		{"no row has both", "INNER", "{Id} = {Id[customers]} AND {Shop} = {City}", nil, nil, ""},
		{"a filter on the left table", "INNER", "{Id} = {Id[customers]}", nil, []object{{"FilterOperation": object{"StringFilterCondition": object{
			"ColumnName": "Shop", "ComparisonFilterCondition": object{"Operator": "EQUALS", "Value": object{"StaticValue": "N"}},
		}}}}, "1 a N US Austin|1 a N US Boston|2 b N EMEA Rome"},
		{"a filter after the join, on a column that is renamed", "LEFT", "{Id} = {Id[customers]}", []object{
			{"RenameColumnOperation": object{"ColumnName": "City", "NewColumnName": "Town"}},
			{"FilterOperation": object{"StringFilterCondition": object{"ColumnName": "Town", "ListFilterCondition": object{"Operator": "INCLUDE", "Values": object{"StaticValues": []string{"Rome", "Austin"}}}}}},
		}, nil, "1 a N US Austin|2 b N EMEA Rome|5 a S US Austin"},
	}
	s := newShop(t)
	for i, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			set := joinSet(tt.kind, tt.on, func(logical object) {
				if len(tt.left) > 0 {
					logical["o"].(object)["DataTransforms"] = tt.left
				}
				logical["j"].(object)["DataTransforms"] = append(slices.Clone(tt.steps), object{"ProjectOperation": object{"ProjectedColumns": []string{
					"Order", "Id", "Shop", "Region", map[bool]string{true: "Town", false: "City"}[len(tt.steps) > 0],
				}}})
			})
			id := fmt.Sprint("joined-", i)
			var made struct{ IngestionId string }
			require.NoError(t, s.Do(t.Context(), "POST", "/data-sets", with(set, object{
				"DataSetId": id, "RowLevelPermissionDataSet": object{"Arn": arn("dataset/rules"), "PermissionPolicy": "GRANT_ACCESS"},
				"Permissions": []object{
					{"Principal": arn("user/default/al"), "Actions": []string{"quicksight:PassDataSet"}},
					{"Principal": arn("user/default/bo"), "Actions": []string{"quicksight:PassDataSet"}},
				},
			}), &made))
			require.NoError(t, s.WaitIngestion(t.Context(), id, made.IngestionId))
			require.Equal(t, tt.want, lines(t, s, id, "bo"))
			var us []string
			for _, line := range strings.Split(tt.want, "|") {
				if strings.Contains(line, " US ") {
					us = append(us, line)
				}
			}
			require.Equal(t, strings.Join(us, "|"), lines(t, s, id, "al"))
		})
	}

	t.Run("more rows than a record has", func(t *testing.T) {
		var orders, customers strings.Builder
		orders.WriteString("Order,Id,Shop\n")
		customers.WriteString("Id,Region,City\n")
		for i := range 300 {
			fmt.Fprintf(&orders, "%d,a,N\n", i)
			fmt.Fprintf(&customers, "a,US,%d\n", i)
		}
		require.NoError(t, s.WriteObject("rowsight-demo", "orders.csv", orders.String()))
		require.NoError(t, s.WriteObject("rowsight-demo", "customers.csv", customers.String()))
		require.NoError(t, s.Do(t.Context(), "PUT", "/data-sets/joined-0/ingestions/more", object{"IngestionType": "FULL_REFRESH"}, nil))
		require.NoError(t, s.WaitIngestion(t.Context(), "joined-0", "more"))
		rows, err := s.Rows(t.Context(), "joined-0", "default", "al")
		require.NoError(t, err)
		require.Equal(t, int64(300*300), rows.RowCount)
		seen := make(map[string]bool)
		for _, row := range rows.Rows {
			seen[fmt.Sprint(row[0], "/", row[4])] = true
		}
		require.Equal(t, 300*300, len(seen), "each pair is there once")
	})
}

// lines returns the rows that a user sees, in order, without the order of
// columns mattering.
func lines(t *testing.T, s *quicksighttest.Server, set, user string) string {
	t.Helper()
	rows, err := s.Rows(t.Context(), set, "default", user)
	require.NoError(t, err)
	var all []string
	for _, row := range rows.Rows {
		line := fmt.Sprintln(row...)
		all = append(all, strings.TrimSpace(line))
	}
	slices.SortFunc(all, cmp.Compare)
	return strings.Join(all, "|")
}

// TestTablesRefused: tables that the service cannot read exactly are refused,
// and nothing of the data set is there afterwards.
func TestTablesRefused(t *testing.T) {
	s := newShop(t)
	require.NoError(t, s.Do(t.Context(), "POST", "/data-sources", object{
		"DataSourceId": "db", "Name": "db", "Type": "POSTGRESQL", "DataSourceParameters": object{"PostgreSqlParameters": object{"Host": "h", "Port": 1, "Database": "d"}},
		"Credentials": object{"CredentialPair": object{"Username": "u", "Password": "p"}},
	}, nil))
	join := func(kind, on string) object { return joinSet(kind, on, nil) }
	ok := "{Id} = {Id[customers]}"
	steps := func(ops ...object) object {
		return joinSet("INNER", ok, func(l object) { l["j"].(object)["DataTransforms"] = ops })
	}
	step := func(op object) object { return steps(op) }
	cast := func(column string) object {
		return object{"CastColumnTypeOperation": object{"ColumnName": column, "NewColumnType": "INTEGER"}}
	}
	shopN := object{"StringFilterCondition": object{"ColumnName": "Shop", "ComparisonFilterCondition": object{"Operator": "EQUALS", "Value": object{"StaticValue": "N"}}}}
	filter := func(op object) object { return step(object{"FilterOperation": op}) }
	tests := []struct {
		reason string
		set    object
	}{
		{"not equal", join("INNER", "{Id} <> {Id[customers]}")},
		{"an expression", join("INNER", "lower({Id}) = {Id[customers]}")},
		{"OR", join("INNER", ok+" OR {Shop} = {City}")},
		{"a column that is not there", join("INNER", "{Id} = {None}")},
		{"both columns of one table", join("INNER", "{Id} = {Shop}")},
		{"a name in both tables", joinSet("INNER", ok, func(l object) { delete(l["c"].(object), "DataTransforms") })},
		{"columns of two types", joinSet("INNER", ok, func(l object) {
			l["o"].(object)["DataTransforms"] = []object{{"CastColumnTypeOperation": object{"ColumnName": "Id", "NewColumnType": "INTEGER"}}}
		})},
		{"a cast of what the join compared as text", step(cast("Id[customers]"))},
		{"a cast of what the other table compared as text", step(cast("Id"))},
		{"a cast of what a filter compared as text", steps(object{"FilterOperation": shopN}, cast("Shop"))},
		{"a cast of what a filter before the join compared as text", joinSet("INNER", ok, func(l object) {
			l["o"].(object)["DataTransforms"] = []object{{"FilterOperation": shopN}}
			l["j"].(object)["DataTransforms"] = []object{cast("Shop")}
		})},
		{"a cast of a number", steps(cast("Order"), object{"CastColumnTypeOperation": object{"ColumnName": "Order", "NewColumnType": "DECIMAL"}})},
		{"a filter of text on a number", steps(cast("Shop"), object{"FilterOperation": shopN})},
		{"a cast of a column with user rules", with(step(cast("Region")), object{"RowLevelPermissionDataSet": object{"Arn": arn("dataset/rules"), "PermissionPolicy": "GRANT_ACCESS"}})},
		{"a cast of a column with tag rules", with(step(cast("City")), object{"RowLevelPermissionTagConfiguration": object{"TagRules": []object{{"TagKey": "k", "ColumnName": "City"}}}})},
		{"an operand that is not there", joinSet("INNER", ok, func(l object) {
			l["j"].(object)["Source"].(object)["JoinInstruction"].(object)["RightOperand"] = "x"
		})},
		{"one table twice", joinSet("INNER", ok, func(l object) { l["c"].(object)["Source"].(object)["PhysicalTableId"] = "orders" })},
		{"a data set as an operand", joinSet("INNER", ok, func(l object) { l["c"].(object)["Source"] = object{"DataSetArn": arn("dataset/customers")} })},
		{"tables that nothing joins", joinSet("INNER", ok, func(l object) { delete(l, "j") })},
		{"into a database", with(join("INNER", ok), object{"ImportMode": "DIRECT_QUERY"})},
		{"an expression as a filter", filter(object{"ConditionExpression": "{Shop} = 'N'"})},
		{"a part of a text", filter(object{"StringFilterCondition": object{"ColumnName": "Shop", "ComparisonFilterCondition": object{"Operator": "CONTAINS", "Value": object{"StaticValue": "N"}}}})},
		{"everything but a list", filter(object{"StringFilterCondition": object{"ColumnName": "Shop", "ListFilterCondition": object{"Operator": "EXCLUDE", "Values": object{"StaticValues": []string{"N"}}}}})},
		{"an empty value", filter(object{"StringFilterCondition": object{"ColumnName": "Shop", "ComparisonFilterCondition": object{"Operator": "EQUALS", "Value": object{"StaticValue": ""}}}})},
		{"no condition", filter(object{"StringFilterCondition": object{"ColumnName": "Shop"}})},
		{"two operations in one step", step(object{
			"RenameColumnOperation": object{"ColumnName": "Shop", "NewColumnName": "S"}, "UntagColumnOperation": object{"ColumnName": "Shop", "TagNames": []string{"COLUMN_DESCRIPTION"}},
		})},
		{"a database without a driver", object{
			"DataSetId": "joined", "Name": "x", "ImportMode": "DIRECT_QUERY",
			"PhysicalTableMap": object{"t": object{"RelationalTable": object{"DataSourceArn": arn("datasource/db"), "Name": "t", "InputColumns": []object{{"Name": "a", "Type": "STRING"}}}}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			err := s.Do(t.Context(), "POST", "/data-sets", tt.set, nil)
			require.Equal(t, "InvalidParameterValueException", code(err), "%v", err)
			require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "GET", "/data-sets/joined", nil, nil)))
		})
	}
	require.NoError(t, s.Do(t.Context(), "POST", "/data-sets", step(cast("Order")), nil), "the base of these tests is accepted")
}

// FuzzOnClause: a condition that is accepted has names on both sides of each
// pair, and is accepted again as it is written out.
func FuzzOnClause(f *testing.F) {
	f.Add("{a} = {b}")
	f.Add("{Id[customers]}=Id AND b = {c d}")
	f.Add("a = bAND c = d")
	f.Add("{a} = {b}AND{c}={d}")
	f.Add("{a = {b}")
	f.Fuzz(func(t *testing.T, text string) {
		pairs, ok := quicksight.ParseOnClause(text)
		if !ok {
			require.Nil(t, pairs)
			return
		}
		var out []string
		for _, p := range pairs {
			require.NotEmpty(t, p[0])
			require.NotEmpty(t, p[1])
			out = append(out, "{"+p[0]+"} = {"+p[1]+"}")
		}
		again, ok := quicksight.ParseOnClause(strings.Join(out, " AND "))
		require.True(t, ok)
		require.Equal(t, pairs, again)
	})
}
