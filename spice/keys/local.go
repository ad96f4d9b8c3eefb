package keys

import (
	"context"
	"errors"
	"time"
)

// Local is a key service in a folder. It is safe for concurrent use.
type Local struct{}

// LocalOptions configure [OpenLocal]; nil is the default: the master key is
// made when the folder is, and stands in it.
type LocalOptions struct {
	Passphrase []byte           // the master key is derived from it
	MasterKey  []byte           // the master key itself, 32 bytes
	Now        func() time.Time // nil is time.Now
}

// A State says whether a key can be used. The zero State cannot.
type State string

// States of a key, as AWS KMS names them.
const (
	Enabled         State = "Enabled"
	Disabled        State = "Disabled"
	PendingDeletion State = "PendingDeletion"
)

// A Description is what a key service says about a key.
type Description struct {
	ARN      string    `json:"Arn"`
	State    State     `json:"KeyState"`
	Created  time.Time `json:"CreationDate"`
	Deletion time.Time `json:"DeletionDate,omitzero"` // of keys that are scheduled for deletion
	Rotated  int       `json:"Rotations"`             // how often
	Revoked  bool      `json:"Revoked"`               // its use is denied until it is restored
}

var errSkeleton = errors.New("not built yet")

// OpenLocal opens the keyring in dir, and creates it if there is none.
func OpenLocal(dir string, opts *LocalOptions) (*Local, error) { return nil, errSkeleton }

// CreateKey makes a new key of an account and Region and returns its ARN.
func (l *Local) CreateKey(ctx context.Context, account, region string) (arn string, err error) {
	return "", errSkeleton
}

// GenerateDataKey implements [Keys].
func (l *Local) GenerateDataKey(ctx context.Context, keyARN string, c Context) (DataKey, error) {
	return DataKey{}, errSkeleton
}

// Decrypt implements [Keys].
func (l *Local) Decrypt(ctx context.Context, keyARN string, wrapped []byte, c Context) ([]byte, error) {
	return nil, errSkeleton
}

// CreateGrant implements [Granter].
func (l *Local) CreateGrant(ctx context.Context, keyARN string, c Context) (string, error) {
	return "", errSkeleton
}

// RetireGrant implements [Granter].
func (l *Local) RetireGrant(ctx context.Context, keyARN, id string, c Context) error {
	return errSkeleton
}

// Disable makes a key unusable until [Local.Enable].
func (l *Local) Disable(ctx context.Context, keyARN string) error { return errSkeleton }

// Enable makes a disabled key usable again.
func (l *Local) Enable(ctx context.Context, keyARN string) error { return errSkeleton }

// Rotate gives a key new material; what was wrapped under the old still unwraps.
func (l *Local) Rotate(ctx context.Context, keyARN string) error { return errSkeleton }

// ScheduleDeletion makes a key unusable now, and gone after 7 to 30 days.
func (l *Local) ScheduleDeletion(ctx context.Context, keyARN string, days int) (time.Time, error) {
	return time.Time{}, errSkeleton
}

// CancelDeletion takes back ScheduleDeletion; the key is then disabled.
func (l *Local) CancelDeletion(ctx context.Context, keyARN string) error { return errSkeleton }

// Revoke denies every use of a key until [Local.Restore].
func (l *Local) Revoke(ctx context.Context, keyARN string) error { return errSkeleton }

// Restore takes back Revoke.
func (l *Local) Restore(ctx context.Context, keyARN string) error { return errSkeleton }

// Describe says what a key is and whether it can be used.
func (l *Local) Describe(ctx context.Context, keyARN string) (Description, error) {
	return Description{}, errSkeleton
}

// List describes all keys, ordered by ARN.
func (l *Local) List(ctx context.Context) ([]Description, error) { return nil, errSkeleton }

// Close wipes the keys in memory.
func (l *Local) Close() error { return nil }
