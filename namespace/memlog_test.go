package namespace_test

import (
	"context"
	"slices"
	"sync"

	"github.com/rowsight/rowsight/namespace"
)

// A memLog is a Log in memory that several directories may share. before, if
// set, is called at the start of every append and may fail it; after likewise
// when the record is there.
type memLog struct {
	mu            sync.Mutex
	records       map[uint64][]byte
	last          uint64
	before, after func() error
	read          error // what Read fails with
}

func (l *memLog) Read(_ context.Context, after uint64, yield func(uint64, []byte) error) error {
	if l.read != nil {
		return l.read
	}
	l.mu.Lock()
	var numbers []uint64
	for n := range l.records {
		if n > after {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	var records [][]byte
	for _, n := range numbers {
		records = append(records, l.records[n])
	}
	l.mu.Unlock()
	for i, n := range numbers {
		if err := yield(n, records[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *memLog) Append(_ context.Context, after uint64, record []byte) error {
	return l.add(after, [][]byte{record}, false)
}

func (l *memLog) Replace(_ context.Context, after uint64, records [][]byte) error {
	return l.add(after, records, true)
}

func (l *memLog) add(after uint64, records [][]byte, replace bool) error {
	if l.before != nil {
		if err := l.before(); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if after != l.last {
		return namespace.ErrConflict
	}
	if l.records == nil || replace {
		l.records = make(map[uint64][]byte)
	}
	for _, r := range records {
		l.last++
		l.records[l.last] = slices.Clone(r)
	}
	if l.after != nil {
		return l.after()
	}
	return nil
}
