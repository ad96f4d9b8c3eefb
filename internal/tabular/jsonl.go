package tabular

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/textpos"
)

// DefaultInferRows is how many JSON lines are looked at to decide the columns
// and their types, unless [JSONOptions.InferRows] says otherwise.
const DefaultInferRows = 64 << 10

// maxHead bounds the bytes of these lines: they are kept in memory.
const maxHead = 256 << 20

// LineColumn is the name of the column that holds whole lines when
// [JSONOptions.Lines] is set: the last of the schema. No other column has a name
// that begins with NUL unless its author meant harm, and then binding rules
// fails, as the name is there twice.
const LineColumn = "\x00line"

// JSONOptions say how JSON lines are read. A nil *JSONOptions is the default.
type JSONOptions struct {
	Columns   []string // that rules name: they must be text
	InferRows int      // lines that decide the columns; 0 means DefaultInferRows
	Lines     bool     // hand lines through as they stand, see LineColumn
	Hint      string   // what a message says can be done about a column found too late
}

// JSON reads JSON lines: one object a line, a column for every key. A key that
// a line lacks, or whose value is null, is NULL there.
//
// The first lines decide the columns, see [JSON.Infer] and [JSON.InferAll].
// What does not fit them later is an error: a row is shown as it is or not at
// all. A JSON is not safe for concurrent use.
type JSON struct {
	opts  JSONOptions
	shape *shape
}

// NewJSON returns a JSON without columns, which [JSON.Infer] finds.
func NewJSON(opts *JSONOptions) *JSON {
	d := &JSON{shape: newShape()}
	if opts != nil {
		d.opts = *opts
	}
	if d.opts.InferRows <= 0 {
		d.opts.InferRows = DefaultInferRows
	}
	return d
}

// JSONWith returns a JSON whose columns are those of a schema: text, int64,
// float64 or bool; nothing is inferred.
func JSONWith(schema *arrow.Schema) (*JSON, error) {
	d := NewJSON(nil)
	var errs []error
	if schema.NumFields() == 0 {
		errs = append(errs, fmt.Errorf("%w from those expected: got no column, want at least one", ErrColumns))
	}
	for i, f := range schema.Fields() {
		if _, twice := d.shape.index[f.Name]; twice {
			errs = append(errs, fmt.Errorf("%w from those expected: column %q is there twice", ErrColumns, f.Name))
		}
		switch f.Type.ID() {
		case arrow.STRING, arrow.INT64, arrow.FLOAT64, arrow.BOOL:
		default:
			errs = append(errs, fmt.Errorf("%w from those expected: column %q: type %s cannot be read from JSON lines", ErrColumns, f.Name, f.Type))
		}
		d.shape.index[f.Name] = i
		d.shape.names = append(d.shape.names, f.Name)
	}
	d.shape.given = schema
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return d, nil
}

// Read reads lines into the columns that were decided.
func (d *JSON) Read(ctx context.Context, name string, in io.Reader) (array.RecordReader, error) {
	build := d.buildColumns
	schema := d.shape.schema(d.opts.Columns)
	if d.opts.Lines {
		build = d.buildLines
		schema = d.lineSchema()
	}
	if schema.NumFields() == 0 && d.shape.lines > 0 {
		return nil, &Error{Pos: textpos.At(name, 1, 0), Err: fmt.Errorf("%w: objects without keys", ErrNoData)}
	}
	l, last := newLines(name, in), false
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	var members []member
	next := func() (arrow.Record, error) {
		rows, size := 0, 0
		for !last && rows < batchRows && size < batchBytes {
			line, m, err := l.next(members)
			if err == io.EOF {
				last = true
				break
			}
			if members = m; err == nil {
				err = build(builder, line, m)
			}
			if err != nil {
				return nil, d.moreProblems(ctx, l, err, builder, build)
			}
			rows++
			size += len(line)
		}
		if rows == 0 {
			return nil, nil
		}
		return builder.NewRecord(), nil
	}
	return batches.New(schema, next, builder.Release), nil
}

// Infer reads the lines that decide the columns and returns their bytes, which
// have to be read a second time, by [JSON.Read].
func (d *JSON) Infer(ctx context.Context, name string, in io.Reader) ([]byte, error) {
	var head bytes.Buffer
	l := newLines(name, io.TeeReader(in, &head))
	err := d.infer(ctx, l, func() bool { return d.shape.lines < d.opts.InferRows && head.Len() < maxHead })
	if err != nil {
		return nil, err
	}
	return head.Bytes(), nil
}

// InferAll reads all lines. It may be called for one input after the other.
func (d *JSON) InferAll(ctx context.Context, name string, in io.Reader) error {
	return d.infer(ctx, newLines(name, in), func() bool { return true })
}

func (d *JSON) infer(ctx context.Context, l *lines, more func() bool) error {
	var members []member
	for more() {
		_, m, err := l.next(members)
		if err == io.EOF {
			break
		}
		if err == nil {
			err = d.onlyText(nil, nil, m)
		}
		if err != nil {
			return d.moreProblems(ctx, l, err, nil, d.onlyText)
		}
		members = m
		d.shape.add(m)
	}
	return nil
}

// moreProblems returns err and the problems of the lines that follow.
func (d *JSON) moreProblems(ctx context.Context, l *lines, err error, b *array.RecordBuilder, build func(*array.RecordBuilder, []byte, []member) error) error {
	var errs []error
	for range maxSearch {
		var e *Error
		switch {
		case err == io.EOF:
			return errors.Join(errs...)
		case errors.As(err, &e):
			errs = append(errs, err)
		case err != nil:
			errs = append(errs, l.fail(err))
		}
		if len(errs) == maxProblems || ctx.Err() != nil {
			break
		}
		var line []byte
		var m []member
		if line, m, err = l.next(nil); err == nil {
			err = build(b, line, m)
		}
	}
	return errors.Join(append(errs, l.fail(errMore))...)
}

// onlyText reports a column that rules name and that is not text in this line.
func (d *JSON) onlyText(_ *array.RecordBuilder, _ []byte, members []member) error {
	for _, m := range members {
		if m.kind&(kindText|kindNull) == 0 && slices.Contains(d.opts.Columns, m.key) {
			return &jsonError{m.at, fmt.Errorf("key %q: got %s, want %s", m.key, m.kind, kindText)}
		}
	}
	return nil
}

// buildColumns adds one line to the columns of its keys.
func (d *JSON) buildColumns(b *array.RecordBuilder, _ []byte, members []member) error {
	rows := b.Field(0).Len()
	for _, m := range members {
		i, ok := d.shape.index[m.key]
		if !ok {
			return &jsonError{m.at, d.unknownKey(m.key)}
		}
		if err := appendJSON(b.Field(i), IsJSON(b.Schema().Field(i)), m); err != nil {
			return &jsonError{m.at, fmt.Errorf("key %q: %w", m.key, err)}
		}
	}
	for _, f := range b.Fields() {
		if f.Len() == rows {
			f.AppendNull()
		}
	}
	return nil
}

func (d *JSON) unknownKey(key string) error {
	if d.shape.given != nil {
		return fmt.Errorf("%w from those expected: the key %q is not expected", ErrColumns, key)
	}
	hint := d.opts.Hint
	if hint != "" {
		hint = "; " + hint
	}
	return fmt.Errorf("the key %q is not in the first %d lines, which decide the columns%s", key, d.shape.lines, hint)
}

// appendJSON adds the value of m to the column of its key.
func appendJSON(b array.Builder, anything bool, m member) error {
	if m.kind == kindNull {
		b.AppendNull()
		return nil
	}
	want := ""
	switch b := b.(type) {
	case *array.StringBuilder:
		if anything {
			b.BinaryBuilder.Append(m.raw)
			return nil
		}
		if want = "text"; m.kind == kindText {
			text, err := unquote(m.raw)
			b.Append(text)
			return err
		}
	case *array.BooleanBuilder:
		if want = "true or false"; m.kind == kindBool {
			b.Append(m.raw[0] == 't')
			return nil
		}
	case *array.Int64Builder:
		if want = "an integer"; m.kind&kindInt != 0 {
			n, err := strconv.ParseInt(string(m.raw), 10, 64)
			b.Append(n)
			return err
		}
	case *array.Float64Builder:
		if want = "a number that 64 bits hold exactly"; m.kind == kindFloat || m.kind == kindInt {
			n, err := strconv.ParseFloat(string(m.raw), 64)
			b.Append(n)
			return err
		}
	}
	return fmt.Errorf("got %s, want %s", m.kind, want)
}

// String returns what messages call a kind: never the value.
func (k kind) String() string {
	switch {
	case k == kindNull:
		return "null"
	case k == kindText:
		return "text"
	case k == kindBool:
		return "true or false"
	case k&kindInt != 0:
		return "an integer"
	case k == kindFloat:
		return "a number with a fraction"
	default:
		return "an object, an array or a long number"
	}
}

// lineSchema has the columns that rules name and one for the lines.
func (d *JSON) lineSchema() *arrow.Schema {
	var fields []arrow.Field
	for _, name := range d.opts.Columns {
		if _, ok := d.shape.index[name]; ok {
			fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
		}
	}
	return arrow.NewSchema(append(fields, arrow.Field{Name: LineColumn, Type: arrow.BinaryTypes.Binary}), nil)
}

// buildLines adds one line as it stands, and the text that rules look at.
func (d *JSON) buildLines(b *array.RecordBuilder, line []byte, members []member) error {
	last := len(b.Fields()) - 1
	for i, f := range b.Fields()[:last] {
		found := false
		for _, m := range members {
			if m.key != b.Schema().Field(i).Name {
				continue
			}
			if err := appendJSON(f, false, m); err != nil {
				return &jsonError{m.at, fmt.Errorf("key %q: %w", m.key, err)}
			}
			found = true
		}
		if !found {
			f.AppendNull()
		}
	}
	b.Field(last).(*array.BinaryBuilder).Append(bytes.TrimRight(line, "\r"))
	return nil
}
