// Package witness keeps a few bytes for each dataset and each audit log outside
// of the folder that they are in. To restore an older folder or to cut off the
// end of a log undetected, an attacker must then change two places. Keep the
// witness where the attacker cannot write.
//
// [Files] is a folder of another disk or account, [Table] a table of a
// database, and adapters/aws has one that keeps objects of S3. See
// spice.Options and audit.LogOptions.
package witness

import (
	"context"
	"errors"
)

// A Witness stores a value for each name. Values are short and not secret.
// Implementations are safe for concurrent use, also by several processes, and
// return only when the value is stored.
type Witness interface {
	// Read returns the value of a name, or nil if it has none.
	Read(ctx context.Context, name string) ([]byte, error)
	// Replace changes the value of a name if it still is old; nil means no
	// value. Otherwise it changes nothing and returns [ErrChanged]. After any
	// other error, the value may or may not have changed.
	Replace(ctx context.Context, name string, old, value []byte) error
}

// ErrChanged reports that a value was not replaced, because it had already
// changed.
var ErrChanged = errors.New("the value in the witness was changed meanwhile")

var errZero = errors.New("the zero witness keeps nothing")
