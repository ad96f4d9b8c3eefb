package plain_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/plain"
)

func TestZero(t *testing.T) { require.Equal(t, `""`, plain.Text("")) }

func TestText(t *testing.T) {
	tests := []struct{ reason, in, want string }{
		{"a name", "al", "al"},
		{"blanks inside", "Nikhil Jayashankar", "Nikhil Jayashankar"},
		{"letters of any script", "Zürich 東京", "Zürich 東京"},
		{"a blank at the end", "al ", `"al "`},
		{"a code for the terminal", "\x1b[31mal", `"\x1b[31mal"`},
		{"a line feed", "al\nbo", `"al\nbo"`},
		{"an invisible character", "al\u200b", `"al\u200b"`},
		{"what looks quoted", `"al"`, `"\"al\""`},
		{"what looks like no value", "(NULL or empty)", `"(NULL or empty)"`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) { require.Equal(t, tt.want, plain.Text(tt.in)) })
	}
}

// A text that is not cut is as it was; one that is has most characters, of UTF-8.
func TestAbridge(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		var s string
		for range rnd.IntN(12) {
			s += []string{"a", "é", "東", "😀", "\xff", "\xe6"}[rnd.IntN(6)]
		}
		most := rnd.IntN(12)
		got := plain.Abridge(s, most)
		if utf8.RuneCountInString(s) <= most {
			require.Equal(t, s, got)
			continue
		}
		front, cut := strings.CutSuffix(got, "…")
		require.True(t, cut && utf8.ValidString(front))
		require.LessOrEqual(t, utf8.RuneCountInString(front), most)
		if utf8.ValidString(s) {
			require.Equal(t, string([]rune(s)[:most]), front)
		}
	}
}

func TestIsIdentifier(t *testing.T) {
	for name, want := range map[string]bool{
		"rowsight_codes": true, "T1": true, "_": true,
		"": false, "1t": false, "a b": false, "a;b": false, `a"b`: false, "a.b": false, "café": false, "a\x00": false,
	} {
		require.Equal(t, want, plain.IsIdentifier(name), "%q", name)
	}
}
