package embed

import (
	"context"
	"time"
)

// Codes store one-time codes and their sessions. All processes of one site
// share them. [NewMemory] is for one process, [OpenFiles] for all processes
// that share a folder.
//
// Methods are called concurrently. An id is 32 hexadecimal digits and not
// secret. Entries are encrypted. Errors are [ErrUnknown], [ErrUsed],
// [ErrRevoked], or an error for the operator; all of them deny access.
type Codes interface {
	// Put stores a new entry in state Issued until e.Until.
	Put(ctx context.Context, id string, e Entry) error
	// Redeem changes an entry from Issued to Open until the given time, in
	// whole seconds, and returns it. Of all calls for one id, in all processes,
	// only one succeeds; the others get ErrUsed, also after a crash.
	Redeem(ctx context.Context, id string, until time.Time) (Entry, error)
	// Get returns an entry. It is called for every request. After a Revoke has
	// returned, in any process, Get must return its result.
	Get(ctx context.Context, id string) (Entry, error)
	// Revoke changes an entry to Revoked from any state.
	Revoke(ctx context.Context, id string) error
	// Sweep removes entries that ended before now and returns their number.
	Sweep(ctx context.Context, now time.Time) (int, error)
}

// An Entry is the stored form of a code and, later, its session. The zero Entry
// opens nothing.
type Entry struct {
	State  State
	Until  time.Time // when the code, or the session, ends
	Sealed []byte    // opaque; must not be changed
}

// A State is the state of a code. The zero State is invalid and opens nothing.
type State uint8

// The states of a code.
const (
	Issued  State = iota + 1 // not redeemed
	Open                     // redeemed: its session lives
	Revoked                  // neither code nor session is accepted
)

// String returns the name of the state in lower case.
func (s State) String() string {
	switch s {
	case Issued:
		return "issued"
	case Open:
		return "open"
	case Revoked:
		return "revoked"
	default:
		return "unknown"
	}
}
