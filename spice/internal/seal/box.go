package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"sync"
	"sync/atomic"
)

const (
	KeySize  = 32      // bytes of a data key, of AES-256
	Overhead = 28      // bytes by which a sealed chunk is longer: nonce and tag
	MaxChunk = 1 << 30 // bytes of a plain chunk; GCM itself ends at 64 GiB

	tagSize   = 16
	maxSealed = 1 << 32 // chunks under one key: see "Nonces" in the package comment
)

// A Box seals and opens chunks of one version of one dataset with its data key.
// It is safe for concurrent use. The zero Box opens nothing.
//
// A sealed chunk is
//
//	12 bytes   nonce
//	n bytes    the chunk, encrypted
//	16 bytes   tag
//
// and its associated data, which is not stored, is
//
//	"rowsight seal 1"
//	4 bytes + text   ARN of the dataset
//	8 bytes          version
//	4 bytes + text   kind of the file; empty for the manifest
//	8 bytes          number of the chunk
//
// with all numbers in big-endian order. Lengths stand before texts, so that no
// two places have the same bytes.
type Box struct {
	aead    cipher.AEAD
	place   []byte    // associated data up to the version
	scratch sync.Pool // of *[]byte: the associated data of a chunk
	sealed  atomic.Uint64
}

// NewBox returns the box of a version of a dataset. It keeps no reference to
// key, which the caller wipes; what AES makes of the key stays in memory as long
// as the Box does.
func NewBox(key []byte, dataset string, version uint64) (*Box, error) {
	if len(key) != KeySize {
		return nil, ErrKey
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	place := appendText([]byte("rowsight seal 1"), dataset)
	return &Box{aead: aead, place: binary.BigEndian.AppendUint64(place, version)}, nil
}

// Seal appends plain, sealed as chunk n of kind, to dst. plain must not overlap
// what is appended.
func (b *Box) Seal(dst []byte, kind string, n int, plain []byte) ([]byte, error) {
	if kind == "" {
		return dst, &Error{kind, n, ErrKind}
	}
	return b.seal(dst, kind, n, plain)
}

func (b *Box) seal(dst []byte, kind string, n int, plain []byte) ([]byte, error) {
	switch {
	case b == nil || b.aead == nil:
		return dst, &Error{kind, n, ErrNoKey}
	case n < 0:
		return dst, &Error{kind, n, ErrNoChunk}
	case len(plain) > MaxChunk:
		return dst, &Error{kind, n, ErrTooLong}
	case b.sealed.Add(1) > maxSealed:
		return dst, &Error{kind, n, ErrUsedUp}
	}
	ad := b.associated(kind, n)
	defer b.scratch.Put(ad)
	return b.aead.Seal(dst, nil, plain, *ad), nil
}

// Open appends what was sealed as chunk n of kind to dst. After an error dst is
// returned as it was, and nothing of the chunk is behind it.
func (b *Box) Open(dst []byte, kind string, n int, sealed []byte) ([]byte, error) {
	if kind == "" {
		return dst, &Error{kind, n, ErrKind}
	}
	return b.open(dst, kind, n, sealed)
}

func (b *Box) open(dst []byte, kind string, n int, sealed []byte) ([]byte, error) {
	switch {
	case b == nil || b.aead == nil:
		return dst, &Error{kind, n, ErrNoKey}
	case n < 0:
		return dst, &Error{kind, n, ErrNoChunk}
	case len(sealed) < Overhead || len(sealed) > MaxChunk+Overhead:
		return dst, &Error{kind, n, ErrAltered}
	}
	ad := b.associated(kind, n)
	defer b.scratch.Put(ad)
	plain, err := b.aead.Open(dst, nil, sealed, *ad)
	if err != nil {
		return dst, &Error{kind, n, ErrAltered}
	}
	return plain, nil
}

// associated returns the associated data of a chunk, to be put back.
func (b *Box) associated(kind string, n int) *[]byte {
	ad, _ := b.scratch.Get().(*[]byte)
	if ad == nil {
		ad = new([]byte)
	}
	*ad = appendText(append((*ad)[:0], b.place...), kind)
	*ad = binary.BigEndian.AppendUint64(*ad, uint64(n))
	return ad
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}
