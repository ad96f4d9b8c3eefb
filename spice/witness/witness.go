// Package witness keeps a few bytes for each dataset and each audit log outside
// of the folder that they are in. Whoever puts a folder back to an earlier time,
// or cuts the end off a log, then has two places to change, and one of them
// should be where they cannot write.
//
// [Files] is a folder of another disk or account, [Table] a table of a database,
// and adapters/aws has one that keeps objects of S3. See spice.Options and
// audit.LogOptions for what is kept and when.
package witness

import (
	"context"
	"errors"
)

// A Witness keeps a value for each name. Values are short, and no secrets.
// Implementations are safe for concurrent use, by other processes too, and do
// not return before a value is kept.
type Witness interface {
	// Read returns the value of a name, and nil if it has none.
	Read(ctx context.Context, name string) ([]byte, error)
	// Replace gives a name another value, if it still has the value old; nil is
	// none. If not, it changes nothing and returns [ErrChanged]. After any other
	// error either may be so.
	Replace(ctx context.Context, name string, old, value []byte) error
}

// ErrChanged is why a value is not replaced: it is not what it was.
var ErrChanged = errors.New("the witness was told something else meanwhile")

var errZero = errors.New("the zero witness keeps nothing")
