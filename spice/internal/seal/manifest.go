package seal

import (
	"encoding/binary"
	"slices"
)

// A Chunk is a sealed chunk of a file.
type Chunk struct {
	Offset int64         // in the file
	Size   int           // sealed, in bytes
	Tag    [tagSize]byte // its last bytes, which depend on all others
}

// A Part lists the chunks of one file, in order and without gaps.
type Part struct {
	Kind   string
	Chunks []Chunk
}

// Size is the length of the file in bytes.
func (p Part) Size() int64 {
	if len(p.Chunks) == 0 {
		return 0
	}
	last := p.Chunks[len(p.Chunks)-1]
	return last.Offset + int64(last.Size)
}

// A Manifest lists all files of a version of a dataset. Kinds are unique. The
// zero Manifest lists none.
type Manifest struct{ Parts []Part }

// Part returns the part of a kind, and false if there is none.
func (m Manifest) Part(kind string) (Part, bool) {
	i := slices.IndexFunc(m.Parts, func(p Part) bool { return p.Kind == kind })
	if i < 0 {
		return Part{}, false
	}
	return m.Parts[i], true
}

// Seal returns the manifest as bytes that only the box of the same version opens.
//
// Inside are, for each part, the kind (4 bytes and text), the count of chunks (8
// bytes), and for each chunk its length (4 bytes) and tag (16 bytes).
func (m Manifest) Seal(b *Box) ([]byte, error) {
	var plain []byte
	for i, p := range m.Parts {
		if p.Kind == "" || slices.ContainsFunc(m.Parts[:i], func(q Part) bool { return q.Kind == p.Kind }) {
			return nil, &Error{p.Kind, -1, ErrKind}
		}
		plain = binary.BigEndian.AppendUint64(appendText(plain, p.Kind), uint64(len(p.Chunks)))
		at := int64(0)
		for n, c := range p.Chunks {
			if c.Offset != at || c.Size < Overhead || c.Size > MaxChunk+Overhead {
				return nil, &Error{p.Kind, n, ErrLength}
			}
			at += int64(c.Size)
			plain = append(binary.BigEndian.AppendUint32(plain, uint32(c.Size)), c.Tag[:]...)
		}
	}
	sealed, err := b.seal(nil, "", 0, plain)
	if err != nil {
		return nil, err
	}
	return sealed, nil
}

// OpenManifest opens what [Manifest.Seal] returned.
func OpenManifest(b *Box, sealed []byte) (Manifest, error) {
	plain, err := b.open(nil, "", 0, sealed)
	if err != nil {
		return Manifest{}, err
	}
	m, ok := decodeManifest(plain)
	if !ok { // sealed with this key by something that is not Seal
		return Manifest{}, &Error{"", 0, ErrAltered}
	}
	return m, nil
}

const chunkSize = 4 + tagSize // of a chunk in a manifest

// decodeManifest decodes bytes that were authenticated, and trusts them no more
// than others.
func decodeManifest(b []byte) (m Manifest, ok bool) {
	for len(b) > 0 {
		if len(b) < 4 {
			return Manifest{}, false
		}
		n := uint64(binary.BigEndian.Uint32(b))
		if b = b[4:]; n == 0 || uint64(len(b)) < n+8 {
			return Manifest{}, false
		}
		p := Part{Kind: string(b[:n])}
		count := binary.BigEndian.Uint64(b[n:])
		if b = b[n+8:]; count > uint64(len(b))/chunkSize {
			return Manifest{}, false
		}
		if _, twice := m.Part(p.Kind); twice {
			return Manifest{}, false
		}
		p.Chunks = make([]Chunk, count)
		at := int64(0)
		for i := range p.Chunks {
			c := Chunk{Offset: at, Size: int(binary.BigEndian.Uint32(b))}
			if c.Size < Overhead || c.Size > MaxChunk+Overhead {
				return Manifest{}, false
			}
			copy(c.Tag[:], b[4:])
			p.Chunks[i], b, at = c, b[chunkSize:], at+int64(c.Size)
		}
		m.Parts = append(m.Parts, p)
	}
	return m, true
}
