package keys

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/durable"
)

const (
	keyringFile = "keyring"
	lockFile    = "keyring.lock"

	nonceSize = 12
	tagSize   = 16

	// The head and the nonce, which is another each time the file is written.
	stampSize = headSize + nonceSize
)

// A key of the keyring, with its material. Materials are never removed while the
// key is there: what was wrapped under an old one must unwrap.
type key struct {
	ARN       string    `json:"arn"`
	State     State     `json:"state"`
	Revoked   bool      `json:"revoked,omitempty"`
	Created   time.Time `json:"created"`
	Deletion  time.Time `json:"deletion,omitzero"`
	Materials [][]byte  `json:"materials"`
	Grants    []grant   `json:"grants,omitempty"`
}

type grant struct {
	ID      string  `json:"id"`
	Context Context `json:"context"`
}

// A ring is the content of a keyring. It is replaced and never changed, so that
// it can be read without a lock.
type ring struct {
	Keys []key `json:"keys"`

	stamp [stampSize]byte // of the file it was read from
}

// find returns the key of an ARN that is there at a time, or nil.
func (r *ring) find(arn string, now time.Time) *key {
	i := slices.IndexFunc(r.Keys, func(k key) bool { return k.ARN == arn })
	if i < 0 || r.Keys[i].gone(now) {
		return nil
	}
	return &r.Keys[i]
}

func (k *key) gone(now time.Time) bool { return k.State == PendingDeletion && !now.Before(k.Deletion) }

// clone returns a copy that can be changed, without the keys whose time is over:
// their material ends here.
func (r *ring) clone(now time.Time) *ring {
	c := &ring{Keys: slices.Clone(r.Keys)}
	for i := range c.Keys {
		c.Keys[i].Materials = slices.Clone(c.Keys[i].Materials)
		c.Keys[i].Grants = slices.Clone(c.Keys[i].Grants)
	}
	c.Keys = slices.DeleteFunc(c.Keys, func(k key) bool { return k.gone(now) })
	return c
}

// seal returns the file of a ring: its head in plain, and the rest encrypted
// under the master key with the head as associated data.
func (r *ring) seal(h head, aead cipher.AEAD) ([]byte, error) {
	plain, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	b := h.appendTo(nil)
	return aead.Seal(b, nil, plain, bytes.Clone(b)), nil
}

// openRing reads the file of a ring.
func openRing(b []byte, aead cipher.AEAD) (*ring, error) {
	if len(b) < stampSize+tagSize {
		return nil, ErrKeyring
	}
	plain, err := aead.Open(nil, nil, b[headSize:], b[:headSize])
	if err != nil {
		return nil, ErrKeyring
	}
	defer clear(plain)
	r := &ring{stamp: [stampSize]byte(b)}
	if err := json.Unmarshal(plain, r); err != nil {
		return nil, ErrKeyring // and not the text of err, which might quote it
	}
	return r, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// current returns the keyring as it is on the disk now, whoever wrote it last:
// a key that an operator disables with another process is disabled here, too.
// Nothing is read but the first bytes as long as nothing has changed.
func (l *Local) current() (*ring, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.ring == nil {
		return nil, ErrClosed
	}
	path := filepath.Join(l.dir, keyringFile)
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	var stamp [stampSize]byte
	_, err = io.ReadFull(file, stamp[:])
	file.Close()
	if err == nil && stamp == l.ring.stamp {
		return l.ring, nil
	}
	r, err := l.read()
	if err != nil {
		return nil, err
	}
	l.ring = r
	return r, nil
}

// read reads the keyring from the disk.
func (l *Local) read() (*ring, error) {
	path := filepath.Join(l.dir, keyringFile)
	b, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	r, err := openRing(b, l.aead)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// change changes the keyring on the disk. One process does so at a time; what
// is changed is what is on the disk and not what was read before. When edit
// returns an error, nothing is changed.
func (l *Local) change(edit func(r *ring) error) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	unlock, err := durable.Turn(filepath.Join(l.dir, lockFile))
	if err != nil {
		return err
	}
	defer unlock()
	now, err := l.current()
	if err != nil {
		return err
	}
	r := now.clone(l.now())
	if err := edit(r); err != nil {
		return err
	}
	return l.write(r)
}

// write replaces the keyring.
func (l *Local) write(r *ring) error {
	b, err := r.seal(l.head, l.aead)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(filepath.Join(l.dir, keyringFile), b); err != nil {
		return err
	}
	r.stamp = [stampSize]byte(b)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring = r
	return nil
}

// open reads the keyring in l.dir, or makes one, and derives the master key.
func (l *Local) open(opts *LocalOptions) error {
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	unlock, err := durable.Turn(filepath.Join(l.dir, lockFile))
	if err != nil {
		return err
	}
	defer unlock()
	entries, _ := os.ReadDir(l.dir)
	for _, e := range entries { // what a crash left of files that were to be
		if strings.HasSuffix(e.Name(), ".tmp") {
			_ = os.Remove(filepath.Join(l.dir, e.Name())) // the next start tries again
		}
	}
	path := filepath.Join(l.dir, keyringFile)
	b, err := readPrivate(path)
	absent := errors.Is(err, fs.ErrNotExist)
	switch {
	case absent:
		l.head = newHead(opts)
	case err != nil:
		return err
	default:
		var ok bool
		if l.head, ok = parseHead(b); !ok {
			return fmt.Errorf("%s: %w", path, ErrKeyring)
		}
	}
	master, err := opts.master(l.dir, l.head, absent)
	if err != nil {
		return err
	}
	defer clear(master)
	if l.aead, err = newAEAD(master); err != nil {
		return err
	}
	if absent {
		return l.write(&ring{})
	}
	if l.ring, err = l.read(); err != nil {
		return err
	}
	if slices.ContainsFunc(l.ring.Keys, func(k key) bool { return k.gone(l.now()) }) {
		return l.write(l.ring.clone(l.now()))
	}
	return nil
}
