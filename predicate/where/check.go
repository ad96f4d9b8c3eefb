package where

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// check looks up the columns and reads the values of all atoms, and reports
// every one that cannot be sent.
func (l *lowering) check() error {
	var errs []error
	quoted := make(map[string]string)
	l.columns = make([]string, len(l.atoms))
	l.values = make([][]string, len(l.atoms))
	for i, p := range l.atoms {
		name := p.Column()
		if _, ok := quoted[name]; !ok {
			sql, err := l.column(name)
			if err != nil {
				errs = append(errs, err)
			}
			quoted[name] = sql
		}
		l.columns[i] = quoted[name]
		if p.Op() != predicate.OpIn {
			continue
		}
		values := slices.Collect(p.Values())
		for j, v := range values {
			if err := checkText(v); err != nil {
				errs = append(errs, &ValueError{Column: name, Number: j + 1, Of: len(values), Err: err})
			}
			values[j] = v + l.spec.end
		}
		l.values[i] = values
	}
	return errors.Join(errs...)
}

func (l *lowering) column(name string) (string, error) {
	if l.opts.Column == nil {
		sql, err := l.spec.appendName(nil, name)
		return string(sql), err
	}
	sql := l.opts.Column(name)
	if sql == "" {
		return "", fmt.Errorf("%w: %q", ErrColumn, name)
	}
	return sql, nil
}
