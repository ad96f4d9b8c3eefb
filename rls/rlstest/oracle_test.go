package rlstest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// world is a random rule file with data and cases, and the slow, obvious answers
// about it.
type world struct {
	*Suite
	header []string
	rules  [][]string // the file, without its header
	text   string
}

var (
	someValues = []string{"a", "b", "c,d", `e"f`, "NIL"}
	someUsers  = []string{"u1", "u2", "u3"}
	someGroups = []string{"g1", "g2"}
)

func pick[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

func newWorld(t *testing.T, r *rand.Rand) *world {
	t.Helper()
	w := &world{header: []string{"UserName", "GroupName", "A", "B"}}
	cell := func() string {
		var items []string
		for range pick(r, 0, 0, 1, 1, 2, 3) {
			items = append(items, pick(r, "a", "b", `"c,d"`, `"e""f"`, "NIL"))
		}
		return strings.Join(items, ",")
	}
	for range 1 + r.IntN(6) {
		w.rules = append(w.rules, []string{pick(r, append(someUsers, "", "")...), pick(r, append(someGroups, "", "")...), cell(), cell()})
	}
	if r.IntN(3) == 0 {
		w.rules = append(w.rules, slices.Clone(w.rules[0])) // repeated
	}
	var b strings.Builder
	b.WriteString("rules: rules.csv\n")
	fmt.Fprintf(&b, "options: {dual: %s, hideNulls: %v", pick(r, "either", "userFirst"), pick(r, true, false))
	if r.IntN(2) == 0 {
		b.WriteString(", nullWords: [NIL]")
	}
	if r.IntN(3) == 0 {
		b.WriteString(", maxValues: 2")
	}
	b.WriteString("}\nid: id\ndata:\n")
	value := func() string {
		if r.IntN(5) == 0 {
			return pick(r, "null", `""`)
		}
		return fmt.Sprintf("%q", pick(r, append(someValues, "other")...))
	}
	rows := 1 + r.IntN(100)
	for i := range rows {
		fmt.Fprintf(&b, "- {id: %d, A: %s, B: %s}\n", i, value(), value())
	}
	b.WriteString("cases:\n")
	for i := range 1 + r.IntN(6) {
		who := "{user: " + pick(r, append(someUsers, "stranger")...) + "}"
		if r.IntN(2) == 0 {
			who = fmt.Sprintf("{user: %s, groups: [%s, %s]}", pick(r, someUsers...), pick(r, someGroups...), pick(r, someGroups...))
		}
		fmt.Fprintf(&b, "- name: case %d\n  who: %s\n", i, who)
		switch r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "  count: %d\n", r.IntN(rows+1))
		case 1:
			fmt.Fprintf(&b, "  %s: true\n", pick(r, "all", "none"))
		case 2:
			fmt.Fprintf(&b, "  only: {A: [%s, %s], B: [%s, %s, %s]}\n", value(), value(), value(), value(), value())
		case 3:
			fmt.Fprintf(&b, "  rows: [%d]\n", r.IntN(rows))
		case 4:
			fmt.Fprintf(&b, "  hidden: [%d, {id: [%d, %d]}]\n", r.IntN(rows), r.IntN(rows), r.IntN(rows))
		default:
			b.WriteString("  error: too many\n")
		}
	}
	w.text = b.String()
	s, err := Load(files("c.rlstest.yaml", w.text, "rules.csv", w.csv(w.rules)), "c.rlstest.yaml")
	require.NoError(t, err, w.text)
	w.Suite = s
	return w
}

func (w *world) csv(rules [][]string) string {
	var b bytes.Buffer
	out := csvtext.NewWriter(&b, nil)
	_ = out.Write(w.header)
	for _, rule := range rules {
		_ = out.Write(rule)
	}
	_ = out.Flush()
	return b.String()
}

// visible asks Predicate.Match about every row.
func (w *world) visible(p predicate.Predicate) (rows []int32) {
	for row := range int32(w.data.rows) {
		if p.Match(func(name string) (string, bool) {
			v := w.data.columns[slices.Index([]string{"id", "A", "B"}, name)].text(row)
			return v.s, !v.null
		}) {
			rows = append(rows, row)
		}
	}
	return rows
}

// meant returns the rows of a condition.
func (w *world) meant(c *condition) (rows []int32) {
	for row := range int32(w.data.rows) {
		all := true
		for _, t := range c.tests {
			all = all && slices.Contains(t.values, w.data.columns[t.column].text(row))
		}
		if all {
			rows = append(rows, row)
		}
	}
	return rows
}

// passes says whether a case passes with these rules.
func (w *world) passes(c *testCase, rules *rls.Rules) bool {
	p, err := rules.For(*c.who)
	if err != nil || c.err != "" {
		return err != nil && c.err != "" && strings.Contains(err.Error(), c.err)
	}
	rows := w.visible(p)
	ok := true
	switch c.exact.how {
	case howCount:
		ok = len(rows) == c.exact.n
	case howAll:
		ok = len(rows) == w.data.rows
	case howNone:
		ok = len(rows) == 0
	}
	for _, want := range c.rows {
		for _, row := range w.meant(&want.condition) {
			ok = ok && slices.Contains(rows, row)
		}
	}
	for _, want := range c.hidden {
		for _, row := range w.meant(&want.condition) {
			ok = ok && !slices.Contains(rows, row)
		}
	}
	if c.only != nil {
		meant := w.meant(c.only)
		for _, row := range rows {
			ok = ok && slices.Contains(meant, row)
		}
	}
	return ok
}

// TestOracle runs random worlds both ways.
func TestOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	verdicts := make(map[verdict]int)
	var passed, failed, covered, missing int
	for range 150 {
		w := newWorld(t, r)
		report := runSuite(t, w.Suite, &Options{Lenient: true, Workers: 1 + r.IntN(2)})
		runs := w.resolve()
		for i, c := range w.cases {
			require.Equal(t, w.passes(c, w.Suite.rules), report.Results[i].Status == Passed, "%s\n%s\n%v", w.text, w.csv(w.rules), report.Results[i])
			saw, err := runs[i].see(w.data)
			require.Equal(t, report.Results[i].Status == Failed, len(c.reasons(w.Suite, saw, err, 5)) > 0, "holds and reasons agree")
			require.Equal(t, report.Results[i].Status == Failed, len(report.Results[i].Reasons) > 0)
		}
		p, f := report.Counts()
		passed, failed = passed+p, failed+f

		covered += report.Coverage.Exercised
		missing += len(report.Coverage.Missing)
		require.Equal(t, w.uncovered(), linesOf(report.Coverage.Missing), "%s\n%s", w.text, w.csv(w.rules))

		use := func(i int) bool { return report.Results[i].Status == Passed }
		tries, possible := w.mutateRules(runs, use, -1)
		require.Len(t, tries, possible)
		i := 0
		for c := range w.changes(newRuleTable(w.Suite.rules)) {
			got := tries[i].try()
			i++
			verdicts[got]++
			require.Equal(t, w.verdict(t, c, use), got, "%v\n%s\n%s", c, w.csv(w.rules), w.text)
		}
	}
	t.Log(passed, failed, covered, missing, verdicts)
	require.Greater(t, passed, 100)
	require.Greater(t, failed, 100)
	require.Greater(t, covered, 100)
	require.Greater(t, missing, 100)
	for _, v := range []verdict{survived, killed, equivalent} {
		require.Greater(t, verdicts[v], 100, "a verdict that never comes is not tested")
	}
}

func linesOf(missing []Uncovered) (lines []int) {
	for _, m := range missing {
		lines = append(lines, m.Pos.Line)
	}
	return lines
}

// uncovered goes through rules, cases and rows.
func (w *world) uncovered() (lines []int) {
	for i, cells := range w.rules {
		again := slices.ContainsFunc(w.rules[:i], func(earlier []string) bool { return slices.Equal(earlier, cells) })
		one, err := rls.ReadCSV(strings.NewReader(w.csv(w.rules[i:i+1])), w.ruleOpt)
		if err != nil {
			panic(err)
		}
		var rule rls.Rule
		for rule = range one.All() {
		}
		if again || rule.User() == "" && rule.Group() == "" {
			continue
		}
		exercised := false
		for _, c := range w.cases {
			_, err := w.Suite.rules.For(*c.who)
			exercised = exercised || err == nil && rule.AppliesTo(*c.who) && len(w.visible(rule.Predicate())) > 0
		}
		if !exercised {
			lines = append(lines, i+2)
		}
	}
	return lines
}

// verdict writes the changed file, reads it as a whole, and asks every case, and
// then every principal about every combination of values.
func (w *world) verdict(t *testing.T, c change, use func(i int) bool) verdict {
	t.Helper()
	changed := slices.Clone(w.rules)
	if c.drop {
		changed = slices.Delete(changed, c.rule, c.rule+1)
	} else {
		changed[c.rule] = c.cells
	}
	rules, err := rls.ReadCSV(strings.NewReader(w.csv(changed)), w.ruleOpt)
	require.NoError(t, err)
	for i, tc := range w.cases {
		if use(i) && !w.passes(tc, rules) {
			return killed
		}
	}
	values := append(slices.Clone(someValues), "other", "")
	for _, who := range append(slices.Clone(someUsers), someGroups...) {
		viewer := namespace.Named(who)
		if who[0] == 'g' {
			viewer = namespace.Named("", who)
		}
		p, errP := w.Suite.rules.For(viewer)
		q, errQ := rules.For(viewer)
		if (errP == nil) != (errQ == nil) {
			return survived
		}
		for _, a := range values {
			for _, b := range values {
				row := func(name string) (string, bool) { return map[string]string{"A": a, "B": b}[name], true }
				if p.Match(row) != q.Match(row) {
					return survived
				}
			}
		}
	}
	return equivalent
}
