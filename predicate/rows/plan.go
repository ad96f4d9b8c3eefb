package rows

import (
	"unsafe"

	"github.com/rowsight/rowsight/predicate"
)

// A plan is a predicate in the form that is evaluated: a table for each union of
// boxes, and AND and OR of tables for what is not one. The zero plan accepts
// nothing.
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

// newPlan builds the plan of p. fields has every column of p.
func newPlan(p predicate.Predicate, fields map[string]field) plan {
	switch op := p.Op(); {
	case op == predicate.OpAll:
		return plan{kind: planAll}
	case p.IsBox():
		return tablePlan([]predicate.Predicate{p}, fields)
	case op == predicate.OpAnd:
		return combine(planAnd, p, fields)
	case op == predicate.OpOr:
		return combine(planOr, p, fields)
	default:
		return plan{}
	}
}

// combine puts the operands of p that are boxes into one table, and plans each
// of the others by itself.
func combine(kind planKind, p predicate.Predicate, fields map[string]field) plan {
	var boxes []predicate.Predicate
	args := make([]plan, 1)
	for q := range p.Args() {
		if q.IsBox() {
			boxes = append(boxes, q)
		} else {
			args = append(args, newPlan(q, fields))
		}
	}
	switch {
	case len(boxes) == 0:
		args = args[1:]
	case kind == planAnd:
		args[0] = tablePlan([]predicate.Predicate{predicate.And(boxes[0], boxes[1:]...)}, fields)
	default:
		args[0] = tablePlan(boxes, fields)
	}
	if len(args) == 1 {
		return args[0]
	}
	return plan{kind: kind, args: args}
}

func tablePlan(boxes []predicate.Predicate, fields map[string]field) plan {
	return plan{kind: planTable, table: newTable(boxes, fields)}
}

// match reports whether p accepts a row.
func (p *plan) match(row unsafe.Pointer) bool {
	switch p.kind {
	case planAll:
		return true
	case planTable:
		return p.table.match(row)
	case planAnd:
		for i := range p.args {
			if !p.args[i].match(row) {
				return false
			}
		}
		return true
	case planOr:
		for i := range p.args {
			if p.args[i].match(row) {
				return true
			}
		}
	}
	return false
}
