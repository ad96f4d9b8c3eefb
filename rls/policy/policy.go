package policy

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// Errors of writing policies.
var (
	ErrTarget    = errors.New("unknown target")
	ErrKind      = errors.New("not supported by the target")
	ErrTable     = errors.New("bad name of the table")
	ErrName      = errors.New("bad name of a user or group")
	ErrDuplicate = errors.New("two principals have one name")
	ErrValue     = errors.New("cannot be written exactly for the target")
	ErrTooLong   = errors.New("longer than the target allows")
	ErrOptions   = errors.New("bad options")
)

// A Kind is the kind of principal of a grant.
type Kind uint8

// The kinds of principals. In an engine without groups, groups are its roles.
const (
	User Kind = iota + 1
	Group
)

// String returns "user" or "group", or "nobody" for the zero Kind.
func (k Kind) String() string {
	switch k {
	case User:
		return "user"
	case Group:
		return "group"
	}
	return "nobody"
}

// A Grant shows rows to a user, or to all members of a group. The zero Grant
// shows no row.
type Grant struct {
	Kind Kind
	Name string // the name in the target
	Rows predicate.Predicate
}

// A Table is the table that a policy protects.
type Table struct {
	// Name contains the parts of the name: {"public", "sales"}.
	Name []string

	// Columns are all text columns that rules may name, in order; nil is the
	// columns of the grants, sorted. They become the arguments of a policy
	// function and the schema of a Substrait expression.
	Columns []string

	// FieldIDs are the Iceberg field ids of columns, for catalogs whose readers
	// need ids.
	FieldIDs map[string]int
}

// A Policy states which viewers see which rows of a table. The zero Policy has
// no table.
type Policy struct {
	Table  Table
	Grants []Grant
}

// Options configure [Script] and [Filter]. nil is the zero Options.
type Options struct {
	// Name is the name of the policies, or the prefix of their names; "" is
	// "rowsight". It consists of ASCII letters, digits and underscores. It must
	// be unique in engines with one name space for all policies.
	Name string

	// CreateRoles makes PostgreSQL create missing roles, without a login.
	CreateRoles bool

	// Mapping is the name of the mapping table in Snowflake, in parts; nil is
	// the name of the table followed by the name of the policy.
	Mapping []string

	// Dialect is the dialect of the database of a Superset dataset.
	Dialect where.Dialect

	// Dataset is the id of the dataset in Superset.
	Dataset int
}

// Script writes a policy for a target that knows the viewer. On an error it
// returns no script.
func Script(t Target, p Policy, opts *Options) ([]byte, error) {
	write := t.spec().script
	switch {
	case t.spec().name == "":
		return nil, ErrTarget
	case write == nil:
		return nil, fmt.Errorf("%s: %w: all grants; it takes the filter of one viewer", t, ErrKind)
	}
	w, err := newWriter(t, p, opts)
	if err != nil {
		return nil, err
	}
	return w.written(write)
}

// Filter writes the filter of one viewer for a target that requests it. On an
// error it returns no filter, and the caller must deny all rows.
func Filter(t Target, table Table, rows predicate.Predicate, opts *Options) ([]byte, error) {
	write := t.spec().filter
	switch {
	case t.spec().name == "":
		return nil, ErrTarget
	case write == nil:
		return nil, fmt.Errorf("%s: %w: the filter of one viewer; it takes all grants", t, ErrKind)
	}
	w, err := newWriter(t, Policy{Table: table}, opts)
	if err != nil {
		return nil, err
	}
	w.rows = rows
	w.fail(w.restricted(rows.Restricted()))
	return w.written(write)
}
