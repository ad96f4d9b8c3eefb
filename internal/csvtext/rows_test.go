package csvtext

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/textpos"
)

// letters is a row of a fixed shape, as gocsv fills it.
type letters struct {
	A string `csv:"A"`
	B string `csv:"B"`
}

// TestDecode reads a file of several blocks, with problems in it, and compares the
// rows and their places with what was written.
func TestDecode(t *testing.T) {
	text, want := "A,B\n", []string(nil)
	for i := range 3*blockRows + 7 {
		if i%1000 == 999 {
			text += fmt.Sprintf("bad %d\n", i)
			continue
		}
		text += fmt.Sprintf("a%d,\"b,%d\"\n", i, i)
		want = append(want, fmt.Sprintf("A%d B,%d at %d:%d", i, i, i+2, len(fmt.Sprintf("a%d,", i))+1))
	}
	var problems []string
	rows := NewRows(strings.NewReader(text), &Options{File: "f"}, func(e *Error) { problems = append(problems, e.Error()) })
	head, ok := rows.Next()
	require.True(t, ok)
	var got []string
	require.NoError(t, Decode(rows, append([]string(nil), head...), strings.ToUpper, func(block []letters, at func(row, column int) textpos.Position) {
		require.LessOrEqual(t, len(block), blockRows)
		for i, row := range block {
			p := at(i, 1)
			got = append(got, fmt.Sprintf("%s %s at %d:%d", row.A, row.B, p.Line, p.Column))
		}
	}))
	require.Equal(t, want, got)
	require.Len(t, problems, 3)
	require.Equal(t, "f:1001:1: wrong number of fields: got 1, want 2", problems[0])
	_, ok = rows.Next()
	require.False(t, ok, "it was read to the end")
}

func TestRowsOfABrokenSource(t *testing.T) {
	why := errors.New("why")
	var problems []*Error
	rows := NewRows(io.MultiReader(strings.NewReader("A,B\n1,2\n"), iotest.ErrReader(why)), nil, func(e *Error) { problems = append(problems, e) })
	rows.Drain()
	require.Len(t, problems, 1)
	require.ErrorIs(t, problems[0], why)
	require.Equal(t, 3, problems[0].Pos.Line, "behind the last record")
}

func TestNames(t *testing.T) {
	require.Equal(t, []string{"Cell", "Cell1", "Cell2"}, Names(3))
}

func TestOneColumn(t *testing.T) {
	for name, want := range map[string]bool{"UserName;Region": true, "UserName\tRegion": true, "UserName,Region": true, "UserName": false, "": false} {
		require.Equal(t, want, OneColumn([]string{name}), name)
	}
	require.False(t, OneColumn([]string{"a;b", "c"}))
	require.False(t, OneColumn(nil))
}
