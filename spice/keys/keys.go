package keys

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/rowsight/rowsight/spice/audit"
)

// DataKeySize is the length of a data key in bytes: keys of AES-256.
const DataKeySize = 32

// Context is the encryption context: bound to the data key as associated data,
// and written to the audit trail. It names what is encrypted, and is no secret.
type Context map[string]string

// ForResource is the context of what a QuickSight ARN names:
// {"aws:quicksight:arn": arn}.
func ForResource(arn string) Context { return Context{audit.ContextARN: arn} }

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
// them away. Implementations are safe for concurrent use. Errors are an
// [*Error] around one of the sentinels below, or that of ctx; with an error no
// key is returned.
type Keys interface {
	// GenerateDataKey returns a new random data key wrapped under keyARN. The
	// caller wipes its plain form.
	GenerateDataKey(ctx context.Context, keyARN string, c Context) (DataKey, error)
	// Decrypt unwraps a data key that GenerateDataKey returned for the same key
	// and context. The caller wipes what it returns.
	Decrypt(ctx context.Context, keyARN string, wrapped []byte, c Context) ([]byte, error)
}

// A Granter records that a dataset is encrypted under a key. A grant gives
// the store no right that it lacks: it is what the audit trail answers "which
// key encrypts this dataset" from, by the newest event that is named *Grant.
// A dataset that moves to another key therefore retires the old grant first
// and creates the new one after it.
type Granter interface {
	CreateGrant(ctx context.Context, keyARN string, c Context) (id string, err error)
	RetireGrant(ctx context.Context, keyARN, id string, c Context) error
}

// Why a key cannot be used.
var (
	ErrDisabled        = errors.New("the key is disabled")
	ErrPendingDeletion = errors.New("the key is scheduled for deletion")
	ErrNoKey           = errors.New("there is no such key")
	ErrDenied          = errors.New("the use of the key is denied")
	ErrWrongKey        = errors.New("the data key was wrapped under another key")
	ErrContext         = errors.New("the data key was not wrapped like this for this encryption context")
	ErrNoGrant         = errors.New("there is no such grant")
)

// An Error says which request for which key failed.
type Error struct {
	Op  string // GenerateDataKey, Decrypt, DisableKey, …
	Key string // ARN
	Err error
}

// Error is "decrypt with arn:…: the key is disabled".
func (e *Error) Error() string { return fmt.Sprintf("%s: key %s: %v", e.Op, e.Key, e.Err) }

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }
