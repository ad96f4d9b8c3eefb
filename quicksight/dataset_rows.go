package quicksight

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/source"
)

// source returns where a refresh reads the rows of a data set; nil for a child,
// whose rows are those of its parent.
func (s *Service) source(p plan) spice.Source {
	if p.Parent != "" {
		return nil
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
	return projected{files, p.Columns}
}

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

// projected are the rows of files with the columns of a data set.
type projected struct {
	files   source.Reader
	columns []planColumn
}

// Records implements [spice.Source].
func (p projected) Records(ctx context.Context) (array.RecordReader, error) {
	r, err := p.files.Records(ctx)
	if err != nil {
		return nil, err
	}
	out := &projectedReader{RecordReader: r}
	fields := make([]arrow.Field, len(p.columns))
	for i, c := range p.columns {
		at := r.Schema().FieldIndices(c.From)
		if len(at) != 1 {
			r.Release()
			return nil, refuseTable("a column of InputColumns is not in the files")
		}
		out.at = append(out.at, at[0])
		fields[i] = r.Schema().Field(at[0])
		fields[i].Name = c.Name
	}
	out.schema = arrow.NewSchema(fields, nil)
	return out, nil
}

type projectedReader struct {
	array.RecordReader
	schema *arrow.Schema
	at     []int
	record arrow.Record
}

// Schema returns the columns of the data set.
func (r *projectedReader) Schema() *arrow.Schema { return r.schema }

// Next reads the next record.
func (r *projectedReader) Next() bool {
	r.drop()
	if !r.RecordReader.Next() {
		return false
	}
	rec := r.RecordReader.Record()
	columns := make([]arrow.Array, len(r.at))
	for i, at := range r.at {
		columns[i] = rec.Column(at)
	}
	r.record = array.NewRecord(r.schema, columns, rec.NumRows())
	return true
}

// Record returns the record that Next read, which is good until the next call.
func (r *projectedReader) Record() arrow.Record { return r.record }

// Release drops the record and the reader below.
func (r *projectedReader) Release() {
	r.drop()
	r.RecordReader.Release()
}

func (r *projectedReader) drop() {
	if r.record != nil {
		r.record.Release()
		r.record = nil
	}
}
