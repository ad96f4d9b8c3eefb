package where

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/predicate"
)

// Lower writes p as a condition in dialect d. On error the Clause selects no
// row, and the error is [ErrDialect], [ErrOptions], [ErrColumn], a
// [*ValueError] or a [*BudgetError]; Lower reports every column and value that
// it refuses.
//
// The condition has about the size of p, because common parts of rules are
// written once.
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
	for _, s := range []strategy{plainArgs, inlineLists, packLists, tableLongLists, tableAllLists} {
		if err = l.write(s); err == nil {
			return l.clause(p), nil
		}
	}
	return denied, err
}

// A strategy says how the values of a condition are sent. Lower tries them in
// order, from the fastest for an engine to the smallest, until one keeps the
// limits of the dialect. Each also does what those before it do.
type strategy int

const (
	plainArgs      strategy = iota // one argument a value; longer lists as one argument, where the dialect can
	inlineLists                    // lists are literals in the text, for dialects with few arguments
	packLists                      // every list is one argument, for dialects with little text
	tableLongLists                 // lists of more than few values are rows of a temporary table
	tableAllLists                  // all lists are
)

// few is the length up to which tableLongLists leaves a list in the condition.
const few = 16

// A lowering is the state of writing one condition. An atom, such as Region IN
// (…), is an index into table.atoms, and into columns, kinds and values.
type lowering struct {
	table
	spec    *spec
	dialect Dialect
	opts    Options
	limits  Limits

	root      tree
	depth     int          // of root
	op        predicate.Op // OpNone and OpAll have no root
	columns   []string     // SQL of each atom's column
	kinds     []Kind       // of each atom's column
	values    [][]string   // of each atom
	manyLists bool         // more than maxLists lists of more than short values

	strategy strategy
	sql      []byte
	args     []any
	sent     map[int][2]int // atom -> its first placeholder and how many, where they can be used again
	lists    map[int]int    // atom -> number of its list in the temporary table
	tabled   []int          // atoms in the temporary table
	bytes    int            // of arguments
	nested   bool           // the condition contains a subquery
	err      error
}

// newLowering checks every atom once and reports all columns and values that the
// dialect cannot express.
func newLowering(p predicate.Predicate, d Dialect, o Options) (*lowering, error) {
	l := &lowering{spec: d.spec(), dialect: d, opts: o, limits: d.Limits(), op: p.Op()}
	if o.Limits != nil {
		l.limits = *o.Limits
		l.limits.Bound = l.limits.Bound || d.Limits().Bound
	}
	if l.op == predicate.OpNone || l.op == predicate.OpAll {
		return l, nil
	}
	for _, levels := range []int{16, 4, 1, 0} {
		l.table = table{levels: levels}
		if l.root = l.tree(p); l.root.depth() <= maxDepth {
			break
		}
	}
	l.depth = l.root.depth()
	return l, l.check()
}

func (l *lowering) clause(p predicate.Predicate) Clause {
	c := Clause{dialect: l.dialect, sql: string(l.sql), args: l.args, predicate: p, opts: l.opts, strategy: l.strategy, nested: l.nested}
	if len(l.tabled) > 0 {
		c.setup, c.down = l.setup()
	}
	return c
}
