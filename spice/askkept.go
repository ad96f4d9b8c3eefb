package spice

import (
	"context"
	"fmt"
	"maps"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// eachKept calls emit with the visible rows that the store keeps, of the columns that
// are asked for, and reads and keeps what is missing. all is false if rows are left,
// which [read.each] reads.
//
// It reads the rows that the rules admit, whatever the filters of the question are. So
// the time that it takes depends on visible rows only (S7).
func (r *read) eachKept(ctx context.Context, emit func(arrow.Record) error) (all bool, err error) {
	l := r.levels[0]
	kept := r.d.store.kept
	if kept == nil || l.snap.body.ImportMode != SPICE || r.rows.Op() == predicate.OpNone {
		return false, nil
	}
	names := make([]string, len(r.picked))
	for i, c := range r.picked {
		names[i] = r.root.Field(c.root).Name
	}
	rows := r.rows.Rows()
	// For a viewer who sees all rows, the filters decide which chunks are read.
	mayFill := !r.narrowed || r.rows.Op() != predicate.OpAll
	use, err := kept.borrow(ctx, part{key: rowsKey{rows.Hash(), versionOf(l.d.uid, l.snap)}, uid: l.d.uid, keyARN: l.snap.head.KeyARN, rows: rows}, names, mayFill)
	if use == nil {
		return false, err
	}
	defer kept.giveBack(use)
	all, r.fromKept = true, !use.fills
	if use.fills {
		if all, err = r.fill(ctx, kept, use); err != nil {
			return false, err
		}
	}
	for _, chunk := range use.chunks {
		if !use.fills { // or fill has asked
			if err := r.mayGoOn(ctx); err != nil {
				return false, err
			}
		}
		columns := make([]arrow.Array, len(names))
		for i, name := range names {
			columns[i] = chunk.columns[name]
		}
		if chunk.rows > 0 {
			if err := emitRows(array.NewRecord(r.pickedSchema, columns, chunk.rows), emit); err != nil {
				return false, err
			}
		}
	}
	return all, nil
}

// mayGoOn returns an error if the next chunk may not be used: it is what [read.each] and
// [data.nextChunk] ask before they read one.
func (r *read) mayGoOn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := r.over(); err != nil {
		return err
	}
	return r.d.store.checkKey(ctx, r.data.head)
}

// fill reads what a loan lacks. If it is too large to be kept, it stops and reports
// false: use has the chunks up to there.
func (r *read) fill(ctx context.Context, kept *keptRows, use *loan) (all bool, err error) {
	var chunks []keptChunk
	defer func() { kept.filled(use, chunks, all && err == nil) }()
	for {
		if err := r.over(); err != nil {
			return false, err
		}
		n := len(chunks)
		if use.part.read {
			if n == len(use.chunks) {
				return true, nil
			}
			r.data.at = use.chunks[n].at // equal rules of one version have equal chunks
		}
		at, ok, err := r.data.nextChunk(ctx)
		switch {
		case err != nil:
			return false, err
		case use.part.read && (!ok || at != use.chunks[n].at):
			return false, fmt.Errorf("%w: the rows that are kept are of other chunks", ErrCorrupt)
		case !ok:
			return true, nil
		}
		chunk := keptChunk{at: at}
		if use.part.read {
			chunk = use.chunks[n]
		}
		added, err := r.keep(&chunk, use)
		fits := kept.add(use, added) // also what was read before an error
		if err != nil {
			return false, err
		}
		chunks = append(chunks, chunk)
		if !fits {
			kept.tooLarge(use)
			return false, nil
		}
	}
}

// keep adds the missing columns of a loan to a chunk, and returns the arrays that it has
// made.
func (r *read) keep(chunk *keptChunk, use *loan) (made []arrow.Array, err error) {
	if !use.part.read {
		rec, mask, err := r.tested(chunk.at, r.rows.Columns(), func(schema *arrow.Schema) (*batch.Filter, bool, error) {
			return r.d.store.filters.BindCached(r.rows.Rows(), schema)
		})
		if err != nil {
			return nil, err
		}
		rec.Release()
		if chunk.rows = setBits(mask); chunk.rows == 0 {
			mask.Release()
			return nil, nil
		}
		chunk.mask, made = mask, append(made, mask)
	}
	if chunk.rows == 0 || len(use.missing) == 0 {
		return made, nil
	}
	part, err := r.data.columns(chunk.at, nil, use.missing)
	if err != nil {
		return made, err
	}
	defer part.Release()
	visible, err := batch.Select(part, chunk.mask, &batch.Options{Allocator: r.d.store.mem})
	if err != nil {
		return made, err
	}
	defer visible.Release()
	places, fields := make([]int, len(use.missing)), make([]arrow.Field, len(use.missing))
	for i, name := range use.missing {
		places[i], fields[i] = i, r.root.Field(r.root.FieldIndices(name)[0])
	}
	out := spicefile.Deliver(visible, places, arrow.NewSchema(fields, nil), r.d.store.mem)
	defer out.Release()
	columns := make(map[string]arrow.Array, len(chunk.columns)+len(use.missing))
	maps.Copy(columns, chunk.columns)
	for i, name := range use.missing {
		arr := out.Column(i)
		arr.Retain()
		made, columns[name] = append(made, arr), arr
	}
	chunk.columns = columns
	return made, nil
}
