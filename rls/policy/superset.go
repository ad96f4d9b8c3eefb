package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// superset writes the filters of a dataset, as its API takes them, with names
// where it wants ids. Those of one group key are united; the base filter, which
// holds for everybody but those roles, closes the dataset.
func superset(w *writer) error {
	if len(w.table.Name) == 0 {
		return fmt.Errorf("%w: got none, want that of the dataset", ErrTable)
	}
	dataset := w.table.Name[len(w.table.Name)-1]
	if dataset == "" {
		return fmt.Errorf("%w: it is empty", ErrTable)
	}
	var errs []error
	for _, s := range w.shares {
		for _, u := range s.users {
			errs = append(errs, fmt.Errorf("user %q: %w: Superset filters by role; make grants of groups, or use guest tokens", u, ErrKind))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	named := []string{}
	filter := func(name, kind, key string, roles []string, clause string) object {
		return object{{"name", name}, {"filter_type", kind}, {"tables", []string{dataset}}, {"roles", roles}, {"group_key", key}, {"clause", clause}}
	}
	var filters []object
	for i, s := range w.shares {
		clause, err := w.clause(s.rows)
		if err != nil {
			return err
		}
		named = append(named, s.groups...)
		filters = append(filters, filter(fmt.Sprintf("%s %s %d", w.opts.Name, dataset, i+1), "Regular", w.opts.Name+" "+dataset, s.groups, clause))
	}
	closed, err := w.clause(predicate.Predicate{})
	if err != nil {
		return err
	}
	base := filter(fmt.Sprintf("%s %s 0", w.opts.Name, dataset), "Base", w.opts.Name+" "+dataset+" closed", named, closed)
	return w.json(append([]object{base}, filters...))
}

// supersetGuest writes the "rls" of a request for a guest token. Without an id
// of a dataset the clause holds for every dataset of the dashboard.
func supersetGuest(w *writer) error {
	clause, err := w.clause(w.rows)
	if err != nil {
		return err
	}
	rule := object{}
	if w.opts.Dataset != 0 {
		rule = append(rule, member{"dataset", w.opts.Dataset})
	}
	return w.json(object{{"rls", []object{append(rule, member{"clause", clause})}}})
}

// clause returns a condition that Superset's templates leave alone. It reads
// Jinja in clauses, and puts a backslash before every colon, which is taken away
// again unless there was one.
func (w *writer) clause(rows predicate.Predicate) (string, error) {
	clause, err := w.condition(rows)
	if err != nil {
		return "", err
	}
	for _, mark := range []string{"{{", "{%", "{#", `\:`} {
		if strings.Contains(clause, mark) {
			return "", fmt.Errorf("%w: a value or a column holds %s, which Superset reads", ErrValue, mark)
		}
	}
	return clause, nil
}
