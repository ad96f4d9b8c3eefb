package main

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
)

// Hand-written Go by someone who has seen 999 rules: one map per column, from
// value to the set of rules that accept it; a row is visible if the sets of its
// columns have a rule in common. This peer is also the reference that all answers
// are compared with.

func openBitsets(_ *Env, d *Data, threads int) (Session, error) {
	return &handSession{data: d, threads: threads, compile: compileBitsets}, nil
}

// ruleSet has a bit for every rule.
type ruleSet []uint64

func compileBitsets(c *Case, schema *arrow.Schema) matcher {
	if c.All() {
		return func(arrow.Record) func(int) bool { return func(int) bool { return true } }
	}
	names := c.Columns()
	words := (len(c.Rules) + 63) / 64
	byValue := make([]map[string]ruleSet, len(names))
	other := make([]ruleSet, len(names)) // rules that do not restrict the column
	for i, name := range names {
		other[i] = make(ruleSet, words)
		for j, rule := range c.Rules {
			if rule[name] == nil {
				other[i][j/64] |= 1 << (j % 64)
			}
		}
		byValue[i] = make(map[string]ruleSet)
		for j, rule := range c.Rules {
			for _, v := range rule[name] {
				set, ok := byValue[i][v]
				if !ok {
					set = slices.Clone(other[i])
					byValue[i][v] = set
				}
				set[j/64] |= 1 << (j % 64)
			}
		}
	}
	return func(rec arrow.Record) func(int) bool {
		if len(names) == 0 {
			return func(int) bool { return false }
		}
		lookup := make([]func(int) ruleSet, len(names))
		for i, name := range names {
			text := textOf(rec.Column(schema.FieldIndices(name)[0]))
			lookup[i] = func(row int) ruleSet {
				if set, ok := byValue[i][text(row)]; ok {
					return set
				}
				return other[i]
			}
		}
		return func(row int) bool {
			switch len(lookup) {
			case 1:
				return anyBit(lookup[0](row))
			case 2:
				return common(lookup[0](row), lookup[1](row))
			default:
				return common3(lookup[0](row), lookup[1](row), lookup[2](row))
			}
		}
	}
}

func anyBit(a ruleSet) bool {
	for _, w := range a {
		if w != 0 {
			return true
		}
	}
	return false
}

func common(a, b ruleSet) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}

func common3(a, b, c ruleSet) bool {
	for i := range a {
		if a[i]&b[i]&c[i] != 0 {
			return true
		}
	}
	return false
}
