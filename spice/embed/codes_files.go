package embed

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Files are [Codes] in a folder, for all processes that see it. Every state is
// a file of its own, and no file is ever changed, so that the order in which
// processes do things, or stop, does not matter:
//
//	<id>.code      the end of the code (8 bytes) and what it stands for
//	<id>.open      the end of the session; who creates it has redeemed the code
//	<id>.revoked   nothing; stronger than both
//
// Creating a file that is there fails (O_EXCL), on local and on network file
// systems, and so one process redeems. A file cut short by a crash counts as
// redeemed and opens nothing. The time of a file is when it may be forgotten, so
// that [Files.Sweep] need not read it.
//
// Files is safe for concurrent use.
type Files struct{ root *os.Root }

var _ Codes = (*Files)(nil)

// OpenFiles returns Codes in a folder, which is created if it is not there,
// readable by this user only.
func OpenFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Files{root}, nil
}

// Close releases the folder. Nothing is forgotten.
func (f *Files) Close() error {
	if f == nil || f.root == nil {
		return nil
	}
	return f.root.Close()
}

const (
	codeFile    = ".code"
	openFile    = ".open"
	revokedFile = ".revoked"
	maxEntry    = 1 << 20 // the largest grant, 50 tags of 256 characters, is below 100 KiB
)

// Put implements [Codes].
func (f *Files) Put(_ context.Context, id string, e Entry) error {
	if err := f.check(id); err != nil {
		return err
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(e.Until.Unix()))
	return f.create(id+codeFile, append(b, e.Sealed...), e.Until)
}

// Redeem implements [Codes].
func (f *Files) Redeem(ctx context.Context, id string, until time.Time) (Entry, error) {
	e, err := f.Get(ctx, id)
	switch {
	case err != nil:
		return Entry{}, err
	case e.State == Revoked:
		return Entry{}, ErrRevoked
	case e.State != Issued:
		return Entry{}, ErrUsed
	}
	if err := f.create(id+openFile, binary.BigEndian.AppendUint64(nil, uint64(until.Unix())), until); err != nil {
		return Entry{}, err
	}
	e.State, e.Until = Open, until
	return e, nil
}

// Get implements [Codes].
func (f *Files) Get(_ context.Context, id string) (Entry, error) {
	if err := f.check(id); err != nil {
		return Entry{}, err
	}
	until, sealed, err := f.read(id + codeFile)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Issued, until, sealed}
	switch until, _, err := f.read(id + openFile); {
	case err == nil || errors.Is(err, ErrCut): // it is being written, or was when a process crashed
		e.State, e.Until = Open, until
	case !errors.Is(err, ErrUnknown):
		return Entry{}, err
	}
	switch _, err := f.root.Stat(id + revokedFile); {
	case err == nil:
		e.State, e.Sealed = Revoked, nil
	case !errors.Is(err, fs.ErrNotExist):
		return Entry{}, err
	}
	return e, nil
}

// Revoke implements [Codes].
func (f *Files) Revoke(ctx context.Context, id string) error {
	e, err := f.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := f.create(id+revokedFile, nil, e.Until); !errors.Is(err, ErrUsed) {
		return err
	}
	return nil // it was revoked before
}

// Sweep implements [Codes].
func (f *Files) Sweep(_ context.Context, now time.Time) (n int, err error) {
	if f == nil || f.root == nil {
		return 0, ErrUnknown
	}
	files, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return 0, err
	}
	ends := make(map[string]time.Time) // of the code or the session, whichever is later
	for _, file := range files {
		id, _, _ := strings.Cut(file.Name(), ".")
		if f.check(id) != nil {
			continue // not ours
		}
		info, err := file.Info()
		if err != nil {
			continue // another process swept it
		}
		if until := info.ModTime(); until.After(ends[id]) {
			ends[id] = until
		}
	}
	for id, until := range ends {
		if until.After(now) {
			continue
		}
		// The code goes first: without it the other two mean nothing.
		for _, suffix := range []string{codeFile, openFile, revokedFile} {
			if e := f.root.Remove(id + suffix); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
		n++
	}
	return n, err
}

// check keeps anything but an id from becoming a path.
func (f *Files) check(id string) error {
	if f == nil || f.root == nil {
		return ErrUnknown
	}
	if b, err := hex.DecodeString(id); err != nil || len(b) != len(handle{}) || strings.ToLower(id) != id {
		return fmt.Errorf("%w: want 32 hexadecimal digits", ErrUnknown)
	}
	return nil
}

// create writes a new file and waits until the disk has it: a code that was
// redeemed before a power failure is so afterwards.
func (f *Files) create(name string, b []byte, until time.Time) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return ErrUsed
	}
	if err != nil {
		return err
	}
	_, err = file.Write(b)
	err = errors.Join(err, file.Sync(), file.Close())
	return errors.Join(err, f.root.Chtimes(name, until, until))
}

// read returns the time and the rest of a file.
func (f *Files) read(name string) (time.Time, []byte, error) {
	info, err := f.root.Stat(name)
	if err != nil {
		return time.Time{}, nil, unknown(err)
	}
	if info.Size() > maxEntry {
		return time.Time{}, nil, fmt.Errorf("%w: %s has %d bytes", ErrUnknown, name, info.Size())
	}
	b, err := f.root.ReadFile(name)
	if err != nil {
		return time.Time{}, nil, unknown(err)
	}
	if len(b) < 8 {
		return time.Time{}, nil, fmt.Errorf("%w: %s was cut short", ErrCut, name)
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0).UTC(), b[8:], nil
}

func unknown(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrUnknown
	}
	return err
}
