package spicefile

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/internal/seal"
)

// memDisk is a disk of what is in it.
type memDisk map[string][]byte

func (d memDisk) ReadFile(path string) ([]byte, error) {
	b, ok := d[path]
	if !ok {
		return nil, os.ErrNotExist
	}
	return bytes.Clone(b), nil
}

func (d memDisk) Open(path string) (File, error) {
	b, err := d.ReadFile(path)
	return memFile{bytes.NewReader(b)}, err
}

func (d memDisk) Create(string) (File, error)      { return nil, os.ErrPermission }
func (d memDisk) MkdirAll(string) error            { return os.ErrPermission }
func (d memDisk) ReadDir(string) ([]string, error) { return nil, os.ErrPermission }
func (d memDisk) Rename(string, string) error      { return os.ErrPermission }
func (d memDisk) Remove(string) error              { return os.ErrPermission }
func (d memDisk) SyncDir(string) error             { return os.ErrPermission }

type memFile struct{ *bytes.Reader }

func (f memFile) Size() (int64, error)      { return f.Reader.Size(), nil }
func (f memFile) Write([]byte) (int, error) { return 0, os.ErrPermission }
func (f memFile) Sync() error               { return os.ErrPermission }
func (f memFile) Close() error              { return nil }

// segment writes a segment of a few hundred rows and returns its files.
func segment(t testing.TB) (disk memDisk, tag Tag, rows []string) {
	dir := t.TempDir()
	rec := texts(rand.New(rand.NewPCG(3, 4)), 300, false)
	schema, err := Delivered(rec.Schema())
	require.NoError(t, err)
	w, err := NewWriter(Disk{}, dir, 7, newBox(t), schema, &WriteOptions{RunRows: 100})
	require.NoError(t, err)
	require.NoError(t, w.Append(context.Background(), rec))
	result, err := w.Close()
	require.NoError(t, err)
	require.NoError(t, Publish(Disk{}, dir, 7))
	disk = make(memDisk)
	for i, path := range paths(dir) {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		disk[paths("")[i]] = b
	}
	rows, err = readSegment(t, disk, result.Tag)
	require.NoError(t, err)
	require.Len(t, rows, 300)
	return disk, result.Tag, rows
}

func paths(dir string) []string {
	rows, index, manifest := Names(dir, 7)
	return []string{rows, index, manifest}
}

// readSegment reads all rows; those of chunks that were read before an error come
// with it.
func readSegment(t testing.TB, disk memDisk, tag Tag) (rows []string, err error) {
	s, err := Open(disk, "", 7, newBox(t), tag)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	schema, err := Delivered(texts(rand.New(rand.NewPCG(3, 4)), 1, false).Schema())
	require.NoError(t, err)
	r, err := s.Reader(newBox(t), schema, memory.NewGoAllocator())
	if err != nil {
		return nil, err
	}
	for n, info := range s.Chunks() {
		info.MayMatch(predicate.In("tenant", "tenant 01", "tenant 09"))
		rec, err := r.Chunk(n)
		if err != nil {
			return rows, err
		}
		rows = append(rows, rowsOf(rec)...)
		rec.Release()
	}
	return rows, nil
}

// FuzzSegment flips bits of the files of a segment, cuts them, and makes them
// longer. What is read is what was written, or there is an error.
func FuzzSegment(f *testing.F) {
	original, tag, want := segment(f)
	f.Add(uint8(0), uint32(0), uint8(0), uint16(0), []byte{})
	f.Add(uint8(0), uint32(17), uint8(1), uint16(0), []byte{})
	f.Add(uint8(1), uint32(40), uint8(128), uint16(0), []byte{})
	f.Add(uint8(2), uint32(3), uint8(4), uint16(1), []byte{})
	f.Add(uint8(2), uint32(0), uint8(0), uint16(16), []byte("more"))
	f.Add(uint8(0), uint32(0), uint8(0), uint16(600), []byte{})
	f.Fuzz(func(t *testing.T, file uint8, at uint32, bits uint8, cut uint16, tail []byte) {
		disk := make(memDisk)
		same := true
		for i, path := range paths("") {
			b := bytes.Clone(original[path])
			if i == int(file)%3 {
				b[int(at)%len(b)] ^= bits
				b = append(b[:len(b)-int(cut)%len(b)], tail...)
				same = bytes.Equal(b, original[path])
			}
			disk[path] = b
		}
		got, err := readSegment(t, disk, tag)
		require.Equal(t, same, err == nil)
		require.LessOrEqual(t, len(got), len(want))
		require.True(t, slices.Equal(got, want[:len(got)]), "rows that were not written")
	})
}

// FuzzIndex opens segments with an index of any bytes, as if whoever has the key
// had written it. No row comes of one that does not fit.
func FuzzIndex(f *testing.F) {
	original, _, want := segment(f)
	rowsPath, indexPath, manifestPath := Names("", 7)
	for _, s := range []string{
		`{"Columns":["text tenant","text note","int32 n"],"Chunks":[{"Rows":100},{"Rows":100},{"Rows":100}]}`, `{"Chunks":[{"Rows":100},{"Rows":100},{"Rows":100}]}`,
		`{"Columns":["text note","text tenant","int32 n"],"Chunks":[{"Rows":100},{"Rows":100},{"Rows":100}]}`, `{"Columns":["text tenant","text note","int32 n"],"Chunks":[{"Rows":300}]}`, `{"Columns":["text tenant","text note","int32 n"],"Chunks":[{"Rows":-1},{"Rows":100},{"Rows":201}]}`,
		`{"Columns":["text tenant","text note","int32 n"],"Chunks":null}`, `{}`, `null`, `[]`, `{"Columns":["text tenant","text note","int32 n"],"Chunks":[{},{},{}]}`,
		`{"Columns":["text tenant","text note","int32 n"],"Chunks":[{"Rows":100,"Stats":{"tenant":{"Min":"z","Max":"a","Blank":true}}},{"Rows":9e99},{"Rows":100}]}`, "",
	} {
		f.Add([]byte(s))
	}
	box := newBox(f)
	manifest, err := seal.OpenManifest(box, original[manifestPath])
	require.NoError(f, err)
	rows, _ := manifest.Part(kindRows)
	f.Fuzz(func(t *testing.T, data []byte) {
		var sealed bytes.Buffer
		out := seal.NewWriter(&sealed, box, kindIndex)
		_, err := out.WriteChunk(data)
		require.NoError(t, err)
		parts, err := seal.Manifest{Parts: []seal.Part{rows, out.Part()}}.Seal(box)
		require.NoError(t, err)
		disk := memDisk{rowsPath: original[rowsPath], indexPath: sealed.Bytes(), manifestPath: parts}
		got, err := readSegment(t, disk, tagOf(parts))
		require.LessOrEqual(t, len(got), len(want))
		require.True(t, slices.Equal(got, want[:len(got)]))
		if err == nil {
			require.Len(t, got, len(want))
			var all index
			require.NoError(t, json.Unmarshal(data, &all))
		}
	})
}
