package namespace

import "context"

// A Log keeps what was done to a [Directory], in order, so that it survives the
// process. Records are numbered from 1 without gaps at the end; old ones may be
// missing after Replace. Package filestore keeps a log in a file, sqlstore in a
// database.
//
// Methods must be safe for concurrent use.
type Log interface {
	// Read calls yield with every record whose number is greater than after, in
	// order, and returns the first error of yield or of its own. The record is
	// good during the call only.
	Read(ctx context.Context, after uint64, yield func(number uint64, record []byte) error) error

	// Append adds a record with number after+1. It is there for good when
	// Append returns nil, and not there at all when it returns an error that
	// wraps [ErrConflict]: somebody else has added a record of that number.
	// After any other error nobody knows.
	Append(ctx context.Context, after uint64, record []byte) error

	// Replace adds records from number after+1 on and deletes those up to after,
	// all or nothing, with the errors of Append.
	Replace(ctx context.Context, after uint64, records [][]byte) error
}
