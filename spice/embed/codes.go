package embed

import (
	"context"
	"time"
)

// Codes keep what one-time codes, and then their sessions, stand for. Several
// processes that serve one site share one. [NewMemory] is for one process,
// [OpenFiles] for all processes that see a folder.
//
// Methods are called concurrently. An id is 32 hexadecimal digits and no
// secret. What is kept is encrypted. Errors are [ErrUnknown], [ErrUsed],
// [ErrRevoked], or what went wrong, which is for the operator; all of them
// refuse the viewer.
type Codes interface {
	// Put keeps a new entry, which is Issued, until e.Until.
	Put(ctx context.Context, id string, e Entry) error
	// Redeem makes an entry that is Issued Open until the given time, which is in
	// whole seconds, and returns it. Of all calls for one id, in all processes, one succeeds; the
	// others get ErrUsed, also after a crash.
	Redeem(ctx context.Context, id string, until time.Time) (Entry, error)
	// Get returns an entry. It is called for every request and must see a
	// Revoke that has returned, in whatever process.
	Get(ctx context.Context, id string) (Entry, error)
	// Revoke makes an entry Revoked, whatever it was.
	Revoke(ctx context.Context, id string) error
	// Sweep forgets entries that ended before now and returns their number.
	Sweep(ctx context.Context, now time.Time) (int, error)
}

// An Entry is what one code, and later its session, stands for. The zero Entry
// stands for nothing.
type Entry struct {
	State  State
	Until  time.Time // when the code, or the session, ends
	Sealed []byte    // opaque; not to be changed
}

// A State is how far a code is. The zero State is no state: it opens nothing.
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
