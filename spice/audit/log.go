package audit

import (
	"context"
	"errors"
	"io"
	"time"
)

// A Log is an append-only file of records with a hash chain.
type Log struct{}

// LogOptions configure [OpenLog]; nil is the default.
type LogOptions struct {
	Sync Sync             // when records reach the disk
	Key  []byte           // makes the chain one that only holders of the key can write
	Now  func() time.Time // nil is time.Now
}

// Sync says when records reach the disk.
type Sync int

const (
	SyncAlways Sync = iota // before Append returns
	SyncNever              // when the operating system likes
)

var errSkeleton = errors.New("not built yet")

// OpenLog opens or creates the log at path.
func OpenLog(path string, opts *LogOptions) (*Log, error) { return nil, errSkeleton }

// Append writes a record.
func (l *Log) Append(ctx context.Context, r Record) error { return errSkeleton }

// Close closes the file.
func (l *Log) Close() error { return nil }

// Verify reads a log and returns an error with the line of the first record
// that does not follow from the one before.
func Verify(r io.Reader) error { return errSkeleton }
