package lookalike

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSkeleton(t *testing.T) {
	cases := []struct {
		reason, a, b string
		differ       string // "" if they do not look alike
	}{
		{"case", "EMEA", "emea", "case"},
		{"case beyond ASCII", "ΣΊΣΥΦΟΣ", "σίσυφος", "case"},
		{"sharp s", "STRASSE", "straße", "case"},
		{"one character or two", "Zürich", "Zu\u0308rich", "Unicode normalization"},
		{"two marks in two orders", "q\u0307\u0323", "q\u0323\u0307", "Unicode normalization"},
		{"two marks in two orders, and an invisible joiner between them", "q\u0307\u034f\u0323", "q\u0323\u0307", "invisible characters and Unicode normalization"},
		{"a character of three", "ǘ", "u\u0308\u0301", "Unicode normalization"},
		{"a Hangul syllable", "한", "\u1112\u1161\u11ab", "Unicode normalization"},
		{"the sign for Ohm", "\u2126", "\u03a9", "Unicode normalization"},
		{"zero width space", "US", "U\u200bS", "invisible characters"},
		{"soft hyphen", "co\u00adop", "coop", "invisible characters"},
		{"direction mark", "\u200eUS", "US", "invisible characters"},
		{"spaces around", "US", " US ", "white space"},
		{"a no-break space", "North America", "North\u00a0America", "white space"},
		{"two spaces", "North America", "North  America", "white space"},
		{"Cyrillic", "APAC", "АРАС", "letters of other alphabets or other signs"},
		{"Greek in capitals", "EMEA", "ΕΜΕΑ", "letters of other alphabets or other signs"},
		{"full width", "ＵＳ", "US", "letters of other alphabets or other signs"},
		{"quotes and dashes", "O’Neil–Co", "O'Neil-Co", "letters of other alphabets or other signs"},
		{"several at once", "emea ", "EM\u200bEA", "case and white space and invisible characters"},
		{"diacritics are letters", "Malmo", "Malmö", ""},
		{"a space inside is text", "ab", "a b", ""},
		{"digits", "1", "l", ""},
		{"other words", "EMEA", "APAC", ""},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			alike := skeleton(c.a, foldAll) == skeleton(c.b, foldAll)
			require.Equal(t, c.differ != "", alike)
			if alike {
				require.Equal(t, c.differ, Difference(c.a, c.b))
			}
		})
	}
}

func TestLetters(t *testing.T) {
	require.Equal(t, len([]rune(strange)), len(familiar), "a letter for each letter")
}

// A skeleton is its own skeleton, and the fast path is no other path.
func TestSkeletonIsStable(t *testing.T) {
	for _, s := range []string{"EMEA", "Zürich", " a  b ", "a\tb", "АРАС", "straße", "İstanbul", "K", "`x'"} {
		once := skeleton(s, foldAll)
		require.Equal(t, once, skeleton(once, foldAll), "%q", s)
		require.Equal(t, once, skeleton(s+"\u200b", foldAll), "%q: not through the fast path", s)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"EMEA", "EMEA", 0}, {"EMAE", "EMEA", 1}, {"US", "USA", 1}, {"kitten", "sitting", 3}, {"é", "e", 1}, {"abc", "", 3}} {
		require.Equal(t, c.want, distance([]rune(c.a), []rune(c.b), 5), "%s %s", c.a, c.b)
		require.Equal(t, c.want, distance([]rune(c.b), []rune(c.a), 5), "%s %s", c.b, c.a)
	}
	require.Equal(t, 3, distance([]rune("kitten"), []rune("sitting"), 2), "more than asked for is one more")
}

// The prefilter of a nearest loses nothing: what it finds is as near as what
// looking at everything finds.
func TestNearestAgainstAll(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		b := make([]byte, 3+r.IntN(8))
		for i := range b {
			b[i] = "abcde"[r.IntN(5)]
		}
		return string(b)
	}
	var words []string
	for range 300 {
		words = append(words, word())
	}
	near, found := NewNearest(words), 0
	for range 500 {
		s := word()
		most := max(1, min(len(s)/3, 4))
		best := most + 1
		for _, w := range words {
			if w != s {
				best = min(best, distance([]rune(s), []rune(w), most))
			}
		}
		got, ok := near.Find(s)
		require.Equal(t, best <= most, ok, s)
		if ok {
			require.Equal(t, best, distance([]rune(s), []rune(got), most), "%s %s", s, got)
			found++
		}
	}
	require.Greater(t, found, 100)
	require.Less(t, found, 500)
}

// 200,000 values of the data cost milliseconds a question, and a budget ends it.
func TestNearestIsBounded(t *testing.T) {
	var words []string
	for i := range 200_000 {
		words = append(words, fmt.Sprintf("Customer %06d", i))
	}
	near := NewNearest(words)
	before := near.budget
	got, ok := near.Find("Custmer 000017")
	require.True(t, ok)
	require.Equal(t, "Customer 000017", got)
	require.Less(t, before-near.budget, nearBudget/4)
	near.budget = 10
	_, ok = near.Find("Custmer 000018")
	require.False(t, ok)
	_, ok = near.Find(strings.Repeat("x", 500))
	require.False(t, ok, "long texts are not compared")
}

// TestZero holds that zero values suggest nothing.
func TestZero(t *testing.T) {
	near := NewNearest(nil)
	_, found := near.Find("EMEA")
	require.False(t, found)
	_, found = near.Slip("EMEA")
	require.False(t, found)
	require.Empty(t, Names("al", "al"))
}
