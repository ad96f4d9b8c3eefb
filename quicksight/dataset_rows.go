package quicksight

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/source"
)

// source returns where a refresh reads the rows of a data set; nil for a child,
// whose rows are those of its parent.
func (s *Service) source(p plan) spice.Source {
	switch {
	case p.Parent != "":
		return nil
	case p.Join != nil:
		rows := boundedSource(joined{s.source(p.Join.Left), s.source(p.Join.Right), p.Join}, p.bounds())
		return projected{rows: rows, columns: p.Columns, rule: p.rows()}
	case p.database():
		return reading(table{s, p}.all)
	}
	var fields []arrow.Field
	for _, c := range p.Input {
		fields = append(fields, arrow.Field{Name: c.Name, Type: arrowType(c.Type), Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	// The service reads for itself: no viewer has a scope-down policy here.
	files := s.catalog.Files(p.Source, namespace.Principal{}, &source.ManifestOptions{
		CSV: &source.CSVOptions{Schema: schema}, JSON: &source.JSONOptions{Schema: schema},
	})
	return projected{rows: boundedSource(files, p.bounds()), columns: p.Columns, rule: p.rows()}
}

// reading is a source made of its method.
type reading func(ctx context.Context) (array.RecordReader, error)

// Records implements [spice.Source].
func (f reading) Records(ctx context.Context) (array.RecordReader, error) { return f(ctx) }

func arrowType(name string) arrow.DataType {
	switch name {
	case "INTEGER":
		return arrow.PrimitiveTypes.Int64
	case "DECIMAL":
		return arrow.PrimitiveTypes.Float64
	case "DATETIME":
		return arrow.FixedWidthTypes.Timestamp_us
	}
	return arrow.BinaryTypes.String
}

// fits reports whether a column can be one of a type of the API.
func fits(t arrow.DataType, name string) bool {
	switch name {
	case "STRING":
		return batch.IsText(t)
	case "INTEGER":
		return arrow.IsInteger(t.ID())
	case "DECIMAL":
		return arrow.IsFloating(t.ID()) || arrow.IsDecimal(t.ID()) || arrow.IsInteger(t.ID())
	case "DATETIME":
		return t.ID() == arrow.TIMESTAMP || t.ID() == arrow.DATE32
	}
	return false
}

// project returns the columns of a data set and where each is among those of its
// source.
func project(schema *arrow.Schema, columns []planColumn) (out *arrow.Schema, at []int, err error) {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		found := schema.FieldIndices(c.From)
		if len(found) != 1 {
			return nil, nil, fmt.Errorf("%w: a column of InputColumns is not in the source", source.ErrColumns)
		}
		fields[i] = schema.Field(found[0])
		if !fits(fields[i].Type, c.Type) {
			return nil, nil, fmt.Errorf("%w: a column of InputColumns has another type in the source, want %s", source.ErrColumns, c.Type)
		}
		at, fields[i].Name = append(at, found[0]), c.Name
	}
	return arrow.NewSchema(fields, nil), at, nil
}

// projected are rows of a source that a rule selects, with the columns of a data
// set. The rule names columns as the source does.
type projected struct {
	rows    spice.Source
	columns []planColumn
	rule    predicate.Predicate
	quiet   bool // the rows come from a database, whose errors may quote them
}

// Records implements [spice.Source].
func (p projected) Records(ctx context.Context) (array.RecordReader, error) {
	r, err := p.rows.Records(ctx)
	if err != nil {
		if p.quiet {
			err = quiet(err)
		}
		return nil, err
	}
	schema, at, err := project(r.Schema(), p.columns)
	var rule *batch.Filter // nil selects all
	if err == nil && p.rule.Op() != predicate.OpAll {
		rule, err = batch.Bind(p.rule, r.Schema(), nil)
	}
	if err != nil {
		r.Release()
		return nil, err
	}
	return batches.New(schema, func() (arrow.Record, error) {
		if !r.Next() {
			if p.quiet {
				return nil, quiet(r.Err())
			}
			return nil, r.Err()
		}
		rec := r.Record()
		if rule != nil {
			if rec, err = rule.Apply(rec); err != nil {
				return nil, err
			}
			defer rec.Release()
		}
		columns := make([]arrow.Array, len(at))
		for i, from := range at {
			columns[i] = rec.Column(from)
		}
		return array.NewRecord(schema, columns, rec.NumRows()), nil
	}, r.Release), nil
}
