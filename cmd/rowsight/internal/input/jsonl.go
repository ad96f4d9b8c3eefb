package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// DefaultInferRows is how many JSON lines are looked at to decide the columns
// and their types, unless [Options.InferRows] says otherwise.
const DefaultInferRows = 64 << 10

// maxHead bounds the bytes of these lines: they are kept in memory.
const maxHead = 256 << 20

// LineColumn is the name of the column that holds whole lines when
// [Options.Lines] is set: the last of the schema. No other column has a name
// that begins with NUL unless its author meant harm, and then binding rules
// fails, as the name is there twice.
const LineColumn = "\x00line"

// openJSONL reads JSON lines: one object a line, a column for every key. A key
// that a line lacks, or whose value is null, is NULL there.
//
// The first lines decide the columns. What does not fit them later is an
// error: a row is shown as it is or not at all.
func (d *Data) openJSONL(s *source) (array.RecordReader, error) {
	var r io.Reader = s
	if d.json == nil {
		d.json = newShape()
		head, err := d.infer(s)
		if err != nil {
			return nil, err
		}
		r = io.MultiReader(bytes.NewReader(head), s)
	}
	build := d.buildColumns
	schema := d.json.schema(d.opts.Columns)
	if d.opts.Lines {
		build = d.buildLines
		schema = d.lineSchema()
	}
	if schema.NumFields() == 0 && d.json.lines > 0 {
		return nil, &Error{File: s.name, Line: 1, Err: fmt.Errorf("%w: objects without keys", ErrNoData)}
	}
	l, last := newLines(s.name, r), false
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
				return nil, d.moreProblems(l, err, builder, build)
			}
			rows++
			size += len(line)
		}
		if rows == 0 {
			return nil, nil
		}
		return builder.NewRecord(), nil
	}
	return newBatches(schema, next, builder.Release), nil
}

// infer reads the lines that decide the columns and returns their bytes, which
// are read a second time.
func (d *Data) infer(s *source) ([]byte, error) {
	if d.opts.InferRows < 0 {
		return nil, d.inferAll(s)
	}
	want := d.opts.InferRows
	if want == 0 {
		want = DefaultInferRows
	}
	var head bytes.Buffer
	l := newLines(s.name, io.TeeReader(s, &head))
	var members []member
	for d.json.lines < want && head.Len() < maxHead {
		_, m, err := l.next(members)
		if err == io.EOF {
			break
		}
		if err == nil {
			err = d.onlyText(nil, nil, m)
		}
		if err != nil {
			return nil, d.moreProblems(l, err, nil, d.onlyText)
		}
		members = m
		d.json.add(m)
	}
	return head.Bytes(), nil
}

// inferAll reads every line of every part, and then s again from its start.
func (d *Data) inferAll(s *source) error {
	if err := s.spool(); err != nil {
		return err
	}
	for i, p := range d.parts {
		r := io.Reader(io.NewSectionReader(s, 0, s.size))
		if i > 0 {
			if p.path == Stdin {
				return &Error{File: p.name(), Err: errors.New("can be read once only: name it first to look at all lines")}
			}
			other, _, err := openSource(d.ctx, p, d.opts.Stdin, &d.read)
			if err != nil {
				return err
			}
			defer other.Close()
			r = other
		}
		l := newLines(p.name(), r)
		for {
			_, m, err := l.next(nil)
			if err == io.EOF {
				break
			}
			if err == nil {
				err = d.onlyText(nil, nil, m)
			}
			if err != nil {
				return d.moreProblems(l, err, nil, d.onlyText)
			}
			d.json.add(m)
		}
	}
	s.r = io.NewSectionReader(s.at, 0, s.size)
	d.read.Store(0)
	return nil
}

// moreProblems returns err and the problems of the lines that follow.
func (d *Data) moreProblems(l *lines, err error, b *array.RecordBuilder, build func(*array.RecordBuilder, []byte, []member) error) error {
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
		if len(errs) == maxProblems || d.ctx.Err() != nil {
			break
		}
		var line []byte
		var m []member
		if line, m, err = l.next(nil); err == nil {
			err = build(b, line, m)
		}
	}
	return errors.Join(errs...)
}

// onlyText reports a column that rules name and that is not text in this line.
func (d *Data) onlyText(_ *array.RecordBuilder, _ []byte, members []member) error {
	for _, m := range members {
		if m.kind&(kindText|kindNull) == 0 && slices.Contains(d.opts.Columns, m.key) {
			return &jsonError{m.at, fmt.Errorf("key %q: got %s, want %s", m.key, m.kind, kindText)}
		}
	}
	return nil
}

// buildColumns adds one line to the columns of its keys.
func (d *Data) buildColumns(b *array.RecordBuilder, _ []byte, members []member) error {
	rows := b.Field(0).Len()
	for _, m := range members {
		i, ok := d.json.index[m.key]
		if !ok {
			return &jsonError{m.at, fmt.Errorf("the key %q is not in the first %d lines, which decide the columns; --infer-rows 0 looks at all", m.key, d.json.lines)}
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
			text, err := unquote(m.raw, 0)
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
func (d *Data) lineSchema() *arrow.Schema {
	var fields []arrow.Field
	for _, name := range d.opts.Columns {
		if _, ok := d.json.index[name]; ok {
			fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true})
		}
	}
	return arrow.NewSchema(append(fields, arrow.Field{Name: LineColumn, Type: arrow.BinaryTypes.Binary}), nil)
}

// buildLines adds one line as it stands, and the text that rules look at.
func (d *Data) buildLines(b *array.RecordBuilder, line []byte, members []member) error {
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
