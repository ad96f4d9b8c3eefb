package direct

import (
	"context"
	"database/sql"
	"time"

	"github.com/rowsight/rowsight/rls"
)

// Rules are a permission dataset in a database, read live. Fill in the fields and
// do not change them afterwards; then it is safe for concurrent use. The zero
// Rules are an error, which admits nobody.
type Rules struct {
	DB *sql.DB

	// Query returns the permission dataset, one row a rule: UserName, GroupName
	// and the restricted columns, as [rls.ReadSQL] reads them.
	Query string

	// Every is how old the rules may get: so long after a query began, they are
	// read again. 0 reads them every time. An error of a query that reads them
	// again is an error, and nobody sees a row until one succeeds: rules that may
	// have been taken away are not rules.
	Every time.Duration

	// Options are how rules are read; nil is the default.
	Options *rls.Options

	// Now is the clock; nil is [time.Now].
	Now func() time.Time

	mu   ctxMutex
	last *rls.Rules
	read time.Time // when the query of last began
}

// Rules returns the rules of now, or of at most Every ago. While a query runs, others wait
// for it and not for queries of their own; the end of ctx ends the wait.
func (r *Rules) Rules(ctx context.Context) (*rls.Rules, error) {
	if r == nil || r.DB == nil || r.Query == "" {
		return nil, ErrSource
	}
	if err := r.mu.lock(ctx); err != nil {
		return nil, err
	}
	defer r.mu.unlock()
	now := r.now()
	if age := now.Sub(r.read); r.last != nil && age >= 0 && age < r.Every {
		return r.last, nil
	}
	r.last = nil
	rules, err := r.query(ctx)
	if err != nil {
		return nil, err
	}
	r.last, r.read = rules, now
	return rules, nil
}

// Forget makes the next call of Rules read them, as after a change that must
// hold at once.
func (r *Rules) Forget(ctx context.Context) error {
	if err := r.mu.lock(ctx); err != nil {
		return err
	}
	defer r.mu.unlock()
	r.last = nil
	return nil
}

func (r *Rules) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

func (r *Rules) query(ctx context.Context) (*rls.Rules, error) {
	rows, err := r.DB.QueryContext(ctx, r.Query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rls.ReadSQL(rows, r.Options)
}
