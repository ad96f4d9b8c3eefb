package where

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

type writer struct {
	spec *spec
	opts Options
	next int
	sql  []byte
	args []any
}

func (w *writer) write(p predicate.Predicate, inner bool) error {
	switch p.Op() {
	case predicate.OpNone:
		w.sql = append(w.sql, none...)
	case predicate.OpAll:
		w.sql = append(w.sql, all...)
	case predicate.OpAnd, predicate.OpOr:
		sep, or := " AND ", p.Op() == predicate.OpOr
		if or {
			sep = " OR "
			w.sql = append(w.sql, '(')
		}
		i := 0
		for q := range p.Args() {
			if i > 0 {
				w.sql = append(w.sql, sep...)
			}
			i++
			if err := w.write(q, true); err != nil {
				return err
			}
		}
		if or {
			w.sql = append(w.sql, ')')
		}
	default:
		return w.atom(p)
	}
	return nil
}

func (w *writer) atom(p predicate.Predicate) error {
	var column string
	if w.opts.Column != nil {
		column = w.opts.Column(p.Column())
	} else {
		if err := checkName(p.Column()); err != nil {
			return err
		}
		column = string(w.spec.appendName(nil, p.Column()))
	}
	if column == "" {
		return fmt.Errorf("%w: %q", ErrColumn, p.Column())
	}
	if p.Op() == predicate.OpHasValue {
		w.sql = append(w.sql, w.spec.hasValue[0]+column+w.spec.hasValue[1]...)
		return nil
	}
	values := slices.Collect(p.Values())
	for i, v := range values {
		if err := checkText(v); err != nil {
			return &ValueError{Column: p.Column(), Number: i + 1, Of: len(values), Err: err}
		}
	}
	w.sql = append(w.sql, w.spec.left+column+w.spec.right+" "...)
	if len(values) == 1 {
		w.sql = append(w.sql, "= "...)
		w.arg(values[0])
		return nil
	}
	before, after, _ := strings.Cut(w.spec.packed(0), "%s")
	w.sql = append(w.sql, before...)
	w.raw(string(w.spec.pack(nil, values)))
	w.sql = append(w.sql, after...)
	return nil
}

func (w *writer) arg(s string) {
	w.sql = append(w.sql, w.spec.argLeft...)
	w.raw(s + w.spec.end)
	w.sql = append(w.sql, w.spec.argRight...)
}

func (w *writer) raw(s string) {
	if w.opts.Inline {
		w.sql = w.spec.literal(w.sql, s)
		return
	}
	w.sql = w.spec.placeholder(w.sql, w.next)
	w.next++
	w.args = append(w.args, s)
}
