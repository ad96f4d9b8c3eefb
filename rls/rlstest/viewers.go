package rlstest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// ruleTable is the rules by number, in file order, with what coverage and
// mutation need to know of them.
type ruleTable struct {
	all   []rls.Rule
	again map[int][]int // the rules that repeat a rule (U13)
}

func newRuleTable(rules *rls.Rules) *ruleTable {
	t := &ruleTable{all: slices.Collect(rules.All()), again: make(map[int][]int)}
	for i, r := range t.all {
		if first, ok := r.Repeats(); ok {
			t.again[first.Index()] = append(t.again[first.Index()], i)
		}
	}
	return t
}

// effective reports whether a rule can show anybody anything: it names somebody
// and repeats no other.
func (t *ruleTable) effective(i int) bool {
	_, again := t.all[i].Repeats()
	return !again && (t.all[i].User() != "" || t.all[i].Group() != "")
}

// viewer is a principal of some cases.
type viewer struct {
	who   namespace.Principal
	cases []int
	rules []int // that apply, increasing, those that repeat another too
}

// viewers returns the different principals of the cases, in the order of the
// first case of each.
func (s *Suite) viewers(t *ruleTable, use func(i int) bool) []*viewer {
	var all []*viewer
	known := make(map[string]*viewer)
	for i, c := range s.cases {
		if c.who == nil || !use(i) {
			continue
		}
		key := identify(*c.who)
		v := known[key]
		if v == nil {
			v = &viewer{who: *c.who}
			for r := range s.rules.Applied(*c.who) {
				n := r.Index()
				v.rules = append(append(v.rules, n), t.again[n]...)
			}
			slices.Sort(v.rules)
			known[key] = v
			all = append(all, v)
		}
		v.cases = append(v.cases, i)
	}
	return all
}

// identify returns a text that only the same principal has: every part is
// quoted, and groups count in any order.
func identify(p namespace.Principal) string {
	var groups []string
	for _, g := range p.Groups {
		groups = append(groups, identity(g))
	}
	slices.Sort(groups)
	return identity(p.User) + " in " + strings.Join(groups, " ")
}

func identity(id namespace.Identity) string {
	return strconv.Quote(id.Namespace) + strconv.Quote(id.Name) + strconv.Quote(id.ARN.String())
}
