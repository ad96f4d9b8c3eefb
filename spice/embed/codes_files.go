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

// Files are [Codes] in a folder, for all processes that share it. Each state is
// a separate file and no file is ever changed, so the order in which processes
// work or crash does not matter:
//
//	<id>.code      the end of the code (8 bytes) and what it stands for
//	<id>.open      the end of the session, and what it stands for; who creates it has redeemed the code
//	<id>.revoked   nothing; stronger than both
//
// Creating an existing file fails (O_EXCL), on local and on network file
// systems, so only one process can redeem a code. A file is removed when the
// next one replaces it. If a later file is lost, no earlier one remains, so a
// code cannot work twice and a revoked session stays revoked. A file cut short
// by a crash counts as redeemed and opens nothing. The modification time of a
// file is its expiry, so [Files.Sweep] need not read it.
//
// The folder and its files must belong to the user that runs the process, and
// no other user may have the right to write to them. Otherwise every method
// fails with [ErrExposed]. A process with the rights of that user can end any
// session by deleting its files, and can restore deleted files only from an
// earlier copy. A process that can only read the folder learns the number of
// sessions and when they end.
//
// Files is safe for concurrent use.
type Files struct{ root *os.Root }

var _ Codes = (*Files)(nil)

// OpenFiles returns Codes in a folder. If the folder does not exist, OpenFiles
// creates it, readable by this user only. A folder that other users can write
// to, that belongs to another user, or that is a symbolic link is [ErrExposed].
func OpenFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if info, err := os.Lstat(dir); err != nil {
		return nil, err
	} else if info.Mode()&fs.ModeSymlink != 0 {
		return nil, fmt.Errorf("%s: %w: it is a symbolic link, want the folder itself", dir, ErrExposed)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	f := &Files{root}
	if err := f.private(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), root.Close())
	}
	return f, nil
}

// private reports whether others can write to the folder now.
func (f *Files) private() error {
	info, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	return private(info)
}

// Close releases the folder. All codes and sessions stay stored.
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
	if f.is(id+openFile) || f.is(id+revokedFile) {
		return ErrUsed
	}
	return f.create(id+codeFile, e.Until, e.Sealed)
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
	if err := f.create(id+openFile, until, e.Sealed); err != nil {
		return Entry{}, err
	}
	if err := f.remove(id + codeFile); err != nil {
		return Entry{}, err
	}
	if f.is(id + revokedFile) { // meanwhile, by a process that did not see the session
		return Entry{}, errors.Join(ErrRevoked, f.remove(id+openFile))
	}
	e.State, e.Until = Open, until
	return e, nil
}

// Get implements [Codes].
func (f *Files) Get(_ context.Context, id string) (Entry, error) {
	if err := f.check(id); err != nil {
		return Entry{}, err
	}
	e, err := f.get(id)
	if errors.Is(err, ErrUnknown) {
		// Between two looks the file that was not there yet may have taken the
		// place of the one that is gone.
		e, err = f.get(id)
	}
	return e, err
}

// get looks for the file of the latest state first.
func (f *Files) get(id string) (Entry, error) {
	if f.is(id + revokedFile) {
		until, err := f.ends(id + revokedFile)
		return Entry{State: Revoked, Until: until}, err
	}
	switch until, sealed, err := f.read(id + openFile); {
	case err == nil && len(sealed) > 0:
		return Entry{Open, until, sealed}, nil
	case err == nil || errors.Is(err, ErrCut): // it is being written, or was when a process crashed
		_, sealed, err := f.read(id + codeFile)
		if errors.Is(err, ErrUnknown) { // it stood for nothing, or is whole by now
			until, sealed, err = f.read(id + openFile)
		}
		return Entry{Open, until, sealed}, err
	case !errors.Is(err, ErrUnknown):
		return Entry{}, err
	}
	until, sealed, err := f.read(id + codeFile)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Issued, until, sealed}, nil
}

// Revoke implements [Codes].
func (f *Files) Revoke(ctx context.Context, id string) error {
	e, err := f.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := f.create(id+revokedFile, e.Until, nil); err != nil && !errors.Is(err, ErrUsed) {
		return err // ErrUsed: it was revoked before
	}
	return errors.Join(f.remove(id+codeFile), f.remove(id+openFile))
}

// Sweep implements [Codes].
func (f *Files) Sweep(_ context.Context, now time.Time) (n int, err error) {
	if f == nil || f.root == nil {
		return 0, ErrUnknown
	}
	if err := f.private(); err != nil {
		return 0, err
	}
	files, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return 0, err
	}
	ends := make(map[string]time.Time) // of the code or the session, whichever is later
	for _, file := range files {
		id, _, _ := strings.Cut(file.Name(), ".")
		if f.id(id) != nil {
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
		// The latest state goes last.
		for _, suffix := range []string{codeFile, openFile, revokedFile} {
			err = errors.Join(err, f.remove(id+suffix))
		}
		n++
	}
	return n, err
}

// check keeps anything but an id from becoming a path, and refuses a folder that
// others can write to.
func (f *Files) check(id string) error {
	if err := f.id(id); err != nil {
		return err
	}
	return f.private()
}

func (f *Files) id(id string) error {
	if f == nil || f.root == nil {
		return ErrUnknown
	}
	if b, err := hex.DecodeString(id); err != nil || len(b) != len(handle{}) || strings.ToLower(id) != id {
		return fmt.Errorf("%w: want 32 hexadecimal digits", ErrUnknown)
	}
	return nil
}

// is reports whether there is a file of that name, or anything else: what cannot
// be looked at is there, too.
func (f *Files) is(name string) bool {
	_, err := f.root.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// remove removes a file that may be gone.
func (f *Files) remove(name string) error {
	if err := f.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// create writes a new file and waits until the disk has it: a code that was
// redeemed before a power failure is so afterwards. A file of a revocation holds
// nothing.
func (f *Files) create(name string, until time.Time, sealed []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return ErrUsed
	}
	if err != nil {
		return err
	}
	if !strings.HasSuffix(name, revokedFile) {
		b := binary.BigEndian.AppendUint64(nil, uint64(until.Unix()))
		_, err = file.Write(append(b, sealed...))
	}
	err = errors.Join(err, file.Sync(), file.Close())
	return errors.Join(err, f.root.Chtimes(name, until, until))
}

// ends returns when a file may be forgotten.
func (f *Files) ends(name string) (time.Time, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime().UTC(), nil
}

// read returns the time and the rest of a file, which must be a file, and ours.
func (f *Files) read(name string) (time.Time, []byte, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return time.Time{}, nil, unknown(err)
	}
	if !info.Mode().IsRegular() {
		return time.Time{}, nil, fmt.Errorf("%s: %w: it is no file", name, ErrExposed)
	}
	if err := private(info); err != nil {
		return time.Time{}, nil, fmt.Errorf("%s: %w", name, err)
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
