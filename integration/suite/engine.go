package suite

import (
	"context"

	"github.com/rowsight/rowsight/predicate/where"
)

// An Engine is a database that holds tables and answers queries. It is used by
// one goroutine.
type Engine interface {
	// Traits says what the suite must know of the engine.
	Traits() Traits

	// Load makes a table, in place of one of the same name, with the column id,
	// a number of 64 bits, and the columns of text.
	Load(ctx context.Context, t Table) error

	// Ask executes a query with the arguments of c, between its Setup and its
	// Teardown and on the same connection, and returns the first column of the
	// result, which are ids. It asks as somebody who may read the tables and has
	// no other rights, where the engine knows rights.
	Ask(ctx context.Context, query string, c where.Clause) ([]int64, error)
}

// A Table is what an Engine loads.
type Table struct {
	Name    string   // lower case letters and digits
	Type    string   // SQL type of the columns of text, one of Traits.Types
	Columns []string // of text, any name
	Rows    []Row
}

// A Row is a row of a Table. A nil cell is NULL.
type Row struct {
	ID    int64
	Cells []*string
}

// Traits say what an engine is like.
type Traits struct {
	Dialect where.Dialect

	// Types are the SQL types of text columns to try, with whatever collations
	// the engine has. At least one.
	Types []string

	// Inline: values are written as literals only, because the engine or its
	// client cannot bind.
	Inline bool

	// Temp is the table for values that fit into no statement, as in
	// [where.Options].
	Temp []string

	// Cases is how many random predicates are tried for each type of column;
	// 0 is DefaultCases. Rows is how many rows they are tried on; 0 is DefaultRows.
	Cases, Rows int

	// Names are column names to try; nil is HostileNames.
	Names []string

	// Texts leaves out hostile texts that the engine cannot hold at all, such as
	// those that a loader cannot send. nil keeps all.
	Texts func(text string) bool

	// Trap writes a condition on a column that is true for a text of digits and
	// an error for any other. "" if there is none.
	Trap func(column string) string

	// Springs: without a barrier, the engine is known to run the trap on hidden
	// rows, and the suite expects it to.
	Springs bool
}

// What Traits mean by 0.
const (
	DefaultCases = 500
	DefaultRows  = 300
)
