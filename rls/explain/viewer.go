package explain

import (
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// A Viewer explains rows for one viewer or one session. It is immutable and
// safe for concurrent use. The zero Viewer sees no row.
type Viewer struct {
	who     string
	all     bool // the rules are disabled
	rules   []rule
	columns []string // restricted ones
	seen    predicate.Predicate
}

// A rule is what a Viewer knows of one rule: all tests must pass.
type rule struct {
	Rule
	tests []test // none: the rule admits every row
}

// A test is one field of a rule. It fails for every row if only is zero.
type test struct {
	only predicate.Predicate
	fail Failure // what to say, but for the text of the row
	cell string  // of the rule, if it is a list without quotes
}

// For returns a Viewer that explains what a viewer sees under rules. Its errors
// are those of [rls.Rules.For], such as a viewer above a limit (U14, U15), and
// come with a Viewer that sees no row.
func For(rs *rls.Rules, p namespace.Principal) (*Viewer, error) {
	v := &Viewer{who: plain.Text(p.User.String()), columns: rs.Columns()}
	if p.User.IsZero() && len(p.Groups) > 0 {
		v.who = "a member of " + plain.Text(p.Groups[0].String())
	}
	seen, err := rs.For(p)
	if err != nil {
		return v, err
	}
	v.seen = seen
	v.all = !rs.Enforced() && seen.Op() == predicate.OpAll
	for r := range rs.Applied(p) {
		v.rules = append(v.rules, rule{
			Rule:  Rule{Pos: r.Pos(), User: r.User(), Group: r.Group()},
			tests: tests(r, v.columns),
		})
	}
	return v, nil
}

// tests returns the fields of a rule, in the order of columns.
func tests(r rls.Rule, columns []string) []test {
	var ts []test
	for a := range r.Predicate().Conditions() {
		f := Failure{Column: a.Column(), Values: a.Len()}
		for value := range a.Values() {
			if len(f.Want) == maxWant {
				break
			}
			f.Want = append(f.Want, plain.Abridge(value, maxText))
		}
		cell := r.Text(a.Column())
		if f.Values < 2 || strings.Contains(cell, `"`) {
			cell = ""
		}
		ts = append(ts, test{a, f, cell})
	}
	slices.SortStableFunc(ts, func(a, b test) int {
		return slices.Index(columns, a.fail.Column) - slices.Index(columns, b.fail.Column)
	})
	return ts
}

// Who returns the name of the viewer.
func (v *Viewer) Who() string { return v.who }

// Predicate returns the rows that the viewer sees.
func (v *Viewer) Predicate() predicate.Predicate { return v.seen }

// Row explains one row. value returns the text of a column of the row; false
// stands for NULL.
func (v *Viewer) Row(value func(column string) (string, bool)) Answer {
	a := Answer{Who: v.who, Rules: len(v.rules)}
	if v.all {
		a.Visible, a.Reason = true, NotEnforced
		return a
	}
	fewest := 0
	for _, r := range v.rules {
		fields := r.failures(value)
		switch {
		case len(fields) == 0:
			a.By = append(a.By, r.Rule)
			continue
		case len(a.By) > 0: // a visible row has no misses to report
			continue
		case fewest == 0 || len(fields) < fewest:
			fewest, a.Nearest, a.More = len(fields), nil, 0
		case len(fields) > fewest:
			continue
		}
		if len(a.Nearest) == maxMisses {
			a.More++
			continue
		}
		a.Nearest = append(a.Nearest, Miss{r.Rule, fields})
	}
	switch {
	case len(a.By) > 0:
		a.Visible, a.Reason, a.Nearest, a.More = true, Admitted, nil, 0
	case len(v.rules) > 0:
		a.Reason = Denied
	}
	return a
}

// maxMisses is how many rules that miss a row by as few columns are reported.
const maxMisses = 3

// failures returns the fields that keep the rule from admitting a row.
func (r rule) failures(value func(column string) (string, bool)) (fields []Failure) {
	for _, t := range r.tests {
		if t.only.Match(value) {
			continue
		}
		f := t.fail
		has, ok := value(f.Column)
		f.Has, f.Null = plain.Abridge(has, maxText), !ok || has == ""
		if f.Null {
			f.Has = ""
		}
		f.Unquoted = !f.Null && t.cell != "" && strings.Contains(has, ",") && strings.Contains(","+t.cell+",", ","+has+",")
		fields = append(fields, f)
	}
	return fields
}
