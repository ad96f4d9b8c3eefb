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
	sql     string // "" selects no row
	args    []any
	setup   []Statement
	down    []Statement

	predicate predicate.Predicate // Wrap writes it again, in the same way
	opts      Options
	strategy  strategy
	nested    bool // the condition contains a subquery
}

// A Statement is a statement to execute, with its arguments.
type Statement struct {
	SQL  string
	Args []any
}

// SQL returns the condition. It is never "": 1 = 0 selects no row and 1 = 1
// every row, and in PostgreSQL and Redshift FALSE and TRUE. The zero Clause has
// no dialect and is NULL IS NOT NULL. An OR is in parentheses, so you can add
// AND after it. In Spark and Databricks, use [Clause.Wrap] instead: the
// optimizer could use an equality that you add, on a column whose collation
// ignores case, to replace the column in the condition with its value.
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
// same connection. They create and fill the table that [Options.Temp] names. Setup
// is empty if all values fit into the condition. If a statement fails, do not use
// the condition.
//
// In engines without temporary tables (Trino), other sessions can see the table
// while it exists: choose a schema that only this program can access.
func (c Clause) Setup() []Statement { return slices.Clone(c.setup) }

// Teardown returns the statements to execute on the same connection after the
// last use, even if it failed.
func (c Clause) Teardown() []Statement { return slices.Clone(c.down) }

// Dialect returns the dialect of the condition.
func (c Clause) Dialect() Dialect { return c.dialect }

// LogValue logs the dialect and the size of c, and none of its values (S7, T8).
func (c Clause) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("dialect", c.dialect.String()),
		slog.Int("bytes", len(c.SQL())),
		slog.Int("args", len(c.args)),
		slog.Int("setup", len(c.setup)),
	)
}
