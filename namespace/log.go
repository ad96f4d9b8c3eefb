package namespace

import "context"

// A Log stores the changes of a [Directory] in order, so that they survive the
// process. Records have consecutive numbers from 1; after Replace, old records
// may be missing. Package filestore keeps a log in a file, sqlstore in a
// database.
//
// Methods must be safe for concurrent use.
type Log interface {
	// Read calls yield with every record whose number is greater than after, in
	// order, and returns the first error of yield or of its own. The record is
	// valid only during the call.
	Read(ctx context.Context, after uint64, yield func(number uint64, record []byte) error) error

	// Append adds a record with number after+1. If Append returns nil, the
	// record is stored durably. An error that wraps [ErrConflict] means that
	// another process added a record with that number, and this record is not
	// stored. After any other error, the record may or may not be stored.
	Append(ctx context.Context, after uint64, record []byte) error

	// Replace adds records from number after+1 on and deletes the records up to
	// after, atomically. It has the errors of Append.
	Replace(ctx context.Context, after uint64, records [][]byte) error
}
