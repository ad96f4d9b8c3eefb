package flightsql

import (
	"context"
	"errors"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql/schema_ref"
)

// registerInfo says what the server is, for drivers.
func registerInfo(base *fsql.BaseServer) error {
	var errs []error
	for id, value := range map[fsql.SqlInfo]any{
		fsql.SqlInfoFlightSqlServerName:          "rowsight",
		fsql.SqlInfoFlightSqlServerVersion:       "0.1",
		fsql.SqlInfoFlightSqlServerArrowVersion:  arrow.PkgVersion,
		fsql.SqlInfoFlightSqlServerReadOnly:      true,
		fsql.SqlInfoFlightSqlServerSql:           true,
		fsql.SqlInfoFlightSqlServerSubstrait:     false,
		fsql.SqlInfoFlightSqlServerTransaction:   int32(0), // none
		fsql.SqlInfoFlightSqlServerCancel:        false,
		fsql.SqlInfoFlightSqlServerBulkIngestion: false,
		fsql.SqlInfoDDLCatalog:                   false,
		fsql.SqlInfoDDLSchema:                    false,
		fsql.SqlInfoDDLTable:                     false,
		fsql.SqlInfoIdentifierCase:               int64(3), // as written, found in any case
		fsql.SqlInfoIdentifierQuoteChar:          `"`,
		fsql.SqlInfoQuotedIdentifierCase:         int64(3),
		fsql.SqlInfoAllTablesAreASelectable:      true,
		fsql.SqlInfoNullOrdering:                 int64(3), // NULL is last
		fsql.SqlInfoSearchStringEscape:           `\`,
		fsql.SqlInfoTransactionsSupported:        false,
	} {
		errs = append(errs, base.RegisterSqlInfo(id, value))
	}
	return errors.Join(errs...)
}

// A typeInfo is a type of SQL, as ODBC and JDBC number them.
type typeInfo struct {
	name   string
	number int32
	size   int32 // 0 is unknown
	quoted bool
	exact  bool // has a scale
}

var typeInfos = []typeInfo{
	{name: "BOOLEAN", number: -7, size: 1},
	{name: "BIGINT", number: -5, size: 19},
	{name: "VARBINARY", number: -3},
	{name: "DECIMAL", number: 3, size: 38, exact: true},
	{name: "INTEGER", number: 4, size: 10},
	{name: "SMALLINT", number: 5, size: 5},
	{name: "REAL", number: 7, size: 7},
	{name: "DOUBLE", number: 8, size: 15},
	{name: "VARCHAR", number: 12, quoted: true},
	{name: "DATE", number: 91, size: 10, quoted: true},
	{name: "TIME", number: 92, size: 15, quoted: true},
	{name: "TIMESTAMP", number: 93, size: 26, quoted: true},
}

// GetFlightInfoXdbcTypeInfo answers with the types of columns.
func (s *service) GetFlightInfoXdbcTypeInfo(_ context.Context, _ fsql.GetXdbcTypeInfo, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, schema_ref.XdbcTypeInfo)
}

// DoGetXdbcTypeInfo lists the types of columns.
func (s *service) DoGetXdbcTypeInfo(_ context.Context, cmd fsql.GetXdbcTypeInfo) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return records(schema_ref.XdbcTypeInfo, func(b *array.RecordBuilder) {
		for _, t := range typeInfos {
			if only := cmd.GetDataType(); only == nil || *only == t.number {
				t.appendTo(b)
			}
		}
	})
}

func (t typeInfo) appendTo(b *array.RecordBuilder) {
	text := func(name, value string, ok bool) {
		if f := b.Field(field(name)).(*array.StringBuilder); ok {
			f.Append(value)
		} else {
			f.AppendNull()
		}
	}
	number := func(name string, value int32, ok bool) {
		if f := b.Field(field(name)).(*array.Int32Builder); ok {
			f.Append(value)
		} else {
			f.AppendNull()
		}
	}
	truth := func(name string, value bool) { b.Field(field(name)).(*array.BooleanBuilder).Append(value) }
	text("type_name", t.name, true)
	number("data_type", t.number, true)
	number("column_size", t.size, t.size > 0)
	text("literal_prefix", "'", t.quoted)
	text("literal_suffix", "'", t.quoted)
	b.Field(field("create_params")).AppendNull()
	number("nullable", 1, true)
	truth("case_sensitive", t.number == 12)
	number("searchable", 3, true)
	truth("unsigned_attribute", false)
	truth("fixed_prec_scale", false)
	truth("auto_increment", false)
	text("local_type_name", t.name, true)
	number("minimum_scale", 0, t.exact)
	number("maximum_scale", t.size, t.exact)
	number("sql_data_type", t.number, true)
	b.Field(field("datetime_subcode")).AppendNull()
	number("num_prec_radix", 10, t.exact)
	b.Field(field("interval_precision")).AppendNull()
}

func field(name string) int {
	return slices.IndexFunc(schema_ref.XdbcTypeInfo.Fields(), func(f arrow.Field) bool { return f.Name == name })
}
