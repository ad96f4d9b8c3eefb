package rls

import (
	"iter"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
)

// A Rule is one line of a permission dataset. It is a small value: copy it
// freely. The zero Rule names nobody and accepts no row.
type Rule struct {
	rs *Rules
	i  uint32
}

// Pos returns where the rule begins.
func (r Rule) Pos() Position {
	if r.rs == nil {
		return Position{}
	}
	return Position{r.rs.file, int(r.rs.lines[r.i]), 1}
}

// User returns what the user column says: a name, an ARN as it is written, or ""
// if there is no value.
func (r Rule) User() string {
	if r.rs == nil {
		return ""
	}
	return r.rs.user.named(r.i)
}

// Group returns what the group column says: a name, an ARN as it is written, or
// "" if there is no value.
func (r Rule) Group() string {
	if r.rs == nil {
		return ""
	}
	return r.rs.group.named(r.i)
}

// Values returns the values that the rule accepts in a column, in increasing
// order, each once. There is none under a wildcard, and none for a column that
// is not restricted.
func (r Rule) Values(column string) iter.Seq[string] {
	if f := r.field(column); f != nil {
		return slices.Values(f.cells[f.of[r.i]].values)
	}
	return func(func(string) bool) {}
}

// Wildcard reports whether the rule accepts every value of a restricted column
// (U3). It is false for any other column, which says nothing of what is seen.
func (r Rule) Wildcard(column string) bool {
	f := r.field(column)
	return f != nil && len(f.cells[f.of[r.i]].values) == 0
}

// Text returns the cell of a restricted column as it is written, and "" for any
// other column.
func (r Rule) Text(column string) string {
	if f := r.field(column); f != nil {
		return f.texts[f.of[r.i]]
	}
	return ""
}

// Predicate returns the rows that the rule accepts, for those it applies to. An
// empty rule accepts none (U6), a rule with only a principal all (U8).
func (r Rule) Predicate() predicate.Predicate {
	if r.rs == nil {
		return predicate.Predicate{}
	}
	return r.rs.accepts(r.i)
}

// AppliesTo reports whether the rule names the viewer: its user column the
// viewer, or its group column one of the viewer's groups (U9, U16).
func (r Rule) AppliesTo(p namespace.Principal) bool {
	if r.rs == nil {
		return false
	}
	user, group := r.rs.user.ofRule(r.i), r.rs.group.ofRule(r.i)
	if user != 0 && user == r.rs.user.lookup(p.User, r.rs.namespace) {
		return true
	}
	if group == 0 || r.rs.dual == UserFirst && user != 0 {
		return false
	}
	return slices.ContainsFunc(p.Groups, func(g namespace.Identity) bool {
		return group == r.rs.group.lookup(g, r.rs.namespace)
	})
}

func (r Rule) field(column string) *field {
	if r.rs == nil {
		return nil
	}
	for _, f := range r.rs.fields {
		if f.name == column {
			return f
		}
	}
	return nil
}
