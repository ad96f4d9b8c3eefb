package csvtext_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/stretchr/testify/require"
)

// viaLines reads what follows the header in blocks of a size. It returns the
// records as a Writer writes them and the values of some fields; false if a block
// was not understood, or if there is no header of two fields.
func viaLines(t *testing.T, in string, delimiter rune, size int, wanted []int) (text string, values [][]string, header []string, ok bool) {
	t.Helper()
	r := csvtext.NewReader(iotest.HalfReader(strings.NewReader(in)), &csvtext.Options{Delimiter: delimiter})
	header, err := r.Read()
	if err != nil || len(header) < 2 {
		return "", nil, nil, false
	}
	for len(wanted) > 0 && wanted[len(wanted)-1] >= len(header) {
		wanted = wanted[:len(wanted)-1]
	}
	values = make([][]string, len(wanted))
	blocks := csvtext.NewBlocks(r, size, nil)
	var l csvtext.Lines
	var out strings.Builder
	for {
		b, err := blocks.Next()
		if err == io.EOF {
			return out.String(), values, header, true
		}
		require.NoError(t, err)
		require.False(t, b.Cut, "a source that does not fail, and no record is too large")
		before := bytes.Clone(b.Text)
		if !l.Read(b.Text, len(header), byte(delimiter), wanted) {
			return "", nil, header, false
		}
		require.Equal(t, before, b.Text, "a block is not changed")
		require.Equal(t, len(l.Text), int(l.Ends[len(l.Ends)-1]))
		out.Write(l.Text)
		for i, v := range l.Values {
			require.Len(t, v.Ends, len(l.Ends))
			for k := range len(v.Ends) - 1 {
				values[i] = append(values[i], string(v.Text[v.Ends[k]:v.Ends[k+1]]))
			}
		}
	}
}

// checkLines compares Lines with what Reader and Writer make of the same text.
func checkLines(t *testing.T, in string, delimiter rune, size int) (understood bool) {
	t.Helper()
	wanted := []int{0, 1, 3}
	opts := &csvtext.Options{Delimiter: delimiter}
	records, problems, err := readAll(strings.NewReader(in), opts)
	require.NoError(t, err)
	text, values, header, ok := viaLines(t, in, delimiter, size, wanted)
	if !ok {
		if header != nil {
			require.NotEmpty(t, problems, "a text without a problem was refused: %q", in)
		}
		return false
	}
	require.Empty(t, problems, "%q", in)
	var want bytes.Buffer
	w := csvtext.NewWriter(&want, opts)
	for i, record := range records[1:] {
		require.NoError(t, w.Write(record))
		for k := range values {
			require.Equal(t, record[wanted[k]], values[k][i], "%q", in)
		}
	}
	require.NoError(t, w.Flush())
	for k := range values {
		require.Len(t, values[k], len(records)-1)
	}
	require.Equal(t, want.String(), text, "%q", in)
	return true
}

// pieces of hostile CSV.
var linePieces = []string{"a", "ä", ",", ",", ",", "\n", "\n", "\"", "\"\"", " ", "b,\"c\",", "\r\n", "\r", "\"x\ny\"", "\",\"", "\uFEFF", "\",\n", "\n\n", "\"say \"\"hi\"\"\"", "\" \"", "\xff", ";"}

func TestLines(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	counts := map[bool]int{}
	for range 60_000 {
		var in strings.Builder
		in.WriteString([]string{"h,i\n", "h,i,j\r\n", "\uFEFFh,\"i\nj\",k,l\n", "h;i\n"}[rnd.IntN(4)])
		for range rnd.IntN(14) {
			if rnd.IntN(3) == 0 {
				in.WriteString([]string{"a,b\n", "\"a\",\"b,c\"\n", "1,2,3\n", "1,2,3,\n", ",\n"}[rnd.IntN(5)])
			} else if rnd.IntN(2) == 0 {
				in.WriteString(linePieces[rnd.IntN(len(linePieces))])
			}
		}
		delimiter := ','
		if rnd.IntN(8) == 0 {
			delimiter = ';'
		}
		counts[checkLines(t, in.String(), delimiter, 1+rnd.IntN(40))]++
	}
	require.Greater(t, counts[true], 5_000)
	require.Greater(t, counts[false], 5_000)
}

// TestLinesStand: records that a Writer would write the same way are the bytes of
// the block, and no others are.
func TestLinesStand(t *testing.T) {
	for _, tt := range []struct {
		reason string
		in     string
		stands bool
	}{
		{"plain text", "a,b\n", true},
		{"a comma, a quote and a line end in quotes", "\"a,\",\"b\"\"\n\"\n", true},
		{"outer spaces in quotes", "\" a\",\"b \"\n", true},
		{"spaces inside", "a b,c d\n", true},
		{"quotes without a need", "\"a\",b\n", false},
		{"empty text in quotes", "\"\",b\n", false},
		{"a space in front", " a,b\n", false},
		{"a space at the end of the line", "a,b \n", false},
		{"a space between fields", "a, b\n", false},
		{"a space at the end of the last line, which has no end", "a,b ", false},
		{"no line end", "a,b", false},
		{"a carriage return", "a,b\r\n", false},
		{"a blank line", "\na,b\n", false},
		{"a byte order mark in front of a text", "\uFEFFa,b\n", false},
	} {
		var l csvtext.Lines
		b := []byte(tt.in)
		require.True(t, l.Read(b, 2, ',', nil), tt.reason)
		require.Equal(t, tt.stands, &l.Text[0] == &b[0], tt.reason)
	}
}

func TestBlocks(t *testing.T) {
	in := "h,i\na,\"b\nc\"\nd,e\nf,g"
	for size := 1; size < 30; size++ {
		r := csvtext.NewReader(strings.NewReader(in), nil)
		_, err := r.Read()
		require.NoError(t, err)
		s := csvtext.NewBlocks(r, size, nil)
		all, line := "", 2
		for {
			b, err := s.Next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			require.Equal(t, line, b.Line)
			line += bytes.Count(b.Text, []byte{'\n'})
			all += string(b.Text)
			require.Zero(t, strings.Count(all, `"`)%2, "a block ends inside quotes")
		}
		require.Equal(t, in[4:], all)
	}
	// The error of the source comes last.
	r := csvtext.NewReader(io.MultiReader(strings.NewReader("h,i\na,b\n"), iotest.ErrReader(io.ErrClosedPipe)), nil)
	_, err := r.Read()
	require.NoError(t, err)
	s := csvtext.NewBlocks(r, 100, nil)
	b, err := s.Next()
	require.NoError(t, err)
	require.Equal(t, "a,b\n", string(b.Text))
	_, err = s.Next()
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

// TestBlocksCut: a block that ends inside a record says so, and no block that ends
// with one does. A file ends its last record; a source that fails, or a record that is
// too large, does not.
func TestBlocksCut(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, tt := range []struct {
		reason, in string
		longest    int
		err        error
		blocks     []string
		cut        []int // of blocks
	}{
		{"the source fails inside a record", "h,i\na,b\nc,d", 0, broken, []string{"a,b\n", "c,d"}, []int{1}},
		{"the source fails inside the first record", "h,i\nc,d", 0, broken, []string{"c,d"}, []int{0}},
		{"the source fails inside quotes", "h,i\na,b\nc,\"d\n", 0, broken, []string{"a,b\n", "c,\"d\n"}, []int{1}},
		{"the source fails between two records", "h,i\na,b\n", 0, broken, []string{"a,b\n"}, nil},
		{"the source fails behind the header", "h,i\n", 0, broken, nil, nil},
		{"the file ends", "h,i\na,b\nc,d", 0, io.EOF, []string{"a,b\nc,d"}, nil},
		{"a record that is too large", "h,i\na,b\n" + strings.Repeat("c", 90) + ",d\ne,f\n", 30, io.EOF, []string{"a,b\n", strings.Repeat("c", 32), strings.Repeat("c", 32), strings.Repeat("c", 26) + ",d\n", "e,f\n"}, []int{1, 2}},
	} {
		r := csvtext.NewReader(io.MultiReader(strings.NewReader(tt.in), iotest.ErrReader(tt.err)), &csvtext.Options{MaxRecord: tt.longest})
		_, err := r.Read()
		require.NoError(t, err, tt.reason)
		s := csvtext.NewBlocks(r, 32, nil)
		var blocks []string
		var cut []int
		for {
			b, err := s.Next()
			if err != nil {
				require.Equal(t, tt.err, err, tt.reason)
				break
			}
			blocks = append(blocks, string(b.Text))
			if b.Cut {
				cut = append(cut, len(blocks)-1)
			}
		}
		require.Equal(t, tt.blocks, blocks, tt.reason)
		require.Equal(t, tt.cut, cut, tt.reason)
	}
}

// TestLinesTooLarge: a record over the limit is left to a Reader, wherever it stands,
// also if the block is large enough for it.
func TestLinesTooLarge(t *testing.T) {
	for _, tt := range []struct {
		reason, in string
		ok         bool
	}{
		{"of the size", "a,b\n1234567,9\nc,d\n", true},
		{"longer by one byte", "a,b\n1234567,90\nc,d\n", false},
		{"longer, in quotes", "\"1\n345678\",90\n", false},
		{"longer, at the end of the file", "a,b\n1234567,901", false},
		{"many short ones", strings.Repeat("a,b\n", 9), true},
	} {
		l := csvtext.Lines{MaxRecord: 10}
		require.Equal(t, tt.ok, l.Read([]byte(tt.in), 2, ',', nil), tt.reason)
	}
	var l csvtext.Lines
	require.True(t, l.Read([]byte("1234567,901\n"), 2, ',', nil), "the limit is larger")
}

// TestReaderAt: problems behind a block have the place in the file.
func TestReaderAt(t *testing.T) {
	r := csvtext.NewReaderAt(strings.NewReader("\uFEFFa,b\nc,\"\n"), 7, 2, nil)
	record, err := r.Read()
	require.NoError(t, err)
	require.Equal(t, []string{"\uFEFFa", "b"}, record, "no byte order mark in the middle of a file")
	_, err = r.Read()
	require.EqualError(t, err, "8:3: unterminated quote")
	_, err = csvtext.NewReaderAt(strings.NewReader("a\n"), 9, 2, nil).Read()
	require.EqualError(t, err, "9:1: wrong number of fields: got 1, want 2")
}

func FuzzLines(f *testing.F) {
	f.Fuzz(func(t *testing.T, in string, size uint8) { checkLines(t, in, ',', int(size)+1) })
}
