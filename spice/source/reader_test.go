package source_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/source"
)

func in(texts ...string) (all []source.Input) {
	files := fstest.MapFS{}
	for i, text := range texts {
		name := fmt.Sprint("f", i+1)
		files[name] = &fstest.MapFile{Data: []byte(text)}
		all = append(all, source.InFS(files, name))
	}
	return all
}

func TestRead(t *testing.T) {
	tests := []struct {
		reason string
		reader source.Reader
		want   string // rows, or ! and what the error says
	}{
		{"files one after the other", source.CSV(nil, in("a\n1\n", "a\n2\n3\n", "a\n")...), "1 2 3"},
		{"an empty file is no table", source.CSV(nil, in("a\n1\n", "")...), "1 !f2: no data"},
		{"other columns", source.CSV(nil, in("a\n1\n", "b,c\n2,3\n")...), `1 !f2: the columns differ from those of the first file: column 1: got "b", want "a"`},
		{"a column is new", source.CSV(nil, in("a\n1\n", "a,c\n2,3\n")...), `1 !column "c" is new`},
		{"bad CSV has a place", source.CSV(nil, in("a,b\n1,2\n", "a,b\n1\n")...), "1|2 !f2:2:1: wrong number of fields"},
		{"bad UTF-8 has a place", source.CSV(nil, in("a,b\n1,\xff\n")...), "!f1:2:3: invalid UTF-8"},
		{"JSON columns of all lines of all files", source.JSONLines(nil, in("{\"a\":1}\n", "{\"a\":2.5,\"b\":\"x\"}\n")...), "1|(null) 2.5|x"},
		{"JSON with a schema", source.JSONLines(&source.JSONOptions{Schema: schema("a", arrow.PrimitiveTypes.Int64)}, in("{\"a\":1}\n{\"a\":2.5}\n")...), `!f1:2:2: key "a": got a number with a fraction, want an integer`},
		{"bad JSON has a place", source.JSONLines(nil, in("{\"a\":1}\n{\"a\":}\n")...), "!f1:2:6: "},
		{"a JSON array is no line", source.JSONLines(nil, in("[{\"a\":1}]")...), "!f1:1:1: got '[', want an object"},
		{"text that claims to be Arrow", source.Arrow(in("a,b\n1,2\n")...), "!f1: "},
		{"an Arrow file cut off", source.Arrow(in("ARROW1\x00\x00")...), "!f1: the data ends in the middle"},
		{"no file", source.CSV(nil), "!no data"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			want, problem, _ := strings.Cut(tt.want, "!")
			got, err := rows(tt.reader)
			require.Equal(t, strings.TrimSpace(want), strings.Join(got, " "))
			if problem == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, problem)
			again, err := rows(tt.reader)
			require.Equal(t, got, again, "a Reader can be read again")
			require.Error(t, err)
		})
	}
}

func schema(name string, dt arrow.DataType) *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{{Name: name, Type: dt, Nullable: true}}, nil)
}

// arrowBytes is a table as an Arrow stream or file.
func arrowBytes(t testing.TB, file bool) []byte {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rec, _, err := array.RecordFromJSON(mem, schema("a", arrow.BinaryTypes.String), strings.NewReader(`[{"a":"x"},{"a":null}]`))
	require.NoError(t, err)
	defer rec.Release()
	path := t.TempDir() + "/a"
	f, err := os.Create(path)
	require.NoError(t, err)
	var w interface {
		Write(arrow.Record) error
		Close() error
	} = ipc.NewWriter(f, ipc.WithSchema(rec.Schema()))
	if file {
		w, err = ipc.NewFileWriter(f, ipc.WithSchema(rec.Schema()))
		require.NoError(t, err)
	}
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return text
}

func TestArrow(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, file := range []bool{false, true} {
		data := arrowBytes(t, file)
		inOrder := source.Open("object", func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(dir+"/a.arrow", data, 0o600))
		for reason, input := range map[string]source.Input{"in order only": inOrder, "a real file": source.InFS(os.DirFS(dir), "a.arrow")} {
			got, err := rows(source.Arrow(input))
			require.NoError(t, err, reason)
			require.Equal(t, []string{"x", "(null)"}, got, reason)
		}
	}
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	for _, f := range left {
		require.NotContains(t, f.Name(), "rowsight-", "nothing is left on disk")
	}
}

// TestClosed: what is opened is closed, however the read ends.
func TestClosed(t *testing.T) {
	for _, tt := range []struct{ reason, text string }{{"to the end", "a\n1\n"}, {"bad header", "a\"\n"}, {"bad row", "a\n\"\n"}} {
		open := 0
		input := source.Open("f", func(context.Context) (io.ReadCloser, error) {
			open++
			return closer{strings.NewReader(tt.text), func() { open-- }}, nil
		})
		_, _ = rows(source.CSV(nil, input, input))
		require.Zero(t, open, tt.reason)
		r, err := source.CSV(nil, input).Records(t.Context())
		if err == nil {
			r.Retain()
			r.Release()
			require.Equal(t, 1, open, tt.reason)
			r.Release()
		}
		require.Zero(t, open, tt.reason)
	}
}

type closer struct {
	io.Reader
	close func()
}

func (c closer) Close() error { c.close(); return nil }

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	endless := source.Open("endless", func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("a\n"), forever("x\n"))), nil
	})
	r, err := source.CSV(nil, endless).Records(ctx)
	require.NoError(t, err)
	defer r.Release()
	require.True(t, r.Next())
	cancel()
	for r.Next() {
	}
	require.ErrorIs(t, r.Err(), context.Canceled)
	_, err = source.CSV(nil, endless).Records(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// forever is a text again and again.
func forever(text string) io.Reader { return &again{text: text} }

type again struct {
	text string
	at   int
}

func (r *again) Read(p []byte) (n int, _ error) {
	for n < len(p) {
		k := copy(p[n:], r.text[r.at:])
		n, r.at = n+k, (r.at+k)%len(r.text)
	}
	return n, nil
}

func TestBrokenSource(t *testing.T) {
	broken := errors.New("connection reset")
	_, err := rows(source.CSV(nil, source.Open("f", func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("a\n1\n2\n"), iotest.ErrReader(broken))), nil
	})))
	require.ErrorIs(t, err, broken, "rows that came before are no whole table")
	_, err = rows(source.CSV(nil, source.Open("f", func(context.Context) (io.ReadCloser, error) { return nil, broken })))
	require.ErrorIs(t, err, broken)
}

// TestBoundedMemory reads a file much larger than what may be held.
func TestBoundedMemory(t *testing.T) {
	if testing.Short() || race {
		t.Skip("reads 320 MB")
	}
	const size, most = 320 << 20, 200 << 20
	line := strings.Repeat("x", 12_000) + "\n"
	input := source.Open("large", func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("a\n"), io.LimitReader(forever(line), size))), nil
	})
	r, err := source.CSV(nil, input).Records(t.Context())
	require.NoError(t, err)
	defer r.Release()
	n, peak := int64(0), uint64(0)
	for r.Next() {
		n += r.Record().NumRows()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
	}
	require.NoError(t, r.Err())
	require.EqualValues(t, (size+len(line)-1)/len(line), n)
	t.Logf("peak %d MB", peak>>20)
	require.Less(t, peak, uint64(most))
}
