package columns_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/columns"
)

func TestZero(t *testing.T) {
	require.Zero(t, columns.Width(""))
	require.Empty(t, columns.Append(nil, nil))
	require.Equal(t, "\n", string(columns.Append(nil, [][]string{nil})))
}

func TestWidth(t *testing.T) {
	for _, tt := range []struct {
		reason, text string
		want         int
	}{
		{"letters", "Tokyo", 5},
		{"Chinese characters", "東京", 4},
		{"Hangul", "서울", 4},
		{"half-width kana", "ﾄｳｷｮｳ", 5},
		{"full-width letters", "Ｔｏ", 4},
		{"a combining accent", "e\u0301", 1},
		{"one that is composed", "é", 1},
		{"an emoji", "🦀", 2},
		{"Arabic", "مرحبا", 5},
		{"a joiner", "a\u200db", 2},
		{"a flag, of two code points", "🇯🇵", 2},
		{"a family, of five", "👩‍👩‍👧", 2},
		{"a heart that a selector makes an emoji", "❤️", 2},
		{"a dash that is narrow", "─…", 2},
	} {
		t.Run(tt.reason, func(t *testing.T) { require.Equal(t, tt.want, columns.Width(tt.text)) })
	}
}

// TestColumns: every cell of a column starts at the same place, and is whole.
func TestColumns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	letters := []rune("ab東京é🦀ﾄe\u0301 ")
	for range 500 {
		rows := make([][]string, 1+rnd.IntN(5))
		for i := range rows {
			rows[i] = make([]string, 1+rnd.IntN(4))
			for k := range rows[i] {
				rows[i][k] = "|" // marks where it starts
				for range rnd.IntN(6) {
					rows[i][k] += string(letters[rnd.IntN(len(letters))])
				}
				rows[i][k] += "|"
			}
		}
		lines := strings.Split(strings.TrimSuffix(string(columns.Append(nil, rows)), "\n"), "\n")
		require.Len(t, lines, len(rows))
		starts := make(map[int]int)
		for i, line := range lines {
			at := 0
			for k, cell := range rows[i] {
				n := strings.Index(line[at:], cell)
				require.GreaterOrEqual(t, n, 0, "%q in %q", cell, line)
				at += n
				start := columns.Width(line[:at])
				if was, ok := starts[k]; ok {
					require.Equal(t, was, start, "%q", lines)
				}
				starts[k] = start
				at += len(cell)
			}
			require.Len(t, line, at, "no blanks at the end")
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		reason, text string
		n            int
		want         string
	}{
		{"it fits", "東京", 4, "東京"},
		{"half a character does not fit", "東京都", 4, "東…"},
		{"an accent stays with its letter", "e\u0301e\u0301e", 2, "e\u0301…"},
		{"letters", "abcdef", 4, "abc…"},
		{"one place", "東", 1, "…"},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			got := columns.Cut(tt.text, tt.n)
			require.Equal(t, tt.want, got)
			require.LessOrEqual(t, columns.Width(got), tt.n)
		})
	}
}
