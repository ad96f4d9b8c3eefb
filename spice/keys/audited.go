package keys

import (
	"context"
	"errors"

	"github.com/rowsight/rowsight/spice/audit"
)

// An Auditor is a key service that writes an audit record of every use,
// successful or not (K2). If the record cannot be written, the use fails. It is
// safe for concurrent use. The zero Auditor refuses everything.
type Auditor struct {
	keys Keys
	sink audit.Sink
}

var errNoAuditor = errors.New("the zero auditor has no keys")

// Audited returns k with a record in sink for every use. Grants are recorded
// even if k is not a [Granter].
func Audited(k Keys, sink audit.Sink) *Auditor { return &Auditor{k, sink} }

// GenerateDataKey implements [Keys].
func (a *Auditor) GenerateDataKey(ctx context.Context, keyARN string, c Context) (DataKey, error) {
	if a.isZero() {
		return DataKey{}, &Error{audit.GenerateDataKey, keyARN, errNoAuditor}
	}
	k, err := a.keys.GenerateDataKey(ctx, keyARN, c)
	if err := a.record(ctx, err, audit.KeyUse{Name: audit.GenerateDataKey, Key: keyARN, Context: c}); err != nil {
		k.Wipe()
		return DataKey{}, err
	}
	return k, nil
}

// Decrypt implements [Keys].
func (a *Auditor) Decrypt(ctx context.Context, keyARN string, wrapped []byte, c Context) ([]byte, error) {
	if a.isZero() {
		return nil, &Error{audit.Decrypt, keyARN, errNoAuditor}
	}
	plain, err := a.keys.Decrypt(ctx, keyARN, wrapped, c)
	if err := a.record(ctx, err, audit.KeyUse{Name: audit.Decrypt, Key: keyARN, Context: c}); err != nil {
		clear(plain)
		return nil, err
	}
	return plain, nil
}

// CreateGrant implements [Granter].
func (a *Auditor) CreateGrant(ctx context.Context, keyARN string, c Context) (id string, err error) {
	if a.isZero() {
		return "", &Error{audit.CreateGrant, keyARN, errNoAuditor}
	}
	g, ok := a.keys.(Granter)
	if ok {
		id, err = g.CreateGrant(ctx, keyARN, c)
	} else {
		id = newGrantID()
	}
	if err := a.record(ctx, err, audit.KeyUse{Name: audit.CreateGrant, Key: keyARN, Context: c, GrantID: id}); err != nil {
		if ok && id != "" { // a grant that nobody knows of must not stay
			err = errors.Join(err, g.RetireGrant(context.WithoutCancel(ctx), keyARN, id, c))
		}
		return "", err
	}
	return id, nil
}

// RetireGrant implements [Granter].
func (a *Auditor) RetireGrant(ctx context.Context, keyARN, id string, c Context) error {
	if a.isZero() {
		return &Error{audit.RetireGrant, keyARN, errNoAuditor}
	}
	var err error
	if g, ok := a.keys.(Granter); ok {
		err = g.RetireGrant(ctx, keyARN, id, c)
	}
	return a.record(ctx, err, audit.KeyUse{Name: audit.RetireGrant, Key: keyARN, Context: c, GrantID: id})
}

// record records a use that ended with err, and returns err, joined with why it
// could not be recorded. A use is recorded even when ctx has ended meanwhile.
func (a *Auditor) record(ctx context.Context, err error, use audit.KeyUse) error {
	use.Code = code(err)
	if failed := a.sink.Append(context.WithoutCancel(ctx), use.Record()); failed != nil {
		return errors.Join(err, &Error{use.Name, use.Key, failed})
	}
	return err
}

func (a *Auditor) isZero() bool { return a == nil || a.keys == nil || a.sink == nil }
