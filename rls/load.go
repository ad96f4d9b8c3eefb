package rls

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/internal/header"
)

// A loader takes rows, in file order, and makes Rules of them.
type loader struct {
	opts     Options
	rs       *Rules
	lay      header.Header
	columns  []column // one for each column of the header
	problems []*Error
}

// A column turns the text of a cell into a number. null says that the text is
// no value.
type column interface {
	intern(text string, null bool) (uint32, error)
}

func newLoader(opts Options) *loader { return &loader{opts: opts} }

// problem notes one problem.
func (l *loader) problem(at Position, field string, err error) {
	l.problems = append(l.problems, textpos.InColumn(at, field, err))
}

// header takes the header, and reports whether rows can follow.
func (l *loader) header(names []string, at func(column int) Position) bool {
	var problems []*Error
	l.lay, problems = readHeader(names, l.opts, at)
	if len(problems) > 0 {
		l.problems = append(l.problems, problems...)
		return false
	}
	name := func(i int) string {
		if i < 0 {
			return ""
		}
		return names[i]
	}
	rs := &Rules{
		namespace: cmp.Or(l.opts.Namespace, namespace.Default),
		version:   FormatVersion(l.lay.Version),
		opts:      l.opts.clone(),
		user:      newPrincipals(name(l.lay.User), namespace.KindUser, FormatVersion(l.lay.Version)),
		group:     newPrincipals(name(l.lay.Group), namespace.KindGroup, FormatVersion(l.lay.Version)),
	}
	if s := l.opts.Settings; s != nil {
		rs.disabled = s.Status == Disabled
	}
	l.columns = make([]column, len(names))
	rs.byName = make(map[string]*field, len(l.lay.Fields))
	for _, i := range l.lay.Fields {
		f := &field{name: names[i], any: predicate.HasValue(names[i])}
		rs.fields = append(rs.fields, f)
		rs.byName[f.name] = f
		l.columns[i] = f
	}
	rs.all = predicate.All().Restrict(rs.Columns()...)
	if l.lay.User >= 0 {
		l.columns[l.lay.User] = rs.user
	}
	if l.lay.Group >= 0 {
		l.columns[l.lay.Group] = rs.group
	}
	l.rs = rs
	return true
}

// checkedHeader begins with a header that did not come from CSV, whose reader checks
// this. It reports whether rules can follow.
func (l *loader) checkedHeader(names []string, at func(column int) Position) bool {
	if len(names) == 0 {
		l.problem(Position{File: l.opts.File}, "", ErrEmpty)
		return false
	}
	for i, name := range names {
		if !utf8.ValidString(name) {
			l.problem(at(i), "", ErrUTF8)
		}
	}
	return l.header(slices.Clone(names), at) && len(l.problems) == 0
}

// row takes one row. cells are as many as the header has names and are not
// kept; line is where the row begins.
func (l *loader) row(line int, cells []string, at func(column int) Position) {
	if len(cells) != len(l.columns) {
		// No reader does this. A row that lost a cell would lose a restriction.
		l.problem(Position{File: l.opts.File, Line: line}, "", fmt.Errorf("%w: got %d, want %d", ErrFieldCount, len(cells), len(l.columns)))
		return
	}
	l.rs.lines = append(l.rs.lines, uint32(line))
	for i, text := range cells {
		id, err := l.cell(i, text)
		if err != nil {
			l.problem(at(i), l.lay.Names[i], err)
		}
		switch c := l.columns[i].(type) {
		case *field:
			c.of = append(c.of, id)
		case *principals:
			c.of = append(c.of, id)
		}
	}
	if l.opts.Dual == Reject && l.rs.named(uint32(len(l.rs.lines)-1)) == 2 {
		l.problem(at(l.lay.Group), l.lay.Names[l.lay.Group], ErrDual)
	}
}

// cell returns the number of a cell of column i.
func (l *loader) cell(i int, text string) (uint32, error) {
	if most := l.opts.MaxRunes; most >= 0 && len(text) > most {
		if n := utf8.RuneCountInString(text); n > most {
			return 0, fmt.Errorf("%w: got %d characters, want at most %d", ErrTooLong, n, most)
		}
	}
	null := list.Blank(text) || slices.Contains(l.opts.NullWords, text)
	return l.columns[i].intern(text, null)
}

// finish returns the rules, or nothing and every problem.
func (l *loader) finish() (*Rules, error) {
	if len(l.problems) > 0 {
		return nil, textpos.Join(l.problems, 0)
	}
	l.rs.index()
	l.rs.share()
	for _, f := range l.rs.fields {
		f.ids, f.pool = nil, nil // nobody looks up a cell by its text any more
	}
	return l.rs, nil
}
