package spice

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// An ImportMode says where the rows of a dataset are.
type ImportMode string

// Import modes.
const (
	SPICE       ImportMode = "SPICE"        // in the store
	DirectQuery ImportMode = "DIRECT_QUERY" // in a database, or in the parent
)

// A UseAs says what a dataset is for.
type UseAs string

// RLSRules marks a permission dataset: text columns only, strict ingestion, and
// no viewer opens it. "" is a dataset of rows.
const RLSRules UseAs = "RLS_RULES"

// A Source is what an ingestion reads: one full read, in records. The caller
// releases the reader. The records must have one schema.
type Source interface {
	Records(ctx context.Context) (array.RecordReader, error)
}

// Direct is where the rows of a DIRECT_QUERY dataset are. The rows of p are
// asked for, with the columns named and any others; what comes back is filtered
// again here, so a source that shows too much shows nothing more to a viewer.
type Direct interface {
	Schema(ctx context.Context) (*arrow.Schema, error)
	Records(ctx context.Context, p predicate.Predicate, columns []string) (array.RecordReader, error)
}

// A RulesSource is a permission dataset that is read live: asked at every read,
// it answers with the rules of now, or an error, which shows no row.
type RulesSource interface {
	Rules(ctx context.Context) (*rls.Rules, error)
}

// A DatasetInput says what to create. ID is required, and unless there is a
// Parent, ImportMode.
type DatasetInput struct {
	ID         string // 1–512 of A-Z a-z 0-9 - _
	Name       string // 1–128 characters; "" is the ID
	ImportMode ImportMode
	UseAs      UseAs

	// Direct is the data source of a DIRECT_QUERY dataset without a Parent. It
	// is not stored; call [Dataset.Connect] again after [Open].
	Direct Direct

	// Parent is the id of the parent dataset (V5). Its rules still apply.
	Parent string
	// Columns are those of a child, in order; nil is all of the parent's.
	Columns []Column

	// Owners may prepare data (V2): users and groups.
	Owners []namespace.ARN
	// ColumnRules are the column-level permissions (V6).
	ColumnRules []ColumnRule

	// MaxRunes is where text is cut at ingestion (V7): 0 is 2,047, and 65,534
	// is the other limit that there is.
	MaxRunes int
	// Cluster names the text columns that rows are put together by, so that a
	// viewer's read can leave out the rest. Nil is the restricted columns of the
	// rules that are attached when the dataset is refreshed.
	Cluster []string
}

// A Column is a column of a child dataset.
type Column struct {
	Name string
	From string // the parent's column; "" is Name
}

// A ColumnRule shows columns to some principals, users and groups, and to
// nobody else (V6). Regions of ARNs are not compared.
type ColumnRule struct {
	ColumnNames []string
	Principals  []namespace.ARN
}
