package tabular

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/csvtext"
)

// linesOf returns the lines that CSVLines hands out in small blocks, and its error.
func linesOf(t *testing.T, in io.Reader, longest, block int) (lines []string, err error) {
	t.Helper()
	r, err := csvOf("f.csv", in, nil, longest, block)
	require.NoError(t, err)
	l, ok := CSVLines(r, []string{"h"}, nil, 2)
	require.True(t, ok)
	defer l.Release()
	for l.Next() {
		column := l.Record().Column(1).(*array.Binary)
		for row := range column.Len() {
			lines = append(lines, string(column.Value(row)))
		}
	}
	return lines, l.Err()
}

// TestCSVLinesCut: half a record is no row, be it cut off by a source that fails or by
// the limit for a record. Each of these inputs has a half that looks like a whole row
// which a viewer may see, or a second half that does.
func TestCSVLinesCut(t *testing.T) {
	broken := errors.New("the storage failed")
	long := strings.Repeat("x", 300)
	for _, tt := range []struct {
		reason, in string
		end        error
		lines      []string
		err        string
	}{
		{"the source fails inside a record", "h,i\n1,APAC\n400,EMEA", broken, []string{"1,APAC\n"}, "f.csv: the storage failed"},
		{"the source fails inside the first record", "h,i\n400,EMEA", broken, nil, "f.csv: the storage failed"},
		{"the source fails between two records", "h,i\n1,APAC\n", broken, []string{"1,APAC\n"}, "f.csv: the storage failed"},
		{"the source fails behind a stray quote", "h,i\na\"b,c\n400,EMEA", broken, nil, "f.csv:2:2: bare quote in unquoted text\nf.csv: the storage failed"},
		{"the file ends inside a record", "h,i\n1,APAC\n400,EMEA", io.EOF, []string{"1,APAC\n", "400,EMEA\n"}, ""},
		{"a record that does not end in a block", "h,i\n1,APAC\n" + long + ",EMEA\n2,US\n", io.EOF, []string{"1,APAC\n"}, "f.csv:3:1: record too large: more than 100 bytes without an end"},
		{"a record that ends in a block", "h,i\n1,APAC\n" + long[:110] + ",EMEA\n2,US\n", io.EOF, []string{"1,APAC\n"}, "f.csv:3:1: record too large: more than 100 bytes without an end"},
		{"a record of the size of a block, in quotes", "h,i\n1,APAC\n\"" + long[:127] + "\",EMEA\n2,US\n", io.EOF, []string{"1,APAC\n"}, "f.csv:3:1: record too large: more than 100 bytes without an end"},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			source := func() io.Reader { return io.MultiReader(strings.NewReader(tt.in), iotest.ErrReader(tt.end)) }
			// A batch with an error has no rows, so only blocks before it show any.
			lines, err := linesOf(t, source(), 100, 8)
			require.Equal(t, tt.lines, lines)
			_, want := readAll(csvOf("f.csv", source(), nil, 100, 8))
			if tt.err == "" {
				require.NoError(t, err)
				require.NoError(t, want)
				return
			}
			require.EqualError(t, err, tt.err)
			require.EqualError(t, want, tt.err, "the same as of CSV")
		})
	}
}

// TestCSVLinesDifferential compares with a Reader: the same error, no row that the
// Reader does not have, and all of them if nothing is wrong.
func TestCSVLinesDifferential(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 29))
	pieces := []string{"a", "é", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", " ", "\"x\ny\"", "a,b\n", "a,b\n", "c,\"d\"\n", "\xff", "eeeeeeeee", "\"fffff,ffff\"", "a,b"}
	failed, fine, large := 0, 0, 0
	rounds := 6000
	if testing.Short() {
		rounds = 1000
	}
	for round := range rounds {
		var text strings.Builder
		text.WriteString("h,i\n")
		for range rnd.IntN(16) {
			if kind := rnd.IntN(3); kind > 0 {
				text.WriteString([]string{"a,b\n", "c,\"d\n\"\n"}[rnd.IntN(2)])
			} else {
				text.WriteString(pieces[rnd.IntN(len(pieces))])
			}
		}
		end := []error{io.EOF, io.ErrClosedPipe}[rnd.IntN(2)]
		source := func() io.Reader {
			return io.MultiReader(strings.NewReader(text.String()), iotest.ErrReader(end))
		}
		longest, block := 6+rnd.IntN(30), 1+rnd.IntN(30)

		var want []string
		r := csvtext.NewReader(source(), &csvtext.Options{MaxRecord: longest})
		if _, err := r.Read(); err != nil {
			continue
		}
		record, err := r.Read()
		for ; err == nil; record, err = r.Read() {
			want = append(want, string(csvtext.AppendRecordWith(nil, record, ',')))
		}
		_, wantErr := readAll(csvOf("f.csv", source(), nil, longest, block))
		lines, gotErr := linesOf(t, source(), longest, block)
		if wantErr == nil {
			require.NoError(t, gotErr, "round %d: %q", round, text.String())
			require.Equal(t, want, lines, "round %d: %q", round, text.String())
			fine++
			continue
		}
		require.EqualError(t, gotErr, wantErr.Error(), "round %d: %q, limit %d, blocks of %d", round, text.String(), longest, block)
		require.LessOrEqual(t, len(lines), len(want), "round %d: %q", round, text.String())
		require.Equal(t, want[:len(lines)], append(want[:0:0], lines...), "round %d: %q", round, text.String())
		failed++
		if errors.Is(wantErr, csvtext.ErrTooLarge) {
			large++
		}
	}
	require.Greater(t, fine, rounds/20)
	require.Greater(t, failed, rounds/6)
	require.Greater(t, large, rounds/60)
}
