package embed

import (
	"context"
	"errors"
	"time"

	"github.com/rowsight/rowsight/namespace"
)

// Why a code or a session is refused.
var (
	ErrExpired    = errors.New("expired")
	ErrUsed       = errors.New("already used")
	ErrTampered   = errors.New("tampered with")
	ErrRevoked    = errors.New("revoked")
	ErrForeign    = errors.New("of another namespace")
	ErrForbidden  = errors.New("not for this session")
	ErrNoResource = errors.New("no such resource")
)

// Codes keeps what codes and sessions stand for.
type Codes interface {
	Put(ctx context.Context, id string, e Entry) error
	Redeem(ctx context.Context, id string, until time.Time) (Entry, error)
	Get(ctx context.Context, id string) (Entry, error)
	Revoke(ctx context.Context, id string) error
	Sweep(ctx context.Context, now time.Time) error
}

// An Entry is what one code, and later its session, stands for.
type Entry struct {
	State  State
	Until  time.Time
	Sealed []byte
}

// State is how far a code is; the zero State is none of them.
type State uint8

// States.
const (
	Issued State = iota + 1
	Open
	Revoked
)

// Memory is Codes for one process.
type Memory struct{}

// A Ring holds the secrets that authenticate codes and sessions.
type Ring struct{}

// A Key is one secret of a Ring.
type Key struct {
	ID     string
	Secret []byte // 32 bytes or more
}

// NewRing returns a ring that seals with the first key and opens with all.
func NewRing(keys ...Key) (*Ring, error) { return nil, ErrTampered }

// Dashboards are Resources in memory. Methods are safe for concurrent use.
type Dashboards struct{}

// Add adds a dashboard (or topic) over datasets, shared with namespaces.
func (d *Dashboards) Add(dashboard namespace.ARN, datasets []namespace.ARN, shared ...string) error {
	return nil
}

// Datasets implements Resources.
func (d *Dashboards) Datasets(ctx context.Context, resource namespace.ARN) ([]namespace.ARN, error) {
	return nil, nil
}

// Shared implements Resources.
func (d *Dashboards) Shared(ctx context.Context, resource namespace.ARN, ns string) (bool, error) {
	return false, nil
}
