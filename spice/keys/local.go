package keys

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/rowsight/rowsight/spice/audit"
)

// Local is a key service in a folder: a keyring of customer-managed keys, for
// machines without another key service. It is safe for concurrent use, also by
// several processes: after one of them disables a key, the others refuse its
// next use. The zero Local refuses everything.
//
// The folder contains the file "keyring", readable by its owner only, which is
// encrypted and authenticated under a master key. [LocalOptions] say where the
// master key comes from. A user who can write to the folder cannot change the
// state of a key, but can restore an older keyring.
type Local struct {
	dir  string
	head head
	aead cipher.AEAD // of the master key
	now  func() time.Time
	sink audit.Sink // nil: changes of keys are not recorded

	changing sync.Mutex // one change at a time

	mu     sync.Mutex
	ring   *ring // as last read
	closed bool
}

// LocalOptions configure [OpenLocal]; nil is the default.
//
// The master key is derived from Passphrase by PBKDF2, or is MasterKey. Without
// both, it is the file master.key, which OpenLocal creates in the folder; then
// anyone who can read the folder can use the keys, so keep the folder apart
// from the data. Open a keyring with the option that it was created with.
type LocalOptions struct {
	Passphrase []byte // not empty
	MasterKey  []byte // 32 bytes

	// Audit gets a record of each change of a key. [Audited] records uses. Nil
	// records nothing.
	Audit audit.Sink

	Now func() time.Time // the clock; nil is time.Now
}

// String hides the secrets.
func (o LocalOptions) String() string {
	return "local options (protection: " + o.protection().String() + ")"
}

// GoString hides the secrets.
func (o LocalOptions) GoString() string { return o.String() }

// LogValue hides the secrets.
func (o LocalOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// OpenLocal opens the keyring in dir. It creates folder and keyring if they do
// not exist.
func OpenLocal(dir string, opts *LocalOptions) (*Local, error) {
	if opts == nil {
		opts = &LocalOptions{}
	}
	if err := opts.check(); err != nil {
		return nil, fmt.Errorf("keyring %s: %w", dir, err)
	}
	l := &Local{dir: dir, now: opts.Now, sink: opts.Audit}
	if l.now == nil {
		l.now = time.Now
	}
	if err := l.open(opts); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return l, nil
}

// Close releases the keys; it does not overwrite them in memory. Later uses
// return an error.
func (l *Local) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring, l.closed = nil, true // not overwritten: a use may be under way
	return nil
}

// A wrapped data key is
//
//	1 byte    1, the version of this layout
//	36 bytes  id of the customer-managed key
//	4 bytes   number of its material, big-endian, from 0
//	12 bytes  nonce
//	32 bytes  data key, encrypted
//	16 bytes  tag
//
// with the ARN of the key, the number and the encryption context as associated
// data.
const (
	wrapVersion = 1
	idSize      = 36
	wrapHead    = 1 + idSize + 4
	wrapSize    = wrapHead + nonceSize + DataKeySize + tagSize
)

// GenerateDataKey implements [Keys].
func (l *Local) GenerateDataKey(ctx context.Context, keyARN string, c Context) (DataKey, error) {
	k, err := l.usable(ctx, keyARN)
	if err != nil {
		return DataKey{}, &Error{audit.GenerateDataKey, keyARN, err}
	}
	n := len(k.Materials) - 1
	aead, err := newAEAD(k.Materials[n])
	if err != nil {
		return DataKey{}, &Error{audit.GenerateDataKey, keyARN, err}
	}
	plain := make([]byte, DataKeySize)
	rand.Read(plain)
	wrapped := append([]byte{wrapVersion}, k.id()...)
	wrapped = binary.BigEndian.AppendUint32(wrapped, uint32(n))
	return DataKey{plain, aead.Seal(wrapped, nil, plain, wrapData(keyARN, n, c))}, nil
}

// Decrypt implements [Keys].
func (l *Local) Decrypt(ctx context.Context, keyARN string, wrapped []byte, c Context) ([]byte, error) {
	k, err := l.usable(ctx, keyARN)
	if err != nil {
		return nil, &Error{audit.Decrypt, keyARN, err}
	}
	if len(wrapped) != wrapSize || wrapped[0] != wrapVersion {
		return nil, &Error{audit.Decrypt, keyARN, ErrContext}
	}
	if string(wrapped[1:1+idSize]) != k.id() {
		return nil, &Error{audit.Decrypt, keyARN, ErrWrongKey}
	}
	n := binary.BigEndian.Uint32(wrapped[1+idSize:])
	if uint64(n) >= uint64(len(k.Materials)) {
		return nil, &Error{audit.Decrypt, keyARN, ErrContext}
	}
	aead, err := newAEAD(k.Materials[n])
	if err != nil {
		return nil, &Error{audit.Decrypt, keyARN, err}
	}
	plain, err := aead.Open(nil, nil, wrapped[wrapHead:], wrapData(keyARN, int(n), c))
	if err != nil {
		return nil, &Error{audit.Decrypt, keyARN, ErrContext}
	}
	return plain, nil
}

// wrapData is the associated data of a wrapped data key.
func wrapData(keyARN string, material int, c Context) []byte {
	b := appendText([]byte("rowsight data key 1"), keyARN)
	return c.appendTo(binary.BigEndian.AppendUint32(b, uint32(material)))
}

// id returns the last part of the ARN.
func (k *key) id() string { return k.ARN[len(k.ARN)-idSize:] }

// usable returns a key that may be used now.
func (l *Local) usable(ctx context.Context, keyARN string) (*key, error) {
	k, err := l.existing(ctx, keyARN)
	if err != nil {
		return nil, err
	}
	return k, k.usable()
}

// usable returns why the key may not be used. Only the state Enabled lets it.
func (k *key) usable() error {
	switch {
	case k.Revoked:
		return ErrDenied
	case k.State == PendingDeletion:
		return ErrPendingDeletion
	case k.State != Enabled || len(k.Materials) == 0:
		return ErrDisabled
	}
	return nil
}

// existing returns a key, whatever its state.
func (l *Local) existing(ctx context.Context, keyARN string) (*key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l == nil {
		return nil, ErrClosed
	}
	r, err := l.current()
	if err != nil {
		return nil, err
	}
	k := r.find(keyARN, l.now())
	if k == nil {
		return nil, ErrNoKey
	}
	return k, nil
}
