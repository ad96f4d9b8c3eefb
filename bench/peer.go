package main

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
)

// A Kind says what a peer is asked for.
type Kind string

// Kinds.
const (
	Mask Kind = "mask" // which rows are visible
	Rows Kind = "rows" // all columns of the visible rows, as Arrow or the engine's own form
)

// A Peer is an engine, or one way of using it. Peers are values without state.
type Peer struct {
	Name string
	// Role is Own for rowsight, Other for those it is compared with, Limit for
	// what the machine allows.
	Role Role
	// Slow peers take long to set up and are left out of -small.
	Slow bool
	// Open gives the engine the data. An error that wraps errSkipped says why
	// the peer is not here.
	Open func(e *Env, d *Data, threads int) (Session, error)
}

// Role is the part a peer plays.
type Role int

// Roles.
const (
	Own Role = iota
	Other
	Limit
)

// A Session is a peer that has the data.
type Session interface {
	Version() string
	// Prepare does what is done once per principal and says how long it took.
	Prepare(c *Case) (Query, time.Duration, error)
	Close()
}

// A Query is a filter, ready to run.
type Query interface {
	// Run evaluates the filter over a part of the table and says how long that
	// took. If check is not nil, time does not count: Run sets check to the
	// answer instead. errNoKind says that the peer does not do this.
	Run(k Kind, p Part, check *Answer) (time.Duration, error)
	Close()
}

var (
	// errSkipped: the peer cannot run here.
	errSkipped = errors.New("skipped")
	// errNoKind: the peer does not answer this kind of question, or not this
	// filter.
	errNoKind = errors.New("not offered")
	// errTooSlow: one run did not end within Env.Timeout.
	errTooSlow = errors.New("not done after the time limit")
)

// Peers returns all peers, rowsight first.
func Peers() []Peer {
	peers := []Peer{
		rowsightPeer("rowsight", fresh, byBatch),
		rowsightPeer("rowsight, buffers reused", reused, byBatch),
		rowsightPeer("rowsight, stream", fresh, asStream),
		rowsightPeer("rowsight, stream, buffers reused", reused, asStream),
		{Name: "hand-written Go, a map per list", Role: Other, Open: openMaps},
		{Name: "hand-written Go, rule bit sets", Role: Other, Open: openBitsets},
		{Name: "Arrow Go v18 is_in", Role: Other, Open: openArrow18},
	}
	peers = append(peers, duckdbPeers()...)
	peers = append(peers, pythonPeers()...)
	return append(peers, Peer{Name: "reading the columns needed / memcpy of the row", Role: Limit, Open: openLimits})
}

// timed returns how long f takes.
func timed(f func() error) (time.Duration, error) {
	start := time.Now()
	err := f()
	return time.Since(start), err
}

// eachBatch calls f for every batch, from as many goroutines as threads; f
// gets the number of its goroutine.
func eachBatch(batches []arrow.Record, threads int, f func(worker, i int, rec arrow.Record) error) error {
	if threads <= 1 {
		for i, rec := range batches {
			if err := f(0, i, rec); err != nil {
				return err
			}
		}
		return nil
	}
	var (
		wg   sync.WaitGroup
		next atomic.Int64
		errs = make([]error, threads)
	)
	for worker := range threads {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(batches) || errs[worker] != nil {
					return
				}
				errs[worker] = f(worker, i, batches[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// answers adds up the answers of several goroutines.
type answers struct {
	mu  sync.Mutex
	sum Answer
}

func (a *answers) add(b Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sum.add(b)
}
