package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rowsight/rowsight/internal/durable"
	"github.com/rowsight/rowsight/spice/witness"
)

// A Log appends records to a file, one a line, each with a digest of all lines
// before it; [Check] describes what the digests prove. A Log is a [Sink] and safe for
// concurrent use. Only one Log can have a file open: see [OpenLog]. The zero Log
// rejects every record.
type Log struct {
	path string
	opts LogOptions

	mu   sync.Mutex // what is written
	file *os.File
	size int64
	head Head
	err  error // why nothing more can be written

	waiting bool // a sync is to come soon

	syncing sync.Mutex // what is on the disk
	synced  uint64     // sequence
	known   []byte     // what the witness keeps
}

// LogOptions configure [OpenLog]; nil is the default.
type LogOptions struct {
	Sync  Sync             // when records reach the disk
	Key   []byte           // 16 bytes or more: only holders of it can write lines that verify; nil is none
	Start Head             // of a new file: the head of the file that it continues
	Now   func() time.Time // for records without a time; nil is time.Now

	// Witness stores the head of the log outside of its folder before an Append
	// returns. If the end of the log is then cut off, opening it returns
	// [ErrHead]. A log that the witness does not know is accepted as it is.
	// With SyncSoon, the witness is updated when the disk is; SyncNever is
	// refused. Nil means no witness.
	Witness     witness.Witness
	WitnessName string // of the log, for the witness; "" is the path
}

// A Sync says when records reach the disk. The zero Sync is the safest.
type Sync int

const (
	// SyncAlways makes Append wait for the disk. Concurrent calls share one wait.
	SyncAlways Sync = iota
	// SyncSoon does not wait. Records reach the disk within about a second.
	// They survive a crash of the process; a crash of the machine may lose the
	// last second. The next Append reports an error of the disk.
	SyncSoon
	// SyncNever leaves writing to the operating system, which may take half a
	// minute.
	SyncNever
)

const (
	soon   = time.Second
	minKey = 16 // bytes
)

// Errors of a log that rejects records.
var (
	ErrClosed = errors.New("the log is closed")
	ErrWriter = errors.New("another writer has written to the log")
	ErrOpen   = errors.New("the log is open already, in this process or another: share one Log, or give each process a file of its own")
	ErrSync   = errors.New("SyncNever with a witness: want SyncAlways or SyncSoon")
	ErrKey    = errors.New("the key of the log is too short: want at least 16 bytes")
)

// RecoverLog is the event that records the removal of an incomplete last line, which
// a crash left.
const RecoverLog = "RecoverLog"

// OpenLog opens the log at path, or creates it, readable by its owner only.
//
// A second OpenLog of the same file is [ErrOpen] until the first Log is closed
// or its process ends, whatever path or link leads to the file. The lock is a
// lock of the operating system. Where there is none (Solaris, AIX, Plan 9,
// WebAssembly), two writers are noticed by the first Append that finds lines of
// the other, which is [ErrWriter].
//
// A crash may leave part of a line at the end. Append never returned for its record.
// OpenLog removes the part and appends a [RecoverLog] record. OpenLog verifies only
// the last complete line; use [Check.Verify] to verify all of them.
func OpenLog(path string, opts *LogOptions) (*Log, error) {
	l := &Log{path: path}
	if opts != nil {
		l.opts = *opts
		l.opts.Key = bytes.Clone(opts.Key)
	}
	if l.opts.Now == nil {
		l.opts.Now = time.Now
	}
	if l.opts.Key != nil && len(l.opts.Key) < minKey {
		return nil, fmt.Errorf("%s: %w", path, ErrKey)
	}
	if l.opts.Witness != nil && l.opts.Sync == SyncNever {
		return nil, fmt.Errorf("%s: %w", path, ErrSync)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	l.file = file
	err = durable.Lock(file) // before anything is mended
	switch {
	case errors.Is(err, durable.ErrLocked):
		err = ErrOpen
	case errors.Is(err, errors.ErrUnsupported): // Append notices another writer
		err = nil
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := l.recover(); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return l, nil
}

// recover finds the end of the log and removes an incomplete last line.
func (l *Log) recover() error {
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	l.size, l.head = info.Size(), l.opts.Start
	if l.size == 0 {
		return errors.Join(l.compare(), durable.SyncDir(filepath.Dir(l.path)))
	}
	last, tail, err := l.ending()
	if err != nil {
		return err
	}
	if len(tail) > 0 {
		// All of a line but its line feed is a line.
		if link, err := parseLine(tail); err == nil && link.own(l.opts.Key) {
			if _, err := l.file.Write([]byte{'\n'}); err != nil {
				return err
			}
			l.size++
			last, tail = tail, nil
		}
	}
	if last != nil {
		link, err := parseLine(last)
		if err != nil {
			return fmt.Errorf("the last line: %w", err)
		}
		if !link.own(l.opts.Key) {
			return fmt.Errorf("the last line: %w", ErrDigest)
		}
		l.head = link.at
	}
	if err := l.compare(); err != nil { // before anything else is cut off
		return err
	}
	if len(tail) == 0 {
		return nil
	}
	if err := l.file.Truncate(l.size - int64(len(tail))); err != nil {
		return err
	}
	l.size -= int64(len(tail))
	return l.Append(context.Background(), Record{
		EventVersion: eventVersion, UserIdentity: Service(), EventSource: quicksight, EventName: RecoverLog,
		SourceIPAddress: quicksight, UserAgent: quicksight, EventType: "AwsServiceEvent", EventCategory: "Management",
		AdditionalEventData: &Additional{BytesCut: len(tail)},
	})
}

// ending returns the last complete line, nil if there is none, and the bytes after
// it.
func (l *Log) ending() (last, tail []byte, err error) {
	n := min(l.size, 2*MaxLine+2)
	b := make([]byte, n)
	if _, err := l.file.ReadAt(b, l.size-n); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	end := bytes.LastIndexByte(b, '\n')
	if end < 0 {
		if n < l.size {
			return nil, nil, fmt.Errorf("the last line: %w", ErrLine)
		}
		return nil, b, nil
	}
	begin := bytes.LastIndexByte(b[:end], '\n')
	if begin < 0 && n < l.size {
		return nil, nil, fmt.Errorf("the last line: %w", ErrLine)
	}
	return b[begin+1 : end], b[end+1:], nil
}

// Append writes a record to the end of the log. It returns nil when the record is
// stored as [Sync] says. After an error, the record may or may not be stored.
func (l *Log) Append(ctx context.Context, r Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if l == nil || l.file == nil {
		return ErrClosed
	}
	at, err := l.write(r)
	if err != nil {
		return fmt.Errorf("audit log %s: %w", l.path, err)
	}
	switch l.opts.Sync {
	case SyncNever:
		return nil
	case SyncSoon:
		l.syncSoon()
		return nil
	}
	if err := l.sync(at); err != nil {
		return fmt.Errorf("audit log %s: %w", l.path, err)
	}
	return nil
}

// write writes a record and returns its number.
func (l *Log) write(r Record) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return 0, l.err
	}
	text, err := json.Marshal(complete(r, l.opts.Now))
	if err != nil {
		return 0, err
	}
	line, next := l.head.appendLine(nil, text, l.opts.Key)
	if len(line) > MaxLine+1 {
		return 0, fmt.Errorf("%w: longer than %d bytes", ErrLine, MaxLine)
	}
	info, err := l.file.Stat()
	if err != nil {
		return 0, err
	}
	if info.Size() != l.size {
		// The chain would fork. Stop until the other writer is found.
		l.err = ErrWriter
		return 0, l.err
	}
	if _, err := l.file.Write(line); err != nil {
		if cut := l.file.Truncate(l.size); cut != nil {
			l.err = errors.Join(err, cut)
		}
		return 0, err
	}
	l.size += int64(len(line))
	l.head = next
	return next.Sequence, nil
}

// sync waits until the record with number at, and all records before it, are on the
// disk.
func (l *Log) sync(at uint64) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if l.synced >= at { // by whoever had the lock before
		return nil
	}
	l.mu.Lock()
	head, err := l.head, l.err
	l.mu.Unlock()
	if err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		// After a failed sync the system may drop the data and never write it again.
		l.mu.Lock()
		defer l.mu.Unlock()
		l.err = err
		return err
	}
	if err := l.tell(head, l.compareNow); err != nil {
		return err // the next record tries again
	}
	l.synced = head.Sequence
	return nil
}

// syncSoon writes all records to the disk after a delay.
func (l *Log) syncSoon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting {
		return
	}
	l.waiting = true
	time.AfterFunc(soon, func() {
		l.mu.Lock()
		at := l.head.Sequence
		l.waiting = false
		l.mu.Unlock()
		_ = l.sync(at) // keeps its error for the next record
	})
}

// Head returns the current end of the log. Keep it outside of the folder.
func (l *Log) Head() Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// Close closes the file. The log then rejects every record.
func (l *Log) Close() error {
	if l == nil || l.file == nil {
		return nil
	}
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.err, ErrClosed) {
		return nil
	}
	var err error
	if l.opts.Sync != SyncNever {
		if err = l.file.Sync(); err == nil && l.synced < l.head.Sequence {
			if err = l.tell(l.head, l.compare); err == nil {
				l.synced = l.head.Sequence
			}
		}
	}
	l.err = ErrClosed
	return errors.Join(err, l.file.Close())
}
