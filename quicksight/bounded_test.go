package quicksight_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// measured is a data set of one S3 data source with numbers and times.
func measured(id string, steps ...object) object {
	column := func(name, typ string) object { return object{"Name": name, "Type": typ} }
	return object{
		"DataSetId": id, "Name": id, "ImportMode": "SPICE",
		"PhysicalTableMap": object{"t": object{"S3Source": object{"DataSourceArn": arn("datasource/measured"), "InputColumns": []object{
			column("Id", "STRING"), column("N", "INTEGER"), column("X", "DECIMAL"), column("At", "DATETIME"), column("Region", "STRING"),
		}}}},
		"LogicalTableMap":           object{"l": object{"Alias": "l", "Source": object{"PhysicalTableId": "t"}, "DataTransforms": steps}},
		"RowLevelPermissionDataSet": object{"Arn": arn("dataset/rules"), "PermissionPolicy": "GRANT_ACCESS"},
		"Permissions": []object{
			{"Principal": arn("user/default/al"), "Actions": []string{"quicksight:PassDataSet"}},
			{"Principal": arn("user/default/bo"), "Actions": []string{"quicksight:PassDataSet"}},
		},
	}
}

const measures = `Id,N,X,At,Region
a,9007199254740993,0.1,2026-01-01T00:00:00Z,US
b,9007199254740992,0.25,2026-01-31T23:59:59.999999Z,US
c,-3,-1e300,2026-02-01T00:00:00Z,EMEA
d,,,,US
e,0,-0,1969-12-31T23:59:59Z,EMEA
f,7,1e300,1970-01-01T00:00:00.5Z,US
`

func newMeasures(t *testing.T) *quicksighttest.Server {
	t.Helper()
	s := newShop(t)
	require.NoError(t, s.AddCSV(t.Context(), "measured", measures, nil))
	return s
}

func numeric(column, operator string, value any) object {
	return object{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": column, "ComparisonFilterCondition": object{"Operator": operator, "Value": object{"StaticValue": value}}}}}
}

func between(kind, column string, fields object) object {
	return object{"FilterOperation": object{kind + "FilterCondition": object{"ColumnName": column, "RangeFilterCondition": fields}}}
}

func dated(operator string, value any) object {
	return object{"FilterOperation": object{"DateFilterCondition": object{"ColumnName": "At", "ComparisonFilterCondition": object{"Operator": operator, "Value": object{"StaticValue": value}}}}}
}

// TestBounds filters numbers and times exactly: large integers, negative zero,
// bounds between two numbers, parts of a second; NULL is in no filter. The rules
// hold for what is left.
func TestBounds(t *testing.T) {
	s := newMeasures(t)
	value := func(v any) object { return object{"StaticValue": v} }
	for i, tt := range []struct {
		reason string
		steps  []object
		want   string
	}{
		{"an integer that no float holds", []object{numeric("N", "EQUALS", json.Number("9007199254740993"))}, "a"},
		{"not equal", []object{numeric("N", "DOES_NOT_EQUAL", 7)}, "abce"},
		{"not equal to what no integer is", []object{numeric("N", "DOES_NOT_EQUAL", 7.5)}, "abcef"},
		{"greater", []object{numeric("N", "GREATER_THAN", json.Number("9007199254740992"))}, "a"},
		{"at least, between two integers", []object{numeric("N", "GREATER_THAN_OR_EQUALS_TO", 6.5)}, "abf"},
		{"less, between two integers", []object{numeric("N", "LESS_THAN", 0.5)}, "ce"},
		{"less, on an integer", []object{numeric("N", "LESS_THAN", 0)}, "c"},
		{"beyond every integer", []object{numeric("N", "LESS_THAN", 1e30)}, "abcef"},
		{"below every integer", []object{numeric("N", "LESS_THAN", -1e30)}, ""},
		{"above every integer", []object{numeric("N", "GREATER_THAN", 1e30)}, ""},
		{"a float", []object{numeric("X", "EQUALS", 0.1)}, "a"},
		{"less than a float, on one", []object{numeric("X", "LESS_THAN", 0.25)}, "ace"},
		{"negative zero", []object{numeric("X", "EQUALS", 0)}, "e"},
		{"a range of floats", []object{between("Numeric", "X", object{"RangeMinimum": value(0), "RangeMaximum": value(0.25), "IncludeMaximum": true})}, "ab"},
		{"a range without a maximum", []object{between("Numeric", "X", object{"RangeMinimum": value(0), "IncludeMinimum": true})}, "abef"},
		{"a range that is empty", []object{between("Numeric", "N", object{"RangeMinimum": value(7), "RangeMaximum": value(7)})}, ""},
		{"before", []object{dated("BEFORE", 1769904000)}, "abef"}, // 2026-02-01
		{"before or on", []object{dated("BEFORE_OR_EQUALS_TO", 1769904000)}, "abcef"},
		{"after a part of a second", []object{dated("AFTER", 0.499)}, "abcf"},
		{"after, on it", []object{dated("AFTER", 0.5)}, "abc"},
		{"a time as text", []object{dated("AFTER_OR_EQUALS_TO", "2026-01-31T23:59:59.999999Z")}, "bc"},
		{"a range of times", []object{between("Date", "At", object{"RangeMinimum": value(-1), "IncludeMinimum": true, "RangeMaximum": value("2026-01-01T00:00:00Z")})}, "ef"},
		{"two filters, a rename and text", []object{
			{"RenameColumnOperation": object{"ColumnName": "N", "NewColumnName": "Count"}}, numeric("Count", "GREATER_THAN", -5), dated("AFTER", 0),
			{"FilterOperation": object{"StringFilterCondition": object{"ColumnName": "Id", "ListFilterCondition": object{"Operator": "INCLUDE", "Values": object{"StaticValues": []string{"a", "c", "d"}}}}}},
		}, "ac"},
		{"a column that is projected away", []object{numeric("N", "LESS_THAN", 1), {"ProjectOperation": object{"ProjectedColumns": []string{"Id", "Region"}}}}, "ce"},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			id := fmt.Sprint("bounds-", i)
			var made struct{ IngestionId string }
			require.NoError(t, s.Do(t.Context(), "POST", "/data-sets", measured(id, tt.steps...), &made))
			require.NoError(t, s.WaitIngestion(t.Context(), id, made.IngestionId))
			ids := func(user string) (all string) {
				for line := range strings.SplitSeq(lines(t, s, id, user), "|") {
					id, _, _ := strings.Cut(line, " ")
					all += id
				}
				return all
			}
			require.Equal(t, tt.want, ids("bo"))
			us := strings.NewReplacer("c", "", "e", "").Replace(tt.want)
			require.Equal(t, us, ids("al"), "the rules hold for the rows that are left")
		})
	}
}

// TestBoundsRefused: a filter that cannot be exact is refused, and nothing of the
// data set is there afterwards.
func TestBoundsRefused(t *testing.T) {
	s := newMeasures(t)
	value := func(v any) object { return object{"StaticValue": v} }
	for _, tt := range []struct {
		reason string
		step   object
	}{
		{"a number of text", numeric("Id", "EQUALS", 1)},
		{"a number of a time", numeric("At", "EQUALS", 1)},
		{"a time of a number", object{"FilterOperation": object{"DateFilterCondition": object{"ColumnName": "N", "ComparisonFilterCondition": object{"Operator": "AFTER", "Value": value(1)}}}}},
		{"no such column", numeric("None", "EQUALS", 1)},
		{"no value", object{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": "N", "ComparisonFilterCondition": object{"Operator": "EQUALS"}}}}},
		{"no number in the value", object{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": "N", "ComparisonFilterCondition": object{"Operator": "EQUALS", "Value": object{}}}}}},
		{"no condition", object{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": "N"}}}},
		{"a range without bounds", between("Numeric", "N", object{})},
		{"a range without a number", between("Numeric", "N", object{"RangeMinimum": object{}})},
		{"both conditions", object{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": "N", "RangeFilterCondition": object{"RangeMinimum": value(1)}, "ComparisonFilterCondition": object{"Operator": "EQUALS", "Value": value(1)}}}}},
		{"numbers and dates", object{"FilterOperation": object{"NumericFilterCondition": object{"ColumnName": "N", "RangeFilterCondition": object{"RangeMinimum": value(1)}}, "DateFilterCondition": object{"ColumnName": "At", "RangeFilterCondition": object{"RangeMinimum": value(1)}}}}},
		{"a number that is too large", numeric("N", "EQUALS", json.Number("1e999"))},
		{"a number that is too small", numeric("X", "EQUALS", json.Number("1e-99999"))},
		{"a time that is none", dated("AFTER", "yesterday")},
		{"an operator of numbers for a time", dated("EQUALS", 1)},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			err := s.Do(t.Context(), "POST", "/data-sets", measured("refused", tt.step), nil)
			require.Contains(t, []string{"InvalidParameterValueException", "InvalidParameterException", "ValidationException"}, code(err), "%v", err)
			require.Equal(t, "ResourceNotFoundException", code(s.Do(t.Context(), "GET", "/data-sets/refused", nil, nil)))
		})
	}
	require.NoError(t, s.Do(t.Context(), "POST", "/data-sets", measured("refused", numeric("N", "EQUALS", 1)), nil), "the base of these tests is accepted")
}

// TestBoundsNaN: databases order NaN differently, so that no filter keeps it or leaves
// it out: the rows end with an error, and the record with it is not read.
func TestBoundsNaN(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "X", Type: arrow.PrimitiveTypes.Float64, Nullable: true}}, nil)
	for _, operator := range []string{"EQUALS", "DOES_NOT_EQUAL", "GREATER_THAN", "LESS_THAN_OR_EQUALS_TO"} {
		for _, last := range []float64{7, math.NaN()} {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			builder := array.NewRecordBuilder(mem, schema)
			x := builder.Field(0).(*array.Float64Builder)
			x.AppendValues([]float64{2, 3}, nil)
			x.AppendNull()
			x.Append(last)
			rec := builder.NewRecord()
			rows, err := array.NewRecordReader(schema, []arrow.Record{rec})
			require.NoError(t, err)
			condition := `{"ComparisonFilterCondition": {"Operator": "` + operator + `", "Value": {"StaticValue": 2}}}`
			r, err := quicksight.Bounded(t.Context(), []byte(condition), rows)
			require.NoError(t, err)
			require.Equal(t, last == 7, r.Next(), operator)
			if last == 7 {
				require.NoError(t, r.Err(), operator)
			} else {
				require.ErrorContains(t, r.Err(), "not a number", operator)
				require.Nil(t, r.Record(), operator)
				require.False(t, r.Next(), operator)
			}
			r.Release()
			rec.Release()
			builder.Release()
			mem.AssertSize(t, 0)
		}
	}
}

// FuzzBounds: a bound that is accepted divides the numbers in two, as big.Rat
// does, and takes no time however its exponent is written.
func FuzzBounds(f *testing.F) {
	for _, number := range []string{"0", "-0.0", "7", "6.5", "1e300", "-1e308", "1e-300", "1e-99999", "0e999999999", "9007199254740993", `"2026-01-31T23:59:59.5Z"`, `"x"`, "null", "true"} {
		f.Add(number, int64(7))
	}
	f.Fuzz(func(t *testing.T, number string, n int64) {
		if number = strings.TrimSpace(number); !json.Valid([]byte(number)) {
			return
		}
		ask := func(operator string) (kept, ok bool) {
			return quicksight.Within([]byte(`{"ComparisonFilterCondition": {"Operator": "`+operator+`", "Value": {"StaticValue": `+number+`}}}`), false, n)
		}
		less, ok := ask("LESS_THAN")
		if !ok {
			return
		}
		equal, _ := ask("EQUALS")
		greater, _ := ask("GREATER_THAN")
		want, ok := new(big.Rat).SetString(number)
		require.True(t, ok, number)
		sign := new(big.Rat).SetInt64(n).Cmp(want)
		require.Equal(t, []bool{sign < 0, sign == 0, sign > 0}, []bool{less, equal, greater})
		for operator, kept := range map[string]bool{"LESS_THAN_OR_EQUALS_TO": sign <= 0, "GREATER_THAN_OR_EQUALS_TO": sign >= 0, "DOES_NOT_EQUAL": sign != 0} {
			got, _ := ask(operator)
			require.Equal(t, kept, got, operator)
		}
	})
}
