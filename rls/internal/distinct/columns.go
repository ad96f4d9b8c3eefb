package distinct

import (
	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate/batch"
)

// A Projection reads some columns of records of one schema.
type Projection struct {
	schema  *arrow.Schema // of these columns only
	columns []int         // where they stand
}

// Project finds columns in a schema. Each must stand there once and be text;
// the error joins a [*batch.BindError] for each that does not.
func Project(schema *arrow.Schema, names []string) (*Projection, error) {
	if schema == nil {
		schema = arrow.NewSchema(nil, nil)
	}
	var found []arrow.Field
	for _, name := range names {
		fields, _ := schema.FieldsByName(name)
		found = append(found, fields...)
	}
	if err := batch.Check(schema, names...); err != nil {
		return nil, err
	}
	p := &Projection{schema: arrow.NewSchema(found, nil)}
	for _, name := range names {
		p.columns = append(p.columns, schema.FieldIndices(name)[0])
	}
	return p, nil
}

// fits reports whether a record has the columns where the schema had them.
func (p *Projection) fits(rec arrow.Record) bool {
	for i, c := range p.columns {
		if int64(c) >= rec.NumCols() {
			return false
		}
		want, got := p.schema.Field(i), rec.Schema().Field(c)
		if got.Name != want.Name || !arrow.TypeEqual(got.Type, want.Type) {
			return false
		}
	}
	return true
}
