// Package observe reports the operations of a store, of embedding and of the
// API of QuickSight: the duration of each step, the number of its rows, and
// whether it failed. The module adapters/otel turns them into traces and metrics.
//
// An [Observer] learns names, times and numbers. It never learns a value of a
// row, a tag value, a key or a code.
package observe

import (
	"context"
	"errors"
	"time"
)

// A Kind is what an operation does. The zero Kind is no kind.
type Kind uint8

// The kinds of operations.
const (
	Read     Kind = iota + 1 // a session reads, counts or lists rows of a dataset
	Refresh                  // a dataset takes in new rows
	Bind                     // a predicate is compiled into a filter for one schema, or the filter comes from the cache
	KeyUse                   // a request to a key service or to its cache
	Generate                 // an embed URL is made
	Redeem                   // a code is redeemed
	Session                  // a bearer token is checked
	Revoke                   // a session is ended
	Call                     // a request to the API of QuickSight
)

// String returns the name of the kind, such as "read".
func (k Kind) String() string {
	names := [...]string{"unknown", "read", "refresh", "bind", "key use", "generate", "redeem", "session", "revoke", "call"}
	if int(k) >= len(names) {
		return names[0]
	}
	return names[k]
}

// An Operation describes one step when it begins.
type Operation struct {
	Kind    Kind
	Name    string // the name of an audit event or of an API operation
	Dataset string // ARN, or ""
	Key     string // ARN of a key, or ""
}

// A Result describes the end of an operation. It contains no error, because the
// text of a database error may quote a row.
type Result struct {
	Failed     bool
	Canceled   bool          // it failed because the caller canceled it
	Code       string        // the error code of the API; "" without an error
	Status     int           // the HTTP status of the answer to a Call; 0 for other kinds
	Rows       int64         // rows returned or ingested
	Cached     bool          // a Bind, a KeyUse or a question used the cache
	RowsCached bool          // a question was computed from rows in memory
	Time       time.Duration // the time from start to end
}

// Ended returns the result of an operation that ended with err, which may be
// nil. code is the error code of the API.
func Ended(err error, code string) Result {
	if err == nil {
		return Result{}
	}
	return Result{Failed: true, Canceled: errors.Is(err, context.Canceled), Code: code}
}

// An Observer follows operations. Start returns the context for the rest of the
// operation, which may carry a span, and a function that is called once when
// the operation ends. Both are called concurrently. They must return quickly,
// because the operation waits. An Observer cannot stop an operation.
type Observer interface {
	Start(ctx context.Context, op Operation) (context.Context, func(Result))
}

// Start begins an operation for an observer, which may be nil, and returns a
// function that ends it. The observer gets the elapsed time. A second call of
// the function does nothing.
func Start(ctx context.Context, o Observer, op Operation) (context.Context, func(Result)) {
	if o == nil {
		return ctx, func(Result) {}
	}
	began := time.Now()
	within, end := o.Start(ctx, op)
	if within == nil {
		within = ctx
	}
	done := false
	return within, func(r Result) {
		if done || end == nil {
			return
		}
		done = true
		r.Time = time.Since(began)
		end(r)
	}
}

// All returns an observer that passes operations to each of the given
// observers, or nil without observers.
func All(observers ...Observer) Observer {
	var all several
	for _, o := range observers {
		if o != nil {
			all = append(all, o)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

type several []Observer

func (s several) Start(ctx context.Context, op Operation) (context.Context, func(Result)) {
	ends := make([]func(Result), len(s))
	for i, o := range s {
		within, end := o.Start(ctx, op)
		if within != nil {
			ctx = within
		}
		ends[i] = end
	}
	return ctx, func(r Result) {
		for i := len(ends) - 1; i >= 0; i-- {
			if ends[i] != nil {
				ends[i](r)
			}
		}
	}
}
