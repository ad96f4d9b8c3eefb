package spice

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// data is the rows of a dataset, unfiltered, for one read: nothing outside of
// this package ever holds one. It is pinned to a version.
type data struct {
	store *Store
	d     *Dataset
	root  *arrow.Schema // of what is delivered
	rows  int64         // of all segments

	head header // whose key is asked for again while the read goes on

	segs    []*segment
	own     []*segment // that nobody else knows of
	readers []*spicefile.Reader
	seeks   predicate.Predicate // chunks without a row of it are left out
	at      chunkAt             // the next one to look at
	direct  array.RecordReader
	source  Direct // that can answer questions; its rows are not read then
}

type chunkAt struct{ seg, chunk int }

// errStale is why a read begins again: the state was replaced while it looked.
var errStale = errors.New("the dataset changed")

// openData opens the rows of a level that has rows. p is what they are going to
// be filtered by: chunks without a row of p are left out, a database is asked
// for rows of p with the columns named. The caller closes it.
//
// With asks, a database that can answer questions is not asked for rows.
func (s *Store) openData(ctx context.Context, l *level, p predicate.Predicate, columns []string, asks bool) (*data, error) {
	root, err := l.schema(ctx)
	if err != nil {
		return nil, err
	}
	// A direct query is of no segments; what it is about is sealed all the same.
	key, err := s.unwrap(ctx, l.snap.head)
	if err != nil {
		return nil, err
	}
	defer key.wipe()
	t := &data{store: s, d: l.d, root: root, rows: l.snap.rows(), head: l.snap.head, seeks: p}
	if l.snap.body.ImportMode == DirectQuery {
		return t, t.openDirect(ctx, p, columns, asks)
	}
	segs, ok := l.d.pin(l.snap)
	if !ok {
		return nil, errStale
	}
	t.segs = segs
	for _, seg := range segs {
		if err := t.openSegment(seg, key); err != nil {
			t.close()
			if errors.Is(err, fs.ErrNotExist) && s.opts.ReadOnly {
				err = errStale // the process that writes removed it
			}
			return nil, err
		}
	}
	return t, nil
}

func (t *data) openSegment(seg *segment, key dataKey) error {
	open, err := t.d.openSegment(seg, key)
	if err != nil {
		return err
	}
	box, err := segmentBox(key.plain, t.d.arn.String(), seg.info.Version)
	if err != nil {
		return err
	}
	r, err := open.Reader(box, t.root, t.store.mem)
	if err != nil {
		return err
	}
	t.readers = append(t.readers, r)
	return nil
}

func (t *data) openDirect(ctx context.Context, p predicate.Predicate, columns []string, asks bool) error {
	if p.Op() == predicate.OpNone {
		return nil // nothing to ask for
	}
	direct, err := t.d.connected()
	if err != nil {
		return err
	}
	if _, can := direct.(Answerer); can && asks {
		t.source = direct
		return nil
	}
	return t.read(ctx, direct, p, columns)
}

// read asks a database for rows of p.
func (t *data) read(ctx context.Context, direct Direct, p predicate.Predicate, columns []string) error {
	if columns == nil {
		for _, f := range t.root.Fields() {
			columns = append(columns, f.Name)
		}
	}
	if len(columns) == 0 && t.root.NumFields() > 0 {
		columns = []string{t.root.Field(0).Name} // to count rows by
	}
	r, err := direct.Records(ctx, p, columns)
	if err != nil {
		return err
	}
	if r == nil {
		return fmt.Errorf("%w: the source has no reader", ErrNotDirect)
	}
	t.direct = r
	return nil
}

// next returns the next record, which the caller releases; nil at the end.
func (t *data) next(ctx context.Context) (arrow.Record, error) {
	if t.direct == nil {
		at, ok, err := t.nextChunk(ctx)
		if !ok {
			return nil, err
		}
		return t.readers[at.seg].Chunk(at.chunk)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := t.store.checkKey(ctx, t.head); err != nil {
		return nil, err
	}
	if !t.direct.Next() {
		return nil, t.direct.Err()
	}
	rec, err := bareRecord(t.direct.Record())
	if err != nil {
		return nil, err
	}
	if err := t.checkTypes(rec.Schema()); err != nil {
		rec.Release()
		return nil, err
	}
	return rec, nil
}

// nextChunk returns where the columns of the next chunk are, and false at the end. It is
// [data.next] for a read that does not need all columns. The rows must be segments.
func (t *data) nextChunk(ctx context.Context) (at chunkAt, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return at, false, err
	}
	if at, ok = t.seek(); !ok {
		return at, false, nil
	}
	if err := t.store.checkKey(ctx, t.head); err != nil {
		return at, false, err
	}
	return at, true, nil
}

// seek returns the next chunk that may hold a row, and false at the end. A read that is
// answered from memory looks at no chunk.
func (t *data) seek() (at chunkAt, ok bool) {
	for ; t.at.seg < len(t.readers); t.at = (chunkAt{t.at.seg + 1, 0}) {
		for chunks := t.readers[t.at.seg].Chunks(); t.at.chunk < len(chunks); {
			at = t.at
			t.at.chunk++
			if chunks[at.chunk].MayMatch(t.seeks) {
				return at, true
			}
		}
	}
	return at, false
}

// columns returns a record with the columns of rec, which may be nil, and then those of a
// chunk with these names. The caller releases both.
func (t *data) columns(at chunkAt, rec arrow.Record, names []string) (arrow.Record, error) {
	var fields []arrow.Field
	var arrays []arrow.Array
	if rec != nil {
		fields, arrays = slices.Clone(rec.Schema().Fields()), slices.Clone(rec.Columns())
	}
	reader := t.readers[at.seg]
	for _, name := range names {
		i := t.root.FieldIndices(name)
		if len(i) != 1 {
			return nil, fmt.Errorf("%w: %d columns are %q, want one", ErrSchema, len(i), name)
		}
		arr, err := reader.Column(at.chunk, i[0])
		if err != nil {
			return nil, err
		}
		defer arr.Release()
		fields = append(fields, arrow.Field{Name: name, Type: arr.DataType(), Nullable: true})
		arrays = append(arrays, arr)
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), arrays, int64(reader.Rows(at.chunk))), nil
}

// checkTypes reports columns of a direct query that are not of the type that
// its schema promised.
func (t *data) checkTypes(got *arrow.Schema) error {
	var errs []error
	for _, f := range t.root.Fields() {
		for _, i := range got.FieldIndices(f.Name) {
			if have := got.Field(i).Type; !arrow.TypeEqual(have, f.Type) {
				errs = append(errs, fmt.Errorf("%w: column %q is %s, want %s", ErrSchema, f.Name, have, f.Type))
			}
		}
	}
	return errors.Join(errs...)
}

func (t *data) close() {
	if t.direct != nil {
		t.direct.Release()
		t.direct = nil
	}
	t.d.unpin(t.segs)
	for _, seg := range t.own {
		if seg.open != nil {
			_ = seg.open.Close() // it was only read
		}
	}
	t.segs, t.own, t.readers = nil, nil, nil
}
