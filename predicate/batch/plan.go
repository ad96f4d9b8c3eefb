package batch

import (
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// A plan is a predicate in the form that is evaluated: unions of boxes become
// tables, and what is not one is combined from tables with AND and OR of their
// masks. The zero plan accepts nothing.
//
// A box is a conjunction of conditions on different columns, such as one rule
// of a permission dataset; all rules of a viewer make one table. AND of several
// tables comes from child datasets, whose parents keep their own rules (V5).
type plan struct {
	kind  planKind
	table *table
	args  []plan
}

type planKind uint8

const (
	planNone planKind = iota
	planAll
	planTable
	planAnd
	planOr
)

// newPlan builds the plan of p. column returns the index of a column by name.
func newPlan(p predicate.Predicate, column func(name string) int, opts *Options) plan {
	switch p.Op() {
	case predicate.OpAll:
		return plan{kind: planAll}
	case predicate.OpIn, predicate.OpHasValue:
		return tablePlan([]predicate.Predicate{p}, column, opts)
	case predicate.OpAnd:
		return combine(planAnd, p, column, opts)
	case predicate.OpOr:
		return combine(planOr, p, column, opts)
	default:
		return plan{}
	}
}

// combine gathers the operands of p that fit into one table and plans each of
// the others by itself.
func combine(kind planKind, p predicate.Predicate, column func(string) int, opts *Options) plan {
	flat := make([]predicate.Predicate, 0, p.Len()) // atoms of an And, boxes of an Or
	var args []plan
	for q := range p.Args() {
		if q.IsBox() {
			flat = append(flat, q)
		} else {
			args = append(args, newPlan(q, column, opts))
		}
	}
	if len(flat) > 0 {
		if kind == planAnd {
			flat = []predicate.Predicate{predicate.And(flat[0], flat[1:]...)}
		}
		// The table goes first: it is the cheaper operand and may decide alone.
		args = slices.Insert(args, 0, tablePlan(flat, column, opts))
	}
	if len(args) == 1 {
		return args[0]
	}
	return plan{kind: kind, args: args}
}

func tablePlan(boxes []predicate.Predicate, column func(string) int, opts *Options) plan {
	d := drafts.Get().(*draft)
	defer d.free()
	return plan{kind: planTable, table: newTable(d, boxes, column, opts)}
}
