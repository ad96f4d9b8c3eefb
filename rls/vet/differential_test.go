package vet

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// randomRules returns the lines of a rule file over a few values, so that rules
// often cover each other.
// dual allows rules of two principals.
func randomRules(r *rand.Rand, dual bool) []string {
	cell := func(values string) string {
		var list []string
		for _, v := range strings.Split(values, "") {
			if r.IntN(3) == 0 {
				list = append(list, v)
			}
		}
		return `"` + strings.Join(list, ",") + `"`
	}
	lines := []string{"UserName,GroupName,A,B"}
	for range 1 + r.IntN(9) {
		user, group := []string{"", "al", "al", "bo"}[r.IntN(4)], []string{"", "", "g"}[r.IntN(3)]
		if user != "" && !dual {
			group = ""
		}
		lines = append(lines, strings.Join([]string{user, group, cell("123"), cell("xyz")}, ","))
	}
	return lines
}

var viewers = map[string]namespace.Principal{
	"al": namespace.Named("al"), "bo": namespace.Named("bo"), "g": namespace.Named("", "g"),
}

// seen returns what each viewer sees by a file.
func seen(t *testing.T, lines []string) map[string]predicate.Predicate {
	rs, err := rls.ReadCSV(strings.NewReader(strings.Join(lines, "\n")), nil)
	require.NoError(t, err)
	out := make(map[string]predicate.Predicate)
	for name, p := range viewers {
		out[name], err = rs.For(p)
		require.NoError(t, err)
	}
	return out
}

func same(a, b map[string]predicate.Predicate) bool {
	for name := range viewers {
		if !a[name].Implies(b[name]) || !b[name].Implies(a[name]) {
			return false
		}
	}
	return true
}

// Without the rules that are reported to do nothing everybody sees the same
// rows, and without any one rule more somebody sees fewer. The latter is not so
// for rules of two principals: which of them to drop depends on each other.
func TestSubsumedAgainstFor(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	dropped, kept := 0, 0
	for n := range 2000 {
		dual := n%2 == 0
		lines := randomRules(r, dual)
		findings, err := CSV(strings.NewReader(strings.Join(lines, "\n")), nil)
		require.NoError(t, err)
		idle := make(map[int]bool)
		for _, f := range findings {
			if slices.Contains([]string{"RS010", "RS011", "RS013", "RS014"}, f.ID) {
				idle[f.Pos.Line] = true
			}
		}
		rest := lines[:1:1]
		for i, line := range lines[1:] {
			if !idle[i+2] {
				rest = append(rest, line)
			}
		}
		dropped += len(lines) - len(rest)
		all := seen(t, lines)
		require.True(t, same(all, seen(t, rest)), "%s\n%v", strings.Join(lines, "\n"), findings)
		for i := 1; i < len(rest) && !dual; i++ {
			kept++
			require.False(t, same(all, seen(t, slices.Delete(slices.Clone(rest), i, i+1))), "%q does nothing in\n%s", rest[i], strings.Join(lines, "\n"))
		}
	}
	require.Greater(t, dropped, 2000)
	require.Greater(t, kept, 2000)
}

// The rows that nobody sees are those that no predicate of anybody matches.
func TestNobodyAgainstMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	some, none := 0, 0
	for range 500 {
		lines := randomRules(r, true)
		a, b := testColumn{name: "A"}, testColumn{name: "B"}
		for range 1 + r.IntN(30) {
			a.values = append(a.values, []string{"1", "2", "3", "4", ""}[r.IntN(5)])
			b.values = append(b.values, []string{"x", "y", "z", ""}[r.IntN(4)])
		}
		visible := seen(t, lines)
		lost := 0
		for i := range a.values {
			row := func(column string) (string, bool) {
				value := b.values[i]
				if column == "A" {
					value = a.values[i]
				}
				return value, value != ""
			}
			if !visible["al"].Match(row) && !visible["bo"].Match(row) && !visible["g"].Match(row) {
				lost++
			}
		}
		data := reader(t, memory.DefaultAllocator, []testColumn{a, b})
		findings, err := CSV(strings.NewReader(strings.Join(lines, "\n")), &Options{Data: data})
		data.Release()
		require.NoError(t, err)
		i := slices.IndexFunc(findings, func(f Finding) bool { return f.ID == "RS044" })
		if lost == 0 {
			require.Equal(t, -1, i, "%v", findings)
			none++
			continue
		}
		some++
		require.GreaterOrEqual(t, i, 0)
		require.Contains(t, findings[i].Reason, fmt.Sprintf("%d of %s of the data", lost, plain.Count(len(a.values), "row")))
	}
	require.Greater(t, some, 100)
	require.Greater(t, none, 20)
}

// bigFile returns a file of n rules: of many people, or of one.
func bigFile(n int, one bool) string {
	r := rand.New(rand.NewPCG(7, 8))
	var b strings.Builder
	b.WriteString("UserName,Region,Segment,Customer\n")
	for i := range n {
		user := "bob"
		if !one {
			user = fmt.Sprintf("user%d@example.com", i/5)
		}
		fmt.Fprintf(&b, "%s,%s,\"%s\",Customer %d\n", user, []string{"EMEA", "APAC", "US"}[r.IntN(3)], []string{"SMB", "SMB,Enterprise", "Startup"}[r.IntN(3)], r.IntN(50_000))
	}
	return b.String()
}

// A file made to be slow is not: the same in the size of it, whoever has the
// rules. The bound is wide, for busy machines.
func TestLinear(t *testing.T) {
	for _, one := range []bool{false, true} {
		text := bigFile(100_000, one)
		start := time.Now()
		_, err := CSV(strings.NewReader(text), nil)
		require.NoError(t, err)
		require.Less(t, time.Since(start), 20*time.Second)
	}
}

func BenchmarkCSV(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		for _, one := range []bool{false, true} {
			b.Run(fmt.Sprintf("rules=%d/one=%t", n, one), func(b *testing.B) {
				text := bigFile(n, one)
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					if _, err := CSV(strings.NewReader(text), nil); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrules/s")
			})
		}
	}
}
