package spice

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/bitutil"

	"github.com/rowsight/rowsight/predicate/batch"
)

// nextLate is [read.next] for rows that are stored here. It decrypts the columns that
// the rules and Where have conditions on, and the others that are asked for only if a
// row of the chunk is left. A column that nobody asks for is not read.
//
// So what is read depends on rows that the viewer sees, and on no hidden row (S7): the
// rows that are left are visible ones.
func (r *read) nextLate(ctx context.Context) (arrow.Record, error) {
	at, ok, err := r.data.nextChunk(ctx)
	if !ok {
		return nil, err
	}
	tests := len(r.wanted.Columns()) // the first of r.names
	rec, err := r.data.columns(at, nil, r.names[:tests])
	if err != nil {
		return nil, err
	}
	defer func() { rec.Release() }()
	f, err := r.observedBound(rec.Schema())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRules, err)
	}
	mask, err := f.Mask(rec)
	if err != nil {
		return nil, err
	}
	defer mask.Release()
	if bitutil.CountSetBits(mask.Data().Buffers()[1].Bytes(), 0, mask.Len()) == 0 {
		return rec.NewSlice(0, 0), nil // without the other columns: nobody looks at those of no row
	}
	full, err := r.data.columns(at, rec, r.names[tests:])
	if err != nil {
		return nil, err
	}
	rec.Release()
	rec = full
	return batch.Select(rec, mask, &batch.Options{Allocator: r.d.store.mem})
}
