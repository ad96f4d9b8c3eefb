package flightsql

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Clients get texts and no dictionaries of texts: the JDBC driver returns the index of
// a dictionary in place of its text.

// isTexts reports whether a type is a dictionary of texts.
func isTexts(t arrow.DataType) bool {
	d, ok := t.(*arrow.DictionaryType)
	return ok && d.ValueType.ID() == arrow.STRING
}

// textSchema returns a schema with texts in place of dictionaries of texts.
func textSchema(s *arrow.Schema) *arrow.Schema {
	fields := s.Fields()
	for i, f := range fields {
		if isTexts(f.Type) {
			fields[i].Type = arrow.BinaryTypes.String
		}
	}
	meta := s.Metadata()
	return arrow.NewSchema(fields, &meta)
}

// textRecord returns a record with texts in place of dictionaries of texts. The caller
// releases it.
func textRecord(rec arrow.Record) arrow.Record {
	columns := make([]arrow.Array, rec.NumCols())
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i, c := range rec.Columns() {
		if columns[i] = c; isTexts(c.DataType()) {
			columns[i] = decoded(c.(*array.Dictionary))
			continue
		}
		c.Retain()
	}
	return array.NewRecord(textSchema(rec.Schema()), columns, rec.NumRows())
}

func decoded(d *array.Dictionary) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(d.Len())
	values := d.Dictionary().(*array.String)
	for i := range d.Len() {
		if at := d.GetValueIndex(i); d.IsNull(i) || values.IsNull(at) {
			b.AppendNull()
		} else {
			b.Append(values.Value(at))
		}
	}
	return b.NewArray()
}
