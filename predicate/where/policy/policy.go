package policy

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

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
	if len(w.columns) == 0 {
		w.columns = rows.Columns()
	}
	if err := write(w); err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return w.Bytes(), nil
}

// A writer is a policy that is being written.
type writer struct {
	bytes.Buffer
	target  Target
	table   Table
	opts    Options
	dialect where.Dialect
	columns []string
	shares  []share             // of a script
	rows    predicate.Predicate // of a filter
}

// A share is a set of rows and everybody who is granted it, so that it is
// written once.
type share struct {
	rows   predicate.Predicate
	users  []string
	groups []string
}

func newWriter(t Target, p Policy, opts *Options) (*writer, error) {
	w := &writer{target: t, table: p.Table, dialect: t.Dialect()}
	if opts != nil {
		w.opts = *opts
	}
	if w.opts.Name == "" {
		w.opts.Name = "rowsight"
	}
	if strings.ContainsFunc(w.opts.Name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return nil, fmt.Errorf("%w: Name: got %q, want letters, digits and underscores", ErrOptions, w.opts.Name)
	}
	if t == Superset || t == SupersetGuest {
		w.dialect = w.opts.Dialect
		if w.dialect == 0 {
			return nil, fmt.Errorf("%w: Dialect: want that of the dataset's database", ErrOptions)
		}
	}
	if w.columns = p.Table.Columns; w.columns == nil {
		for _, g := range p.Grants {
			w.columns = append(w.columns, g.Rows.Columns()...)
		}
		slices.Sort(w.columns)
		w.columns = slices.Compact(w.columns)
	}
	if err := w.share(p.Grants); err != nil {
		return nil, err
	}
	return w, nil
}

// share collects who has the same rows: users before groups, both by name. Every
// name that is refused is reported.
func (w *writer) share(grants []Grant) error {
	grants = slices.Clone(grants)
	slices.SortStableFunc(grants, func(a, b Grant) int {
		return cmp.Or(int(a.Kind)-int(b.Kind), strings.Compare(a.Name, b.Name))
	})
	var errs []error
	index := make(map[uint64][]int) // hash of the rows -> shares
	for i, g := range grants {
		if err := checkName(g); err != nil {
			errs = append(errs, err)
			continue
		}
		if i > 0 && grants[i-1].Kind == g.Kind && grants[i-1].Name == g.Name {
			errs = append(errs, fmt.Errorf("%s %q: %w: join their rows, or give them other names", g.Kind, g.Name, ErrDuplicate))
			continue
		}
		at := -1
		for _, j := range index[g.Rows.Hash()] {
			if w.shares[j].rows.Equal(g.Rows) {
				at = j
			}
		}
		if at < 0 {
			at = len(w.shares)
			index[g.Rows.Hash()] = append(index[g.Rows.Hash()], at)
			w.shares = append(w.shares, share{rows: g.Rows})
		}
		if g.Kind == User {
			w.shares[at].users = append(w.shares[at].users, g.Name)
		} else {
			w.shares[at].groups = append(w.shares[at].groups, g.Name)
		}
	}
	return errors.Join(errs...)
}

func checkName(g Grant) error {
	switch {
	case g.Kind != User && g.Kind != Group:
		return fmt.Errorf("%w: %q is neither a user nor a group", ErrName, g.Name)
	case g.Name == "":
		return fmt.Errorf("%w: the %s has none", ErrName, g.Kind)
	case !utf8.ValidString(g.Name) || strings.ContainsRune(g.Name, 0):
		return fmt.Errorf("%w: %s %q is not valid UTF-8, or holds NUL", ErrName, g.Kind, g.Name)
	}
	return nil
}

// noGroups is an error if there is a grant for a group.
func (w *writer) noGroups(why string) error {
	var errs []error
	for _, s := range w.shares {
		for _, g := range s.groups {
			errs = append(errs, fmt.Errorf("group %q: %w: %s", g, ErrKind, why))
		}
	}
	return errors.Join(errs...)
}

// names calls check for everybody, and returns all errors.
func (w *writer) names(check func(kind Kind, name string) error) error {
	var errs []error
	for _, s := range w.shares {
		for _, name := range s.users {
			errs = append(errs, check(User, name))
		}
		for _, name := range s.groups {
			errs = append(errs, check(Group, name))
		}
	}
	return errors.Join(errs...)
}

// quoted returns the name of the table, which has so many parts.
func (w *writer) quoted(least, most int) (string, error) {
	n := len(w.table.Name)
	if n < least || n > most {
		want := fmt.Sprint(least)
		if most > least {
			want = fmt.Sprintf("%d to %d", least, most)
		}
		return "", fmt.Errorf("%w: got %d parts, want %s", ErrTable, n, want)
	}
	name, err := w.dialect.Quote(w.table.Name...)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrTable, err)
	}
	return name, nil
}

// condition returns rows as SQL without arguments. It may stand before or behind
// AND and OR in parentheses.
func (w *writer) condition(rows predicate.Predicate) (string, error) {
	opts := &where.Options{Inline: true}
	if w.target == TrinoFile || w.target == TrinoOPA {
		opts.Limits = &where.Limits{} // a filter is no part of a query's text
	}
	c, err := where.Lower(rows, w.dialect, opts)
	if err != nil {
		return "", err
	}
	return c.SQL(), nil
}

// literals returns texts as a list of literals.
func (w *writer) literals(texts []string) (string, error) {
	return joined(texts, w.dialect.Literal)
}

// identifiers returns names as a list of identifiers.
func (w *writer) identifiers(names []string) (string, error) {
	return joined(names, func(s string) (string, error) { return w.dialect.Quote(s) })
}

// arguments returns the columns as the arguments of a function, of a type.
func (w *writer) arguments(typ string) (string, error) {
	return joined(w.columns, func(s string) (string, error) {
		name, err := w.dialect.Quote(s)
		return name + " " + typ, err
	})
}

func joined(texts []string, write func(string) (string, error)) (string, error) {
	out := make([]string, len(texts))
	for i, s := range texts {
		var err error
		if out[i], err = write(s); err != nil {
			return "", fmt.Errorf("%q: %w", s, err)
		}
	}
	return strings.Join(out, ", "), nil
}

// printf writes text; no argument is a template.
func (w *writer) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }
