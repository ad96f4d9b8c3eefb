package exposure

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/wordset"
	"github.com/rowsight/rowsight/rls/roster"
)

// An Index finds the viewers of rows with given values, without testing the
// rules of other viewers. It is immutable and safe for concurrent use. The zero
// Index finds nobody.
type Index struct {
	rs      *rls.Rules
	viewers []roster.Viewer
	classes *classes
	applies [][]int32 // classes of viewers that each rule applies to
	fields  []*field
	steps   int // conditions that were looked at
}

// A field says which rules accept a value of one column: those that name it,
// those that want any value, and those that do not ask.
type field struct {
	name  string
	named map[string][]uint32
	any   wordset.Set
	free  wordset.Set
}

// ErrColumn reports a question with a value for a column that the rules do not
// restrict.
var ErrColumn = errors.New("not a restricted column")

// NewIndex indexes rules for the viewers of a roster or, if r is nil, for all
// users and groups that the rules name. Its errors are those of
// [roster.Roster.Viewers].
func NewIndex(rs *rls.Rules, r *roster.Roster) (*Index, error) {
	viewers, err := roster.Viewers(r, rs)
	if err != nil {
		return nil, err
	}
	x := &Index{rs: rs, viewers: viewers, classes: classesOf(rs, viewers)}
	rules := x.classes.rules
	x.applies = make([][]int32, len(rules))
	for i, applied := range x.classes.applied {
		for _, rule := range applied {
			x.applies[rule] = append(x.applies[rule], int32(i))
		}
	}
	byName := make(map[string]*field)
	for _, name := range rs.Columns() {
		f := &field{name: name, named: make(map[string][]uint32), any: wordset.New(len(rules)), free: wordset.Full(len(rules))}
		x.fields, byName[name] = append(x.fields, f), f
	}
	for i, rule := range rules {
		for a := range rule.Predicate().Conditions() {
			x.steps++
			byName[a.Column()].add(uint32(i), a)
		}
	}
	return x, nil
}

// add notes what a rule, a box, asks of the column.
func (f *field) add(rule uint32, p predicate.Predicate) {
	switch p.Op() {
	case predicate.OpIn:
		f.free.Unset(rule)
		for value := range p.Values() {
			f.named[value] = append(f.named[value], rule)
		}
	case predicate.OpHasValue:
		f.free.Unset(rule)
		f.any.Set(rule)
	}
}

// keep removes from rules those that do not accept a value; "" is NULL.
func (f *field) keep(rules wordset.Set, value string) {
	accept := slices.Clone(f.free)
	if value != "" {
		accept.Add(f.any)
		accept.Set(f.named[value]...)
	}
	rules.Keep(accept)
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
// any value; [Access.Rows] states the condition on them. A column that the rules
// do not restrict is an [ErrColumn].
func (x *Index) Values(values map[string]string) (Answer, error) {
	names := x.rs.Columns()
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
	rules := wordset.Full(len(x.applies))
	for _, f := range x.fields {
		if value, ok := values[f.name]; ok {
			f.keep(rules, value)
		}
	}
	by := make(map[int32][]rls.Rule) // rules that admit, by class
	for rule := range rules.All() {
		for _, class := range x.applies[rule] {
			by[class] = append(by[class], x.classes.rules[rule])
		}
	}
	found := make(map[int32]Access) // by viewer
	refused := make(map[int32]error)
	for class, admit := range by {
		members := x.classes.of[class]
		if _, err := x.rs.For(x.viewers[members[0]].Principal); err != nil {
			for _, i := range members {
				refused[i] = errorOf(err, x.viewers[i])
			}
			continue
		}
		slices.SortFunc(admit, func(a, b rls.Rule) int { return a.Pos().Line - b.Pos().Line })
		rows := rest(admit, values).Rows()
		for _, i := range members {
			found[i] = Access{x.viewers[i], slices.Clone(admit), rows}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(found)) {
		answer.Access = append(answer.Access, found[i])
	}
	for _, i := range slices.Sorted(maps.Keys(refused)) {
		answer.Refused = append(answer.Refused, Refusal{x.viewers[i], refused[i]})
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
