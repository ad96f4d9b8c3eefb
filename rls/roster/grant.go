package roster

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A grant is what the roster grants a user or a group: the rows of each line,
// which have a list of values for each field, increasing; nil is all.
type grant struct {
	name string
	rows [][][]string
}

// failAt notes a problem of the attribute of a user or a group.
func (g *generator) failAt(at rls.Position, attribute string, err error) {
	g.errs = append(g.errs, textpos.InColumn(at, attribute, err))
}

// of returns what the roster grants a user or a group, and reports whether it
// grants anything.
func (g *generator) of(kind namespace.Kind, e entry) (grant, bool) {
	granted := grant{name: e.name}
	lines := slices.DeleteFunc(slices.Clone(e.lines), g.without)
	if len(lines) == 0 {
		lines = e.lines[:min(1, len(e.lines))]
	}
	if len(lines) == 0 && !g.opts.SkipMissing {
		g.failAt(e.at, "", fmt.Errorf("%w for %s %q", ErrMissing, kind, e.name))
	}
	for _, line := range lines {
		if row, ok := g.row(kind, e, line); ok {
			granted.rows = append(granted.rows, row)
		}
	}
	granted.merge(len(g.mapping))
	return granted, len(granted.rows) > 0
}

// without reports whether a line has none of the attributes.
func (g *generator) without(line []cell) bool {
	return !slices.ContainsFunc(g.mapping, func(m Mapping) bool { return line[g.column(m)].text != "" })
}

func (g *generator) column(m Mapping) int { return slices.Index(g.roster.attributes, m.Attribute) }

// row returns what a line grants, and reports whether it grants anything.
func (g *generator) row(kind namespace.Kind, e entry, line []cell) (row [][]string, ok bool) {
	row = make([][]string, len(g.mapping))
	ok = true
	for i, m := range g.mapping {
		c := line[g.column(m)]
		values, all, err := m.values(c.text)
		switch {
		case errors.Is(err, ErrMissing):
			ok = false
			if !g.opts.SkipMissing {
				g.failAt(c.at, m.Attribute, fmt.Errorf("%w for %s %q", err, kind, e.name))
			}
		case err != nil:
			ok = false
			g.failAt(c.at, m.Attribute, fmt.Errorf("%w, of %s %q", err, kind, e.name))
		case !all:
			row[i] = values
		}
	}
	return row, ok
}

// values returns the values of the cell of an attribute, increasing and each
// once, or reports that they say all values.
func (m Mapping) values(text string) (values []string, all bool, err error) {
	if text != "" {
		values = []string{text}
		if m.Separator != "" {
			if values, err = split(text, m.Separator); err != nil {
				return nil, false, err
			}
		}
		values = sorted(values)
	}
	for _, value := range values {
		n := runes(value)
		switch {
		case m.All != "" && value == m.All:
			all = true
		case forAll(value) && !slices.Contains(m.Literal, value):
			return nil, false, fmt.Errorf("%w: got %q, which may stand for all values or be a value like others: say which", ErrUnclear, value)
		case n > rls.MaxRunes:
			return nil, false, fmt.Errorf("%w: the value needs %d characters, want at most %d", rls.ErrTooLong, n, rls.MaxRunes)
		}
	}
	switch {
	case len(values) == 0:
		return nil, false, ErrMissing
	case all && len(values) > 1:
		return nil, false, ErrAll
	}
	return values, all, nil
}

// merge makes one of rows that differ in one field, field by field.
func (g *grant) merge(fields int) {
	for field := range fields {
		at := make(map[string]int)
		var merged [][][]string
		for _, row := range g.rows {
			key := rowKey(row, field)
			i, ok := at[key]
			switch {
			case !ok:
				at[key] = len(merged)
				merged = append(merged, slices.Clone(row))
			case row[field] != nil: // all values are all in any company
				merged[i][field] = append(merged[i][field], row[field]...)
			}
		}
		for _, row := range merged {
			row[field] = sorted(row[field])
		}
		g.rows = merged
	}
}

// rowKey is the same for rows that have the same values in all fields but one,
// and there all values or some.
func rowKey(row [][]string, but int) string {
	var key []byte
	for i, values := range row {
		if i == but || values == nil {
			key = fmt.Appendf(key, "%t;", values == nil)
			continue
		}
		key = fmt.Appendf(key, "%q;", values)
	}
	return string(key)
}

// same reports whether two grants are of the same rows.
func (g grant) same(other grant) bool {
	return slices.EqualFunc(g.rows, other.rows, func(a, b [][]string) bool { return rowKey(a, -1) == rowKey(b, -1) })
}
