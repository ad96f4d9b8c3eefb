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

// A writer is a policy that is being written. It goes on after an error, and
// [writer.written] then returns no policy.
type writer struct {
	bytes.Buffer
	err     error // the first
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

// names returns the users, and then the groups.
func (s share) names() []string { return slices.Concat(s.users, s.groups) }

// isWord reports whether a text has only ASCII letters, digits and underscores.
func isWord(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

func newWriter(t Target, p Policy, opts *Options) (*writer, error) {
	w := &writer{target: t, table: p.Table, dialect: t.Dialect()}
	if opts != nil {
		w.opts = *opts
	}
	w.opts.Name = cmp.Or(w.opts.Name, "rowsight")
	if !isWord(w.opts.Name) {
		return nil, fmt.Errorf("%w: Name: got %q, want letters, digits and underscores", ErrOptions, w.opts.Name)
	}
	if t == Superset || t == SupersetGuest {
		w.dialect = w.opts.Dialect
		if w.dialect == 0 {
			return nil, fmt.Errorf("%w: Dialect: want that of the dataset's database", ErrOptions)
		}
	}
	var columns []string
	for _, g := range p.Grants {
		columns = append(columns, g.Rows.Restricted()...)
	}
	slices.Sort(columns)
	if err := w.restricted(slices.Compact(columns)); err != nil {
		return nil, err
	}
	if err := w.share(p.Grants); err != nil {
		return nil, err
	}
	return w, nil
}

// fail notes errors; nil is none.
func (w *writer) fail(errs ...error) { w.err = cmp.Or(w.err, errors.Join(errs...)) }

// written returns what write writes, or the first error.
func (w *writer) written(write func(*writer)) ([]byte, error) {
	if w.err == nil {
		write(w)
	}
	if w.err != nil {
		return nil, fmt.Errorf("%s: %w", w.target, w.err)
	}
	return w.Bytes(), nil
}

// restricted sets the columns of the policy to those of the table, or to those
// that its rules restrict. A table whose columns are known has each of them, once
// (U2).
func (w *writer) restricted(columns []string) error {
	if w.table.Columns == nil {
		w.columns = columns
		return nil
	}
	table := make([]predicate.Column, len(w.table.Columns))
	for i, name := range w.table.Columns {
		table[i] = predicate.Column{Name: name, Text: true}
	}
	w.columns = w.table.Columns
	return predicate.CheckColumns(table, columns...)
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
		hash := g.Rows.Rows().Hash()
		at := -1
		for _, j := range index[hash] {
			if w.shares[j].rows.Equal(g.Rows) {
				at = j
			}
		}
		if at < 0 {
			at = len(w.shares)
			index[hash] = append(index[hash], at)
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

// noTwins is an error if two names differ in the case of letters only, which the
// target takes for one.
func (w *writer) noTwins() error {
	seen := make(map[string]string)
	return w.names(func(kind Kind, name string) error {
		key := kind.String() + " " + strings.ToLower(name)
		if other, ok := seen[key]; ok {
			return fmt.Errorf("%s %q: %w: the target takes it for %q", kind, name, ErrDuplicate, other)
		}
		seen[key] = name
		return nil
	})
}

// quoted returns the name of the table, which has so many parts.
func (w *writer) quoted(least, most int) string {
	n := len(w.table.Name)
	if n < least || n > most {
		want := fmt.Sprint(least)
		if most > least {
			want = fmt.Sprintf("%d to %d", least, most)
		}
		w.fail(fmt.Errorf("%w: got %d parts, want %s", ErrTable, n, want))
		return ""
	}
	name, err := w.dialect.Quote(w.table.Name...)
	if err != nil {
		w.fail(fmt.Errorf("%w: %w", ErrTable, err))
	}
	return name
}

// beside returns the parts of a name beside that of the table, which has one.
func (w *writer) beside(suffix string) []string {
	last := len(w.table.Name) - 1
	return append(w.table.Name[:last:last], w.table.Name[last]+suffix)
}

// condition returns rows as SQL without arguments. It may stand before or behind
// AND and OR in parentheses.
func (w *writer) condition(rows predicate.Predicate) string {
	opts := &where.Options{Inline: true}
	if w.target == TrinoFile || w.target == TrinoOPA {
		opts.Limits = &where.Limits{} // a filter is no part of a query's text
	}
	c, err := where.Lower(rows, w.dialect, opts)
	w.fail(err)
	return c.SQL()
}

func (w *writer) literal(text string) string {
	literal, err := w.dialect.Literal(text)
	w.fail(err)
	return literal
}

// literals returns texts as a list of literals.
func (w *writer) literals(texts []string) string {
	return w.joined(texts, w.dialect.Literal)
}

// identifiers returns names as a list of identifiers.
func (w *writer) identifiers(names []string) string {
	return w.joined(names, func(s string) (string, error) { return w.dialect.Quote(s) })
}

// arguments returns the columns as the arguments of a function, of a type.
func (w *writer) arguments(typ string) string {
	return w.joined(w.columns, func(s string) (string, error) {
		name, err := w.dialect.Quote(s)
		return name + " " + typ, err
	})
}

func (w *writer) joined(texts []string, write func(string) (string, error)) string {
	out := make([]string, len(texts))
	for i, s := range texts {
		var err error
		if out[i], err = write(s); err != nil {
			w.fail(fmt.Errorf("%q: %w", s, err))
		}
	}
	return strings.Join(out, ", ")
}

// printf writes text; no argument is a template.
func (w *writer) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// checkText fails if what was written is longer than the engine takes in
// one statement. Scripts of several statements are held to it as a whole where
// one statement is nearly all of it.
func (w *writer) checkText() {
	if most := w.dialect.Limits().Text; most > 0 && w.Len() > most {
		w.fail(fmt.Errorf("%w: %d bytes, want at most %d", ErrTooLong, w.Len(), most))
	}
}

// cases returns one condition for all shares: who has a share, and its rows. user
// is the expression of the current user, none the condition of no share, and
// member returns tests of which one holds for the members of groups.
func (w *writer) cases(user, none string, member func(groups []string) []string) string {
	var cases []string
	for _, s := range w.shares {
		var who []string
		if len(s.users) > 0 {
			who = append(who, user+" IN ("+w.literals(s.users)+")")
		}
		if len(s.groups) > 0 {
			who = append(who, member(s.groups)...)
		}
		cases = append(cases, "(("+strings.Join(who, " OR ")+") AND ("+w.condition(s.rows)+"))")
	}
	if len(cases) == 0 {
		return none
	}
	return strings.Join(cases, "\n  OR ")
}
