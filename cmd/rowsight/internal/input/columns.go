package input

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/predicate/batch"
)

// Parts of one table are written by different programs at different times. What
// differs without a difference in meaning is made one: the order of columns, the
// encoding of text, and columns that hold nothing but NULL so far. Whatever else
// differs is an error.

// unify returns the schema of all parts, given that of the first: with a column
// for each partition, binary columns as text where that is asked for, and the
// type of later parts for columns that are all NULL in the first.
func (d *Data) unify(first *arrow.Schema) (*arrow.Schema, error) {
	fields := slices.Clone(first.Fields())
	d.partitions = nil
	for _, p := range d.parts[0].partitions {
		switch held := slices.ContainsFunc(fields, func(f arrow.Field) bool { return f.Name == p.name }); {
		case !held && (p.below || slices.Contains(d.opts.Restricted, p.name)):
			d.partitions = append(d.partitions, p.name)
			fields = append(fields, arrow.Field{Name: p.name, Type: arrow.BinaryTypes.String, Nullable: true})
		case held && p.below:
			return nil, textpos.InFile(d.parts[0].name(), fmt.Errorf("%w: column %q is in the file and in the name of a folder", ErrSchema, p.name))
		}
	}
	for i, f := range fields {
		if d.opts.BinaryAsText && slices.Contains(d.opts.Restricted, f.Name) {
			fields[i].Type = asText(f.Type)
		}
	}
	if err := d.lookAhead(fields); err != nil {
		return nil, err
	}
	md := first.Metadata()
	return arrow.NewSchema(fields, &md), nil
}

// lookAhead gives columns that are all NULL in the first part the type of the
// first part that has another one.
func (d *Data) lookAhead(fields []arrow.Field) error {
	open := func() bool {
		return slices.ContainsFunc(fields, func(f arrow.Field) bool { return f.Type.ID() == arrow.NULL })
	}
	if d.Format != Arrow && d.Format != Parquet {
		return nil
	}
	for at := 1; at < len(d.parts) && open(); at++ {
		if d.parts[at].path == Stdin {
			break
		}
		schema, err := d.schemaOf(at)
		if err != nil {
			return err
		}
		for i, f := range fields {
			if at := schema.FieldIndices(f.Name); f.Type.ID() == arrow.NULL && len(at) == 1 {
				fields[i].Type, fields[i].Nullable = schema.Field(at[0]).Type, true
			}
		}
	}
	return nil
}

// schemaOf reads the schema of another part.
func (d *Data) schemaOf(at int) (*arrow.Schema, error) {
	other := &Data{ctx: d.ctx, opts: d.opts, parts: d.parts[at : at+1], Format: d.Format}
	if err := other.openPart(); err != nil {
		return nil, err
	}
	defer other.closePart()
	return other.part.Schema(), nil
}

// asText returns the type of text with the layout of a binary type, and any
// other type as it is.
func asText(t arrow.DataType) arrow.DataType {
	switch t := t.(type) {
	case *arrow.BinaryType:
		return arrow.BinaryTypes.String
	case *arrow.LargeBinaryType:
		return arrow.BinaryTypes.LargeString
	case *arrow.BinaryViewType:
		return arrow.BinaryTypes.StringView
	case *arrow.DictionaryType:
		if text := asText(t.ValueType); text != t.ValueType {
			return &arrow.DictionaryType{IndexType: t.IndexType, ValueType: text, Ordered: t.Ordered}
		}
	}
	return t
}

// A mapping says how the columns of one part become those of the whole.
type mapping struct {
	from  []int // column of the part; -1 for a partition
	texts []*string
	plain bool // nothing is to be done
}

// mapPart compares the columns of a part with those of the whole. Every
// difference is reported, with the name of the file.
func (d *Data) mapPart(p part, got, want *arrow.Schema) (*mapping, error) {
	m := &mapping{plain: true}
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, textpos.InFile(p.name(), fmt.Errorf("%w: "+format, append([]any{ErrSchema}, args...)...)))
	}
	before := make(map[string]int) // columns of a name
	for i, f := range want.Fields() {
		nth := before[f.Name]
		before[f.Name]++
		if slices.Contains(d.partitions, f.Name) && i >= want.NumFields()-len(d.partitions) {
			at := slices.IndexFunc(p.partitions, func(q partition) bool { return q.name == f.Name })
			if at < 0 {
				fail("no folder %s=… around the file", f.Name)
				continue
			}
			m.from, m.texts, m.plain = append(m.from, -1), append(m.texts, p.partitions[at].value), false
			continue
		}
		m.texts = append(m.texts, nil)
		at := got.FieldIndices(f.Name)
		switch same := want.FieldIndices(f.Name); {
		case len(at) == 0:
			fail("column %q is missing", f.Name)
			continue
		case len(at) != len(same):
			fail("column %q: got %d of this name, want %d", f.Name, len(at), len(same))
			continue
		default:
			at = at[nth:] // of several, the first is the first
		}
		from := got.Field(at[0])
		if !arrow.TypeEqual(from.Type, f.Type) {
			m.plain = false
			binary := d.opts.BinaryAsText && slices.Contains(d.opts.Restricted, f.Name) && batch.IsText(asText(from.Type))
			if from.Type.ID() == arrow.NULL && !f.Nullable {
				fail("column %q: got only NULL, want %s without NULL", f.Name, f.Type)
				continue
			}
			if castable := from.Type.ID() == arrow.NULL || binary || batch.IsText(from.Type); !castable || from.Type.ID() != arrow.NULL && !batch.IsText(f.Type) || !buildable(f.Type) {
				fail("column %q: got type %s, want %s", f.Name, from.Type, f.Type)
				continue
			}
		}
		if at[0] != i {
			m.plain = false
		}
		m.from = append(m.from, at[0])
	}
	for _, f := range got.Fields() {
		switch {
		case slices.Contains(d.partitions, f.Name):
			fail("column %q is in the file and in the name of a folder", f.Name)
		case !want.HasField(f.Name):
			fail("column %q is new", f.Name)
		}
	}
	for _, q := range p.partitions {
		if q.below && !slices.Contains(d.partitions, q.name) && !got.HasField(q.name) {
			fail("the folder %s=… is new", q.name)
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return m, nil
}

// buildable reports whether [cast] makes arrays of a type.
func buildable(t arrow.DataType) bool {
	if d, ok := t.(*arrow.DictionaryType); ok {
		return d.ValueType.ID() == arrow.STRING
	}
	return t.ID() != arrow.RUN_END_ENCODED
}

// apply makes a record of the whole from one of the part. The caller releases
// it.
func (m *mapping) apply(rec arrow.Record, schema *arrow.Schema) (out arrow.Record, err error) {
	defer func() {
		if recover() != nil { // buffers that contradict each other
			out, err = nil, fmt.Errorf("%w: malformed column", ErrSchema)
		}
	}()
	if m.plain {
		return array.NewRecord(schema, rec.Columns(), rec.NumRows()), nil
	}
	columns := make([]arrow.Array, 0, len(m.from))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for i, from := range m.from {
		var c arrow.Array
		if from < 0 {
			c = constant(m.texts[i], int(rec.NumRows()))
		} else if c, err = cast(rec.Column(from), schema.Field(i).Type); err != nil {
			return nil, fmt.Errorf("column %q: %w", schema.Field(i).Name, err)
		}
		columns = append(columns, c)
	}
	return array.NewRecord(schema, columns, rec.NumRows()), nil
}

// constant returns a column that holds one text in every row; nil is NULL.
func constant(text *string, n int) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(n)
	for range n {
		if text == nil {
			b.AppendNull()
		} else {
			b.Append(*text)
		}
	}
	return b.NewArray()
}
