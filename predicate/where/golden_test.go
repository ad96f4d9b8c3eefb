package where_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

var update = flag.Bool("update", false, "write the golden files")

// goldenCases are what the golden files show.
var goldenCases = []struct {
	reason string
	p      predicate.Predicate
}{
	{"no row", predicate.Predicate{}},
	{"every row", predicate.All()},
	{"one value", predicate.In("Region", "US")},
	{"several values", predicate.In("Region", "US", "EMEA")},
	{"any value", predicate.HasValue("Region")},
	{"quotes, backslashes, comments and controls in values", predicate.In("Region", `O'Brien`, `\`, `\'`, `"`, "`", "]]", "$$", "--", "a\nb", "\x01", "%_", "é", "😀", "${x}")},
	{"quotes in a name", predicate.In("a\"]'b", "x")},
	{"two columns", predicate.MustParse(`Region in ("US") and Segment in ("SMB")`)},
	{"two rules", predicate.MustParse(`Region in ("US") and Segment in ("SMB") or Region in ("EMEA")`)},
	{"what rules share is written once", predicate.MustParse(
		`Region in ("US") and Segment in ("SMB") and Product in ("A") or Region in ("US") and Segment in ("SMB") and Product in ("B") or Region in ("US") and Country in ("CA")`)},
	{"a child of a restricted parent", predicate.And(
		predicate.MustParse(`Region in ("US") or Segment in ("SMB")`), predicate.MustParse(`Product in ("A") or Country in ("CA")`))},
	{"one set of values twice", predicate.MustParse(`A in ("x") and B in ("p", "q") and C in ("u") or A in ("y") and B in ("p", "r") and C in ("u", "v") or A in ("z") and B in ("p", "q")`)},
}

// TestGolden shows every dialect; a change there is a change of what is sent.
func TestGolden(t *testing.T) {
	for _, d := range where.Dialects() {
		var b strings.Builder
		for _, c := range goldenCases {
			fmt.Fprintf(&b, "# %s\n", c.reason)
			bound, err := where.Lower(c.p, d, nil)
			if err != nil {
				fmt.Fprintf(&b, "error: %v\n\n", err)
				continue
			}
			fmt.Fprintf(&b, "bound:  %s\n", bound.SQL())
			for i, arg := range bound.Args() {
				fmt.Fprintf(&b, "        %d: %q\n", i+1, arg)
			}
			inline, err := where.Lower(c.p, d, &where.Options{Inline: true})
			require.NoError(t, err)
			require.Empty(t, inline.Args())
			fmt.Fprintf(&b, "inline: %s\n", inline.SQL())
			two, err := where.Lower(c.p, d, &where.Options{TwoValued: true, FirstArg: 8})
			require.NoError(t, err)
			fmt.Fprintf(&b, "two:    %s\n", two.SQL())
			if sql, err := inline.Wrap("SELECT * FROM t"); err != nil {
				fmt.Fprintf(&b, "wrap:   %v\n\n", err)
			} else {
				fmt.Fprintf(&b, "wrap:   %s\n\n", strings.ReplaceAll(sql, "\n", "\n        "))
			}
		}
		path := filepath.Join("testdata", d.String()+".golden")
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err, "run go test -update")
		require.Equal(t, string(want), b.String(), "%s: if the change is meant, run go test -update", path)
	}
	found, err := filepath.Glob("testdata/*.golden")
	require.NoError(t, err)
	require.Len(t, found, len(where.Dialects()), "one file a dialect")
}
