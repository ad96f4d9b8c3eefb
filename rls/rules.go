package rls

import (
	"errors"
	"iter"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/internal/header"
)

// Rules are the rules of one permission dataset. They are immutable and safe
// for concurrent use. A nil *Rules and the zero Rules grant nothing.
type Rules struct {
	namespace string // of names; version 1
	version   FormatVersion
	disabled  bool
	bom       bool
	opts      Options // as they were resolved

	// Rules are kept by column: of[i] of each field and principal column is
	// the number of what rule i says there.
	user, group *principals
	fields      []*field              // in the order of the file
	byName      map[string]*field     // the same
	all         predicate.Predicate   // every row, restricting all fields (U2)
	boxes       []predicate.Predicate // what the first rules accept; see maxShared
	lines       []uint32              // where each rule stands
	repeats     []repeat              // rules that repeat another (U13)
}

// For returns the rows that a viewer sees (U10): the union of the rows that the
// applicable rules admit. A viewer that no rule names sees no row (U11). The
// zero Principal sees no row either. If the settings disable the rules, every
// other viewer sees all rows (U17).
//
// The predicate of a viewer who has a rule knows all restricted columns of the
// rules, also those in which the viewer's rules are wildcards. A target that
// lacks one of these columns refuses the predicate (U2).
//
// The time depends only on the rules of the viewer. An error is a
// [*LimitError], or joins several, and comes with the predicate that selects no
// row.
func (rs *Rules) For(p namespace.Principal) (predicate.Predicate, error) {
	if rs == nil || p.IsZero() {
		return predicate.Predicate{}, nil
	}
	if rs.disabled {
		return rs.all, nil
	}
	applied := rs.applied(p)
	if err := rs.checkLimits(p.User, applied); err != nil {
		return predicate.Predicate{}, err
	}
	if len(applied) == 1 {
		return rs.accepts(applied[0]), nil
	}
	var few [16]predicate.Predicate
	rows := few[:0]
	if len(applied) > len(few) {
		rows = make([]predicate.Predicate, 0, len(applied))
	}
	for _, i := range applied {
		rows = append(rows, rs.accepts(i))
	}
	return predicate.Or(rows...), nil
}

// Applied returns the rules that apply to a viewer directly or through a group,
// in file order, each once. It leaves out empty and repeated rules (U6, U13).
// It checks neither limits nor whether the rules are enforced.
func (rs *Rules) Applied(p namespace.Principal) iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		if rs == nil {
			return
		}
		for _, i := range rs.applied(p) {
			if !yield(Rule{rs, i}) {
				return
			}
		}
	}
}

// All returns all rules in file order, including rules that never apply.
func (rs *Rules) All() iter.Seq[Rule] {
	return func(yield func(Rule) bool) {
		for i := range rs.Len() {
			if !yield(Rule{rs, uint32(i)}) {
				return
			}
		}
	}
}

// Len returns how many rules [Rules.All] returns.
func (rs *Rules) Len() int {
	if rs == nil {
		return 0
	}
	return len(rs.lines)
}

// Columns returns the names of the restricted columns in the order of the file.
func (rs *Rules) Columns() []string {
	if rs == nil {
		return nil
	}
	names := make([]string, len(rs.fields))
	for i, f := range rs.fields {
		names[i] = f.name
	}
	return names
}

// Options returns the options to read a file of [Rules.WriteCSV] with: those
// that the rules were read with, without the delimiter.
func (rs *Rules) Options() *Options {
	if rs == nil {
		return new(Options)
	}
	o := rs.opts.clone()
	o.Delimiter = 0
	return &o
}

// Check reports each restricted column that a table does not have exactly once
// and as text (U2), as a [*predicate.ColumnError]. Call it when you load rules,
// for each table that they restrict; [batch.Columns] describes an Arrow schema.
// Every filter repeats the check.
//
// [batch.Columns]: https://pkg.go.dev/github.com/rowsight/rowsight/predicate/batch#Columns
func (rs *Rules) Check(table []predicate.Column) error {
	err := predicate.CheckColumns(table, rs.Columns()...)
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			if missing, ok := errors.AsType[*predicate.ColumnError](err); ok && missing.Err == predicate.ErrNoColumn && missing.Near == "" {
				missing.Near = header.Hint(missing.Column)
			}
		}
	}
	return err
}

// StandardColumns returns the names of principal columns that need no option:
// UserName, GroupName, UserARN and GroupARN (U1).
func StandardColumns() []string { return header.Standard() }

// PrincipalColumns returns the names of the user column and the group column. The
// name of a missing column is "".
func (rs *Rules) PrincipalColumns() (user, group string) {
	if rs == nil || rs.user == nil {
		return "", ""
	}
	return rs.user.name, rs.group.name
}

// FormatVersion returns whether the principal columns contain names or ARNs.
func (rs *Rules) FormatVersion() FormatVersion {
	if rs == nil {
		return ""
	}
	return rs.version
}

// Namespace returns the namespace that the names in the rules belong to, and ""
// for rules that name ARNs (U16).
func (rs *Rules) Namespace() string {
	if rs == nil || rs.version != Version1 {
		return ""
	}
	return rs.namespace
}

// Enforced reports whether the rules restrict anything. They do unless the
// settings disable them (U17).
func (rs *Rules) Enforced() bool { return rs == nil || !rs.disabled }

// BOM reports whether the file of the rules begins with a byte order mark
// (U19).
func (rs *Rules) BOM() bool { return rs != nil && rs.bom }

// applied returns the rules that apply to p, in file order. They are not to be
// written to: those of a user alone are the postings themselves.
func (rs *Rules) applied(p namespace.Principal) []uint32 {
	if len(rs.lines) == 0 {
		return nil
	}
	rules := rs.user.rulesOf(rs.user.lookup(p.User, rs.namespace))
	if len(p.Groups) == 0 {
		return rules
	}
	rules = slices.Clone(rules)
	for _, g := range p.Groups {
		rules = append(rules, rs.group.rulesOf(rs.group.lookup(g, rs.namespace))...)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// accepts returns the rows that rule i accepts. An empty rule accepts none (U6).
func (rs *Rules) accepts(i uint32) predicate.Predicate {
	if int(i) < len(rs.boxes) {
		return rs.boxes[i]
	}
	return rs.box(i)
}

// share builds what the first rules accept once for all viewers.
func (rs *Rules) share() {
	if rs.disabled || len(rs.fields) > maxSharedFields {
		return
	}
	rs.boxes = make([]predicate.Predicate, min(len(rs.lines), maxShared*4/max(len(rs.fields), 4)))
	for i := range rs.boxes {
		rs.boxes[i] = rs.box(uint32(i))
	}
}

func (rs *Rules) box(i uint32) predicate.Predicate {
	if rs.empty(i) {
		return predicate.Predicate{}
	}
	var few [16]predicate.Predicate
	more := few[:0]
	for _, f := range rs.fields {
		p, ok := f.predicate(f.of[i])
		switch {
		case ok:
		case rs.opts.HideNulls:
			p = f.any
		default:
			continue
		}
		more = append(more, p)
	}
	return predicate.And(rs.all, more...)
}

// empty reports whether no column of rule i has a value (U6).
func (rs *Rules) empty(i uint32) bool {
	return rs.named(i) == 0 && !slices.ContainsFunc(rs.fields, func(f *field) bool { return len(f.cells[f.of[i]].values) > 0 })
}

// named returns how many principals rule i names: 0, 1 or 2.
func (rs *Rules) named(i uint32) int {
	n := 0
	if rs.user.ofRule(i) != 0 {
		n++
	}
	if rs.group.ofRule(i) != 0 {
		n++
	}
	return n
}
