package vet

import (
	"encoding/binary"
	"slices"

	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/postings"
)

// readPrincipals finds out whom each text of a principal column names. ARNs
// that differ in the Region only, or are short, name one principal (U16).
func (c *column) readPrincipals(nullWords []string) {
	c.names, c.keys = []string{""}, []string{""}
	known := make(map[string]uint32)
	for _, text := range c.texts {
		if list.Blank(text) || slices.Contains(nullWords, text) {
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
		c.rules = postings.New(len(c.names), len(t.lines), func(row uint32) (uint32, bool) {
			who := c.named(int(row))
			return who, who != 0 && t.first[row] == int(row) && (c != t.group || t.dual != rls.UserFirst || t.user.named(int(row)) == 0)
		})
	}
}

// rulesOf returns the rules that name principal who of column c.
func (c *column) rulesOf(who uint32) []uint32 {
	if c == nil || who == 0 {
		return nil
	}
	return c.rules.Of(who)
}

// firsts returns for each rule the first one that is the same: same principals,
// same cell texts.
func (t *table) firsts() []int {
	first := make([]int, len(t.lines))
	known := make(map[string]int, len(t.lines))
	var key []byte
	for row := range t.lines {
		key = binary.LittleEndian.AppendUint32(key[:0], t.user.named(row))
		key = binary.LittleEndian.AppendUint32(key, t.group.named(row))
		for _, c := range t.fields {
			key = binary.LittleEndian.AppendUint32(key, c.of[row])
		}
		if _, ok := known[string(key)]; !ok {
			known[string(key)] = row
		}
		first[row] = known[string(key)]
	}
	return first
}
