package seal

import "errors"

const (
	KeySize  = 32 // of AES-256
	Overhead = 28 // bytes a sealed chunk is longer: nonce and tag
)

var errSkeleton = errors.New("not built yet")

// A Box seals and opens chunks of one version of one dataset with one data key.
// It is safe for concurrent use. The zero Box opens nothing.
type Box struct{}

// NewBox returns the box of a dataset's version. It keeps no reference to key,
// which the caller wipes.
func NewBox(key []byte, dataset string, version uint64) (*Box, error) { return nil, errSkeleton }

// Seal appends plain, sealed as chunk number n of kind, to dst.
func (b *Box) Seal(dst []byte, kind string, n uint64, plain []byte) ([]byte, error) {
	return nil, errSkeleton
}

// Open appends what was sealed as chunk number n of kind to dst.
func (b *Box) Open(dst []byte, kind string, n uint64, sealed []byte) ([]byte, error) {
	return nil, errSkeleton
}
