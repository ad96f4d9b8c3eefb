package where

import (
	"cmp"
	"log/slog"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// A Clause is a condition, as text and arguments. The zero Clause selects no
// row. It is immutable and safe for concurrent use.
type Clause struct {
	dialect Dialect
	sql     string // "" is none
	args    []any
	setup   []Statement
	down    []Statement

	predicate predicate.Predicate // what is written, and how: for Wrap
	opts      Options
	squeeze   squeeze
	nested    bool // there is a subquery
}

// A Statement is a statement to execute, with its arguments.
type Statement struct {
	SQL  string
	Args []any
}

// SQL returns the condition. It is never "": 1 = 0 selects no row and 1 = 1
// every row, and in PostgreSQL and Redshift FALSE and TRUE. The zero Clause,
// which is of no dialect, is NULL IS NOT NULL. A condition that is an OR stands
// in parentheses, so that AND may follow any.
func (c Clause) SQL() string {
	if c.sql != "" {
		return c.sql
	}
	if s := c.dialect.spec(); s != nil {
		return s.none()
	}
	return "NULL IS NOT NULL" // no operator, which an engine might let a user define
}

func (s *spec) none() string { return cmp.Or(s.constants[0], "1 = 0") }
func (s *spec) all() string  { return cmp.Or(s.constants[1], "1 = 1") }

// Args returns the arguments, in the order of the placeholders. Each is a
// string.
func (c Clause) Args() []any { return slices.Clone(c.args) }

// Setup returns the statements to execute before the condition is used, on the
// same connection: they make the table that [Options.Temp] names and fill it.
// There are none if all values fit into the condition. If one fails, the
// condition must not be used.
//
// In engines without tables of a session (Trino), others may see the table
// while it is there: choose a schema that only this program reads and writes.
func (c Clause) Setup() []Statement { return slices.Clone(c.setup) }

// Teardown returns the statements to execute after the last use, on the same
// connection, whether it failed or not.
func (c Clause) Teardown() []Statement { return slices.Clone(c.down) }

// Dialect returns what the condition is written in.
func (c Clause) Dialect() Dialect { return c.dialect }

// LogValue tells a log how large c is, and none of its values (S7, T8).
func (c Clause) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("dialect", c.dialect.String()),
		slog.Int("bytes", len(c.SQL())),
		slog.Int("args", len(c.args)),
		slog.Int("setup", len(c.setup)),
	)
}
