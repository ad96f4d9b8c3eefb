// Package observe lets a program see what a store and its embedding do: how
// long each step takes, how many rows it yields, and whether it fails. Adapters
// make traces and metrics of it; see the module adapters/otel.
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
	Bind                     // a predicate becomes a filter for one schema, or comes from the cache
	KeyUse                   // a key service is asked, or the cache of its answers
	Generate                 // an embed URL is made
	Redeem                   // a code becomes a session
	Session                  // a bearer token is checked
	Revoke                   // a session is ended
)

// String returns the name of the kind, such as "read".
func (k Kind) String() string {
	names := [...]string{"unknown", "read", "refresh", "bind", "key use", "generate", "redeem", "session", "revoke"}
	if int(k) >= len(names) {
		return names[0]
	}
	return names[k]
}

// An Operation is one step that begins.
type Operation struct {
	Kind    Kind
	Name    string // what was called: the name of an audit event or of an API operation
	Dataset string // ARN, or ""
	Key     string // ARN of a key, or ""
}

// A Result is how an operation ended. It has no place for an error: the text of
// one may quote a row, if a database wrote it.
type Result struct {
	Failed   bool
	Canceled bool          // it failed because the caller went away
	Code     string        // the reason of a failure in the words of the API; "" if there is none
	Rows     int64         // rows that were yielded or taken in
	Cached   bool          // a Bind or KeyUse was answered from the cache
	Time     time.Duration // from the start to the end
}

// Ended returns the result of an operation that ended with an error, or with
// nil. code is the reason in the words of the API.
func Ended(err error, code string) Result {
	if err == nil {
		return Result{}
	}
	return Result{Failed: true, Canceled: errors.Is(err, context.Canceled), Code: code}
}

// An Observer follows operations. Start returns the context in which the
// operation goes on, which may carry a span, and a function that is called once
// when the operation ends. Both may be called by many goroutines at once, and
// must return soon: the operation waits. An Observer cannot stop an operation.
type Observer interface {
	Start(ctx context.Context, op Operation) (context.Context, func(Result))
}

// Start begins an operation for an observer, which may be nil, and returns a
// function that ends it. The observer gets the time that passed. A second call
// of the function does nothing.
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

// All returns an observer that passes operations on to each of the given ones,
// or nil if there is none.
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
