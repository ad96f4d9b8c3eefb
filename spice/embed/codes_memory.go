package embed

import (
	"context"
	"sync"
	"time"
)

// Memory implements [Codes] in the memory of one process. It is safe for concurrent
// use.
type Memory struct {
	mu      sync.RWMutex
	entries map[string]Entry
}

var _ Codes = (*Memory)(nil)

// NewMemory returns Codes in memory.
func NewMemory() *Memory { return &Memory{entries: make(map[string]Entry)} }

// Put implements [Codes].
func (m *Memory) Put(_ context.Context, id string, e Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.entries[id]; ok {
		return ErrUsed
	}
	if m.entries == nil {
		m.entries = make(map[string]Entry)
	}
	e.State = Issued
	m.entries[id] = e
	return nil
}

// Redeem implements [Codes].
func (m *Memory) Redeem(_ context.Context, id string, until time.Time) (Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[id]
	switch {
	case !ok:
		return Entry{}, ErrUnknown
	case e.State == Revoked:
		return Entry{}, ErrRevoked
	case e.State != Issued:
		return Entry{}, ErrUsed
	}
	e.State, e.Until = Open, until
	m.entries[id] = e
	return e, nil
}

// Get implements [Codes].
func (m *Memory) Get(_ context.Context, id string) (Entry, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	e, ok := m.entries[id]
	if !ok {
		return Entry{}, ErrUnknown
	}
	return e, nil
}

// Revoke implements [Codes].
func (m *Memory) Revoke(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[id]
	if !ok {
		return ErrUnknown
	}
	e.State, e.Sealed = Revoked, nil
	m.entries[id] = e
	return nil
}

// Sweep implements [Codes].
func (m *Memory) Sweep(_ context.Context, now time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := len(m.entries)
	kept := make(map[string]Entry) // a map keeps the memory of what it once held
	for id, e := range m.entries {
		if e.Until.After(now) {
			kept[id] = e
		}
	}
	m.entries = kept
	return before - len(kept), nil
}

// Len returns the number of entries kept.
func (m *Memory) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.entries)
}
