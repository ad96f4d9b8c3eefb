package filestore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/rowsight/rowsight/internal/durable"
	"github.com/rowsight/rowsight/namespace"
)

// Errors of files.
var (
	ErrFormat  = errors.New("not a directory log")
	ErrDamaged = errors.New("damaged")
	ErrLocked  = durable.ErrLocked
	ErrClosed  = errors.New("closed")
)

const header = "rowsight directory log 1\n"

// A Log is a [namespace.Log] in a file. It is safe for concurrent use. The zero
// Log is closed.
type Log struct {
	path string

	mu   sync.Mutex
	file disk   // locked; nil: closed
	size int64  // of what is good
	last uint64 // number of the last record
	err  error  // the file is in a state nobody knows
}

// A disk is what a log needs of a file.
type disk interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// Open opens the log in a file. It creates the file if it does not exist; the
// folder must exist. The package comment describes what Open repairs and what
// it refuses. An error names the file and the damaged line.
//
// Where the operating system has no locks (Solaris, AIX, Plan 9, WebAssembly), files are refused with
// [errors.ErrUnsupported].
func Open(path string) (*Log, error) {
	file, err := openLocked(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	l := &Log{path: path, file: file}
	if err := l.mend(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, nil
}

// openLocked opens a file for this process alone.
func openLocked(path string, flag int) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, flag, 0o600)
		if err != nil {
			return nil, err
		}
		switch err := durable.Lock(file); {
		case errors.Is(err, errors.ErrUnsupported):
			err = fmt.Errorf("%w; keep the directory in a database with package sqlstore", err)
			return nil, errors.Join(err, file.Close())
		case err != nil: // two processes that write to one file would ruin it
			return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
		}
		// Before we had the lock, the file may have been replaced by another.
		mine, err := file.Stat()
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if now, err := os.Stat(path); err == nil && os.SameFile(mine, now) {
			return file, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
}

// mend finds the end of what is good, and cuts off what a crash left behind it.
func (l *Log) mend(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	start := make([]byte, min(info.Size(), int64(len(header))))
	if _, err := io.ReadFull(io.NewSectionReader(l.file, 0, int64(len(start))), start); err != nil {
		return err
	}
	if string(start) != header[:len(start)] {
		return fmt.Errorf("%s:1: %w: does not begin with %q", l.path, ErrFormat, header[:len(header)-1])
	}
	if len(start) < len(header) { // new, or killed while it was
		if _, err := l.file.WriteAt([]byte(header), 0); err != nil {
			return err
		}
		l.size = int64(len(header))
		return errors.Join(l.file.Sync(), durable.SyncDir(filepath.Dir(l.path)))
	}
	l.size, l.last = int64(len(header)), 0
	err = scan(l.file, info.Size(), l.path, func(number uint64, _ []byte, end int64) error {
		l.size, l.last = end, number
		return nil
	})
	if err != nil || l.size == info.Size() {
		return err
	}
	return errors.Join(l.file.Truncate(l.size), l.file.Sync())
}

// usable returns why the log cannot be used, nil if it can.
func (l *Log) usable() error {
	if l == nil || l.file == nil {
		return ErrClosed
	}
	return l.err
}

// writable is an error if nothing can be written, or not behind the record after.
func (l *Log) writable(ctx context.Context, after uint64) error {
	if err := errors.Join(l.usable(), ctx.Err()); err != nil {
		return err
	}
	if after != l.last {
		return fmt.Errorf("%s: %w: the last record is %d, not %d", l.path, namespace.ErrConflict, l.last, after)
	}
	return nil
}

// Read implements [namespace.Log].
func (l *Log) Read(ctx context.Context, after uint64, yield func(number uint64, record []byte) error) error {
	if l == nil {
		return ErrClosed
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.usable(); err != nil || after >= l.last {
		return err
	}
	last := uint64(0)
	err := scan(l.file, l.size, l.path, func(number uint64, record []byte, _ int64) error {
		last = number
		if number <= after {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return yield(number, record)
	})
	if err == nil && last != l.last {
		// Nothing is torn before the end that we know.
		err = fmt.Errorf("%s: %w: ends at record %d, want %d", l.path, ErrDamaged, last, l.last)
	}
	return err
}

// Append implements [namespace.Log].
func (l *Log) Append(ctx context.Context, after uint64, record []byte) error {
	if l == nil {
		return ErrClosed
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.writable(ctx, after); err != nil {
		return err
	}
	line := appendLine(nil, after+1, record)
	_, err := l.file.WriteAt(line, l.size)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		// Nobody is told that the record is there, so it must not be. If it cannot
		// be taken back, what is on the disk is anyone's guess.
		if undo := errors.Join(l.file.Truncate(l.size), l.file.Sync()); undo != nil {
			l.err = fmt.Errorf("%s: cannot be used before it is opened again: %w", l.path, errors.Join(err, undo))
		}
		return fmt.Errorf("%s: %w", l.path, err)
	}
	l.size += int64(len(line))
	l.last++
	return nil
}

// Replace implements [namespace.Log].
func (l *Log) Replace(ctx context.Context, after uint64, records [][]byte) (err error) {
	if l == nil {
		return ErrClosed
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.writable(ctx, after); err != nil {
		return err
	}
	// The new file is locked before it has the name, so that no other process
	// comes between.
	file, err := openLocked(l.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close(), os.Remove(l.path+".new"))
		}
	}()
	w := bufio.NewWriterSize(file, 1<<20)
	size, _ := w.WriteString(header)
	var line []byte
	for i, record := range records {
		line = appendLine(line[:0], after+1+uint64(i), record)
		n, _ := w.Write(line) // the error comes with Flush
		size += n
	}
	if err := errors.Join(w.Flush(), file.Sync()); err != nil {
		return err
	}
	if err := os.Rename(l.path+".new", l.path); err != nil {
		return err
	}
	old := l.file
	l.file, l.size, l.last = file, int64(size), after+uint64(len(records))
	if err := errors.Join(durable.SyncDir(filepath.Dir(l.path)), old.Close()); err != nil {
		l.err = err // after a loss of power the old file may be back
	}
	return nil
}

// Close closes the file. Later calls return [ErrClosed].
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	file := l.file
	l.file = nil
	return file.Close()
}
