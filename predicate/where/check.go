package where

import (
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/predicate"
)

// check sets the columns, kinds and values of all atoms. It reports every column
// and value that the dialect cannot express.
func (l *lowering) check() error {
	var errs []error
	quoted, kinds := make(map[string]string), make(map[string]Kind)
	l.columns = make([]string, len(l.atoms))
	l.kinds = make([]Kind, len(l.atoms))
	l.values = make([][]string, len(l.atoms))
	lists := 0
	for i, p := range l.atoms {
		name := p.Column()
		if _, ok := quoted[name]; !ok {
			sql, err := l.column(name)
			if err != nil {
				errs = append(errs, err)
			}
			quoted[name] = sql
			if kinds[name], err = l.kind(name); err != nil {
				errs = append(errs, err)
			}
		}
		l.columns[i], l.kinds[i] = quoted[name], kinds[name]
		if p.Op() != predicate.OpIn {
			continue
		}
		values := slices.Collect(p.Values())
		for j, v := range values {
			if err := checkText(v); err != nil {
				errs = append(errs, &ValueError{Column: name, Number: j + 1, Of: len(values), Err: err})
			}
		}
		if l.kinds[i] == UUID {
			values = slices.DeleteFunc(values, func(v string) bool { return !canonicalUUID(v) })
		}
		if l.values[i] = values; len(values) > short {
			lists++
		}
	}
	l.manyLists = lists > maxLists
	if err := l.spec.names.noTwins(quoted); err != nil && l.opts.Column == nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// kind returns the kind of a column. A kind that the dialect cannot compare is an
// error.
func (l *lowering) kind(name string) (Kind, error) {
	if l.opts.Kind == nil {
		return Text, nil
	}
	switch k := l.opts.Kind(name); {
	case k > UUID:
		return Text, fmt.Errorf("%w: Kind: column %q: got %v", ErrOptions, name, k)
	case k == UUID && l.spec.uuid == "":
		return Text, fmt.Errorf("%w: Kind: column %q: %s has no comparison for %v: cast it to text in Column", ErrOptions, name, l.spec.name, k)
	default:
		return k, nil
	}
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

// Engines plan a condition with more than maxLists lists for a long time, if the
// lists have more than short values. See spec.scanned.
const (
	maxLists = 16
	short    = 8
)

// longScan is the longest list that an engine scans for each row. Longer lists go
// where the engine builds a hash table.
const longScan = 10_000
