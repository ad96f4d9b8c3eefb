package tabular

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
)

// A Prune leaves out the record batches in which no row can be in a predicate,
// by the dictionaries of their columns: the same ones hold for every batch until
// a message brings others. The first batch after such a message is read in any
// case. A nil *Prune leaves out nothing.
type Prune struct {
	Predicate predicate.Predicate

	// What there was, and what of it was left out. The numbers count hidden rows
	// too, and are not for viewers (V8).
	Batches, Skipped    int
	RowsSkipped         int64
	Bytes, BytesSkipped int64 // of batches, as they stand in the input

	hopeless bool // by the dictionaries of now, no row is in the predicate
}

// leaves reports whether a message of this metadata and size of body is left
// out, and counts it.
func (p *Prune) leaves(meta []byte, body int64) bool {
	if p == nil {
		return false
	}
	b := newFlat(meta)
	t := b.root()
	header, kind := b.table(t, 2), b.byte(t, 1)
	if kind != messageRecord {
		p.hopeless = false // a dictionary is new, or grew
		return false
	}
	p.Batches++
	p.Bytes += body
	rows := b.long(header, 0)
	if !p.hopeless || b.bad || header == 0 || rows < 0 || rows > maxRows {
		return false
	}
	p.Skipped++
	p.RowsSkipped += rows
	p.BytesSkipped += body
	return true
}

// look decides by the dictionaries of a batch about those that follow it.
func (p *Prune) look(rec arrow.Record) {
	if p == nil {
		return
	}
	p.hopeless = !p.Predicate.MayMatch(func(column string) predicate.Bounds {
		at := rec.Schema().FieldIndices(column)
		if len(at) != 1 {
			return predicate.Bounds{}
		}
		d, ok := rec.Column(at[0]).(*array.Dictionary)
		if !ok {
			return predicate.Bounds{}
		}
		texts, ok := values(d.Dictionary())
		if !ok {
			return predicate.Bounds{}
		}
		if len(texts) == 0 {
			return predicate.Bounds{Blank: true}
		}
		return predicate.Bounds{
			Min: texts[0], Max: texts[len(texts)-1],
			Contains: func(value string) bool { _, found := slices.BinarySearch(texts, value); return found },
		}
	})
}

// values returns the texts of a dictionary that are neither NULL nor "", in
// order, and whether it is one of text: other arrays have other values.
func values(dictionary arrow.Array) ([]string, bool) {
	text, ok := dictionary.(interface{ Value(int) string })
	if !ok {
		return nil, false
	}
	var texts []string
	for i := range dictionary.Len() {
		if !dictionary.IsNull(i) && text.Value(i) != "" {
			texts = append(texts, text.Value(i))
		}
	}
	slices.Sort(texts)
	return texts, true
}
