package policy

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/predicate"
)

// What expressions in JSON share, those of Iceberg and of Substrait.

// tree writes the operands of an AND or OR, and joins them two by two.
func (w *writer) tree(p predicate.Predicate, write func(predicate.Predicate) object, join func(left, right object) object) object {
	var parts []object
	for q := range p.Args() {
		parts = append(parts, write(q))
	}
	return balanced(parts, join)
}

// balanced joins expressions two by two. The specifications allow functions of any
// number of arguments, or have operators of two; Acero has kernels for two only.
// Readers recurse, and a tree of even depth stays flat: 999 rules are ten levels.
func balanced(parts []object, join func(left, right object) object) object {
	switch half := len(parts) / 2; len(parts) {
	case 0:
		return nil // of an error
	case 1:
		return parts[0]
	default:
		return join(balanced(parts[:half], join), balanced(parts[half:], join))
	}
}

// checkColumn fails for a name that JSON cannot hold.
func (w *writer) checkColumn(name string) {
	if name == "" || !utf8.ValidString(name) {
		w.fail(fmt.Errorf("column %q: %w: the name is empty or not valid UTF-8", name, ErrValue))
	}
}

// texts returns the values of a condition. One that JSON cannot hold is an error.
func (w *writer) texts(p predicate.Predicate) []string {
	values := slices.Collect(p.Values())
	for i, v := range values {
		if !utf8.ValidString(v) {
			w.fail(fmt.Errorf("column %q: value %d of %d: %w: it is not valid UTF-8", p.Column(), i+1, len(values), ErrValue))
		}
	}
	return values
}
