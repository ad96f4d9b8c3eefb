package where

import (
	"fmt"

	"github.com/rowsight/rowsight/predicate"
)

// Lower writes p as a condition in dialect d. On error, the Clause selects no
// row.
func Lower(p predicate.Predicate, d Dialect, opts *Options) (Clause, error) {
	if d.spec() == nil {
		return Clause{}, ErrDialect
	}
	if opts == nil {
		opts = &Options{}
	}
	if opts.FirstArg < 0 {
		return Clause{}, fmt.Errorf("%w: FirstArg is %d, want 1 or more", ErrOptions, opts.FirstArg)
	}
	w := writer{spec: d.spec(), opts: *opts, next: max(opts.FirstArg, 1)}
	if err := w.write(p, false); err != nil {
		return Clause{}, err
	}
	return Clause{dialect: d, sql: string(w.sql), args: w.args}, nil
}
