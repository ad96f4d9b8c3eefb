package rls

import (
	"cmp"
	"iter"
	"slices"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
)

// A Rule is one line of a permission dataset. It is a small value and may be
// copied. The zero Rule applies to nobody and admits no row.
type Rule struct {
	rs *Rules
	i  uint32
}

// Pos returns the position of the rule.
func (r Rule) Pos() Position {
	if r.rs == nil {
		return Position{}
	}
	return textpos.At(r.rs.opts.File, int(r.rs.lines[r.i]), 1)
}

// User returns the user cell: a name, an ARN as written, or "" if the cell has
// no value.
func (r Rule) User() string {
	if r.rs == nil {
		return ""
	}
	return r.rs.user.named(r.i)
}

// Group returns the group cell: a name, an ARN as written, or "" if the cell
// has no value.
func (r Rule) Group() string {
	if r.rs == nil {
		return ""
	}
	return r.rs.group.named(r.i)
}

// UserID returns the identity in the user column (U16): a name in the namespace
// of the rules, or an ARN with its parts. It is the zero Identity if the cell
// has no value.
func (r Rule) UserID() namespace.Identity {
	if r.rs == nil {
		return namespace.Identity{}
	}
	return r.rs.user.identity(r.i, r.rs.namespace)
}

// GroupID returns the identity in the group column, as [Rule.UserID] does.
func (r Rule) GroupID() namespace.Identity {
	if r.rs == nil {
		return namespace.Identity{}
	}
	return r.rs.group.identity(r.i, r.rs.namespace)
}

// Index returns the number of the rule in [Rules.All], from 0.
func (r Rule) Index() int { return int(r.i) }

// Repeats returns the first rule with the same principals and cell texts, and false
// if it is r itself. A rule that repeats another does not count (U13).
func (r Rule) Repeats() (first Rule, ok bool) {
	if r.rs == nil {
		return Rule{}, false
	}
	i, ok := slices.BinarySearchFunc(r.rs.repeats, r.i, func(a repeat, i uint32) int { return cmp.Compare(a.rule, i) })
	if !ok {
		return Rule{}, false
	}
	return Rule{r.rs, r.rs.repeats[i].first}, true
}

// Conditions returns the conditions of the rule on a row, one for each column,
// sorted by column. A rule that accepts every row has none. An empty rule,
// which accepts no row (U6), has none either.
func (r Rule) Conditions() iter.Seq[predicate.Predicate] { return r.Predicate().Conditions() }

// Values returns the values that the rule lists for a column, in increasing
// order, each once. It returns none for a wildcard and for a column that is not
// restricted.
func (r Rule) Values(column string) iter.Seq[string] {
	if f := r.field(column); f != nil {
		return slices.Values(f.cells[f.of[r.i]].values)
	}
	return func(func(string) bool) {}
}

// Wildcard reports whether the rule admits every value of a restricted column
// (U3). It returns false for any other column.
func (r Rule) Wildcard(column string) bool {
	f := r.field(column)
	return f != nil && len(f.cells[f.of[r.i]].values) == 0
}

// Text returns the cell of a restricted column as written, and "" for any other
// column.
func (r Rule) Text(column string) string {
	if f := r.field(column); f != nil {
		return f.texts[f.of[r.i]]
	}
	return ""
}

// Predicate returns the rows that the rule admits for its principals. An empty
// rule admits none (U6); a rule with only a principal admits all (U8).
func (r Rule) Predicate() predicate.Predicate {
	if r.rs == nil {
		return predicate.Predicate{}
	}
	return r.rs.accepts(r.i)
}

// AppliesTo reports whether the rule applies to the viewer: its user cell names
// the viewer, or its group cell names one of the viewer's groups (U9, U16).
func (r Rule) AppliesTo(p namespace.Principal) bool {
	if r.rs == nil {
		return false
	}
	user, group := r.rs.user.ofRule(r.i), r.rs.group.ofRule(r.i)
	if user != 0 && user == r.rs.user.lookup(p.User, r.rs.namespace) {
		return true
	}
	if group == 0 || r.rs.opts.Dual == UserFirst && user != 0 {
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
	return r.rs.byName[column]
}
