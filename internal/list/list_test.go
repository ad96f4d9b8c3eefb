package list

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/csvtext"
)

// oracleList reads a cell one character at a time, as the rules are worded: in a
// list of items split at commas outside quotes, each is bare or quoted (U3–U5).
func oracleList(text string) ([]string, error) {
	type state int
	const (
		start state = iota // of an item
		bare
		inside // quotes
		quoted // behind the closing quote
	)
	values := map[string]bool{}
	var item []rune
	at := start
	runes := []rune(text + ",")
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; {
		case at == inside && i == len(runes)-1:
			return nil, csvtext.ErrUnterminated
		case at == inside && c == '"' && runes[i+1] == '"':
			item = append(item, '"')
			i++
		case at == inside && c == '"':
			if len(item) == 0 && (runes[i+1] == ',') {
				return nil, ErrEmptyItem
			}
			at = quoted
		case at == inside:
			item = append(item, c)
		case c == ',':
			if len(item) > 0 {
				values[string(item)] = true
			}
			item, at = nil, start
		case at == quoted:
			return nil, csvtext.ErrAfterQuote
		case c == '"' && at == start:
			at = inside
		case c == '"':
			return nil, csvtext.ErrBareQuote
		default:
			item, at = append(item, c), bare
		}
	}
	var sorted []string
	for v := range values {
		sorted = append(sorted, v)
	}
	slices.Sort(sorted)
	return sorted, nil
}

func TestParse(t *testing.T) {
	tests := []struct {
		reason, cell string
		want         []string
		err          error
	}{
		{"no text is a wildcard", "", nil, nil},
		{"commas are a wildcard", ",,,", nil, nil},
		{"one value", "EMEA", []string{"EMEA"}, nil},
		{"several, sorted, each once", "US,EMEA,US", []string{"EMEA", "US"}, nil},
		{"empty items are dropped", ",EMEA,,US,", []string{"EMEA", "US"}, nil},
		{"spaces are literal", "Enterprise, SMB", []string{" SMB", "Enterprise"}, nil},
		{"one space is a value", " ", []string{" "}, nil},
		{"a quoted item keeps its commas", `"AWS,INC"`, []string{"AWS,INC"}, nil},
		{"quoted beside bare", `x,"AWS,INC",y`, []string{"AWS,INC", "x", "y"}, nil},
		{"doubled quotes", `"a""b"`, []string{`a"b`}, nil},
		{"nothing but a quote", `""""`, []string{`"`}, nil},
		{"a quoted comma is a value", `","`, []string{","}, nil},
		{"a quoted item and an empty one", `"a",`, []string{"a"}, nil},
		{"quoted and bare are one value", `"a",a`, []string{"a"}, nil},
		{"NULL is text", "NULL", []string{"NULL"}, nil},
		{"line ends are text", "a\r\nb,c\n", []string{"a\r\nb", "c\n"}, nil},

		{"never closed", `"AWS,INC`, nil, csvtext.ErrUnterminated},
		{"a lone quote", `"`, nil, csvtext.ErrUnterminated},
		{"closed by a doubled quote only", `"a""`, nil, csvtext.ErrUnterminated},
		{"never closed, later", `a,"b`, nil, csvtext.ErrUnterminated},
		{"text behind the quote", `"a"x`, nil, csvtext.ErrAfterQuote},
		{"a space behind the quote", `"a" ,b`, nil, csvtext.ErrAfterQuote},
		{"an empty quoted item", `""`, nil, ErrEmptyItem},
		{"an empty quoted item in a list", `a,"",b`, nil, ErrEmptyItem},
		{"a quote inside", `a"b`, nil, csvtext.ErrBareQuote},
		{"a quote behind a space", `a, "b"`, nil, csvtext.ErrBareQuote},
		{"a quote at the end", `a"`, nil, csvtext.ErrBareQuote},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			got, _, err := Parse(tt.cell, nil)
			require.ErrorIs(t, err, tt.err)
			require.Equal(t, tt.want, got.Values)
			want, err := oracleList(tt.cell)
			require.ErrorIs(t, err, tt.err, "the oracle agrees")
			require.Equal(t, tt.want, want)
		})
	}
}

func TestItems(t *testing.T) {
	require.Equal(t, []string{"US", "AWS,INC", `a"b`, "US"}, slices.Collect(Items(`US,"AWS,INC",,"a""b",US`)), "as they are written")
}

// checkList compares one cell with the oracle, and with itself written and read.
func checkList(t *testing.T, cell string) error {
	t.Helper()
	earlier := []string{"kept"}
	got, pool, err := Parse(cell, earlier)
	want, wantErr := oracleList(cell)
	require.Equal(t, want, got.Values, "%q", cell)
	require.Equal(t, "kept", pool[0])
	if wantErr != nil {
		require.ErrorIs(t, err, wantErr, "%q", cell)
		require.Len(t, pool, 1)
		return err
	}
	require.NoError(t, err, "%q", cell)
	require.Len(t, pool, 1+len(got.Values))
	items := slices.Collect(Items(cell))
	if len(want) > 0 {
		require.Len(t, items, len(want)+got.Repeated, "%q", cell)
	}
	require.Equal(t, want, slices.Compact(slices.Sorted(slices.Values(items))), "%q", cell)

	canonical := string(Append(nil, got.Values))
	require.LessOrEqual(t, len(canonical), len(cell), "%q: canonical form is the shortest", cell)
	again, _, err := Parse(canonical, nil)
	require.NoError(t, err)
	require.Equal(t, List{Values: got.Values}, again, "the canonical form has no item too much")
	return nil
}

func TestAgainstOracle(t *testing.T) {
	pieces := []string{`"`, `"`, `""`, ",", ",", "a", "b", "ä", " "}
	rnd := rand.New(rand.NewPCG(3, 4))
	seen := map[error]int{}
	for range 100_000 {
		var cell strings.Builder
		for range rnd.IntN(9) {
			cell.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		err := checkList(t, cell.String())
		for _, why := range []error{nil, csvtext.ErrUnterminated, csvtext.ErrAfterQuote, ErrEmptyItem, csvtext.ErrBareQuote} {
			if errors.Is(err, why) {
				seen[why]++
			}
		}
	}
	require.Len(t, seen, 5)
	for why, n := range seen {
		require.Greater(t, n, 1000, "cells of every kind: %v", why)
	}
}

func FuzzSplit(f *testing.F) {
	for _, cell := range []string{"", ",,,", "EMEA,US", `"AWS,INC",AWS`, `"a""b"`, `""`, `"a"x`, `a"b`, `"`, "a, b"} {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		if strings.ToValidUTF8(cell, "") == cell {
			_ = checkList(t, cell)
		}
	})
}

func TestZero(t *testing.T) {
	l, rest, err := Parse("", nil)
	require.NoError(t, err)
	require.Equal(t, List{}, l, "no text has no value")
	require.Empty(t, rest)
	require.True(t, Blank(""))
	require.Empty(t, Append(nil, nil))
}

// TestCounts holds the items that vet reports as idle.
func TestCounts(t *testing.T) {
	for _, tt := range []struct {
		reason, cell    string
		empty, repeated int
	}{
		{"nothing idle", "a,b", 0, 0},
		{"commas only are a wildcard", ",,", 0, 0},
		{"empty in front, between and behind", ",a,,b,", 3, 0},
		{"empty behind a quoted item", `"a",`, 1, 0},
		{"a comma in quotes is a part of the item", `"a,,b"`, 0, 0},
		{"bare and quoted", `a,"a",b,b`, 0, 2},
		{"both", "b,a,,a", 1, 1},
	} {
		l, _, err := Parse(tt.cell, nil)
		require.NoError(t, err, tt.reason)
		require.Equal(t, []int{tt.empty, tt.repeated}, []int{l.Empty, l.Repeated}, tt.reason)
	}
}
