package direct

import (
	"context"
	"database/sql"
	"time"

	"github.com/rowsight/rowsight/rls"
)

// Rules are a permission dataset in a database that is read at each use. Rules
// are safe for concurrent use if the fields do not change. The zero Rules
// return an error, which denies access.
type Rules struct {
	DB *sql.DB

	// Query returns the permission dataset, one row a rule: UserName, GroupName
	// and the restricted columns, as [rls.ReadSQL] reads them.
	Query string

	// Every is the longest time for which rules are used again, from the start
	// of their query. 0 reads them at every call. If the query fails, Rules
	// returns its error, and nobody sees a row until a query succeeds: old
	// rules may have been revoked.
	Every time.Duration

	// Options are how rules are read; nil is the default.
	Options *rls.Options

	// Now is the clock; nil is [time.Now].
	Now func() time.Time

	mu   ctxMutex
	last *rls.Rules
	read time.Time // when the query of last began
}

// Rules returns the rules as they are now, or as they were at most Every ago.
// While a query runs, other calls wait for it, and use its
// rules if they are not older than Every. Rules stops waiting when ctx ends.
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

// Forget makes the next call of Rules read the database. Call it after a change
// that must apply at once.
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
