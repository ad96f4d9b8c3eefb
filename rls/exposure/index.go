package exposure

import (
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// An Index finds the viewers of rows with given values, without testing the
// rules of other viewers. It is immutable and safe for concurrent use. The zero
// Index finds nobody.
type Index struct {
	rs      *rls.Rules
	viewers []roster.Viewer
	rules   []rls.Rule
	applies [][]int32 // viewers that each rule applies to
	fields  []*field
}

// A field says which rules accept a value of one column: those that name it,
// those that want any value, and those that do not ask.
type field struct {
	name  string
	named map[string][]uint32
	any   bitset
	free  bitset
}

// ErrColumn reports a question with a value for a column that the rules do not
// restrict.
var ErrColumn = errors.New("not a restricted field")

// NewIndex indexes rules for the viewers of a roster or, if r is nil, for all
// users and groups that the rules name. Its errors are those of
// [roster.Roster.Viewers].
func NewIndex(rs *rls.Rules, r *roster.Roster) (*Index, error) {
	viewers, err := roster.Viewers(r, rs)
	if err != nil {
		return nil, err
	}
	x := &Index{rs: rs, viewers: viewers}
	number := make(map[rls.Rule]int32)
	for i, v := range viewers {
		for rule := range rs.Applied(v.Principal) {
			n, ok := number[rule]
			if !ok {
				n = int32(len(x.rules))
				number[rule] = n
				x.rules = append(x.rules, rule)
				x.applies = append(x.applies, nil)
			}
			x.applies[n] = append(x.applies[n], int32(i))
		}
	}
	for _, name := range rs.Columns() {
		f := &field{name: name, named: make(map[string][]uint32), any: newBitset(len(x.rules)), free: newBitset(len(x.rules))}
		for i, rule := range x.rules {
			f.add(uint32(i), condition(rule.Predicate(), name))
		}
		x.fields = append(x.fields, f)
	}
	return x, nil
}

// condition returns what a rule, a box, asks of a column: [predicate.All] if it
// does not.
func condition(p predicate.Predicate, column string) predicate.Predicate {
	for a := range p.Conditions() {
		if a.Column() == column {
			return a
		}
	}
	return predicate.All()
}

func (f *field) add(rule uint32, p predicate.Predicate) {
	switch p.Op() {
	case predicate.OpIn:
		for value := range p.Values() {
			f.named[value] = append(f.named[value], rule)
		}
	case predicate.OpHasValue:
		f.any.set(rule)
	default:
		f.free.set(rule)
	}
}

// keep removes from rules those that do not accept a value; "" is NULL.
func (f *field) keep(rules bitset, value string) {
	accept := slices.Clone(f.free)
	if value != "" {
		for i, w := range f.any {
			accept[i] |= w
		}
		for _, rule := range f.named[value] {
			accept.set(rule)
		}
	}
	for i, w := range accept {
		rules[i] &= w
	}
}

// Row returns the viewers who see a row. value returns the text of a column of
// the row; false stands for NULL.
func (x *Index) Row(value func(column string) (string, bool)) Answer {
	values := make(map[string]string, len(x.fields))
	for _, f := range x.fields {
		text, ok := value(f.name)
		if !ok {
			text = ""
		}
		values[f.name] = text
	}
	return x.answer(values)
}

// Values returns the viewers who see rows with these values. "" stands for NULL
// and "", which rules treat alike (U12). Columns that are not given may hold
// any value; [Sight.Rows] states the condition on them. A column that the rules
// do not restrict is an [ErrColumn].
func (x *Index) Values(values map[string]string) (Answer, error) {
	var names []string
	for _, f := range x.fields {
		names = append(names, f.name)
	}
	var unknown []string
	for name := range values {
		if !slices.Contains(names, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return Answer{}, fmt.Errorf("%w: %q, want one of %s", ErrColumn, unknown, strings.Join(names, ", "))
	}
	return x.answer(values), nil
}

func (x *Index) answer(values map[string]string) Answer {
	answer := Answer{Values: values}
	if !x.rs.Enforced() {
		answer.NotEnforced = true
		return answer
	}
	rules := newBitset(len(x.rules))
	for i := range x.rules {
		rules.set(uint32(i))
	}
	for _, f := range x.fields {
		if value, ok := values[f.name]; ok {
			f.keep(rules, value)
		}
	}
	by := make(map[int32][]rls.Rule)
	for i, w := range rules {
		for ; w != 0; w &= w - 1 {
			rule := 64*i + bits.TrailingZeros64(w)
			for _, v := range x.applies[rule] {
				by[v] = append(by[v], x.rules[rule])
			}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(by)) {
		v, admit := x.viewers[i], by[i]
		if _, err := x.rs.For(v.Principal); err != nil {
			answer.Refused = append(answer.Refused, Refusal{v, err})
			continue
		}
		slices.SortFunc(admit, func(a, b rls.Rule) int { return a.Pos().Line - b.Pos().Line })
		answer.Sights = append(answer.Sights, Sight{v, admit, rest(admit, values).Rows()})
	}
	return answer
}

// rest returns what rows must hold in columns that are not given, so that one
// of rules admits them.
func rest(rules []rls.Rule, values map[string]string) predicate.Predicate {
	rows := make([]predicate.Predicate, 0, len(rules))
	for _, rule := range rules {
		var open []predicate.Predicate
		for a := range rule.Predicate().Conditions() {
			if _, given := values[a.Column()]; !given {
				open = append(open, a)
			}
		}
		rows = append(rows, predicate.And(predicate.All(), open...))
	}
	return predicate.Or(rows...)
}

// A bitset is a set of rules.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) set(i uint32) { b[i/64] |= 1 << (i % 64) }
