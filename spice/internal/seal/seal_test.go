package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const dataset = "arn:aws:quicksight:us-east-1:111122223333:dataset/sales"

func testKey(b byte) []byte { return bytes.Repeat([]byte{b}, KeySize) }

func testBox(t testing.TB, key byte, dataset string, version uint64) *Box {
	t.Helper()
	b, err := NewBox(testKey(key), dataset, version)
	require.NoError(t, err)
	return b
}

// A testFile is a sealed file of a few chunks with its manifest.
type testFile struct {
	kind     string
	plain    [][]byte
	sealed   []byte
	manifest []byte
}

func write(t testing.TB, b *Box, kind string, chunks ...string) testFile {
	t.Helper()
	f := testFile{kind: kind}
	var out bytes.Buffer
	w := NewWriter(&out, b, kind)
	for i, c := range chunks {
		n, err := w.WriteChunk([]byte(c))
		require.NoError(t, err)
		require.Equal(t, i, n)
		f.plain = append(f.plain, []byte(c))
	}
	var err error
	f.manifest, err = Manifest{[]Part{w.Part()}}.Seal(b)
	require.NoError(t, err)
	f.sealed = out.Bytes()
	return f
}

// read opens everything, and returns the chunks up to the first error.
func read(b *Box, f testFile) (chunks [][]byte, err error) {
	m, err := OpenManifest(b, f.manifest)
	if err != nil {
		return nil, err
	}
	p, ok := m.Part(f.kind)
	if !ok {
		return nil, ErrKind
	}
	r, err := NewReader(bytes.NewReader(f.sealed), int64(len(f.sealed)), b, p)
	if err != nil {
		return nil, err
	}
	for n := range r.Len() {
		c, err := r.Chunk(nil, n)
		if err != nil {
			return chunks, err
		}
		chunks = append(chunks, c)
	}
	return chunks, nil
}

func TestZero(t *testing.T) {
	var zero *Box
	for _, b := range []*Box{zero, {}} {
		_, err := b.Seal(nil, "data", 0, []byte("x"))
		require.ErrorIs(t, err, ErrNoKey)
		got, err := b.Open(nil, "data", 0, make([]byte, 100))
		require.ErrorIs(t, err, ErrNoKey)
		require.Empty(t, got)
		m, err := OpenManifest(b, make([]byte, 100))
		require.ErrorIs(t, err, ErrNoKey)
		require.Empty(t, m.Parts)
		_, err = Manifest{}.Seal(b)
		require.ErrorIs(t, err, ErrNoKey)
	}
	require.Zero(t, Part{}.Size())
	_, ok := Manifest{}.Part("data")
	require.False(t, ok)
	r, err := NewReader(bytes.NewReader(nil), 0, &Box{}, Part{})
	require.NoError(t, err)
	_, err = r.Chunk(nil, 0)
	require.ErrorIs(t, err, ErrNoChunk)
}

func TestRoundTrip(t *testing.T) {
	tests := []struct {
		reason string
		chunks []string
	}{
		{"a file without chunks", nil},
		{"an empty chunk", []string{""}},
		{"one byte", []string{"x"}},
		{"chunks of many lengths", []string{"a", "", "some text", string(make([]byte, 100_000)), "end"}},
		{"equal chunks", []string{"same", "same", "same"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			b := testBox(t, 1, dataset, 7)
			f := write(t, b, "data", tt.chunks...)
			got, err := read(testBox(t, 1, dataset, 7), f) // a box made later
			require.NoError(t, err)
			require.Len(t, got, len(f.plain))
			for i := range got {
				require.True(t, bytes.Equal(got[i], f.plain[i]), "chunk %d", i)
			}
			for _, c := range f.plain {
				require.False(t, len(c) > 8 && bytes.Contains(f.sealed, c), "plain text in the file")
			}
		})
	}
}

// TestEveryBit flips every bit of a file and of its manifest.
func TestEveryBit(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	f := write(t, b, "data", "first chunk", "", "third")
	for _, stored := range [][]byte{f.sealed, f.manifest} {
		for i := range 8 * len(stored) {
			stored[i/8] ^= 1 << (i % 8)
			chunks, err := read(b, f)
			require.ErrorIs(t, err, ErrAltered, "bit %d", i)
			for n, c := range chunks { // those before the one that was altered
				require.True(t, bytes.Equal(f.plain[n], c))
			}
			require.Less(t, len(chunks), 3)
			stored[i/8] ^= 1 << (i % 8)
		}
	}
	_, err := read(b, f)
	require.NoError(t, err, "every bit was put back")
}

// TestEveryLength cuts files and lets them go on.
func TestEveryLength(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	f := write(t, b, "data", "first chunk", "second")
	for n := range len(f.sealed) {
		cut := f
		cut.sealed = f.sealed[:n]
		chunks, err := read(b, cut)
		require.ErrorIs(t, err, ErrLength, "%d bytes", n)
		require.Empty(t, chunks)
	}
	for n := range len(f.manifest) {
		cut := f
		cut.manifest = f.manifest[:n]
		_, err := read(b, cut)
		require.ErrorIs(t, err, ErrAltered, "%d bytes of the manifest", n)
	}
	f.sealed = append(f.sealed, 0)
	_, err := read(b, f)
	require.ErrorIs(t, err, ErrLength)

	// A file that is cut while it is open.
	m, err := OpenManifest(b, f.manifest)
	require.NoError(t, err)
	r, err := NewReader(bytes.NewReader(f.sealed[:len(f.sealed)-2]), m.Parts[0].Size(), b, m.Parts[0])
	require.NoError(t, err)
	_, err = r.Chunk(nil, 0)
	require.NoError(t, err)
	got, err := r.Chunk(nil, 1)
	require.ErrorIs(t, err, ErrLength)
	require.Empty(t, got)
	require.ErrorContains(t, err, "chunk 1 of data: the length of the file differs")
}

func TestOtherPlaces(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	f := write(t, b, "data", "chunk number 0", "chunk number 1")
	tests := []struct {
		reason string
		box    *Box
	}{
		{"another key", testBox(t, 2, dataset, 7)},
		{"another dataset under the same key", testBox(t, 1, dataset+"2", 7)},
		{"an older version replayed", testBox(t, 1, dataset, 8)},
		{"a newer version", testBox(t, 1, dataset, 6)},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			chunks, err := read(tt.box, f)
			require.ErrorIs(t, err, ErrAltered)
			require.Empty(t, chunks)
			// A manifest of its own does not help.
			forged := f
			forged.manifest = slices.Clone(f.manifest)
			m, err := OpenManifest(b, f.manifest)
			require.NoError(t, err)
			forged.manifest, err = m.Seal(tt.box)
			require.NoError(t, err)
			chunks, err = read(tt.box, forged)
			require.ErrorIs(t, err, ErrAltered)
			require.Empty(t, chunks)
		})
	}

	first, second := f.sealed[:14+Overhead], f.sealed[14+Overhead:]
	t.Run("two chunks in another order", func(t *testing.T) {
		g := f
		g.sealed = slices.Concat(second, first)
		chunks, err := read(b, g)
		require.ErrorIs(t, err, ErrAltered)
		require.Empty(t, chunks)
	})
	t.Run("one chunk twice", func(t *testing.T) {
		g := f
		g.sealed = slices.Concat(first, first)
		chunks, err := read(b, g)
		require.ErrorIs(t, err, ErrAltered)
		require.Len(t, chunks, 1, "the first is in its place")
	})
	t.Run("a chunk of another kind of file", func(t *testing.T) {
		g := write(t, b, "statistics", "chunk number 0", "chunk number 1")
		g.sealed = f.sealed
		chunks, err := read(b, g)
		require.ErrorIs(t, err, ErrAltered)
		require.Empty(t, chunks)
		// Nor when the manifest says so.
		got, err := b.Open(nil, "statistics", 0, first)
		require.ErrorIs(t, err, ErrAltered)
		require.Empty(t, got)
	})
	t.Run("the same place, sealed at another time under the same key", func(t *testing.T) {
		g := write(t, b, "data", "chunk number x", "chunk number y")
		_, err := b.Open(nil, "data", 0, g.sealed[:len(first)])
		require.NoError(t, err, "as such it opens")
		g.manifest = f.manifest
		chunks, err := read(b, g)
		require.ErrorIs(t, err, ErrAltered, "but the manifest lists another")
		require.Empty(t, chunks)
	})
	t.Run("texts that run together", func(t *testing.T) {
		x, y := testBox(t, 1, "ab", 7), testBox(t, 1, "a", 7)
		sealed, err := x.Seal(nil, "c", 0, []byte("text"))
		require.NoError(t, err)
		_, err = y.Open(nil, "bc", 0, sealed)
		require.ErrorIs(t, err, ErrAltered)
	})
}

func TestRefused(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	for _, n := range []int{0, 16, 31, 33} {
		_, err := NewBox(make([]byte, n), dataset, 1)
		require.ErrorIs(t, err, ErrKey)
	}
	_, err := b.Seal(nil, "", 0, nil)
	require.ErrorIs(t, err, ErrKind, "the kind of the manifest")
	_, err = b.Open(nil, "", 0, make([]byte, Overhead))
	require.ErrorIs(t, err, ErrKind)
	_, err = b.Seal(nil, "data", -1, nil)
	require.ErrorIs(t, err, ErrNoChunk)
	_, err = b.Open(nil, "data", -1, make([]byte, Overhead))
	require.ErrorIs(t, err, ErrNoChunk)

	for _, m := range []Manifest{
		{[]Part{{Kind: ""}}}, {[]Part{{Kind: "a"}, {Kind: "a"}}},
	} {
		_, err := m.Seal(b)
		require.ErrorIs(t, err, ErrKind)
	}
	for _, c := range []Chunk{{Offset: 1, Size: Overhead}, {Size: Overhead - 1}, {Size: MaxChunk + Overhead + 1}} {
		_, err := Manifest{[]Part{{"a", []Chunk{c}}}}.Seal(b)
		require.ErrorIs(t, err, ErrLength)
	}

	// What holds the key, but is no Seal.
	for _, plain := range [][]byte{{1}, {0, 0, 0, 0}, {0, 0, 0, 1, 'a'}, appendPart(nil, "a", 200), appendPart(nil, "", 0),
		appendPart(appendPart(nil, "a", 0), "a", 0), append(appendPart(nil, "a", 1), make([]byte, chunkSize)...)} {
		sealed, err := b.seal(nil, "", 0, plain)
		require.NoError(t, err)
		m, err := OpenManifest(b, sealed)
		require.ErrorIs(t, err, ErrAltered, "%x", plain)
		require.Empty(t, m.Parts)
	}
}

func appendPart(b []byte, kind string, count byte) []byte {
	return append(appendText(b, kind), 0, 0, 0, 0, 0, 0, 0, count)
}

// TestUsedUp: a key stops before nonces repeat.
func TestUsedUp(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	b.sealed.Store(maxSealed - 1)
	_, err := b.Seal(nil, "data", 0, nil)
	require.NoError(t, err)
	got, err := b.Seal(nil, "data", 1, nil)
	require.ErrorIs(t, err, ErrUsedUp)
	require.Empty(t, got)
}

func TestNoncesDiffer(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	seen := make(map[string]bool)
	for range 10_000 {
		sealed, err := b.Seal(nil, "data", 0, nil)
		require.NoError(t, err)
		require.False(t, seen[string(sealed[:12])])
		seen[string(sealed[:12])] = true
	}
}

// TestNothingBehind: after an error no byte of the chunk is in the memory that
// was handed in.
func TestNothingBehind(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	plain := bytes.Repeat([]byte("secret! "), 1000)
	sealed, err := b.Seal(nil, "data", 0, plain)
	require.NoError(t, err)
	sealed[len(sealed)-1] ^= 1
	dst := make([]byte, 3, 20_000)
	got, err := b.Open(dst, "data", 0, sealed)
	require.ErrorIs(t, err, ErrAltered)
	require.Len(t, got, 3)
	require.NotContains(t, string(dst[:cap(dst)]), "secret")
}

func TestAppends(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	sealed, err := b.Seal([]byte("head"), "data", 3, []byte("text"))
	require.NoError(t, err)
	require.Equal(t, "head", string(sealed[:4]))
	plain, err := b.Open([]byte("so: "), "data", 3, sealed[4:])
	require.NoError(t, err)
	require.Equal(t, "so: text", string(plain))
}

type failing struct{ after int }

func (f *failing) Write(p []byte) (int, error) {
	if f.after--; f.after < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestWriterStops(t *testing.T) {
	w := NewWriter(&failing{after: 1}, testBox(t, 1, dataset, 7), "data")
	_, err := w.WriteChunk([]byte("a"))
	require.NoError(t, err)
	_, err = w.WriteChunk([]byte("b"))
	require.EqualError(t, err, "chunk 1 of data: disk full")
	_, again := w.WriteChunk([]byte("c"))
	require.Equal(t, err, again)
	require.Len(t, w.Part().Chunks, 1)
}

// eofReader says io.EOF with the last bytes, as an io.ReaderAt may.
type eofReader struct{ *bytes.Reader }

func (r eofReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.Reader.ReadAt(p, off)
	if off+int64(n) == r.Size() {
		err = io.EOF
	}
	return n, err
}

func TestReaderAtEOF(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	f := write(t, b, "data", "only")
	m, err := OpenManifest(b, f.manifest)
	require.NoError(t, err)
	r, err := NewReader(eofReader{bytes.NewReader(f.sealed)}, int64(len(f.sealed)), b, m.Parts[0])
	require.NoError(t, err)
	got, err := r.Chunk(nil, 0)
	require.NoError(t, err)
	require.Equal(t, "only", string(got))
}

func TestConcurrent(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	var chunks []string
	for range 64 {
		chunks = append(chunks, rand.Text()+rand.Text())
	}
	f := write(t, b, "data", chunks...)
	m, err := OpenManifest(b, f.manifest)
	require.NoError(t, err)
	r, err := NewReader(bytes.NewReader(f.sealed), int64(len(f.sealed)), b, m.Parts[0])
	require.NoError(t, err)
	var wg sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		wg.Go(func() {
			var buf []byte
			for n := range r.Len() {
				var err error
				if buf, err = r.Chunk(buf[:0], n); err != nil || string(buf) != chunks[n] {
					errs <- errors.Join(err, errors.New("chunk differs"))
					return
				}
				if _, err := b.Seal(nil, "other", n, buf); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

func TestAllocations(t *testing.T) {
	b := testBox(t, 1, dataset, 7)
	plain := make([]byte, 64<<10)
	w := NewWriter(io.Discard, b, "data")
	w.part.Chunks = make([]Chunk, 0, 1000)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { w.WriteChunk(plain) }), 1.0, "one is the pool, now and then")

	f := write(t, b, "data", string(plain))
	m, err := OpenManifest(b, f.manifest)
	require.NoError(t, err)
	r, err := NewReader(bytes.NewReader(f.sealed), int64(len(f.sealed)), b, m.Parts[0])
	require.NoError(t, err)
	buf := make([]byte, 0, len(plain))
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { r.Chunk(buf, 0) }), 1.0)
}
