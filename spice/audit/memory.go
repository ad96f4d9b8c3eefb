package audit

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rowsight/rowsight/internal/arn"
)

// Memory is a Sink that keeps records in memory, for tests and for programs
// that pass them on. The zero Memory is empty and ready. It is safe for
// concurrent use.
type Memory struct {
	mu      sync.Mutex
	records []Record
}

// Append keeps r.
func (m *Memory) Append(ctx context.Context, r Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = append(m.records, complete(r, time.Now))
	return nil
}

// Records returns all records, oldest first.
func (m *Memory) Records() []Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.records)
}

// complete sets the fields that a record leaves to its sink. Times are whole
// seconds in UTC, as in CloudTrail.
func complete(r Record, now func() time.Time) Record {
	if r.EventTime.IsZero() {
		r.EventTime = now()
	}
	r.EventTime = r.EventTime.UTC().Truncate(time.Second)
	if r.EventID == "" {
		r.EventID = arn.NewUUID()
	}
	return r
}
