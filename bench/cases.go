package main

import (
	"math/rand/v2"
	"slices"
)

// A Rule restricts columns to lists of values; a column that is not there is
// not restricted (U3). NULL and "" are in no list (S2).
type Rule map[string][]string

// A Case is the filter of one principal: the rows that any rule accepts.
type Case struct {
	Name  string
	What  string
	Rules []Rule
}

// Columns returns the names of the restricted columns, in the order of the
// schema.
func (c *Case) Columns() (names []string) {
	for _, col := range []string{"region", "segment", "customer", "tenant", "product"} {
		if slices.ContainsFunc(c.Rules, func(r Rule) bool { return r[col] != nil }) {
			names = append(names, col)
		}
	}
	return names
}

// All reports whether a rule accepts every row.
func (c *Case) All() bool {
	return slices.ContainsFunc(c.Rules, func(r Rule) bool { return len(r) == 0 })
}

// Cases returns F1 to F6.
func Cases() []*Case {
	region, tenant := regions(), columnNamed("tenant").values
	return []*Case{
		{Name: "F1", What: "tenant = one value", Rules: []Rule{{"tenant": {tenant[50]}}}},
		{Name: "F2", What: "3 rules × 2 columns", Rules: []Rule{
			{"region": region[0:2], "segment": {"Enterprise"}},
			{"region": region[2:5], "segment": {"SMB", "Startup"}},
			{"region": region[6:8], "segment": {"Enterprise", "Education"}},
		}},
		{Name: "F3", What: "one rule with 192,000 customers", Rules: []Rule{{"customer": customers(192_000)}}},
		{Name: "F4", What: "999 rules × 3 columns", Rules: manyRules(999)},
		{Name: "F5", What: "one all-wildcard rule", Rules: []Rule{{}}},
		{Name: "F6", What: "no rule"},
	}
}

func columnNamed(name string) column {
	cols := textColumns()
	return cols[slices.IndexFunc(cols, func(c column) bool { return c.name == name })]
}

// customers returns n of the 200,000. What is left out holds some of the most
// frequent ones, so that the whole list selects about 82 % and not 98 %.
func customers(n int) []string {
	all := columnNamed("customer").values
	kept := append([]string{all[0]}, all[7:]...) // ranks 2 to 7 are 12 % of the rows
	r := rand.New(rand.NewPCG(seed, 4))
	head := kept[0]
	tail := kept[1:]
	r.Shuffle(len(tail), func(i, j int) { tail[i], tail[j] = tail[j], tail[i] })
	return append([]string{head}, tail[:n-1]...)
}

// manyRules returns the first n of the rules of F4: 1 to 5 values a cell, and
// about a quarter of the cells wildcards. The product is never one, or a few
// rules would select nearly everything.
func manyRules(n int) []Rule {
	cols := []column{columnNamed("region"), columnNamed("segment"), columnNamed("product")}
	r := rand.New(rand.NewPCG(seed, 38)) // the stream decides on the frequent products, and so how much is selected
	rules := make([]Rule, n)
	for i := range rules {
		rules[i] = make(Rule)
		for _, c := range cols {
			if i > 0 && c.name != "product" && r.IntN(8) < 3 {
				continue
			}
			var values []string
			for range 1 + r.IntN(5) {
				if v := c.values[r.IntN(len(c.values))]; !slices.Contains(values, v) {
					values = append(values, v)
				}
			}
			rules[i][c.name] = values
		}
	}
	return rules
}
