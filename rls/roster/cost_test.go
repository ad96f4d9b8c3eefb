package roster

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLinear: a roster that is four times as long costs about four times as much,
// also where all of it is about few users.
func TestLinear(t *testing.T) {
	read := func(t *testing.T, text string) *Roster {
		r, err := ReadCSV(strings.NewReader(text), nil)
		require.NoError(t, err)
		require.Equal(t, 3, r.Len())
		return r
	}
	lines := func(n int) string {
		var b strings.Builder
		b.WriteString("user,groups,Region\n")
		for i := range n {
			fmt.Fprintf(&b, "u%d,group %d,region %d\n", i%3, i, i)
		}
		return b.String()
	}
	for reason, run := range map[string]func(t *testing.T, n int) func(){
		"lines of few users": func(t *testing.T, n int) func() {
			text := lines(n)
			return func() { read(t, text) }
		},
		"rosters that are merged": func(t *testing.T, n int) func() {
			all := make([]*Roster, n/10)
			for i := range all {
				all[i] = read(t, fmt.Sprintf("user,groups\nu0,g%d\nu1,g%d\nu2,g%d\n", i, i, i))
			}
			return func() {
				r, err := Merge(all...)
				require.NoError(t, err)
				require.Equal(t, 3, r.Len())
			}
		},
		"groups of one user in JSON": func(t *testing.T, n int) func() {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, `,{"Arn":"arn:aws:quicksight:us-east-1:111122223333:group/default/g%d","GroupName":"g%d"}`, i, i)
			}
			text := `{"GroupList":[` + b.String()[1:] + `]}`
			return func() {
				r, err := ReadJSON(strings.NewReader(text), "al", nil)
				require.NoError(t, err)
				require.Equal(t, 1, r.Len())
			}
		},
		"rules of few users": func(t *testing.T, n int) func() {
			rows := make([][][]string, n)
			for i := range rows {
				rows[i] = [][]string{{fmt.Sprintf("region %d", i)}, {"x"}}
			}
			return func() {
				g := grant{rows: rows}
				g.merge(2)
				require.Len(t, g.rows, 1)
				require.Len(t, g.rows[0][0], n)
			}
		},
	} {
		t.Run(reason, func(t *testing.T) {
			const n = 1500
			once, four := allocated(run(t, n)), allocated(run(t, 4*n))
			require.Less(t, four, 8*once)
		})
	}
}

// TestNearCost: a name is compared with few users, also where all are alike.
func TestNearCost(t *testing.T) {
	const n = 2000
	for _, form := range []string{"user%d", "x@%d", "%d/x", "user%d@x"} {
		var b strings.Builder
		b.WriteString("user\n")
		for i := range n {
			fmt.Fprintf(&b, form+"\n", i)
		}
		r, err := ReadCSV(strings.NewReader(b.String()), nil)
		require.NoError(t, err)
		for i := range n {
			require.LessOrEqual(t, len(r.Near(fmt.Sprintf(form, n+i))), MaxNear)
		}
		require.LessOrEqual(t, r.near.steps, 3*MaxNear*n, form)
	}
}
