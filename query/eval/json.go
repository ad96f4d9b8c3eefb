package eval

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// MarshalJSON writes the answer as an object:
//
//	{"columns": [{"name": "Region", "type": "text"}, {"name": "Total", "type": "decimal"}],
//	 "rows": [["EMEA", "165.00"], [null, "7.00"]], "totals": ["172.00"]}
//
// Whole numbers and decimals are strings, because many JSON libraries round
// numbers. Dates are like 2026-05-01 and times like 2026-05-01T08:00:00.000000,
// with a Z if they are in UTC. A floating-point number is a number, or one of the
// strings NaN, Infinity and -Infinity. The zero Result has no columns and no rows.
func (r *Result) MarshalJSON() ([]byte, error) {
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	answer := struct {
		Columns []column `json:"columns"`
		Rows    [][]any  `json:"rows"`
		Totals  []any    `json:"totals,omitempty"`
	}{[]column{}, [][]any{}, nil}
	if r == nil || r.Rows == nil {
		return json.Marshal(answer)
	}
	for i, c := range Columns(r.Rows.Schema()) {
		answer.Columns = append(answer.Columns, column{r.Rows.Schema().Field(i).Name, c.Kind.String()})
	}
	for i := range int(r.Rows.NumRows()) {
		answer.Rows = append(answer.Rows, rowJSON(r.Rows, i))
	}
	if r.Totals != nil && r.Totals.NumRows() == 1 {
		answer.Totals = rowJSON(r.Totals, 0)
	}
	return json.Marshal(answer)
}

func rowJSON(rec arrow.Record, row int) []any {
	values := make([]any, rec.NumCols())
	for i, c := range rec.Columns() {
		if !c.IsNull(row) {
			values[i] = valueJSON(c, row)
		}
	}
	return values
}

func valueJSON(arr arrow.Array, row int) any {
	switch a := arr.(type) {
	case *array.String:
		return a.Value(row)
	case *array.Boolean:
		return a.Value(row)
	case *array.Int64:
		return strconv.FormatInt(a.Value(row), 10)
	case *array.Decimal128:
		return a.Value(row).ToString(a.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Float64:
		switch f := a.Value(row); {
		case math.IsNaN(f):
			return "NaN"
		case math.IsInf(f, 1):
			return "Infinity"
		case math.IsInf(f, -1):
			return "-Infinity"
		default:
			return f
		}
	case *array.Date32:
		return time.Unix(int64(a.Value(row))*86400, 0).UTC().Format(time.DateOnly)
	case *array.Timestamp:
		text := time.UnixMicro(int64(a.Value(row))).UTC().Format("2006-01-02T15:04:05.000000")
		if a.DataType().(*arrow.TimestampType).TimeZone != "" {
			text += "Z"
		}
		return text
	}
	return fmt.Sprint(arr.ValueStr(row))
}
