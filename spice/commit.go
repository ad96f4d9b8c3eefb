package spice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// update replaces the state by what edit makes of it, and leaves a record of
// the change. The next read sees it (V3). newKey, if it is given, becomes the
// data key: the old one opens nothing any more.
func (d *Dataset) update(ctx context.Context, use audit.Use, newKey *dataKey, edit func(*body) error) error {
	if err := d.store.writable(); err != nil {
		return err
	}
	d.change.Lock()
	defer d.change.Unlock()
	snap, err := d.current(ctx)
	if err != nil {
		return err
	}
	next := snap.body.clone()
	if err := edit(&next); err != nil {
		return err
	}
	next.UpdatedTime = d.store.opts.Now().UTC()
	h := snap.head
	key := newKey
	if key == nil {
		old, err := d.store.unwrap(ctx, h)
		if err != nil {
			return err
		}
		defer old.wipe()
		key = &old
	}
	use.Who, use.DataSet, use.Key = d.store.operator(), d.arn.String(), key.arn
	if err := d.store.record(ctx, use); err != nil {
		return err
	}
	moves := key.arn != h.KeyARN
	if moves {
		if h.GrantID, err = d.store.grant(ctx, h.ARN, h.KeyARN, h.GrantID, key.arn); err != nil {
			return err
		}
	}
	h.KeyARN, h.Key = key.arn, key.wrapped
	err = d.write(ctx, h, next, *key)
	if err != nil && moves && !errors.Is(err, errUncertain) && !errors.Is(err, errUnknown) {
		// It did not move: the newest grant has to say so.
		_, back := d.store.grant(ctx, h.ARN, h.KeyARN, h.GrantID, snap.head.KeyARN)
		err = errors.Join(err, back)
	}
	return err
}

// write makes b the state, on disk and then in memory.
func (d *Dataset) write(ctx context.Context, h header, b body, key dataKey) error {
	h, file, err := encodeState(h, b, key.plain)
	if err != nil {
		return err
	}
	// As it will be read again, not as it is.
	snap, err := decodeBody(h, key.plain)
	if err != nil {
		return err
	}
	snap.mark = markOf(h.Seq, file)
	// Nobody else writes here as long as the lock holds. Should somebody do all the
	// same, their state is not replaced unseen.
	defer turn(d.dir)()
	if err := d.unchanged(); err != nil {
		return err
	}
	d.telling.Lock()
	defer d.telling.Unlock()
	d.mu.Lock()
	var is *mark
	if d.snap != nil {
		is = &d.snap.mark
	}
	d.mu.Unlock()
	told, err := d.announce(ctx, is, snap.mark, false)
	if err != nil {
		return err
	}
	err = d.replaceState(snap, file)
	switch {
	case errors.Is(err, errUncertain), errors.Is(err, errUnknown):
		return err // the witness accepts either
	case err != nil:
		return errors.Join(err, told.settle(ctx, false))
	}
	if err := told.settle(ctx, true); err != nil {
		return fmt.Errorf("%w: %w", errUncertain, err)
	}
	return nil
}

// replaceState writes the state file of snap.
func (d *Dataset) replaceState(snap *snapshot, file []byte) error {
	tried, err := spicefile.WriteFile(d.store.disk, statePath(d.dir), file)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.adopt(snap, file)
		return nil
	}
	if !tried {
		return err
	}
	// The disk failed while the name changed hands: look which state it is.
	found, lookErr := d.store.disk.ReadFile(statePath(d.dir))
	switch {
	case lookErr == nil && bytes.Equal(found, file):
		d.adopt(snap, file)
		return fmt.Errorf("%w: %w", errUncertain, err)
	case lookErr == nil:
		return err
	default:
		return fmt.Errorf("%w: %w", errUnknown, errors.Join(err, lookErr))
	}
}

// unchanged reports why the state on the disk is not the one that this store
// knows. It is then read again for the next call.
func (d *Dataset) unchanged() error {
	if err := d.store.held(); err != nil {
		return err
	}
	found, err := d.store.disk.ReadFile(statePath(d.dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if bytes.Equal(found, d.file) && (err == nil) == (d.snap != nil) {
		return nil
	}
	if d.snap != nil {
		d.snap, d.file = nil, nil
	}
	return fmt.Errorf("%w: the state of the dataset was changed", ErrLocked)
}

// What is known of a change when the disk failed at the last step.
var (
	errUncertain = errors.New("the change is in force, but it may be undone, for example by a power failure")
	errUnknown   = errors.New("it is unknown whether the change was stored; open the store again to find out")
)
