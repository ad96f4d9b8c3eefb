package rls

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/textpos"
)

// A Builder makes rules from values, with the same checks as [ReadCSV]. It is
// not safe for concurrent use. Use [NewBuilder]: for the zero Builder, which
// has no header, [Builder.Rules] returns an error.
type Builder struct {
	l    *loader
	err  error
	max  int // characters of a cell
	rows int
}

// NewBuilder returns a builder of a permission dataset with this header:
// principal columns and restricted columns (U1, U2). [Builder.Rules] reports
// every problem of header and opts.
func NewBuilder(header []string, opts *Options) *Builder {
	o, err := opts.resolve()
	b := &Builder{l: newLoader(o), err: err, max: o.MaxRunes}
	if b.max <= 0 {
		b.max = MaxRunes
	}
	b.l.checkedHeader(header, func(column int) Position { return textpos.At(o.File, 0, column+1) })
	return b
}

// Add adds a rule for a user, a group or both; "" names nobody. lists are the
// values that it accepts in each restricted column, in the order of the header;
// an empty list is a wildcard (U3). A list that is too long for a cell becomes
// several rules (U18).
//
// A value of "", a principal for which the header has no column, and a wrong
// number of lists are errors, because a rule that lost a part could show more
// rows.
func (b *Builder) Add(user, group string, lists ...[]string) {
	if b.l == nil || b.l.rs == nil || len(b.l.problems) > 0 {
		return
	}
	lay := &b.l.lay
	b.rows++
	at := func(column int) Position { return textpos.At(b.l.opts.File, b.rows, column+1) }
	if len(lists) != len(lay.Fields) {
		b.l.problem(at(0), "", fmt.Errorf("%w: got %d lists, want %d", ErrFieldCount, len(lists), len(lay.Fields)))
		return
	}
	cells := make([]string, len(lay.Names))
	for _, p := range []struct {
		column int
		text   string
	}{{lay.User, user}, {lay.Group, group}} {
		switch {
		case p.column >= 0:
			cells[p.column] = p.text
		case p.text != "":
			b.l.problem(at(0), "", fmt.Errorf("%w for %q", ErrNoPrincipal, p.text))
		}
	}
	rules := [][]string{cells}
	for i, values := range lists {
		column := lay.Fields[i]
		if slices.Contains(values, "") {
			b.l.problem(at(column), lay.Names[column], ErrEmptyItem)
			return
		}
		if len(values) == 0 {
			continue
		}
		var more [][]string
		for _, rule := range rules {
			texts := Cells(slices.Values(values), b.max)
			for i, text := range texts {
				own := rule // of the last text; the others need one of their own
				if i+1 < len(texts) {
					own = slices.Clone(rule)
				}
				own[column] = listText(text, b.l.opts.NullWords)
				more = append(more, own)
			}
		}
		rules = more
	}
	for _, rule := range rules {
		for i, text := range rule {
			if !utf8.ValidString(text) {
				b.l.problem(at(i), lay.Names[i], ErrUTF8)
				return
			}
		}
		b.l.row(b.rows, rule, at)
	}
}

// Rules returns the rules that were added, or an error with every problem. The
// Line of a [Position] is the number of the call of Add, and its Column the
// number of the column, both from 1. Do not use the builder afterwards.
func (b *Builder) Rules() (*Rules, error) {
	switch {
	case b.err != nil:
		return nil, b.err
	case b.l == nil:
		return nil, &Error{Err: ErrEmpty}
	}
	return b.l.finish()
}
