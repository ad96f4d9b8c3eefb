package keys

import (
	"context"
	"encoding/binary"
	"log/slog"
	"maps"
	"slices"

	"github.com/rowsight/rowsight/spice/audit"
)

// DataKeySize is the length of a data key in bytes: a key of AES-256.
const DataKeySize = 32

// Context is the encryption context. It names the encrypted resource. It is
// bound to the data key as associated data and written to the audit trail, and
// is not secret.
type Context map[string]string

// ForResource returns the context of a QuickSight resource:
// {"aws:quicksight:arn": arn}.
func ForResource(arn string) Context { return Context{audit.ContextARN: arn} }

// appendTo appends the context in a form that no other context has: names in
// increasing order, with lengths before texts.
func (c Context) appendTo(b []byte) []byte {
	for _, name := range slices.Sorted(maps.Keys(c)) {
		b = appendText(appendText(b, name), c[name])
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// A DataKey encrypts one version of one dataset. Plain is [DataKeySize] bytes
// long; the caller wipes it after use. Wrapped is the same key encrypted under
// the customer-managed key. It is stored beside the data.
type DataKey struct{ Plain, Wrapped []byte }

// Wipe overwrites the plain key with zeros.
func (k DataKey) Wipe() { clear(k.Plain) }

// String hides the key.
func (k DataKey) String() string { return "data key (hidden)" }

// GoString hides the key.
func (k DataKey) GoString() string { return k.String() }

// LogValue hides the key.
func (k DataKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// Keys is a key service. It holds customer-managed keys and never returns them.
// Implementations are safe for concurrent use and pass the kit in keystest. An
// error is an [*Error] that wraps a sentinel of this package or the error of
// ctx. No key is returned with an error.
type Keys interface {
	// GenerateDataKey returns a new random data key wrapped under keyARN. The
	// caller wipes its plain form.
	GenerateDataKey(ctx context.Context, keyARN string, c Context) (DataKey, error)
	// Decrypt unwraps a data key that GenerateDataKey returned for the same key
	// and context. The caller wipes the result.
	Decrypt(ctx context.Context, keyARN string, wrapped []byte, c Context) ([]byte, error)
}

// A Granter records that a key encrypts a dataset. A grant does not give the
// store a permission. Its purpose is the audit trail: the newest event named
// *Grant shows which key encrypts a dataset (K2). When a dataset moves to
// another key, the store therefore retires the old grant when the new version
// is complete, and then creates the new grant.
type Granter interface {
	// CreateGrant returns the id of a new grant, which is not secret.
	CreateGrant(ctx context.Context, keyARN string, c Context) (id string, err error)
	// RetireGrant ends a grant. It also works for a disabled key.
	RetireGrant(ctx context.Context, keyARN, id string, c Context) error
}
