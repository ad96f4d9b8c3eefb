package rls

import (
	"errors"

	"github.com/rowsight/rowsight/namespace"
)

// checkLimits returns a [*LimitError] if more applies to who than may (U14,
// U15), or several if several fields have too many values.
func (rs *Rules) checkLimits(who namespace.Identity, applied []uint32) error {
	if len(applied) > MaxRules {
		return &LimitError{Who: who, Got: len(applied), Max: MaxRules, Err: ErrTooManyRules}
	}
	if rs.opts.MaxValues < 0 {
		return nil
	}
	var problems []error
	for _, f := range rs.fields {
		if n := f.distinct(applied, rs.opts.MaxValues); n > rs.opts.MaxValues {
			problems = append(problems, &LimitError{Who: who, Column: f.name, Got: n, Max: rs.opts.MaxValues, Err: ErrTooManyValues})
		}
	}
	if len(problems) == 1 {
		return problems[0]
	}
	return errors.Join(problems...)
}

// distinct returns how many different values of the field rules accept. While
// they could not be more than most, it returns an upper bound, which is cheap.
func (f *field) distinct(rules []uint32, most int) int {
	total := 0
	for _, i := range rules {
		total += len(f.cells[f.of[i]].values)
	}
	if total <= most {
		return total
	}
	seen := make(map[uint32]bool) // cells
	values := make(map[string]struct{}, most)
	for _, i := range rules {
		id := f.of[i]
		if seen[id] {
			continue
		}
		seen[id] = true
		for _, v := range f.cells[id].values {
			values[v] = struct{}{}
		}
	}
	return len(values)
}
