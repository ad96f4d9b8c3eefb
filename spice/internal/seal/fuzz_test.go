package seal

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzAlter alters a file, its manifest and the place they are read as. Nothing
// but the whole truth is ever read.
func FuzzAlter(f *testing.F) {
	f.Add([]byte{}, []byte{}, []byte{}, uint64(7), uint8(0))
	f.Add([]byte{0, 1}, []byte{}, []byte{}, uint64(7), uint8(0))
	f.Add([]byte{}, []byte{3, 128}, []byte{}, uint64(7), uint8(0))
	f.Add([]byte{}, []byte{}, []byte("tail"), uint64(7), uint8(0))
	f.Add([]byte{}, []byte{}, []byte{}, uint64(8), uint8(0))
	f.Add([]byte{}, []byte{}, []byte{}, uint64(7), uint8(5))
	box, err := NewBox(testKey(1), dataset, 7)
	require.NoError(f, err)
	original := write(f, box, "data", "the first chunk", "", "the third one")
	f.Fuzz(func(t *testing.T, file, manifest, tail []byte, version uint64, cut uint8) {
		got := testFile{kind: "data", sealed: bytes.Clone(original.sealed), manifest: bytes.Clone(original.manifest)}
		flip(got.sealed, file)
		flip(got.manifest, manifest)
		got.sealed = append(got.sealed[:max(0, len(got.sealed)-int(cut))], tail...)
		reader, err := NewBox(testKey(1), dataset, version)
		require.NoError(t, err)
		chunks, err := read(reader, got)
		same := version == 7 && bytes.Equal(got.sealed, original.sealed) && bytes.Equal(got.manifest, original.manifest)
		require.Equal(t, same, err == nil)
		for n, c := range chunks {
			require.True(t, bytes.Equal(original.plain[n], c))
		}
	})
}

// flip takes pairs of a position and the bits to flip there.
func flip(b, how []byte) {
	for ; len(how) >= 2 && len(b) > 0; how = how[2:] {
		b[int(how[0])%len(b)] ^= how[1]
	}
}

// FuzzManifest decodes any bytes, as if they had been authenticated.
func FuzzManifest(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 1, 'a', 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add(append(appendPart(nil, "data", 1), append([]byte{0, 0, 0, 40}, make([]byte, tagSize)...)...))
	f.Add(appendPart(nil, "data", 255))
	box, err := NewBox(testKey(1), dataset, 7)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, ok := decodeManifest(b)
		if !ok {
			require.Empty(t, m.Parts)
			return
		}
		sealed, err := m.Seal(box) // what decodes is what Seal writes
		require.NoError(t, err)
		plain, err := box.open(nil, "", 0, sealed)
		require.NoError(t, err)
		require.True(t, bytes.Equal(b, plain))
	})
}
