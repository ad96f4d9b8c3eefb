package batch

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Select returns the rows of rec whose bit is set in mask, in order. A null in
// mask selects no row. The result is that of [Filter.Apply]: it holds nothing
// of another row (S3), and its memory is that of opts. The caller releases it.
//
// Use it with [Filter.Mask] to read the columns of a predicate first, and the
// others only if a row is visible.
func Select(rec arrow.Record, mask *array.Boolean, opts *Options) (visible arrow.Record, err error) {
	defer guard(&err)
	switch {
	case rec == nil:
		return nil, fmt.Errorf("%w: the record is nil", ErrSchema)
	case mask == nil:
		return nil, fmt.Errorf("%w: the mask is nil", ErrSchema)
	case int64(mask.Len()) != rec.NumRows():
		return nil, fmt.Errorf("%w: the mask has %d bits, want one for each of %d rows", ErrSchema, mask.Len(), rec.NumRows())
	}
	for _, f := range rec.Schema().Fields() {
		if !carried(f.Type) {
			return nil, &BindError{Column: f.Name, Type: f.Type, Err: ErrNotCarried}
		}
	}
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Allocator == nil {
		o.Allocator = memory.NewGoAllocator()
	}
	t := newGatherer(o.Allocator)
	defer t.release()
	words := t.arena.words.take(maskWords(mask.Len()))
	data := mask.Data()
	bits, valid := bufferBytes(data, 1), validity(data)
	for i := range words {
		words[i] = bitsAt(bits, data.Offset()+64*i)
		if valid != nil {
			words[i] &= bitsAt(valid, data.Offset()+64*i)
		}
	}
	if left := mask.Len() & 63; left != 0 {
		words[len(words)-1] &= 1<<left - 1
	}
	return t.record(rec, words, o.off)
}
