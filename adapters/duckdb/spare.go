package duckdb

import (
	"context"
	"sync"
)

// A Spare holds one database for the next call: open, locked and empty. DuckDB registers
// thousands of functions in each database that it opens, which no setting avoids. With a
// Spare, that happens while the program does something else.
//
// Each database serves one call and is closed after it, with a Spare or without. A call
// that takes the database of a Spare begins to make the next one, in the background. If
// that one is still in the making, the next call waits for it.
//
// The zero Spare is ready to use and empty, so the first call opens its database itself. A
// Spare is safe for concurrent use, and serves any number of engines and sessions. Its
// database has the Memory and Threads of the call that began to make it; a call with
// others gets a new one. The database that waits takes 3 MB of memory. Close ends it.
type Spare struct {
	mu     sync.Mutex
	next   *spare // nil before the first call, and after Close
	closed bool
	busy   sync.WaitGroup // goroutines that make or close a database
}

// A spare is a database that is made in the background. One call or Close takes it.
type spare struct {
	opts Options
	made chan struct{} // closed when d and err are set
	d    *database
	err  error
}

// take returns an open database that no call has used. The caller closes it.
func (s *Spare) take(ctx context.Context, o Options) (*database, error) {
	if s == nil {
		return open(ctx, o)
	}
	taken := s.swap(o)
	if taken == nil {
		return open(ctx, o)
	}
	<-taken.made
	if taken.err != nil { // the reason may be gone
		return open(ctx, o)
	}
	return taken.d, nil
}

// swap takes the database that is there or in the making, and begins the next one. It
// returns nil if there is none that fits.
func (s *Spare) swap(o Options) (taken *spare) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	taken, s.next = s.next, &spare{opts: o, made: make(chan struct{})}
	s.busy.Go(s.next.make)
	if taken != nil && (taken.opts.Memory != o.Memory || taken.opts.Threads != o.Threads) {
		s.busy.Go(taken.drop)
		return nil
	}
	return taken
}

// Close closes the database that waits, and returns when nothing goes on in the
// background. Calls that run keep their databases. Calls that come later open their
// databases themselves.
func (s *Spare) Close() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	last := s.next
	s.next, s.closed = nil, true
	s.mu.Unlock()
	if last != nil {
		last.drop()
	}
	s.busy.Wait()
	return nil
}

func (p *spare) make() {
	defer close(p.made)
	p.d, p.err = open(context.Background(), p.opts)
}

func (p *spare) drop() {
	<-p.made
	if p.err == nil {
		_ = p.d.close()
	}
}
