package vet

import (
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// readPrincipals finds out whom each text of a principal column names. ARNs
// that differ in the Region only, or are short, name one principal (U16).
func (c *column) readPrincipals(nullWords []string) {
	c.names, c.keys = []string{""}, []string{""}
	known := make(map[string]uint32)
	for _, text := range c.texts {
		if onlyCommas(text) || slices.Contains(nullWords, text) {
			c.who = append(c.who, 0)
			continue
		}
		key := text
		if c.arns {
			key = arnKey(text)
		}
		who, ok := known[key]
		if !ok {
			who = uint32(len(c.names))
			known[key] = who
			c.names = append(c.names, text)
			c.keys = append(c.keys, key)
		}
		c.who = append(c.who, who)
	}
}

// arnKey is equal for ARNs of one principal. Text that is no ARN, which rls
// refuses, stands for itself.
func arnKey(text string) string {
	a, err := namespace.ParseARN(text)
	if err != nil {
		return text
	}
	a.Region = ""
	return a.String()
}

// named returns whom rule row names in a column, 0 for nobody or no column.
func (c *column) named(row int) uint32 {
	if c == nil {
		return 0
	}
	return c.who[c.of[row]]
}

// empty reports whether no field of a rule has a value. What cannot be read has
// one.
func (t *table) empty(row int) bool {
	for _, c := range t.fields {
		if !wild(c.sets[c.of[row]]) {
			return false
		}
	}
	return true
}

// index sorts the rules by principal, without those that repeat another (U13).
func (t *table) index() {
	t.first = t.firsts()
	for _, c := range t.principals() {
		counted := func(row int) uint32 {
			if t.first[row] != row || c == t.group && t.dual == rls.UserFirst && t.user.named(row) != 0 {
				return 0
			}
			return c.named(row)
		}
		c.start = make([]uint32, len(c.names)+2)
		for row := range t.lines {
			if who := counted(row); who != 0 {
				c.start[who+2]++
			}
		}
		for i := 1; i < len(c.start); i++ {
			c.start[i] += c.start[i-1]
		}
		c.rules = make([]uint32, c.start[len(c.start)-1])
		for row := range t.lines {
			if who := counted(row); who != 0 {
				c.rules[c.start[who+1]] = uint32(row)
				c.start[who+1]++
			}
		}
		c.start = c.start[:len(c.start)-1]
	}
}

// rulesOf returns the rules that name principal who of column c.
func (c *column) rulesOf(who uint32) []uint32 {
	if c == nil || who == 0 {
		return nil
	}
	return c.rules[c.start[who]:c.start[who+1]]
}

// firsts returns for each rule the first one that is the same: same principals,
// same cell texts.
func (t *table) firsts() []int {
	same := make([]int, len(t.lines))
	known := make(map[uint64]int, len(t.lines))
	equal := func(i, j int) bool {
		if t.user.named(i) != t.user.named(j) || t.group.named(i) != t.group.named(j) {
			return false
		}
		for _, c := range t.fields {
			if c.of[i] != c.of[j] {
				return false
			}
		}
		return true
	}
	for row := range t.lines {
		h := uint64(t.user.named(row))<<32 | uint64(t.group.named(row))
		h *= 0x9E3779B97F4A7C15
		for _, c := range t.fields {
			h = (h ^ h>>29 ^ uint64(c.of[row])) * 0xBF58476D1CE4E5B9
		}
		for ; ; h++ { // the next number, if another rule has this one
			other, ok := known[h]
			if !ok {
				known[h] = row
				same[row] = row
				break
			}
			if equal(other, row) {
				same[row] = other
				break
			}
		}
	}
	return same
}
