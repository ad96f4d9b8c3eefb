package vet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/recovered"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
)

// A dataset is what the checks need of the data: the different values of the
// restricted columns, and the different rows that these make, counted.
type dataset struct {
	schema  *arrow.Schema
	columns []*values // of the restricted columns that are text
	rows    int
	tuples  map[string]int // values of columns, by number: how many rows
}

// values are the different values of one column. Number 0 is NULL and "", which
// behave the same (U12).
type values struct {
	name  string
	ids   map[string]uint32
	texts []string
	cut   map[string]int // of values that SPICE cuts: how many become this one
	rows  []int          // that hold each; nil until somebody asks
}

// has reports whether the column holds a value, as it is or as SPICE cuts it.
func (vs *values) has(value string) bool {
	if vs == nil || value == "" {
		return false
	}
	if _, ok := vs.ids[value]; ok {
		return true
	}
	return vs.cut[value] > 0
}

// values returns those of a column, nil without data or such a column.
func (d *dataset) values(name string) *values {
	if d == nil {
		return nil
	}
	for _, vs := range d.columns {
		if vs.name == name {
			return vs
		}
	}
	return nil
}

// bindable returns why a column cannot be restricted, or nil.
func bindable(schema *arrow.Schema, name string) (found *batch.BindError) {
	errors.As(batch.Check(schema, name), &found)
	return found
}

// errRecord is why data cannot be read.
var errRecord = errors.New("malformed record")

// readData reads the columns of that name, those that can be restricted, to the
// end of the data. Buffers that contradict each other are an error, not a panic.
func readData(r array.RecordReader, names []string) (d *dataset, err error) {
	defer func() {
		if p := recover(); p != nil {
			d, err = nil, fmt.Errorf("%w: %w", errRecord, recovered.Error(p, nil))
		}
	}()
	d = &dataset{schema: r.Schema(), tuples: make(map[string]int)}
	var at []int
	for _, name := range names {
		if d.values(name) == nil && bindable(d.schema, name) == nil {
			at = append(at, d.schema.FieldIndices(name)[0])
			d.columns = append(d.columns, &values{name: name, ids: map[string]uint32{"": 0}, texts: []string{""}, cut: make(map[string]int)})
		}
	}
	ids := make([][]uint32, len(at))
	key := make([]byte, 4*len(at))
	for r.Next() {
		rec := r.Record()
		n := int(rec.NumRows())
		for i, column := range at {
			if ids[i], err = d.columns[i].read(rec.Column(column), n, ids[i][:0]); err != nil {
				return nil, err
			}
		}
		d.rows += n
		for row := range n {
			for i := range at {
				id := ids[i][row]
				key[4*i], key[4*i+1], key[4*i+2], key[4*i+3] = byte(id), byte(id>>8), byte(id>>16), byte(id>>24)
			}
			d.tuples[string(key)]++
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	for _, vs := range d.columns {
		vs.findCuts()
	}
	return d, nil
}

// ids of a tuple.
func tupleIDs(key string) []uint32 {
	ids := make([]uint32, len(key)/4)
	for i := range ids {
		ids[i] = uint32(key[4*i]) | uint32(key[4*i+1])<<8 | uint32(key[4*i+2])<<16 | uint32(key[4*i+3])<<24
	}
	return ids
}

// read appends the number of the value of each of n rows.
func (vs *values) read(a arrow.Array, n int, ids []uint32) ([]uint32, error) {
	switch a := a.(type) {
	case *array.Dictionary:
		of, err := vs.read(a.Dictionary(), a.Dictionary().Len(), nil)
		if err != nil {
			return nil, err
		}
		for row := range n {
			id := uint32(0)
			if !a.IsNull(row) {
				id = of[a.GetValueIndex(row)]
			}
			ids = append(ids, id)
		}
		return ids, nil
	case *array.RunEndEncoded:
		of, err := vs.read(a.Values(), a.Values().Len(), nil)
		if err != nil {
			return nil, err
		}
		for row := range n {
			ids = append(ids, of[a.GetPhysicalIndex(row)])
		}
		return ids, nil
	case interface {
		IsNull(int) bool
		Value(int) string
	}:
		last := uint32(0)
		for row := range n {
			id := uint32(0)
			if !a.IsNull(row) {
				if text := a.Value(row); text == vs.texts[last] {
					id = last
				} else {
					id = vs.id(text)
				}
			}
			last = id
			ids = append(ids, id)
		}
		return ids, nil
	default:
		return nil, fmt.Errorf("%w: column %q: %v", errRecord, vs.name, a.DataType())
	}
}

func (vs *values) id(text string) uint32 {
	id, ok := vs.ids[text]
	if !ok {
		id = uint32(len(vs.texts))
		text = strings.Clone(text) // records do not stay
		vs.ids[text] = id
		vs.texts = append(vs.texts, text)
	}
	return id
}

// findCuts counts what SPICE makes of values that it cuts (V7).
func (vs *values) findCuts() {
	for _, text := range vs.texts {
		if longer(text, rls.MaxRunes) > 0 {
			vs.cut[cutText(text)]++
		}
	}
	for text := range vs.cut {
		if _, ok := vs.ids[text]; ok {
			vs.cut[text]++
		}
	}
}

// cutText returns the first characters of text, as SPICE keeps them.
func cutText(text string) string {
	at := 0
	for range rls.MaxRunes {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return text[:at]
}

// few returns the values of the column, quoted, if they are at most n.
func (vs *values) few(n int) string {
	if len(vs.texts) == 1 || len(vs.texts) > n+1 {
		return ""
	}
	var quoted []string
	for _, text := range slices.Sorted(slices.Values(vs.texts[1:])) {
		quoted = append(quoted, quote(text))
	}
	return strings.Join(quoted, ", ")
}
