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
	quoted, compared := make(map[string]string), make(map[string]string)
	l.columns = make([]string, len(l.atoms))
	l.values = make([][]string, len(l.atoms))
	lists := 0
	for i, p := range l.atoms {
		name := p.Column()
		if _, ok := quoted[name]; !ok {
			sql, err := l.column(name)
			if err != nil {
				errs = append(errs, err)
			}
			quoted[name], compared[name] = sql, l.spec.left+sql+l.spec.right
		}
		if l.columns[i] = quoted[name]; p.Op() == predicate.OpIn {
			l.columns[i] = compared[name]
		}
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
		if l.values[i] = values; len(values) > short {
			lists++
		}
	}
	l.crowded = lists > crowd
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

// More lists than this of more values than short make a crowd.
const (
	crowd = 16
	short = 8
)

// longScan is the most values that are gone through for a row; longer lists are
// looked up.
const longScan = 10_000
