package predicate_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/rowsight/rowsight/predicate"
)

func TestMayMatch(t *testing.T) {
	only := func(values ...string) func(string) bool {
		return func(v string) bool { return slices.Contains(values, v) }
	}
	for _, tt := range []struct {
		reason string
		p      Predicate
		known  map[string]Bounds
		want   bool
	}{
		{"no row is asked for", Predicate{}, nil, false},
		{"every row is asked for", All(), map[string]Bounds{"A": {Blank: true}}, true},
		{"nothing is known", In("A", "x"), nil, true},
		{"nothing is known of this column", In("A", "x"), map[string]Bounds{"a": {Blank: true}}, true},
		{"NULL and empty are in no list", In("A", "x"), map[string]Bounds{"A": {Blank: true}}, false},
		{"NULL and empty are no values", HasValue("A"), map[string]Bounds{"A": {Blank: true}}, false},
		{"any value will do", HasValue("A"), map[string]Bounds{"A": {Min: "x", Max: "x"}}, true},
		{"below the smallest", In("A", "a", "b"), map[string]Bounds{"A": {Min: "c", Max: "d"}}, false},
		{"beyond the largest", In("A", "e", "f"), map[string]Bounds{"A": {Min: "c", Max: "d"}}, false},
		{"on both sides", In("A", "b", "e"), map[string]Bounds{"A": {Min: "c", Max: "d"}}, false},
		{"the smallest itself", In("A", "a", "c"), map[string]Bounds{"A": {Min: "c", Max: "d"}}, true},
		{"the largest itself", In("A", "d", "e"), map[string]Bounds{"A": {Min: "c", Max: "d"}}, true},
		{"one value, the same", In("A", "c"), map[string]Bounds{"A": {Min: "c", Max: "c"}}, true},
		{"only a lower bound", In("A", "a"), map[string]Bounds{"A": {Min: "b"}}, false},
		{"only a lower bound, met", In("A", "z"), map[string]Bounds{"A": {Min: "b"}}, true},
		{"only an upper bound", In("A", "z"), map[string]Bounds{"A": {Max: "b"}}, false},
		{"a prefix is smaller", In("A", "Enterprise"), map[string]Bounds{"A": {Min: "Enter", Max: "Entes"}}, true},
		{"longer than the largest", In("A", "SMBs"), map[string]Bounds{"A": {Max: "SMB"}}, false},
		{"bytes, not letters: É is beyond z", In("A", "É"), map[string]Bounds{"A": {Max: "z"}}, false},
		{"bytes, not letters: a is beyond Z", In("A", "a"), map[string]Bounds{"A": {Max: "Z"}}, false},
		{"not in the dictionary", In("A", "c", "e"), map[string]Bounds{"A": {Contains: only("d")}}, false},
		{"in the dictionary", In("A", "c", "d"), map[string]Bounds{"A": {Contains: only("d")}}, true},
		{"a value that the dictionary has and the bounds do not", In("A", "d"), map[string]Bounds{"A": {Max: "c", Contains: only("d")}}, false},
		{"one operand of and", And(In("A", "x"), In("B", "x")), map[string]Bounds{"B": {Blank: true}}, false},
		{"each operand of and", And(In("A", "x"), In("B", "x")), map[string]Bounds{"B": {Max: "x"}}, true},
		{"one operand of or", Or(In("A", "x"), In("B", "x")), map[string]Bounds{"B": {Blank: true}}, true},
		{"each operand of or", Or(In("A", "x"), In("B", "x")), map[string]Bounds{"A": {Max: "a"}, "B": {Blank: true}}, false},
		{"rules", Or(And(In("A", "x"), In("B", "y")), In("A", "z")), map[string]Bounds{"A": {Max: "x"}, "B": {Min: "z"}}, false},
	} {
		got := tt.p.MayMatch(func(column string) Bounds { return tt.known[column] })
		require.Equal(t, tt.want, got, "%s: %s", tt.reason, tt.p)
	}
}

// TestMayMatchDifferential: a set of rows that MayMatch rules out holds no row
// of the predicate, whatever predicate, rows and strength of the bounds.
func TestMayMatchDifferential(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var no, missed, empty int
	for range 40_000 {
		p, _ := randomPair(r, 2)
		rows := randomRows(r)
		known := randomBounds(r, rows)
		may := p.MayMatch(func(column string) Bounds { return known[column] })
		i := slices.IndexFunc(rows, func(w row) bool { return p.Match(w.value) })
		if i >= 0 && !may {
			require.Failf(t, "a row is lost", "%s of %s, bounds %+v", rows[i], p, known)
		}
		if !may {
			no++
		}
		if i < 0 && p.Op() != OpNone {
			empty++
			if may {
				missed++
			}
		}
	}
	require.Greater(t, no, 5000, "no is an answer")
	require.Less(t, missed, empty*2/3, "of %d sets without a row", empty)
}

// TestMayMatchIsExactForOneColumn: with a dictionary, a list is ruled out just
// when no row is in it.
func TestMayMatchIsExactForOneColumn(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	answers := map[bool]int{}
	for range 10_000 {
		p, _ := randomPair(r, 0)
		rows := randomRows(r)
		want := slices.ContainsFunc(rows, func(w row) bool { return p.Match(w.value) })
		got := p.MayMatch(func(column string) Bounds { return exactBounds(rows, column) })
		if p.Op() == OpAll {
			continue // how many rows there are is not told
		}
		require.Equal(t, want, got, "%s of %v", p, rows)
		answers[got]++
	}
	require.Greater(t, answers[true], 1000)
	require.Greater(t, answers[false], 1000)
}

// randomRows returns up to six rows, often alike, as a sorted table has them.
func randomRows(r *rand.Rand) []row {
	rows := make([]row, r.IntN(7))
	start, span := r.IntN(len(domainRows)), 1+r.IntN(len(domainRows))
	for i := range rows {
		rows[i] = domainRows[(start+r.IntN(span))%len(domainRows)]
	}
	return rows
}

// exactBounds is all that there is to know of a column of rows.
func exactBounds(rows []row, column string) Bounds {
	var texts []string
	for _, w := range rows {
		if w[column].ok && w[column].text != "" {
			texts = append(texts, w[column].text)
		}
	}
	if len(texts) == 0 {
		return Bounds{Blank: true}
	}
	return Bounds{
		Min: slices.Min(texts), Max: slices.Max(texts),
		Contains: func(v string) bool { return slices.Contains(texts, v) },
	}
}

// randomBounds weakens the bounds of some columns as sources do: cut off,
// missing, with false positives.
func randomBounds(r *rand.Rand, rows []row) map[string]Bounds {
	known := map[string]Bounds{}
	for _, c := range domainColumns {
		b := exactBounds(rows, c)
		switch r.IntN(4) {
		case 0:
			b.Min = ""
		case 1:
			b.Min = b.Min[:len(b.Min)/2]
		case 2:
			if b.Min != "" {
				b.Min = string(b.Min[0] - 1)
			}
		}
		switch r.IntN(4) {
		case 0:
			b.Max = ""
		case 1:
			if b.Max != "" {
				b.Max = string(b.Max[0] + 1)
			}
		case 2:
			if b.Max != "" {
				b.Max += "~"
			}
		}
		switch exact := b.Contains; r.IntN(3) {
		case 0:
			b.Contains = nil
		case 1:
			if exact != nil {
				b.Contains = func(v string) bool { return exact(v) || v == "y" }
			}
		}
		if r.IntN(4) == 0 {
			b = Bounds{}
		}
		known[c] = b
	}
	return known
}

// TestMayMatchOfLongTexts: bounds cut off at a few bytes, as writers do, of
// texts of any bytes.
func TestMayMatchOfLongTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	text := func() string {
		b := make([]byte, 1+r.IntN(5))
		for i := range b {
			b[i] = []byte{'a', 'b', 0x7f, 0x80, 0xfe, 0xff}[r.IntN(6)]
		}
		return string(b)
	}
	no := 0
	for range 20_000 {
		rows := make([]string, 1+r.IntN(3))
		for i := range rows {
			rows[i] = text()
		}
		b := Bounds{Min: slices.Min(rows), Max: slices.Max(rows)}
		b.Min, b.Max = b.Min[:min(2, len(b.Min))], above(b.Max, 2)
		p := In("A", text(), text())
		may := p.MayMatch(func(string) Bounds { return b })
		for _, s := range rows {
			if p.Match(func(string) (string, bool) { return s, true }) {
				require.True(t, may, "%q in %q to %q: %s", s, b.Min, b.Max, p)
			}
		}
		if !may {
			no++
		}
	}
	require.Greater(t, no, 3000)
}

// above cuts a text to n bytes so that it stays an upper bound; "" if there is
// none.
func above(s string, n int) string {
	if len(s) <= n {
		return s
	}
	b := []byte(s[:n])
	for len(b) > 0 && b[len(b)-1] == 0xff {
		b = b[:len(b)-1]
	}
	if len(b) > 0 {
		b[len(b)-1]++
	}
	return string(b)
}

// Values are looked for, not walked through.
func TestMayMatchAsksForFewValues(t *testing.T) {
	values := make([]string, 0, 26*26)
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			values = append(values, string(a)+string(b))
		}
	}
	var asked []string
	may := In("A", values...).MayMatch(func(string) Bounds {
		return Bounds{Min: "cx", Max: "dc", Contains: func(v string) bool { asked = append(asked, v); return v == "da" }}
	})
	require.True(t, may)
	require.Equal(t, []string{"cx", "cy", "cz", "da"}, asked)
}
