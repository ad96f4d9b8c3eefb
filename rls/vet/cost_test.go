package vet

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// TestSubsumedCost: no rules of one user make the search for rules that others
// cover more than 20 times as dear as random ones, or use up more than their
// budget. Costs are counted in pairs of rules and values that are looked at.
func TestSubsumedCost(t *testing.T) {
	const n = 3000
	rng := rand.New(rand.NewPCG(21, 22))
	some := func(of int) string {
		var list []string
		for i := range of {
			if rng.IntN(2) == 0 {
				list = append(list, fmt.Sprint("v", i))
			}
		}
		return strings.Join(list, ",")
	}
	steps := func(rule func(i int) string) int {
		var b strings.Builder
		b.WriteString("UserName,Region,Segment\n")
		for i := range n {
			fmt.Fprintf(&b, "al,%s\n", rule(i))
		}
		v := &vetting{report: newReport("", 0), table: readTable([]byte(b.String()), rls.Options{}, true)}
		require.NotEmpty(t, v.user.rulesOf(1))
		s := newSubsumer(v, predicate.NewEffort(t.Context(), 0))
		s.ofPrincipal(v.user.rulesOf(1), make(map[uint32][]int))
		require.LessOrEqual(t, s.compared, maxCompared+maxEach*n+1024, "the budget holds")
		return s.compared + n
	}
	few := func(int) string {
		return fmt.Sprintf("\"a%d,b%d\",\"c%d,d%d\"", rng.IntN(100), rng.IntN(100), rng.IntN(100), rng.IntN(100))
	}
	usual := steps(few)
	for reason, rule := range map[string]func(i int) string{
		"the first value is shared": func(i int) string { return fmt.Sprintf("\"!,b%d\",\"!,d%d\"", i, i) },
		"the last value is shared":  func(i int) string { return fmt.Sprintf("\"zz,b%d\",\"zz,d%d\"", i, i) },
		"both ends are shared":      func(i int) string { return fmt.Sprintf("\"!,b%d,zz\",\"!,d%d,zz\"", i, i) },
		"many values are shared":    func(i int) string { return fmt.Sprintf("\"!,#,$,b%d,x,y\",\"!,#,$,d%d\"", i, i) },
		"all rules are the same":    func(int) string { return "\"a,b\",\"c,d\"" },
		"long common beginnings": func(i int) string {
			return fmt.Sprintf("%s%d,\"%s%d\"", strings.Repeat("p", 200), i, strings.Repeat("q", 200), i)
		},
		"each list contains the others": func(i int) string {
			return "\"v" + strings.Join(strings.Split(strings.Repeat("v", 1+i%60), ""), ",v") + "\",x"
		},
		"wildcards by turns": func(i int) string { return []string{fmt.Sprintf(",x%d", i), fmt.Sprintf("x%d,", i)}[i%2] },
		"half of 16 values":  func(int) string { return `"` + some(16) + `","` + some(16) + `"` },
		"half of 200 values": func(int) string { return `"` + some(200) + `","` + some(200) + `"` },
	} {
		t.Run(reason, func(t *testing.T) {
			most := 20 * usual
			if strings.HasPrefix(reason, "half") || strings.HasPrefix(reason, "wildcards") { // pairs that are quick to tell apart: the budget ends it
				most = maxCompared + maxEach*n + 1024
			}
			require.LessOrEqual(t, steps(rule), most)
		})
	}
}
