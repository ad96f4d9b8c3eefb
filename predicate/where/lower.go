package where

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/predicate"
)

// Lower writes p as a condition in dialect d. On error the Clause selects no
// row, and the error is [ErrDialect], [ErrOptions], [ErrColumn], a [*ValueError]
// or a [*BudgetError]; every column and value that is refused is reported.
//
// The condition has about the size of p: what rules have in common is written
// once.
func Lower(p predicate.Predicate, d Dialect, opts *Options) (Clause, error) {
	if d.spec() == nil {
		return Clause{}, ErrDialect
	}
	denied := Clause{dialect: d}
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.FirstArg < 0 {
		return denied, fmt.Errorf("%w: FirstArg: got %d, want 1 or more, or 0 for 1", ErrOptions, o.FirstArg)
	}
	l, err := newLowering(p, d, o)
	if err = errors.Join(o.check(p), err); err != nil {
		return denied, err
	}
	for _, s := range []squeeze{asTheyCome, literals, packed, inTable, allInTable} {
		if err = l.write(s); err == nil {
			return l.clause(p), nil
		}
	}
	return denied, err
}

// A squeeze says how hard a condition is made to fit into the limits.
type squeeze int

const (
	asTheyCome squeeze = iota
	literals           // few values are literals: too many arguments
	packed             // all lists are packed: too much text
	inTable            // lists of more than a few values are in the table
	allInTable         // all lists are
)

// few values stay in the condition as long as the table can take others.
const few = 16

// A lowering is a condition that is being written.
type lowering struct {
	table
	spec    *spec
	dialect Dialect
	opts    Options
	limits  Limits

	root    tree
	op      predicate.Op // OpNone and OpAll have no root
	columns []string     // SQL of each atom's column
	kinds   []Kind       // of each atom's column
	values  [][]string   // of each atom
	crowded bool         // there are many lists

	squeeze squeeze
	sql     []byte
	args    []any
	sent    map[int][2]int // atom -> its first placeholder and how many, where they can be used again
	lists   map[int]int    // atom -> number of its list in the temporary table
	tabled  []int          // atoms in the temporary table
	bytes   int            // of arguments
	nested  bool           // there is a subquery
	err     error
}

// newLowering looks at every atom once and reports all that cannot be written.
func newLowering(p predicate.Predicate, d Dialect, o Options) (*lowering, error) {
	l := &lowering{spec: d.spec(), dialect: d, opts: o, limits: d.Limits(), op: p.Op()}
	if o.Limits != nil {
		l.limits = *o.Limits
		l.limits.Bound = l.limits.Bound || d.Limits().Bound
	}
	if l.op == predicate.OpNone || l.op == predicate.OpAll {
		return l, nil
	}
	l.root = l.tree(p)
	return l, l.check()
}

func (l *lowering) clause(p predicate.Predicate) Clause {
	c := Clause{dialect: l.dialect, sql: string(l.sql), args: l.args, predicate: p, opts: l.opts, squeeze: l.squeeze, nested: l.nested}
	if len(l.tabled) > 0 {
		c.setup, c.down = l.setup()
	}
	return c
}
