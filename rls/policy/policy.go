package policy

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// Why a policy cannot be written.
var (
	ErrTarget    = errors.New("unknown target")
	ErrKind      = errors.New("the target does not take this")
	ErrTable     = errors.New("bad name of the table")
	ErrName      = errors.New("bad name of a user or group")
	ErrDuplicate = errors.New("two principals have one name")
	ErrValue     = errors.New("the target would not take the value as it is")
	ErrTooLong   = errors.New("longer than the target takes")
	ErrOptions   = errors.New("bad options")
)

// A Kind says what a grant is for.
type Kind uint8

// The kinds of principals. In an engine without groups, groups are its roles.
const (
	User Kind = iota + 1
	Group
)

// String returns "user" or "group"; that of the zero Kind is "nobody".
func (k Kind) String() string {
	switch k {
	case User:
		return "user"
	case Group:
		return "group"
	}
	return "nobody"
}

// A Grant shows rows to a user, or to everybody in a group. The zero Grant is
// for nobody, and shows nothing.
type Grant struct {
	Kind Kind
	Name string // as the target knows it
	Rows predicate.Predicate
}

// A Table is what a policy protects.
type Table struct {
	// Name are the parts of the name: {"public", "sales"}.
	Name []string

	// Columns are all columns of text that rules may name, in their order; nil
	// stands for those that the grants name, sorted. They are the arguments of a
	// policy that is a function, and the schema of a Substrait expression.
	Columns []string

	// FieldIDs are the Iceberg field ids of columns, for catalogs whose readers
	// want columns by id.
	FieldIDs map[string]int
}

// A Policy says who sees which rows of a table. The zero Policy is for no table.
type Policy struct {
	Table  Table
	Grants []Grant
}

// Options say how a policy is written. nil is the zero Options.
type Options struct {
	// Name is what the policies are called, or how their names begin; "" stands
	// for "rowsight". It is a word of ASCII letters, digits and underscores, and
	// must be another for every policy of one engine that has one name space for
	// policies.
	Name string

	// CreateRoles has PostgreSQL create the roles that are not there, without a
	// login.
	CreateRoles bool

	// Mapping is Snowflake's table of who has which grant, as its parts; nil is
	// the table's name with the policy's name behind it.
	Mapping []string

	// Dialect is what the database behind a Superset dataset speaks.
	Dialect where.Dialect

	// Dataset is the id of the dataset in Superset.
	Dataset int
}

// Script writes a policy for a target that knows who asks. On error there is
// none.
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
	if err := write(w); err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return w.Bytes(), nil
}

// Filter writes the rows of one viewer for a target that asks for them. On error
// there is no filter, and the asker must answer that nothing is visible.
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
	if err := w.restricted(rows.Restricted()); err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	if err := write(w); err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return w.Bytes(), nil
}
