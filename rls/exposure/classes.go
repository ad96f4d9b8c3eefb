package exposure

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// Classes divides viewers by the rules that apply to them. Viewers of one class
// see the same rows, so rows are found once for each class: thousands of members
// of one group would otherwise cost thousands of times as much as one.
type classes struct {
	rules   []rls.Rule // that apply to a viewer
	of      []class
	number  map[rls.Rule]int32
	applied [][]int32 // rules of each class, in file order
	steps   int       // rules that were looked at
}

// A class is some viewers, by their number.
type class []int32

func classesOf(rs *rls.Rules, viewers []roster.Viewer) *classes {
	c := &classes{number: make(map[rls.Rule]int32)}
	// The rules of a viewer are those that name the user or one of the groups. The
	// rules of a group are looked at once for all its members.
	groups := make(map[namespace.Identity]uint32) // numbers of those that rules name; 0 for others
	known := make(map[string]int)
	var key []byte
	var named []uint32
	for i, v := range viewers {
		named = named[:0]
		for _, g := range v.Principal.Groups {
			n, ok := groups[g]
			if !ok {
				if c.apply(rs, namespace.Principal{Groups: []namespace.Identity{g}}) {
					n = uint32(len(groups) + 1)
				}
				groups[g] = n
			}
			if n != 0 {
				named = append(named, n)
			}
		}
		slices.Sort(named)
		own := uint32(0)
		if c.apply(rs, namespace.Principal{User: v.Principal.User}) {
			own = uint32(i + 1)
		}
		key = binary.LittleEndian.AppendUint32(key[:0], own)
		for _, n := range slices.Compact(named) {
			key = binary.LittleEndian.AppendUint32(key, n)
		}
		at, ok := known[string(key)]
		if !ok {
			at = len(c.of)
			known[string(key)] = at
			c.of = append(c.of, nil)
			c.applied = append(c.applied, c.rulesOf(rs, v.Principal))
		}
		c.of[at] = append(c.of[at], int32(i))
	}
	return c
}

// apply reports whether a rule applies to p.
func (c *classes) apply(rs *rls.Rules, p namespace.Principal) bool {
	for range rs.Applied(p) {
		c.steps++
		return true
	}
	return false
}

// rulesOf numbers the rules that apply to p.
func (c *classes) rulesOf(rs *rls.Rules, p namespace.Principal) (rules []int32) {
	for rule := range rs.Applied(p) {
		c.steps++
		n, ok := c.number[rule]
		if !ok {
			n = int32(len(c.rules))
			c.number[rule] = n
			c.rules = append(c.rules, rule)
		}
		rules = append(rules, n)
	}
	return rules
}

// errorOf returns an error of [rls.Rules.For] for one viewer of a class, as that of
// another. A limit depends on the rules that apply and on nothing else.
func errorOf(err error, v roster.Viewer) error {
	switch e := err.(type) {
	case *rls.LimitError:
		own := *e
		own.Who = v.Principal.User
		return &own
	case interface{ Unwrap() []error }:
		var own []error
		for _, inner := range e.Unwrap() {
			own = append(own, errorOf(inner, v))
		}
		return errors.Join(own...)
	}
	return err
}
