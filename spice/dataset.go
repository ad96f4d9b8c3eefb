package spice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// A Dataset can only be read through its rules. It is safe for concurrent use.
// A change applies to the next read; open streams keep the rows and rules they
// began with (V3).
type Dataset struct {
	store *Store
	id    string
	uid   string
	arn   namespace.ARN
	dir   string

	ingest sync.Mutex // held by a refresh, which may take long
	change sync.Mutex // held while the state is replaced
	// telling is held while the witness and the folder do not agree, and while it
	// is settled what a process before this one left.
	telling sync.Mutex

	mu       sync.Mutex
	snap     *snapshot // nil until it is needed
	file     []byte    // the state file of snap
	seen     uint64    // the newest state that was known
	segments map[uint64]*segment
	deleted  bool
	live     map[int64]*live // what is attached and not stored, by serial
	direct   Direct          // nil: not connected
	parsed   *parsed
}

// live are rules that are attached but not stored.
type live struct {
	rules  *rls.Rules
	source RulesSource
}

// segment is a segment and how many reads use it.
type segment struct {
	info segmentInfo
	open *spicefile.Segment // nil until it is read
	refs int
	dead bool // in no state any more: goes with the last read
}

func newDataset(s *Store, dir string, h header) *Dataset {
	arn, _ := namespace.ParseARN(h.ARN) // is compared with what is sealed before anything is read
	return &Dataset{store: s, id: h.ID, uid: h.UID, arn: arn, dir: dir, segments: make(map[uint64]*segment), live: make(map[int64]*live)}
}

// ID returns the id of the dataset.
func (d *Dataset) ID() string { return d.id }

// ARN returns the ARN of the dataset.
func (d *Dataset) ARN() namespace.ARN { return d.arn }

// fail says which dataset an error is about; nil stays nil.
func (d *Dataset) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Dataset == d.id && e.Op == op {
		return err
	}
	return &Error{Dataset: d.id, Op: op, Err: err}
}

// failed says which operation of the store an error is about; nil stays nil.
func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Op: op, Err: err}
}

// byUID returns a dataset by its id if it is still the one that was meant.
func (s *Store) byUID(id, uid string) (*Dataset, error) {
	d, err := s.dataset(id)
	if err != nil {
		return nil, err
	}
	if d.uid != uid {
		return nil, ErrNoDataset
	}
	return d, nil
}

// liveRules returns what is attached under a number, nil if it is gone.
func (d *Dataset) liveRules(serial int64) *live {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.live[serial]
}

// keepLive forgets all rules that are not stored but those under a number.
func (d *Dataset) keepLive(serial int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for n := range d.live {
		if n != serial {
			delete(d.live, n)
		}
	}
}

// current returns the state of the dataset, and reads it if it is not known
// yet. In a store that only reads, the file may have been replaced.
func (d *Dataset) current(ctx context.Context) (*snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	snap, deleted := d.snap, d.deleted
	d.mu.Unlock()
	switch {
	case d.store.isClosed():
		return nil, ErrClosed
	case deleted:
		return nil, ErrNoDataset
	}
	if err := d.store.held(); err != nil {
		return nil, err
	}
	if snap != nil && !d.store.opts.ReadOnly {
		return snap, nil
	}
	return d.load(ctx)
}

// load reads the state file.
func (d *Dataset) load(ctx context.Context) (*snapshot, error) {
	file, err := d.store.disk.ReadFile(statePath(d.dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoDataset
	}
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	if d.snap != nil && bytes.Equal(file, d.file) {
		defer d.mu.Unlock()
		return d.snap, nil
	}
	d.mu.Unlock()
	snap, err := d.decode(ctx, file)
	if err != nil {
		return nil, err
	}
	d.telling.Lock()
	defer d.telling.Unlock()
	d.mu.Lock()
	known := d.snap
	d.mu.Unlock()
	if known == nil || d.store.opts.ReadOnly {
		if err := d.vouched(ctx, snap.mark); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.snap != nil && (bytes.Equal(file, d.file) || d.snap.head.Seq >= snap.head.Seq && !d.store.opts.ReadOnly) {
		return d.snap, nil // somebody was faster
	}
	if snap.head.Seq < d.seen {
		again, err := d.store.disk.ReadFile(statePath(d.dir))
		if err != nil || !bytes.Equal(again, file) {
			return nil, errors.Join(errStale, err) // it was replaced meanwhile
		}
		return nil, fmt.Errorf("%w: the state is older than an earlier one", ErrCorrupt)
	}
	if d.snap == nil && d.seen == 0 {
		d.sweep(&snap.body)
	}
	d.adopt(snap, file)
	return snap, nil
}

// decode unseals a state file.
func (d *Dataset) decode(ctx context.Context, file []byte) (*snapshot, error) {
	h, err := decodeHeader(file)
	if err != nil {
		return nil, err
	}
	if h.ID != d.id || h.UID != d.uid {
		return nil, ErrNoDataset // deleted, and perhaps created again
	}
	if want := d.store.arn(d.id); h.ARN != want.String() {
		return nil, fmt.Errorf("%w: the dataset is of another account or Region: it is %s, want %s", ErrCorrupt, h.ARN, want)
	}
	key, err := d.store.unwrap(ctx, h)
	if err != nil {
		return nil, err
	}
	defer key.wipe()
	snap, err := decodeBody(h, key.plain)
	if err != nil {
		return nil, err
	}
	snap.mark = markOf(h.Seq, file)
	return snap, nil
}

// adopt makes snap the state, and lets go of segments that it does not have.
// d.mu is held.
func (d *Dataset) adopt(snap *snapshot, file []byte) {
	d.snap, d.file, d.seen = snap, file, max(d.seen, snap.head.Seq)
	if d.closing() {
		return
	}
	d.store.kept.forgetDataset(d.uid, snap)
	keep := make(map[uint64]bool)
	for _, info := range snap.body.Segments {
		keep[info.Version] = true
		if seg := d.segments[info.Version]; seg == nil || seg.info.Tag != info.Tag {
			if seg != nil {
				d.bury(seg)
			}
			d.segments[info.Version] = &segment{info: info}
		}
	}
	for v, seg := range d.segments {
		if !keep[v] {
			delete(d.segments, v)
			d.bury(seg)
		}
	}
}

// bury lets go of a segment, at once or with the last read. d.mu is held.
func (d *Dataset) bury(seg *segment) {
	seg.dead = true
	if seg.refs > 0 {
		return
	}
	if seg.open != nil {
		_ = seg.open.Close() // it was only read
		seg.open = nil
	}
	if !d.store.opts.ReadOnly && !d.closing() && d.store.held() == nil {
		spicefile.Remove(d.store.disk, d.dir, seg.info.Version)
	}
}

// closing reports whether the store goes, but not what is in it.
func (d *Dataset) closing() bool { return d.segments == nil }

// pin keeps the segments of snap until unpin. It reports false if they were
// let go of meanwhile.
func (d *Dataset) pin(snap *snapshot) ([]*segment, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	segs := make([]*segment, len(snap.body.Segments))
	for i, info := range snap.body.Segments {
		seg := d.segments[info.Version]
		if seg == nil || seg.info.Tag != info.Tag {
			return nil, false
		}
		segs[i] = seg
	}
	for _, seg := range segs {
		seg.refs++
	}
	return segs, true
}

func (d *Dataset) unpin(segs []*segment) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, seg := range segs {
		if seg.refs--; seg.refs == 0 && seg.dead {
			d.bury(seg)
		}
	}
}

// openSegment returns the file of a segment that is pinned.
func (d *Dataset) openSegment(seg *segment, key dataKey) (*spicefile.Segment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if seg.open != nil {
		return seg.open, nil
	}
	box, err := segmentBox(key.plain, d.arn.String(), seg.info.Version)
	if err != nil {
		return nil, err
	}
	open, err := spicefile.Open(d.store.disk, d.dir, seg.info.Version, box, seg.info.Tag)
	if err != nil {
		return nil, err
	}
	if open.Rows() != seg.info.Rows {
		return nil, errors.Join(fmt.Errorf("%w: %d rows, want %d", ErrCorrupt, open.Rows(), seg.info.Rows), open.Close())
	}
	seg.open = open
	return open, nil
}

// close closes the files of the dataset, each with its last read.
func (d *Dataset) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	segs := d.segments
	d.segments = nil
	for _, seg := range segs {
		d.bury(seg)
	}
}

// Connect sets the data source of a DIRECT_QUERY dataset until the store is
// closed. A connection cannot be stored, so call Connect again after [Open].
func (d *Dataset) Connect(direct Direct) error {
	snap, err := d.current(context.Background())
	if err != nil {
		return d.fail("connect", err)
	}
	if snap.body.ImportMode != DirectQuery || snap.body.Parent != "" {
		return d.fail("connect", fmt.Errorf("%w: want %s without a parent", ErrImportMode, DirectQuery))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.direct = direct
	return nil
}

// connected returns the data source of the dataset.
func (d *Dataset) connected() (Direct, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.direct == nil {
		return nil, ErrNotDirect
	}
	return d.direct, nil
}
