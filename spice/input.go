package spice

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// An ImportMode says where the rows of a dataset are stored.
type ImportMode string

// Import modes.
const (
	SPICE       ImportMode = "SPICE"        // the store
	DirectQuery ImportMode = "DIRECT_QUERY" // a database, or the parent
)

// A UseAs is the purpose of a dataset.
type UseAs string

// RLSRules marks a permission dataset: it has only text columns, its ingestion
// is strict, and no viewer can open it. "" is a dataset of rows.
const RLSRules UseAs = "RLS_RULES"

// A Source is the input of an ingestion. Records starts one full read; the
// caller releases the reader. All records must have the same schema.
type Source interface {
	Records(ctx context.Context) (array.RecordReader, error)
}

// Direct is the data source of a DIRECT_QUERY dataset. Records returns the rows
// that match p with at least the named columns. The store filters the rows
// again, so a source that returns too many rows shows nothing more to a viewer.
type Direct interface {
	Schema(ctx context.Context) (*arrow.Schema, error)
	Records(ctx context.Context, p predicate.Predicate, columns []string) (array.RecordReader, error)
}

// A RulesSource is a permission dataset that is read live. Every read calls
// Rules for the current rules. An error denies access.
type RulesSource interface {
	Rules(ctx context.Context) (*rls.Rules, error)
}

// A DatasetInput describes a new dataset. ID is required. ImportMode is
// required without a Parent.
type DatasetInput struct {
	ID         string // 1–512 of A-Z a-z 0-9 - _
	Name       string // 1–128 characters; "" is the ID
	ImportMode ImportMode
	UseAs      UseAs

	// Direct is the data source of a DIRECT_QUERY dataset without a Parent. It
	// is not stored: call [Dataset.Connect] after [Open].
	Direct Direct

	// Parent is the id of the parent dataset, whose rules also apply (V5).
	Parent string
	// Columns are the columns of a child, in order; nil is all columns of the
	// parent.
	Columns []Column

	// Owners are the users and groups that may prepare data (V2).
	Owners []namespace.ARN
	// ColumnRules are the column-level permissions (V6).
	ColumnRules []ColumnRule

	// MaxRunes is the length to which ingestion truncates text, in characters
	// (V7): 2,047, which is also the default, or 65,534.
	MaxRunes int
	// Cluster names the text columns by which a refresh sorts rows, so that a
	// read can skip chunks without visible rows. Nil means the restricted
	// columns of the rules that are attached at the refresh.
	Cluster []string
}

// A Column is a column of a child dataset.
type Column struct {
	Name string
	From string // the column of the parent; "" is Name
}

// A ColumnRule shows columns only to some users and groups (V6). Regions of
// ARNs are not compared.
type ColumnRule struct {
	ColumnNames []string
	Principals  []namespace.ARN
}
