package csvtext_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	var r csvtext.Reader
	_, err := r.Read()
	require.Equal(t, io.EOF, err, "the zero Reader has nothing to read")
	_, err = csvtext.NewReader(nil, nil).ReadBytes()
	require.Equal(t, io.EOF, err)
	require.False(t, r.BOM())
}

func TestOptionsRefused(t *testing.T) {
	for reason, opts := range map[string]*csvtext.Options{
		"a line end":         {Delimiter: '\n'},
		"one for both":       {Delimiter: '"'},
		"a quote of 2 bytes": {Quote: '»'},
		"no character":       {Delimiter: -1},
		"a byte order mark":  {Delimiter: '\uFEFF'},
	} {
		r := csvtext.NewReader(strings.NewReader("a,b\n"), opts)
		for range 2 {
			_, err := r.Read()
			require.ErrorIs(t, err, csvtext.ErrOptions, reason)
		}
	}
}

func TestSourceFails(t *testing.T) {
	broken := errors.New("disk on fire")
	r := csvtext.NewReader(io.MultiReader(strings.NewReader("a,b\nc,d"), iotest.ErrReader(broken)), nil)
	record, err := r.Read()
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, record)
	for range 2 {
		_, err = r.Read()
		require.Equal(t, broken, err, "half a record is no record")
	}
	_, err = csvtext.NewReader(stuck{}, nil).Read()
	require.Equal(t, io.ErrNoProgress, err)
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// endless repeats a text for ever.
type endless string

func (e endless) Read(p []byte) (n int, err error) {
	for n+len(e) <= len(p) {
		n += copy(p[n:], e)
	}
	if n == 0 {
		n = copy(p, e)
	}
	return n, nil
}

func TestHostile(t *testing.T) {
	for reason, src := range map[string]io.Reader{
		"a line without an end":       endless("aaaaaaa"),
		"a field without an end":      io.MultiReader(strings.NewReader("a,\""), endless("b\nb,")),
		"quotes without an end":       io.MultiReader(strings.NewReader("\""), endless("\"\"")),
		"commas without an end":       endless(","),
		"stray quotes without an end": endless("a\","),
	} {
		t.Run(reason, func(t *testing.T) {
			_, problems, err := readAll(src, &csvtext.Options{MaxRecord: 1 << 20})
			require.NoError(t, err)
			require.Len(t, problems, 1)
			require.Contains(t, problems[0], "record too large")
		})
	}
	t.Run("more fields than any table has", func(t *testing.T) {
		_, problems, err := readAll(strings.NewReader(strings.Repeat(",", 3<<20)+"\n"), nil)
		require.NoError(t, err)
		require.Equal(t, []string{"1:1048577: record too large: more than 1048576 fields"}, problems)
	})
	t.Run("a flood of stray quotes in one record", func(t *testing.T) {
		_, problems, err := readAll(strings.NewReader(strings.Repeat("a\",", 1<<16)+"\nb\"\n"), nil)
		require.NoError(t, err)
		require.Len(t, problems, 101, "a hundred of the first record, and the next record's")
	})
}

func TestFieldPosOfManyFields(t *testing.T) {
	const n = 1 << 20
	r := csvtext.NewReader(strings.NewReader(strings.Repeat(",", n-1)), nil)
	record, err := r.Read()
	require.NoError(t, err)
	require.Len(t, record, n)
	for i := range record { // one pass in all; a pass for each would take minutes
		_, column := r.FieldPos(i)
		if column != i+1 {
			t.Fatal(i, column)
		}
	}
	_, column := r.FieldPos(7)
	require.Equal(t, 8, column, "and back")
}

func TestFieldPos(t *testing.T) {
	r := csvtext.NewReader(strings.NewReader("\uFEFFé,\"x\ny\",z\r\n\n,\"\"\"\",é\n"), nil)
	for _, want := range [][][2]int{{{1, 1}, {1, 4}, {2, 4}}, {{4, 1}, {4, 2}, {4, 7}}} {
		record, err := r.Read()
		require.NoError(t, err)
		require.Len(t, record, len(want))
		for i := range record {
			line, column := r.FieldPos(i)
			require.Equal(t, want[i], [2]int{line, column})
		}
	}
	require.True(t, r.BOM())
}
