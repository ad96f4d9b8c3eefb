package batch

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
)

// A Filter is a predicate compiled for records of one schema. It is immutable
// and safe for concurrent use, and keeps no reference to the records it has
// seen. It caches its result for a dictionary as long as the dictionary exists.
// As Arrow requires, an array must not change while a record contains it; a new
// dictionary needs a new array, even in the same memory. The zero Filter and
// the nil *Filter admit no row (S1).
//
// Records must have the fields of the bound schema, by name, type and order;
// metadata and nullability may differ. Any other record is [ErrSchema].
type Filter struct {
	predicate predicate.Predicate
	schema    *arrow.Schema
	opts      Options
	plan      plan
	size      int64 // of plan
}

// Predicate returns the predicate of f.
func (f *Filter) Predicate() predicate.Predicate {
	if f == nil {
		return predicate.Predicate{}
	}
	return f.predicate
}

// Schema returns the schema of f, or nil for the zero Filter.
func (f *Filter) Schema() *arrow.Schema {
	if f == nil {
		return nil
	}
	return f.schema
}

// Mask returns one bit for each row of rec, which is 1 if the row is visible.
// It has no nulls and offset 0. The caller releases it.
func (f *Filter) Mask(rec arrow.Record) (mask *array.Boolean, err error) {
	defer guard(&err)
	t := newGatherer(f.options().Allocator)
	defer t.release()
	words, err := f.mask(rec, &t.arena)
	if err != nil {
		return nil, err
	}
	rows := int(rec.NumRows())
	buf := t.buffer((rows + 7) / 8)
	copyWords(buf.Bytes(), words)
	data := array.NewData(arrow.FixedWidthTypes.Boolean, rows, []*memory.Buffer{nil, buf}, nil, 0, 0)
	defer data.Release()
	return array.NewBooleanData(data), nil
}

// Count returns the number of visible rows of rec.
func (f *Filter) Count(rec arrow.Record) (n int, err error) {
	defer guard(&err)
	t := newGatherer(nil)
	defer t.release()
	words, err := f.mask(rec, &t.arena)
	if err != nil {
		return 0, err
	}
	return countMask(words), nil
}

// Apply returns the visible rows of rec, in order, with its schema. The caller
// releases the result. If no row is hidden, the result shares memory with rec,
// and is rec itself if the buffers of rec contain only its rows.
//
// The result holds nothing of a hidden row (S3). Dictionaries are rebuilt from
// visible values, and no buffer reaches past the visible rows. The slots of
// nulls are zeroed, and so is what a NULL parent or a union masks, at any depth;
// children are null there. Package batchtest checks this of any record.
func (f *Filter) Apply(rec arrow.Record) (visible arrow.Record, err error) {
	defer guard(&err)
	if err := f.check(rec); err != nil {
		return nil, err
	}
	opts := f.options()
	t := newGatherer(opts.Allocator)
	defer t.release()
	words, err := f.mask(rec, &t.arena)
	if err != nil {
		return nil, err
	}
	return t.record(rec, words, opts.off)
}

// mask returns the visible rows of rec as words of 64 rows.
func (f *Filter) mask(rec arrow.Record, a *arena) ([]uint64, error) {
	if err := f.check(rec); err != nil {
		return nil, err
	}
	words := a.words.take(maskWords(int(rec.NumRows())))
	if f == nil {
		clear(words)
		return words, nil
	}
	if err := f.plan.eval(rec, words); err != nil {
		return nil, err
	}
	return words, nil
}

// check reports how rec differs from the bound schema. The zero Filter takes
// any record, since it lets none of it pass.
func (f *Filter) check(rec arrow.Record) error {
	if rec == nil {
		return fmt.Errorf("%w: the record is nil", ErrSchema)
	}
	if f == nil || f.schema == nil {
		return nil
	}
	return sameFields(f.schema, rec.Schema())
}

// sameFields reports how the fields of schema differ from those that are wanted.
func sameFields(wanted, schema *arrow.Schema) error {
	if wanted == schema {
		return nil
	}
	got, want := schema.Fields(), wanted.Fields()
	if len(got) != len(want) {
		return fmt.Errorf("%w: it has %d columns, want %d", ErrSchema, len(got), len(want))
	}
	for i := range want {
		switch {
		case got[i].Name != want[i].Name:
			return fmt.Errorf("%w: column %d is %q, want %q", ErrSchema, i, got[i].Name, want[i].Name)
		case !arrow.TypeEqual(got[i].Type, want[i].Type):
			return fmt.Errorf("%w: column %q is %s, want %s", ErrSchema, want[i].Name, got[i].Type, want[i].Type)
		}
	}
	return nil
}

// Size returns the approximate memory of f in bytes: its tables, and its cache
// for recent dictionaries, which grows with their length. It does not count the
// predicate.
func (f *Filter) Size() int64 {
	if f == nil {
		return 0
	}
	return f.size + f.plan.remembered()
}

// options returns the options of f, those of the zero Filter too.
func (f *Filter) options() Options {
	var o Options
	if f != nil {
		o = f.opts
	}
	if o.Allocator == nil {
		o.Allocator = memory.NewGoAllocator()
	}
	return o
}
