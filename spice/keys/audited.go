package keys

import (
	"context"

	"github.com/rowsight/rowsight/spice/audit"
)

// An Auditor is a key service of which every use leaves a record (K2).
type Auditor struct {
	keys Keys
	sink audit.Sink
}

// Audited returns k with a record in sink for every use. A use that cannot be
// recorded is refused. Its CreateGrant and RetireGrant leave a record even if k
// is no [Granter].
func Audited(k Keys, sink audit.Sink) *Auditor { return &Auditor{k, sink} }

// GenerateDataKey implements [Keys].
func (a *Auditor) GenerateDataKey(ctx context.Context, keyARN string, c Context) (DataKey, error) {
	return DataKey{}, errSkeleton
}

// Decrypt implements [Keys].
func (a *Auditor) Decrypt(ctx context.Context, keyARN string, wrapped []byte, c Context) ([]byte, error) {
	return nil, errSkeleton
}

// CreateGrant implements [Granter].
func (a *Auditor) CreateGrant(ctx context.Context, keyARN string, c Context) (string, error) {
	return "", errSkeleton
}

// RetireGrant implements [Granter].
func (a *Auditor) RetireGrant(ctx context.Context, keyARN, id string, c Context) error {
	return errSkeleton
}
