package explain

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// TestNearCost: a name is compared with few others, also where all are alike.
func TestNearCost(t *testing.T) {
	const n = 3000
	for reason, tt := range map[string]struct{ rule, group func(i int) string }{
		"no two are alike":       {func(i int) string { return fmt.Sprint("rule", i) }, func(i int) string { return fmt.Sprint("group", i) }},
		"one role":               {func(i int) string { return fmt.Sprint("role/r", i) }, func(i int) string { return fmt.Sprint("role/g", i) }},
		"all differ in the role": {func(i int) string { return fmt.Sprintf("a%d/x", i) }, func(i int) string { return fmt.Sprintf("b%d/x", i) }},
		"all differ in the domain": {func(i int) string { return fmt.Sprint("x@a", i) },
			func(i int) string { return fmt.Sprint("x@b", i) }},
		"all differ in case":  {func(i int) string { return cased(i) }, func(i int) string { return cased(n + i) }},
		"all differ in space": {func(i int) string { return "x" + strings.Repeat(" ", i%40) + strings.Repeat("\t", i/40) + "y" }, func(int) string { return "X y" }},
		"exact":               {func(i int) string { return fmt.Sprint("g", i) }, func(i int) string { return fmt.Sprint("g", i) }},
	} {
		t.Run(reason, func(t *testing.T) {
			texts := map[string]bool{"": true}
			var who []namespace.Identity
			for i := range n {
				texts[tt.rule(i)] = true
				who = append(who, namespace.Identity{Name: tt.group(i)})
			}
			near := newNearing(namespace.KindGroup, texts, false)
			for _, id := range who {
				require.LessOrEqual(t, len(near.of(id)), maxNear)
			}
			require.LessOrEqual(t, near.steps, 20*n)
		})
	}
}

// cased writes a number in the case of letters.
func cased(i int) string {
	b := []byte("abcdefghijklmnop")
	for k := range b {
		if i>>k&1 != 0 {
			b[k] -= 'a' - 'A'
		}
	}
	return string(b)
}

// TestNearAll: the near misses are those that a comparison with every name finds,
// the first by name.
func TestNearAll(t *testing.T) {
	names := []string{"x", "X", "x ", "x／y", "x/y", "y", "Y@a", "y@b", "r/y@c", "r／y", "é", "e\u0301", "É", "@", "@a", "/", "r/", "", "ß", "ss", "Ꭰ", "а", "a", "A@x", "ａ", "x＠y"}
	found := 0
	for skip := range names {
		var text strings.Builder
		text.WriteString("UserName,Region\n")
		var named []string
		for i, name := range names {
			if i%3 != skip%3 && name != "" && name != names[skip] {
				fmt.Fprintf(&text, "\"%s\",x\n", name)
				named = append(named, name)
			}
		}
		rs, err := rls.ReadCSV(strings.NewReader(text.String()), nil)
		require.NoError(t, err)
		var want []string
		for _, name := range named {
			if lookalike.Names(name, names[skip]) != "" {
				want = append(want, name)
			}
		}
		slices.Sort(want)
		if names[skip] == "" {
			want = nil
		}
		var got []string
		for _, miss := range Near(rs, namespace.Named(names[skip])) {
			got = append(got, miss.Rule)
		}
		require.Equal(t, want[:min(len(want), maxNear)], append(want[:0:0], got...), names[skip])
		found += len(got)
	}
	require.Greater(t, found, 15)
}
