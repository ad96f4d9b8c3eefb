package predicate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNear(t *testing.T) {
	tests := []struct{ reason, name, table, want string }{
		{"another case", "Region", "region", "region"},
		{"other punctuation", "Sales Region", "sales_region", "sales_region"},
		{"the same letters before a slip", "region", "Region Regions", "Region"},
		{"two letters exchanged", "Regoin", "Order Region", "Region"},
		{"a letter missing", "Segmnt", "Segment", "Segment"},
		{"a letter too many", "Regions", "Region", "Region"},
		{"another letter", "Custemer", "Customer", "Customer"},
		{"a slip in another case", "REGOIN", "region", "region"},
		{"the last two exchanged", "Regino", "Region", "Region"},
		{"two slips", "Reigno", "Region", ""},
		{"another word", "Country", "Region", ""},
		{"two that are meant alike", "Costs", "Costa Cost", ""},
		{"another number", "Region1", "Region2", ""},
		{"a number missing", "Region1", "Region", ""},
		{"short names", "abc", "abd", ""},
		{"no letters", "--", "__", ""},
		{"nothing", "", "Region", ""},
		{"beyond any name", strings.Repeat("x", 100), strings.Repeat("x", 99), ""},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var table []Column
			for name := range strings.FieldsSeq(tt.table) {
				table = append(table, Column{Name: name, Text: true})
			}
			want := ""
			if tt.want != "" {
				want = fmt.Sprintf("; did you mean %q?", tt.want)
			}
			require.Equal(t, want, Near(table, tt.name))
		})
	}
	many := make([]Column, 0, 30)
	for c := 'a'; c <= 'z'; c++ {
		many = append(many, Column{Name: "regio" + string(c), Text: true})
	}
	require.Empty(t, Near(many, "regioo1"))
	require.Empty(t, Near(many, "regio_é"))
}

// TestSlipAgainstAll: the index finds what a comparison with every column finds.
func TestSlipAgainstAll(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		b := make([]rune, 3+rnd.IntN(4))
		for i := range b {
			b[i] = []rune("abé")[rnd.IntN(3)]
		}
		return string(b)
	}
	found := 0
	for range 3000 {
		var table []Column
		for range 1 + rnd.IntN(5) {
			if name := word(); !slices.ContainsFunc(table, func(c Column) bool { return c.Name == name }) {
				table = append(table, Column{Name: name, Text: true})
			}
		}
		name := word()
		var alike []string
		for _, c := range table {
			if c.Name == name {
				alike = []string{c.Name}
				break
			}
			if len(name) > 0 && edits([]rune(name), []rune(c.Name)) == 1 && max(len([]rune(name)), len([]rune(c.Name))) >= shortest {
				alike = append(alike, c.Name)
			}
		}
		want := ""
		if len(alike) == 1 {
			found++
			want = fmt.Sprintf("; did you mean %q?", alike[0])
		}
		require.Equal(t, want, Near(table, name), "%q of %v", name, table)
	}
	require.Greater(t, found, 200)
}

// edits counts letters put in, taken out, replaced or exchanged with their
// neighbour, by the definition.
func edits(a, b []rune) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	cost := 1
	if a[0] == b[0] {
		cost = 0
	}
	n := min(edits(a[1:], b)+1, edits(a, b[1:])+1, edits(a[1:], b[1:])+cost)
	if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
		n = min(n, edits(a[2:], b[2:])+1)
	}
	return n
}
