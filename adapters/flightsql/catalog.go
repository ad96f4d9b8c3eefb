package flightsql

import (
	"context"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql/schema_ref"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// tableType is the type of every dataset.
const tableType = "TABLE"

// noName is the name of the one catalog and of its one schema. Statements name a
// dataset alone, without them.
const noName = ""

// listed returns the datasets of a session and their columns, for catalog calls. A
// dataset that cannot be opened now is not listed.
func (s *Server) listed(ctx context.Context, keep func(name string) bool) (map[string]*table, []string, error) {
	l, err := loginOf(ctx)
	if err != nil {
		return nil, nil, err
	}
	found := make(map[string]*table)
	var names []string
	for d := range s.data.Datasets() {
		if !keep(d.ID()) {
			continue
		}
		t, err := l.open(ctx, d)
		if err == nil {
			found[d.ID()], names = t, append(names, d.ID())
			continue
		}
		if err := l.check(ctx); err != nil {
			return nil, nil, err
		}
	}
	return found, names, nil
}

// info is the answer to a catalog call: the ticket is the call itself.
func info(desc *flight.FlightDescriptor, schema *arrow.Schema) (*flight.FlightInfo, error) {
	return &flight.FlightInfo{
		Endpoint:         []*flight.FlightEndpoint{{Ticket: &flight.Ticket{Ticket: desc.GetCmd()}}},
		FlightDescriptor: desc, Schema: flight.SerializeSchema(schema, memory.DefaultAllocator), TotalRecords: -1, TotalBytes: -1,
	}, nil
}

// records streams rows that a function appends.
func records(schema *arrow.Schema, fill func(b *array.RecordBuilder)) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	fill(b)
	out := make(chan flight.StreamChunk, 1)
	out <- flight.StreamChunk{Data: b.NewRecordBatch()}
	close(out)
	return schema, out, nil
}

// texts appends one row of texts.
func texts(b *array.RecordBuilder, values ...string) {
	for i, v := range values {
		b.Field(i).(*array.StringBuilder).Append(v)
	}
}

// like reports whether a name matches a pattern of SQL, in which % is any text, _ any
// character, and a backslash takes the meaning of the next character away. No pattern
// matches all names.
func like(pattern *string, name string) bool {
	if pattern == nil {
		return true
	}
	return matches([]rune(*pattern), []rune(name))
}

// matches takes time in proportion to the product of the lengths.
func matches(pattern, name []rune) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		at, literal := p, false
		if p+1 < len(pattern) && pattern[p] == '\\' {
			at, literal = p+1, true
		}
		switch {
		case p < len(pattern) && !literal && pattern[p] == '%':
			star, mark = p, n
			p++
		case p < len(pattern) && (pattern[at] == name[n] || !literal && pattern[at] == '_'):
			p, n = at+1, n+1
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '%' {
		p++
	}
	return p == len(pattern)
}

// GetFlightInfoCatalogs answers with the one catalog, which has no name.
func (s *service) GetFlightInfoCatalogs(_ context.Context, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, schema_ref.Catalogs)
}

// DoGetCatalogs lists the one catalog.
func (s *service) DoGetCatalogs(context.Context) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return records(schema_ref.Catalogs, func(b *array.RecordBuilder) { texts(b, noName) })
}

// GetFlightInfoSchemas answers with the one schema, which has no name.
func (s *service) GetFlightInfoSchemas(_ context.Context, _ fsql.GetDBSchemas, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, schema_ref.DBSchemas)
}

// DoGetDBSchemas lists the one schema.
func (s *service) DoGetDBSchemas(_ context.Context, cmd fsql.GetDBSchemas) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return records(schema_ref.DBSchemas, func(b *array.RecordBuilder) {
		if here(cmd.GetCatalog()) && like(cmd.GetDBSchemaFilterPattern(), noName) {
			texts(b, noName, noName)
		}
	})
}

// here reports whether a catalog that a client asks for is the one there is.
func here(catalog *string) bool { return catalog == nil || *catalog == noName }

func tablesSchema(cmd fsql.GetTables) *arrow.Schema {
	if cmd.GetIncludeSchema() {
		return schema_ref.TablesWithIncludedSchema
	}
	return schema_ref.Tables
}

// GetFlightInfoTables answers with the datasets that the session may open.
func (s *service) GetFlightInfoTables(_ context.Context, cmd fsql.GetTables, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, tablesSchema(cmd))
}

// DoGetTables lists the datasets that the session may open, with the columns that it
// sees.
func (s *service) DoGetTables(ctx context.Context, cmd fsql.GetTables) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	wanted := here(cmd.GetCatalog()) && like(cmd.GetDBSchemaFilterPattern(), noName)
	if types := cmd.GetTableTypes(); len(types) > 0 {
		found := false
		for _, t := range types {
			found = found || strings.EqualFold(t, tableType)
		}
		wanted = wanted && found
	}
	tables, names, err := s.listed(ctx, func(name string) bool { return wanted && like(cmd.GetTableNameFilterPattern(), name) })
	if err != nil {
		return nil, nil, s.fail(ctx, err)
	}
	schemas := make(map[string][]byte)
	if cmd.GetIncludeSchema() {
		for name, t := range tables {
			schema, err := arrow18.FromSchema(t.schema)
			if err != nil {
				return nil, nil, s.fail(ctx, err)
			}
			schemas[name] = flight.SerializeSchema(schema, memory.DefaultAllocator)
		}
	}
	return records(tablesSchema(cmd), func(b *array.RecordBuilder) {
		for _, name := range names {
			texts(b, noName, noName, name, tableType)
			if cmd.GetIncludeSchema() {
				b.Field(4).(*array.BinaryBuilder).Append(schemas[name])
			}
		}
	})
}

// GetFlightInfoTableTypes answers with the one type of table.
func (s *service) GetFlightInfoTableTypes(_ context.Context, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, schema_ref.TableTypes)
}

// DoGetTableTypes lists the one type of table.
func (s *service) DoGetTableTypes(context.Context) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return records(schema_ref.TableTypes, func(b *array.RecordBuilder) { texts(b, tableType) })
}

func none(schema *arrow.Schema) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return records(schema, func(*array.RecordBuilder) {})
}

// GetFlightInfoPrimaryKeys answers with no key: datasets have none.
func (s *service) GetFlightInfoPrimaryKeys(_ context.Context, _ fsql.TableRef, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, schema_ref.PrimaryKeys)
}

// DoGetPrimaryKeys lists no key.
func (s *service) DoGetPrimaryKeys(context.Context, fsql.TableRef) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return none(schema_ref.PrimaryKeys)
}

// GetFlightInfoExportedKeys answers with no key.
func (s *service) GetFlightInfoExportedKeys(_ context.Context, _ fsql.TableRef, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, schema_ref.ExportedKeys)
}

// DoGetExportedKeys lists no key.
func (s *service) DoGetExportedKeys(context.Context, fsql.TableRef) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return none(schema_ref.ExportedKeys)
}

// GetFlightInfoImportedKeys answers with no key.
func (s *service) GetFlightInfoImportedKeys(_ context.Context, _ fsql.TableRef, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, schema_ref.ImportedKeys)
}

// DoGetImportedKeys lists no key.
func (s *service) DoGetImportedKeys(context.Context, fsql.TableRef) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return none(schema_ref.ImportedKeys)
}

// GetFlightInfoCrossReference answers with no key.
func (s *service) GetFlightInfoCrossReference(_ context.Context, _ fsql.CrossTableRef, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	return info(desc, schema_ref.CrossReference)
}

// DoGetCrossReference lists no key.
func (s *service) DoGetCrossReference(context.Context, fsql.CrossTableRef) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return none(schema_ref.CrossReference)
}
