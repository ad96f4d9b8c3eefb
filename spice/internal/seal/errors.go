package seal

import (
	"cmp"
	"errors"
	"fmt"
)

// Why a chunk or a file is refused.
var (
	// ErrAltered: the bytes are not those that were sealed for this place under
	// this key. They may have been changed, swapped, cut or replayed, or the key
	// may be another; which of it cannot be told.
	ErrAltered = errors.New("not the bytes that were sealed here under this key")
	ErrLength  = errors.New("the length of the file differs from the sealed length")
	ErrNoChunk = errors.New("no such chunk")
	ErrKind    = errors.New("a file has no kind, or one that another file has")
	ErrTooLong = errors.New("too long for one chunk")
	ErrUsedUp  = errors.New("the data key has sealed as many chunks as is safe")
	ErrKey     = errors.New("a data key is 32 bytes long")
	ErrNoKey   = errors.New("the zero box has no key")
)

// An Error says which chunk of which kind of file is refused.
type Error struct {
	Kind  string // "" is the manifest
	Chunk int    // from 0; -1 is the file as a whole
	Err   error
}

// Error is "chunk 3 of data: not the bytes …".
func (e *Error) Error() string {
	what := cmp.Or(e.Kind, "manifest")
	if e.Chunk < 0 || e.Kind == "" {
		return fmt.Sprintf("%s: %v", what, e.Err)
	}
	return fmt.Sprintf("chunk %d of %s: %v", e.Chunk, what, e.Err)
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }
