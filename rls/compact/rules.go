package compact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/boxes"
	"github.com/rowsight/rowsight/rls/roster"
)

// Reasons why there are no compact rules.
var (
	// ErrUnproven reports that the compact rules could not be proven equal to
	// the old ones. It should not happen; keep the old rules.
	ErrUnproven = errors.New("the compact rules are not proven equal")
	// ErrNothing reports that the rules were never read: they have no header.
	ErrNothing = errors.New("no rules to make compact")
)

// A Result is a permission dataset and its compact form.
type Result struct {
	Rules         *rls.Rules // the compact rules
	Before, After Stats

	// Unblocked are the principals who exceed a limit with the old rules, and so
	// see nothing, and are within it with the compact rules.
	Unblocked []roster.Viewer
}

// Stats describe the size of a permission dataset. Repeated and empty rules do
// not count (U6, U13).
type Stats struct {
	Rules  int
	Values int           // in the lists of all rules
	Most   int           // rules of the principal with the most rules, not counting groups
	Who    roster.Viewer // the principal with the most rules
}

// String returns "4 rules with 9 values become 2 rules with 5 values".
func (r *Result) String() string {
	s := fmt.Sprintf("%s with %s become %s with %s", plain.Count(r.Before.Rules, "rule"), plain.Count(r.Before.Values, "value"),
		plain.Count(r.After.Rules, "rule"), plain.Count(r.After.Values, "value"))
	if r.Before.Most > 0 {
		s += fmt.Sprintf("; the most rules of one principal: %d before, %d after", r.Before.Most, r.After.Most)
	}
	return s
}

// Rules returns a compact form of rs, which it does not change. nil opts are the
// options that rs was read with, because they define the meaning of cells; others
// must read the same.
//
// Cells of rs that are longer than opts.MaxRunes are split: read rs with a negative
// MaxRunes, and pass options with another.
//
// The error is [ErrNothing], [ErrUnproven], or an error of making rules with opts.
// A name or a value that is too long for a cell of its own is an [rls.Error] with
// the position of its rule.
func Rules(rs *rls.Rules, opts *rls.Options) (*Result, error) {
	return RulesContext(context.Background(), rs, opts)
}

// RulesContext is like [Rules], and ends with the error of ctx when ctx ends.
func RulesContext(ctx context.Context, rs *rls.Rules, opts *rls.Options) (*Result, error) {
	user, group := rs.PrincipalColumns()
	if user == "" && group == "" {
		return nil, ErrNothing
	}
	if opts == nil {
		opts = rs.Options()
	}
	w := &writer{columns: rs.Columns(), max: opts.MaxRunes}
	if w.max <= 0 {
		w.max = rls.MaxRunes
	}
	if opts.MaxRunes >= 0 {
		if err := tooLong(rs, w.max); err != nil {
			return nil, err
		}
	}
	header := slices.DeleteFunc([]string{user, group}, func(name string) bool { return name == "" })
	w.out = rls.NewBuilder(append(header, w.columns...), opts)
	old := principals(rs)
	// Who has most rules is nearest to the limit, and first to spend.
	budget := newBudget(ctx)
	small := make(map[*principal][]predicate.Predicate, len(old))
	for _, p := range slices.SortedStableFunc(slices.Values(old), func(a, b *principal) int { return len(b.rules) - len(a.rules) }) {
		small[p] = smallest(p.boxes(), w, budget)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for _, p := range old {
		w.add(p, small[p])
	}
	compact, err := w.out.Rules()
	if err != nil {
		return nil, fmt.Errorf("compact rules: %w", err)
	}
	is := principals(compact)
	if err := prove(ctx, old, is); err != nil {
		return nil, err
	}
	result := &Result{Rules: compact, Before: stats(rs, old), After: stats(compact, is)}
	for _, v := range roster.FromRules(rs) {
		_, before := rs.For(v.Principal)
		_, after := compact.For(v.Principal)
		switch {
		case before == nil && after != nil:
			return nil, fmt.Errorf("%w: %s would be over a limit: %w", ErrUnproven, v, after)
		case before != nil && after == nil:
			result.Unblocked = append(result.Unblocked, v)
		}
	}
	return result, nil
}

// tooLong reports every name and value that does not fit in a cell alone.
func tooLong(rs *rls.Rules, most int) error {
	var errs []error
	user, group := rs.PrincipalColumns()
	for rule := range rs.All() {
		check := func(field, what, text string) {
			if n := utf8.RuneCountInString(text); n > most {
				errs = append(errs, textpos.InColumn(textpos.At(rule.Pos().File, rule.Pos().Line, 0), field, fmt.Errorf("%w: %s has %d characters, want at most %d", rls.ErrTooLong, what, n, most)))
			}
		}
		check(user, "the name", rule.User())
		check(group, "the name", rule.Group())
		for _, column := range rs.Columns() {
			for value := range rule.Values(column) {
				if 2*len(value)+2 > most { // as long as quotes can make it
					for _, cell := range rls.Cells(slices.Values([]string{value}), most) {
						check(column, "a value in its list, as it is written,", cell)
					}
				}
			}
		}
	}
	return errors.Join(errs...)
}

// prove compares the rules of each principal for all rows there can be. All
// viewers then see the same, whatever groups they are in.
func prove(ctx context.Context, old, compact []*principal) error {
	effort := predicate.NewEffort(ctx, 0)
	now := make(map[key]predicate.Predicate, len(compact))
	for _, p := range compact {
		now[p.key] = predicate.Or(p.boxes()...)
	}
	for _, p := range old {
		was, is := predicate.Or(p.boxes()...), now[p.key]
		delete(now, p.key)
		if was.Equal(is) {
			continue
		}
		switch same, err := boxes.Same(effort, was, is); {
		case err != nil:
			return fmt.Errorf("%w: for user %q and group %q: %w", ErrUnproven, p.user, p.group, err)
		case !same:
			return fmt.Errorf("%w: for user %q and group %q", ErrUnproven, p.user, p.group)
		}
	}
	if len(now) > 0 {
		return fmt.Errorf("%w: %d principals are new", ErrUnproven, len(now))
	}
	return nil
}

func stats(rs *rls.Rules, list []*principal) Stats {
	var s Stats
	for _, p := range list {
		s.Rules += len(p.rules)
		for _, rule := range p.rules {
			for _, column := range rs.Columns() {
				for range rule.Values(column) {
					s.Values++
				}
			}
		}
	}
	for _, v := range roster.FromRules(rs) {
		n := 0
		for range rs.Applied(v.Principal) {
			n++
		}
		if n > s.Most {
			s.Most, s.Who = n, v
		}
	}
	return s
}

// A writer collects the compact rules.
type writer struct {
	columns []string
	out     *rls.Builder
	max     int // characters of a cell
}

// add adds the rules of a principal.
func (w *writer) add(p *principal, boxes []predicate.Predicate) {
	order := p.order(w.columns)
	number := make(map[string]int, len(w.columns))
	for i, name := range w.columns {
		number[name] = i
	}
	for _, box := range boxes {
		lists := make([][]string, len(w.columns))
		for a := range box.Conditions() {
			// HasValue has no value: it is a wildcard where NULLs are hidden.
			i := number[a.Column()]
			lists[i] = slices.SortedStableFunc(a.Values(), func(x, y string) int { return cmp.Compare(order[i][x], order[i][y]) })
		}
		w.out.Add(p.user, p.group, lists...)
	}
}

// count returns how many rules a box takes: lists that are too long for a cell
// take one for each combination of their parts.
func (w *writer) count(box predicate.Predicate) int {
	n := 1
	for a := range box.Conditions() {
		n *= max(1, len(rls.Cells(a.Values(), w.max)))
	}
	return n
}
