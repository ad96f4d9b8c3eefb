package spice

import (
	"context"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
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
	rec, mask, err := r.tested(at, r.names[:tests], r.bound)
	if err != nil {
		return nil, err
	}
	defer func() { rec.Release() }()
	defer mask.Release()
	if setBits(mask) == 0 {
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

// tested returns the columns of a chunk that a filter needs, and which rows it admits. The
// caller releases both.
func (r *read) tested(at chunkAt, names []string, bind func(*arrow.Schema) (*batch.Filter, bool, error)) (arrow.Record, *array.Boolean, error) {
	rec, err := r.data.columns(at, nil, names)
	if err != nil {
		return nil, nil, err
	}
	f, err := r.observedBind(rec.Schema(), bind)
	if err != nil {
		rec.Release()
		return nil, nil, fmt.Errorf("%w: %w", ErrRules, err)
	}
	mask, err := f.Mask(rec)
	if err != nil {
		rec.Release()
		return nil, nil, err
	}
	return rec, mask, nil
}

// setBits returns how many rows a mask admits.
func setBits(mask *array.Boolean) int64 {
	return int64(bitutil.CountSetBits(mask.Data().Buffers()[1].Bytes(), 0, mask.Len()))
}
