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

// Context is the encryption context: bound to the data key as associated data,
// and written to the audit trail. It names what is encrypted, and is no secret.
type Context map[string]string

// ForResource is the context of what a QuickSight ARN names:
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
// long; whoever asked for the key wipes it after use. Wrapped is the same key
// encrypted under the customer-managed key, and is kept beside the data.
type DataKey struct{ Plain, Wrapped []byte }

// Wipe overwrites the plain key with zeros.
func (k DataKey) Wipe() { clear(k.Plain) }

// String hides the key.
func (k DataKey) String() string { return "data key (hidden)" }

// GoString hides the key.
func (k DataKey) GoString() string { return k.String() }

// LogValue hides the key.
func (k DataKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// Keys is a key service, which holds customer-managed keys and never gives
// them away. Implementations are safe for concurrent use, and pass the kit in
// keystest. Errors are an [*Error] around one of the sentinels of this package,
// or around that of ctx; with an error no key is returned.
type Keys interface {
	// GenerateDataKey returns a new random data key wrapped under keyARN. The
	// caller wipes its plain form.
	GenerateDataKey(ctx context.Context, keyARN string, c Context) (DataKey, error)
	// Decrypt unwraps a data key that GenerateDataKey returned for the same key
	// and context. The caller wipes what it returns.
	Decrypt(ctx context.Context, keyARN string, wrapped []byte, c Context) ([]byte, error)
}

// A Granter records that a dataset is encrypted under a key. A grant gives the
// store no right that it lacks: it is there so that the audit trail answers
// "which key encrypts this dataset", by the newest event named *Grant (K2). A
// dataset that moves to another key therefore retires its old grant first, when
// the new version is complete, and creates the new grant after that.
type Granter interface {
	// CreateGrant returns the id of a new grant, which is not a secret.
	CreateGrant(ctx context.Context, keyARN string, c Context) (id string, err error)
	// RetireGrant ends a grant. It works on disabled keys, too.
	RetireGrant(ctx context.Context, keyARN, id string, c Context) error
}
