package keys

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/spice/audit"
)

// A State says whether a key is usable. A key in the zero State is not.
type State string

// States of a key, as AWS KMS names them.
const (
	Enabled         State = "Enabled"
	Disabled        State = "Disabled"
	PendingDeletion State = "PendingDeletion"
)

// Waiting periods of a deletion in days.
const (
	MinDeletionDays = 7
	MaxDeletionDays = 30
)

// A Description describes a key.
type Description struct {
	ARN       string    `json:"Arn"`
	State     State     `json:"KeyState"`
	Revoked   bool      `json:"Revoked"` // its use is denied until Restore
	Created   time.Time `json:"CreationDate"`
	Deletion  time.Time `json:"DeletionDate,omitzero"` // of keys that are scheduled for deletion
	Rotations int       `json:"Rotations"`
	Grants    int       `json:"Grants"` // grants that are not retired; see Granter
}

// CreateKey creates a key for an account and Region and returns its ARN.
func (l *Local) CreateKey(ctx context.Context, account, region string) (string, error) {
	if err := checkPlace(account, region); err != nil {
		return "", fmt.Errorf("CreateKey: %w", err)
	}
	name := keyARN(region, account, arn.NewUUID())
	err := l.manage(ctx, change{use(audit.CreateKey, name), false}, func(r *ring) error {
		r.Keys = append(r.Keys, key{ARN: name, State: Enabled, Created: l.now().UTC(), Materials: [][]byte{newMaterial()}})
		return nil
	})
	if err != nil {
		return "", err
	}
	return name, nil
}

// Disable makes a key unusable until [Local.Enable].
func (l *Local) Disable(ctx context.Context, keyARN string) error {
	return l.manageKey(ctx, change{use(audit.DisableKey, keyARN), true}, func(k *key) error {
		if k.State == PendingDeletion {
			return ErrPendingDeletion
		}
		k.State = Disabled
		return nil
	})
}

// Enable makes a disabled key usable again. Data keys that it wrapped can be
// unwrapped as before.
func (l *Local) Enable(ctx context.Context, keyARN string) error {
	return l.manageKey(ctx, change{use(audit.EnableKey, keyARN), false}, func(k *key) error {
		if k.State == PendingDeletion {
			return ErrPendingDeletion
		}
		k.State = Enabled
		return nil
	})
}

// Rotate gives an enabled key new material. Data keys that the old material
// wrapped can still be unwrapped.
func (l *Local) Rotate(ctx context.Context, keyARN string) error {
	return l.manageKey(ctx, change{use(audit.RotateKeyOnDemand, keyARN), false}, func(k *key) error {
		if err := k.usable(); err != nil {
			return err
		}
		k.Materials = append(k.Materials, newMaterial())
		return nil
	})
}

// ScheduleDeletion makes a key unusable now and deletes it after 7 to 30 days.
// Data that is encrypted under the key can then never be read again. It returns
// the time of the deletion.
func (l *Local) ScheduleDeletion(ctx context.Context, keyARN string, days int) (time.Time, error) {
	if days < MinDeletionDays || days > MaxDeletionDays {
		return time.Time{}, &Error{audit.ScheduleKeyDeletion, keyARN,
			fmt.Errorf("%d days: want %d to %d", days, MinDeletionDays, MaxDeletionDays)}
	}
	at := l.clock().UTC().AddDate(0, 0, days)
	c := change{use(audit.ScheduleKeyDeletion, keyARN), true}
	c.use.Days = days
	err := l.manageKey(ctx, c, func(k *key) error {
		if k.State == PendingDeletion {
			return ErrPendingDeletion
		}
		k.State, k.Deletion = PendingDeletion, at
		return nil
	})
	if err != nil {
		return time.Time{}, err
	}
	return at, nil
}

// CancelDeletion cancels a scheduled deletion. The key is then disabled.
func (l *Local) CancelDeletion(ctx context.Context, keyARN string) error {
	return l.manageKey(ctx, change{use(audit.CancelKeyDeletion, keyARN), false}, func(k *key) error {
		if k.State != PendingDeletion {
			return ErrState
		}
		k.State, k.Deletion = Disabled, time.Time{}
		return nil
	})
}

// Revoke denies every use of a key until [Local.Restore], like a key policy
// that denies QuickSight. The key itself stays enabled.
func (l *Local) Revoke(ctx context.Context, keyARN string) error {
	c := change{use(audit.PutKeyPolicy, keyARN), true}
	c.use.Policy = "Deny"
	return l.manageKey(ctx, c, func(k *key) error { k.Revoked = true; return nil })
}

// Restore cancels [Local.Revoke].
func (l *Local) Restore(ctx context.Context, keyARN string) error {
	c := change{use(audit.PutKeyPolicy, keyARN), false}
	c.use.Policy = "Allow"
	return l.manageKey(ctx, c, func(k *key) error { k.Revoked = false; return nil })
}

// CreateGrant implements [Granter].
func (l *Local) CreateGrant(ctx context.Context, keyARN string, c Context) (string, error) {
	id := newGrantID()
	err := l.edit(ctx, audit.CreateGrant, keyARN, func(k *key) error {
		if err := k.usable(); err != nil {
			return err
		}
		k.Grants = append(k.Grants, grant{id, maps.Clone(c)})
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// RetireGrant implements [Granter].
func (l *Local) RetireGrant(ctx context.Context, keyARN, id string, c Context) error {
	return l.edit(ctx, audit.RetireGrant, keyARN, func(k *key) error {
		i := slices.IndexFunc(k.Grants, func(g grant) bool { return g.ID == id })
		if i < 0 || string(k.Grants[i].Context.appendTo(nil)) != string(c.appendTo(nil)) {
			return ErrNoGrant
		}
		k.Grants = slices.Delete(k.Grants, i, i+1)
		return nil
	})
}

// Describe describes a key.
func (l *Local) Describe(ctx context.Context, keyARN string) (Description, error) {
	k, err := l.existing(ctx, keyARN)
	if err != nil {
		return Description{}, &Error{"DescribeKey", keyARN, err}
	}
	return k.describe(), nil
}

// List describes all keys, ordered by ARN.
func (l *Local) List(ctx context.Context) ([]Description, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if l == nil {
		return nil, ErrClosed
	}
	r, err := l.current()
	if err != nil {
		return nil, err
	}
	var all []Description
	for _, k := range r.Keys {
		if !k.gone(l.now()) {
			all = append(all, k.describe())
		}
	}
	slices.SortFunc(all, func(a, b Description) int { return cmp.Compare(a.ARN, b.ARN) })
	return all, nil
}

func (k *key) describe() Description {
	return Description{
		ARN: k.ARN, State: k.State, Revoked: k.Revoked, Created: k.Created, Deletion: k.Deletion,
		Rotations: len(k.Materials) - 1, Grants: len(k.Grants),
	}
}

// A change is a change of one key, and how it is recorded.
type change struct {
	use audit.KeyUse

	// narrows: it takes a right away. Then it is made first and recorded after,
	// because nothing may stand in the way of a lock-down. Others are recorded
	// first, and not made if that fails.
	narrows bool
}

func use(op, keyARN string) audit.KeyUse { return audit.KeyUse{Name: op, Key: keyARN} }

// manage makes a change and records it, or the attempt.
func (l *Local) manage(ctx context.Context, c change, edit func(*ring) error) error {
	record := func(err error) error {
		if l == nil || l.sink == nil {
			return nil
		}
		c.use.Code = code(err)
		return l.sink.Append(context.WithoutCancel(ctx), c.use.Record())
	}
	var unrecorded error
	err := l.checked(ctx, func(r *ring) error {
		if err := edit(r); err != nil || c.narrows {
			return err
		}
		unrecorded = record(nil)
		return unrecorded
	})
	if unrecorded == nil && (err != nil || c.narrows) {
		err = errors.Join(err, record(err))
	}
	if err != nil {
		return &Error{c.use.Name, c.use.Key, err}
	}
	return nil
}

// manageKey is manage for a key that is there.
func (l *Local) manageKey(ctx context.Context, c change, edit func(*key) error) error {
	return l.manage(ctx, c, func(r *ring) error { return l.with(r, c.use.Key, edit) })
}

// edit changes one key, without a record.
func (l *Local) edit(ctx context.Context, op, keyARN string, edit func(*key) error) error {
	err := l.checked(ctx, func(r *ring) error { return l.with(r, keyARN, edit) })
	if err != nil {
		return &Error{op, keyARN, err}
	}
	return nil
}

func (l *Local) with(r *ring, keyARN string, edit func(*key) error) error {
	k := r.find(keyARN, l.now())
	if k == nil {
		return ErrNoKey
	}
	return edit(k)
}

func (l *Local) checked(ctx context.Context, edit func(*ring) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if l == nil || l.dir == "" {
		return ErrClosed
	}
	return l.change(edit)
}

func (l *Local) clock() time.Time {
	if l == nil || l.now == nil {
		return time.Time{}
	}
	return l.now()
}

// newMaterial returns new key material: a key of AES-256.
func newMaterial() []byte {
	b := make([]byte, DataKeySize)
	rand.Read(b) // never fails
	return b
}

func newGrantID() string { return fmt.Sprintf("%x", newMaterial()) }
