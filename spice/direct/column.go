package direct

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate/where"
)

// A column is a column of a result.
type column struct {
	field arrow.Field
	typ   string // as the database calls it
	fixed bool   // text that is padded
}

func schemaOf(columns []column) *arrow.Schema {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = c.field
	}
	return arrow.NewSchema(fields, nil)
}

// newColumn chooses the Arrow type of a column: want, or what the name of its
// type stands for. Whether it can be NULL is not known for sure by any driver, so
// it can.
func newColumn(t *sql.ColumnType, d where.Dialect, want arrow.DataType) (column, error) {
	c := column{typ: t.DatabaseTypeName(), field: arrow.Field{Name: t.Name(), Type: want, Nullable: true}}
	name := typeName(c.typ)
	c.fixed = fixedTypes[name] && dialects[d].padded
	if want != nil {
		if !supported(want) {
			return c, ErrType
		}
		return c, nil
	}
	switch name {
	case "decimal", "numeric", "number", "fixed":
		precision, scale, ok := t.DecimalSize()
		if !ok { // DuckDB has it in the name
			n, _ := fmt.Sscanf(strings.ToLower(c.typ), "decimal(%d,%d)", &precision, &scale)
			ok = n == 2
		}
		if !ok || precision < 1 || precision > 38 || scale < 0 || scale > precision {
			return c, ErrType
		}
		c.field.Type = &arrow.Decimal128Type{Precision: int32(precision), Scale: int32(scale)}
		return c, nil
	}
	c.field.Type = types[name]
	if c.field.Type == nil {
		return c, ErrType
	}
	return c, nil
}

// typeName brings the names of types that drivers use to one form: in lower
// case, without what stands in parentheses.
func typeName(s string) string {
	s = strings.ToLower(s)
	for _, wrapper := range []string{"nullable(", "lowcardinality("} {
		if rest, ok := strings.CutPrefix(s, wrapper); ok {
			return typeName(strings.TrimSuffix(rest, ")"))
		}
	}
	before, rest, ok := strings.Cut(s, "(")
	if !ok {
		return strings.TrimSpace(s)
	}
	_, after, _ := strings.Cut(rest, ")")
	return strings.TrimSpace(before + after)
}

var timestampUTC = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}

// fixedTypes are texts that are padded with spaces.
var fixedTypes = map[string]bool{"char": true, "bpchar": true, "nchar": true, "character": true, "fixedstring": true}

// types are the Arrow types of the names that drivers give, of all dialects: no
// two of them use a name for different things. A name that is not here, such as
// interval or array, is refused.
var types = map[string]arrow.DataType{
	"text": arrow.BinaryTypes.String, "varchar": arrow.BinaryTypes.String, "nvarchar": arrow.BinaryTypes.String,
	"string": arrow.BinaryTypes.String, "character varying": arrow.BinaryTypes.String, "ntext": arrow.BinaryTypes.String,
	"tinytext": arrow.BinaryTypes.String, "mediumtext": arrow.BinaryTypes.String, "longtext": arrow.BinaryTypes.String,
	"clob": arrow.BinaryTypes.String, "name": arrow.BinaryTypes.String,
	"char": arrow.BinaryTypes.String, "bpchar": arrow.BinaryTypes.String, "nchar": arrow.BinaryTypes.String,
	"character": arrow.BinaryTypes.String, "fixedstring": arrow.BinaryTypes.String,
	"enum": arrow.BinaryTypes.String, "json": arrow.BinaryTypes.String, "jsonb": arrow.BinaryTypes.String, "uuid": arrow.BinaryTypes.String,

	"bool": arrow.FixedWidthTypes.Boolean, "boolean": arrow.FixedWidthTypes.Boolean,

	"tinyint": arrow.PrimitiveTypes.Int16, "smallint": arrow.PrimitiveTypes.Int16, "int2": arrow.PrimitiveTypes.Int16, "int16": arrow.PrimitiveTypes.Int16,
	"int8": arrow.PrimitiveTypes.Int64, "int": arrow.PrimitiveTypes.Int64, "integer": arrow.PrimitiveTypes.Int64,
	"mediumint": arrow.PrimitiveTypes.Int64, "int4": arrow.PrimitiveTypes.Int64, "int32": arrow.PrimitiveTypes.Int64,
	"bigint": arrow.PrimitiveTypes.Int64, "int64": arrow.PrimitiveTypes.Int64, "long": arrow.PrimitiveTypes.Int64,
	"short": arrow.PrimitiveTypes.Int16, "byte": arrow.PrimitiveTypes.Int16, "year": arrow.PrimitiveTypes.Int16,
	"unsigned tinyint": arrow.PrimitiveTypes.Uint64, "unsigned smallint": arrow.PrimitiveTypes.Uint64, "unsigned mediumint": arrow.PrimitiveTypes.Uint64,
	"unsigned int": arrow.PrimitiveTypes.Uint64, "unsigned bigint": arrow.PrimitiveTypes.Uint64,
	"utinyint": arrow.PrimitiveTypes.Uint64, "usmallint": arrow.PrimitiveTypes.Uint64, "uinteger": arrow.PrimitiveTypes.Uint64, "ubigint": arrow.PrimitiveTypes.Uint64,
	"uint8": arrow.PrimitiveTypes.Uint64, "uint16": arrow.PrimitiveTypes.Uint64, "uint32": arrow.PrimitiveTypes.Uint64, "uint64": arrow.PrimitiveTypes.Uint64,

	"float": arrow.PrimitiveTypes.Float64, "double": arrow.PrimitiveTypes.Float64, "double precision": arrow.PrimitiveTypes.Float64,
	"real": arrow.PrimitiveTypes.Float64, "float4": arrow.PrimitiveTypes.Float64, "float8": arrow.PrimitiveTypes.Float64,
	"float32": arrow.PrimitiveTypes.Float64, "float64": arrow.PrimitiveTypes.Float64,

	"date": arrow.FixedWidthTypes.Date32, "date32": arrow.FixedWidthTypes.Date32,
	"timestamp": &arrow.TimestampType{Unit: arrow.Microsecond}, "datetime": &arrow.TimestampType{Unit: arrow.Microsecond},
	"datetime2": &arrow.TimestampType{Unit: arrow.Microsecond}, "datetime64": &arrow.TimestampType{Unit: arrow.Microsecond},
	"timestamp_ntz": &arrow.TimestampType{Unit: arrow.Microsecond}, "timestamp without time zone": &arrow.TimestampType{Unit: arrow.Microsecond},
	"timestamptz": timestampUTC, "timestamp with time zone": timestampUTC, "timestamp_ltz": timestampUTC, "timestamp_tz": timestampUTC,
	"datetimeoffset": timestampUTC,

	"bytea": arrow.BinaryTypes.Binary, "blob": arrow.BinaryTypes.Binary, "binary": arrow.BinaryTypes.Binary, "varbinary": arrow.BinaryTypes.Binary,
	"tinyblob": arrow.BinaryTypes.Binary, "mediumblob": arrow.BinaryTypes.Binary, "longblob": arrow.BinaryTypes.Binary, "bytes": arrow.BinaryTypes.Binary,
}
