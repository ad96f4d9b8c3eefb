package exposure

import (
	"encoding/binary"
	"errors"

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
}

// A class is some viewers, by their number.
type class []int32

func classesOf(rs *rls.Rules, viewers []roster.Viewer) *classes {
	c := &classes{number: make(map[rls.Rule]int32)}
	known := make(map[string]int)
	var key []byte
	for i, v := range viewers {
		var rules []int32
		key = key[:0]
		for rule := range rs.Applied(v.Principal) {
			n, ok := c.number[rule]
			if !ok {
				n = int32(len(c.rules))
				c.number[rule] = n
				c.rules = append(c.rules, rule)
			}
			rules = append(rules, n)
			key = binary.LittleEndian.AppendUint32(key, uint32(n))
		}
		at, ok := known[string(key)]
		if !ok {
			at = len(c.of)
			known[string(key)] = at
			c.of = append(c.of, nil)
			c.applied = append(c.applied, rules)
		}
		c.of[at] = append(c.of[at], int32(i))
	}
	return c
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
