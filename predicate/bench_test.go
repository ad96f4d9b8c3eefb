package predicate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	. "github.com/rowsight/rowsight/predicate"
)

// ruleSet returns n rules of three columns as a rule file for a mid-sized
// company would have them: few regions, some segments, many customers.
func ruleSet(n int, seed uint64) []Predicate {
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(kind string, of, most int) []string {
		values := make([]string, 1+r.IntN(most))
		for i := range values {
			values[i] = fmt.Sprintf("%s-%d", kind, r.IntN(of))
		}
		return values
	}
	rules := make([]Predicate, n)
	for i := range rules {
		rules[i] = And(
			In("Region", pick("region", 12, 3)...),
			In("Segment", pick("segment", 40, 4)...),
			In("Customer", pick("customer", 5000, 6)...))
	}
	return rules
}

func BenchmarkOr(b *testing.B) {
	for _, n := range []int{1, 10, 100, 999} {
		rules := ruleSet(n, 7)
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Or(rules...)
			}
		})
	}
}

func BenchmarkIn(b *testing.B) {
	for _, n := range []int{1, 10, 1000, 192_000} {
		r := rand.New(rand.NewPCG(3, 1))
		values := make([]string, n)
		for i := range values {
			values[i] = fmt.Sprintf("customer-%08d", r.IntN(1e8))
		}
		b.Run(fmt.Sprintf("values=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				In("Customer", values...)
			}
		})
	}
}
