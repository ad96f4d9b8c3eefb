package seal

import "io"

// A Chunk is a sealed chunk of a file.
type Chunk struct {
	Offset int64    // in the file
	Size   int      // sealed, in bytes
	Tag    [16]byte // the authentication tag: its last 16 bytes
}

// A Part lists the chunks of one file, in order.
type Part struct {
	Kind   string
	Chunks []Chunk
}

// Size is the length of the file in bytes.
func (p Part) Size() int64 { return 0 }

// A Manifest lists all parts of a version of a dataset.
type Manifest struct{ Parts []Part }

// Seal returns the manifest as bytes that only the box opens.
func (m Manifest) Seal(b *Box) ([]byte, error) { return nil, errSkeleton }

// OpenManifest opens what [Manifest.Seal] returned.
func OpenManifest(b *Box, sealed []byte) (Manifest, error) { return Manifest{}, errSkeleton }

// Part returns the part of a kind, and false if there is none.
func (m Manifest) Part(kind string) (Part, bool) { return Part{}, false }

// A Writer writes the chunks of one file. It is not safe for concurrent use.
type Writer struct{}

// NewWriter returns a writer of chunks of kind to w. Kinds are unique in a manifest.
func NewWriter(w io.Writer, b *Box, kind string) *Writer { return &Writer{} }

// WriteChunk seals and writes one chunk and returns its number.
func (w *Writer) WriteChunk(plain []byte) (n int, err error) { return 0, errSkeleton }

// Part is what was written, for the manifest.
func (w *Writer) Part() Part { return Part{} }

// A Reader reads chunks of one file in any order. It is safe for concurrent use.
type Reader struct{}

// NewReader returns a reader of the chunks that a part of an opened manifest
// lists. size is the length of the file, which must be that of the part.
func NewReader(r io.ReaderAt, size int64, b *Box, p Part) (*Reader, error) { return nil, errSkeleton }

// Chunk appends chunk number n to dst, after it was authenticated.
func (r *Reader) Chunk(dst []byte, n int) ([]byte, error) { return nil, errSkeleton }
