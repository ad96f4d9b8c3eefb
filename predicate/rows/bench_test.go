package rows

import (
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// A sale is a row of the benchmarks.
type sale struct{ Region, Segment, Customer string }

// sales returns n rules on so many columns, as a rule file for a mid-sized company
// has them, and rows of which some are visible.
func sales(rules, columns int) (predicate.Predicate, []sale) {
	rnd := rand.New(rand.NewPCG(7, 1))
	name := func(kind string, of int) string { return fmt.Sprintf("%s-%d", kind, rnd.IntN(of)) }
	some := func(kind string, of, most int) []string {
		values := make([]string, 1+rnd.IntN(most))
		for i := range values {
			values[i] = name(kind, of)
		}
		return values
	}
	boxes := make([]predicate.Predicate, rules)
	for i := range boxes {
		boxes[i] = predicate.And(predicate.In("Region", some("region", 12, 3)...), predicate.In("Segment", some("segment", 40, 4)...))
		if columns > 2 {
			boxes[i] = predicate.And(boxes[i], predicate.In("Customer", some("customer", 5000, 6)...))
		}
	}
	rows := make([]sale, 1<<12)
	for i := range rows {
		rows[i] = sale{name("region", 12), name("segment", 40), name("customer", 5000)}
	}
	return predicate.Or(boxes...), rows
}

// forms are the benchmarks, and what TestAllocations counts: one row each.
func forms(tb testing.TB, p predicate.Predicate, rows []sale) map[string]func(i int) {
	m, err := Compile(p, "Region", "Segment", "Customer")
	require.NoError(tb, err)
	structs, err := Bind[sale](p)
	require.NoError(tb, err)
	pointers, err := Bind[*sale](p)
	require.NoError(tb, err)
	anyMaps, err := Bind[map[string]any](p)
	require.NoError(tb, err)
	textMaps, err := Bind[map[string]string](p)
	require.NoError(tb, err)
	anys, texts := make([]map[string]any, len(rows)), make([]map[string]string, len(rows))
	for i, r := range rows {
		anys[i] = map[string]any{"Region": r.Region, "Segment": []byte(r.Segment), "Customer": r.Customer}
		texts[i] = map[string]string{"Region": r.Region, "Segment": r.Segment, "Customer": r.Customer}
	}
	at := func(i int) int { return i & (len(rows) - 1) }
	return map[string]func(i int){
		"match":      func(i int) { r := &rows[at(i)]; p.Match(r.value) },
		"texts":      func(i int) { r := &rows[at(i)]; m.Match(r.Region, r.Segment, r.Customer) },
		"struct":     func(i int) { _, _ = structs.Match(rows[at(i)]) },
		"pointer":    func(i int) { _, _ = pointers.Match(&rows[at(i)]) },
		"map-any":    func(i int) { _, _ = anyMaps.Match(anys[at(i)]) },
		"map-string": func(i int) { _, _ = textMaps.Match(texts[at(i)]) },
	}
}

func (s *sale) value(column string) (string, bool) {
	switch column {
	case "Region":
		return s.Region, true
	case "Segment":
		return s.Segment, true
	}
	return s.Customer, true
}

func BenchmarkMatch(b *testing.B) {
	for _, columns := range []int{2, 3} {
		for _, rules := range []int{1, 10, 100, 999} {
			p, rows := sales(rules, columns)
			for _, form := range []string{"match", "texts", "struct", "pointer", "map-any", "map-string"} {
				f := forms(b, p, rows)[form]
				b.Run(fmt.Sprintf("columns=%d/rules=%d/%s", columns, rules, form), func(b *testing.B) {
					b.ReportAllocs()
					i := 0
					for b.Loop() {
						f(i)
						i++
					}
				})
			}
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, rules := range []int{1, 100, 999} {
		p, _ := sales(rules, 3)
		b.Run(fmt.Sprintf("rules=%d", rules), func(b *testing.B) {
			for b.Loop() {
				_, _ = Compile(p, "Region", "Segment", "Customer")
			}
		})
	}
}

// TestAllocations: a row costs none.
func TestAllocations(t *testing.T) {
	for _, rules := range []int{1, 999} {
		p, rows := sales(rules, 3)
		for name, f := range forms(t, p, rows) {
			if name == "match" {
				continue
			}
			i := 0
			require.Zero(t, testing.AllocsPerRun(100, func() { f(i); i++ }), "%s of %d rules", name, rules)
		}
	}
	r := &result{columns: []string{"id", "Region"}}
	for range 300 {
		r.rows = append(r.rows, []driver.Value{int64(1), "EMEA"})
	}
	v, err := BindSQL(predicate.In("Region", "EMEA"), r.query(t))
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() { v.Next() }), "rows of a query")
}
