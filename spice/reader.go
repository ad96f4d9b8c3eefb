package spice

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// What follows are readers for what the store itself reads: rules, and the rows that a
// SPICE child is made of.

// reader returns all records as they are delivered. It does not close t.
func (t *data) reader(ctx context.Context) array.RecordReader {
	at := make([]int, t.root.NumFields())
	for i := range at {
		at[i] = i
	}
	return t.delivered(ctx, at, t.root, nil)
}

// renamed returns all records with the columns of a child. It closes t.
func (t *data) renamed(ctx context.Context, columns []levelColumn) array.RecordReader {
	fields, at := make([]arrow.Field, len(columns)), make([]int, len(columns))
	for i, c := range columns {
		fields[i], at[i] = t.root.Field(c.root), c.root
		fields[i].Name = c.name
	}
	return t.delivered(ctx, at, arrow.NewSchema(fields, nil), t.close)
}

// delivered returns all records with the columns at these places.
func (t *data) delivered(ctx context.Context, at []int, schema *arrow.Schema, close func()) array.RecordReader {
	return batches.New(schema, func() (arrow.Record, error) {
		rec, err := t.next(ctx)
		if rec == nil {
			return nil, err
		}
		defer rec.Release()
		if t.direct == nil {
			return spicefile.Deliver(rec, at, schema, t.store.mem), nil
		}
		names := make([]string, len(at))
		for i, from := range at {
			names[i] = t.root.Field(from).Name
		}
		part, err := project(rec, names)
		if err != nil {
			return nil, err
		}
		defer part.Release()
		return array.NewRecord(schema, part.Columns(), part.NumRows()), nil
	}, close)
}
