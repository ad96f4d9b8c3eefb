package embed

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"sync"
)

// A Key is one secret of a [Ring]. Printing or logging it shows the ID only.
type Key struct {
	ID     string // 1 to 16 of A-Z, a-z, 0-9, '-', '_'; every code contains it
	Secret []byte // 32 bytes or more, from a secret store; the same in every process
}

// NewKey returns a Key with a random secret.
func NewKey(id string) Key {
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails
	return Key{ID: id, Secret: secret}
}

// String returns the ID.
func (k Key) String() string { return fmt.Sprintf("key %q", k.ID) }

// Format prints [Key.String] for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue returns [Key.String].
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// A Ring holds the keys that authenticate codes and sessions, and that encrypt
// the entries of [Codes]. New codes use the newest key; all keys of the ring
// are accepted.
//
// To rotate keys, add the new key in every process with [Ring.Rotate]. Ten
// hours later, when the last session of the old key has ended, remove the old
// key with [Ring.Retire]. A Ring is safe for concurrent use. The zero Ring has
// no key and opens nothing.
type Ring struct {
	mu   sync.RWMutex
	keys []ringKey // the newest first
}

// ringKey is what is derived from a secret: a key for each purpose.
type ringKey struct {
	id        string
	mac, seal []byte
}

// Errors of rings.
var (
	ErrNoKey = errors.New("no key")
	ErrKey   = errors.New("not a key")
)

var keyID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,16}$`)

// NewRing returns a ring of keys, the newest first. It reports every problem.
func NewRing(keys ...Key) (*Ring, error) {
	if len(keys) == 0 {
		return nil, ErrNoKey
	}
	r := new(Ring)
	var errs []error
	for _, k := range slices.Backward(keys) { // each Rotate puts its key in front
		if err := r.Rotate(k); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// Rotate adds a key. New codes use it.
func (r *Ring) Rotate(k Key) error {
	switch {
	case !keyID.MatchString(k.ID):
		return fmt.Errorf("%w: id %q, want 1 to 16 of A-Z, a-z, 0-9, '-', '_'", ErrKey, k.ID)
	case len(k.Secret) < sha256.Size:
		return fmt.Errorf("%w: %s has %d bytes, want at least %d", ErrKey, k, len(k.Secret), sha256.Size)
	}
	mac, err := hkdf.Key(sha256.New, k.Secret, nil, "rowsight embed v1 mac", sha256.Size)
	if err != nil {
		return fmt.Errorf("%s: %w", k, err)
	}
	seal, err := hkdf.Key(sha256.New, k.Secret, nil, "rowsight embed v1 seal", sha256.Size)
	if err != nil {
		return fmt.Errorf("%s: %w", k, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.keys, func(have ringKey) bool { return have.id == k.ID }) {
		return fmt.Errorf("%w: %s is in the ring already", ErrKey, k)
	}
	r.keys = slices.Insert(r.keys, 0, ringKey{k.ID, mac, seal})
	return nil
}

// Retire removes a key. Its codes and sessions are then refused. The newest key
// cannot be retired.
func (r *Ring) Retire(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.keys, func(k ringKey) bool { return k.id == id })
	switch i {
	case -1:
		return fmt.Errorf("%w: %q is not in the ring", ErrNoKey, id)
	case 0:
		return fmt.Errorf("%w: %q is the newest of the ring", ErrKey, id)
	}
	r.keys = slices.Delete(r.keys, i, i+1)
	return nil
}

// IDs returns the IDs of the keys, the newest first.
func (r *Ring) IDs() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// String returns the IDs of the keys.
func (r *Ring) String() string { return fmt.Sprintf("ring of keys %q", r.IDs()) }

// Format hides the secrets for every verb.
func (r *Ring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue hides the secrets.
func (r *Ring) LogValue() slog.Value { return slog.StringValue(r.String()) }

// newest returns the key for new codes.
func (r *Ring) newest() (ringKey, error) {
	if r == nil {
		return ringKey{}, ErrNoKey
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.keys) == 0 {
		return ringKey{}, ErrNoKey
	}
	return r.keys[0], nil
}

// key returns the key of an ID, which is no secret.
func (r *Ring) key(id string) (ringKey, bool) {
	if r == nil {
		return ringKey{}, false
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.keys {
		if k.id == id {
			return k, true
		}
	}
	return ringKey{}, false
}
