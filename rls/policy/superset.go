package policy

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// superset writes the filters of a dataset, as its API takes them, with names
// where it wants ids. Those of one group key are united; the base filter, which
// holds for everybody but those roles, closes the dataset.
func superset(w *writer) {
	if len(w.table.Name) == 0 {
		w.fail(fmt.Errorf("%w: got none, want that of the dataset", ErrTable))
		return
	}
	dataset := w.table.Name[len(w.table.Name)-1]
	if dataset == "" {
		w.fail(fmt.Errorf("%w: it is empty", ErrTable))
	}
	var errs []error
	for _, s := range w.shares {
		for _, u := range s.users {
			errs = append(errs, fmt.Errorf("user %q: %w: Superset filters by role; make grants of groups, or use guest tokens", u, ErrKind))
		}
	}
	w.fail(errs...)
	named := []string{}
	filter := func(name, kind, key string, roles []string, clause string) object {
		return object{{"name", name}, {"filter_type", kind}, {"tables", []string{dataset}}, {"roles", roles}, {"group_key", key}, {"clause", clause}}
	}
	var filters []object
	for i, s := range w.shares {
		named = append(named, s.groups...)
		filters = append(filters, filter(fmt.Sprintf("%s %s %d", w.opts.Name, dataset, i+1), "Regular", w.opts.Name+" "+dataset, s.groups, w.clause(s.rows)))
	}
	base := filter(fmt.Sprintf("%s %s 0", w.opts.Name, dataset), "Base", w.opts.Name+" "+dataset+" closed", named, w.clause(predicate.Predicate{}))
	w.json(append([]object{base}, filters...))
}

// supersetGuest writes the "rls" of a request for a guest token. Without an id
// of a dataset the clause holds for every dataset of the dashboard.
func supersetGuest(w *writer) {
	rule := object{}
	if w.opts.Dataset != 0 {
		rule = append(rule, member{"dataset", w.opts.Dataset})
	}
	w.json(object{{"rls", []object{append(rule, member{"clause", w.clause(w.rows)})}}})
}

// clause returns a condition that Superset's templates leave alone. It reads
// Jinja in clauses, and puts a backslash before every colon, which is taken away
// again unless there was one.
func (w *writer) clause(rows predicate.Predicate) string {
	clause := w.condition(rows)
	for _, mark := range []string{"{{", "{%", "{#", `\:`} {
		if strings.Contains(clause, mark) {
			w.fail(fmt.Errorf("%w: a value or a column holds %s, which Superset reads", ErrValue, mark))
		}
	}
	return clause
}
