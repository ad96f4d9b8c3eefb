package spice

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/seal"
	"github.com/rowsight/rowsight/spice/keys"
)

// A dataKey is the data key of a dataset since its last full refresh, plain and
// wrapped. Whoever holds one wipes it.
type dataKey struct {
	arn     string // "" is not encrypted
	wrapped []byte
	plain   []byte
}

func (k dataKey) wipe() { clear(k.plain) }

// newKey makes a data key for a dataset under the key of now (K1).
func (s *Store) newKey(ctx context.Context, dataset string) (dataKey, error) {
	if s.opts.Unencrypted {
		plain := make([]byte, seal.KeySize)
		rand.Read(plain) // never fails
		return dataKey{wrapped: append([]byte(nil), plain...), plain: plain}, nil
	}
	arn, err := s.currentKey(ctx)
	if err != nil {
		return dataKey{}, err
	}
	if arn == "" {
		return dataKey{}, ErrNoKey
	}
	if err := s.accepts(ctx, arn); err != nil {
		return dataKey{}, err
	}
	k, err := s.keys.GenerateDataKey(ctx, arn, keys.ForResource(dataset))
	if err != nil {
		return dataKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return dataKey{arn, k.Wrapped, k.Plain}, nil
}

// currentKey returns the key that new datasets and full refreshes take.
func (s *Store) currentKey(ctx context.Context) (string, error) {
	s.registering.Lock()
	defer s.registering.Unlock()
	r, err := s.openRegistry(ctx)
	if err != nil {
		return "", err
	}
	if arn, ok := r.DefaultKey(s.opts.Account, s.opts.Region); ok {
		return arn, nil
	}
	return s.opts.Key, nil
}

// unwrap asks for the data key of a state. It is asked for at every read: who
// disables a key locks everybody out (K3).
func (s *Store) unwrap(ctx context.Context, h header) (dataKey, error) {
	if h.KeyARN == "" {
		// Anybody can write a file that says so, of a permission dataset, say.
		if !s.opts.Unencrypted {
			return dataKey{}, fmt.Errorf("%w: the dataset is not encrypted, and the store was opened with keys", ErrKey)
		}
		return dataKey{wrapped: h.Key, plain: append([]byte(nil), h.Key...)}, nil
	}
	if s.keys == nil {
		return dataKey{}, fmt.Errorf("%w: the store was opened without keys", ErrKey)
	}
	if err := s.accepts(ctx, h.KeyARN); err != nil {
		return dataKey{}, err
	}
	plain, err := s.keys.Decrypt(ctx, h.KeyARN, h.Key, keys.ForResource(h.ARN))
	if err != nil {
		if unusable(err) {
			s.kept.forgetKey(h.KeyARN)
		}
		return dataKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return dataKey{h.KeyARN, h.Key, plain}, nil
}

// checkKey asks for the key of a state again: a stream that is open ends when the
// key is disabled (K3). For how long an answer counts is a matter of
// [Options.KeyCache].
func (s *Store) checkKey(ctx context.Context, h header) error {
	key, err := s.unwrap(ctx, h)
	if err == nil {
		key.wipe()
	}
	return err
}

// grant records that a dataset is encrypted under another key than before; ""
// is none. The newest event says which it is (K2), so the old grant goes first.
func (s *Store) grant(ctx context.Context, dataset, oldKey, oldGrant, newKey string) (id string, err error) {
	c := keys.ForResource(dataset)
	if oldKey != "" && s.granter != nil {
		err := s.granter.RetireGrant(ctx, oldKey, oldGrant, c)
		// Who leaves a key that cannot be used leaves it all the same.
		if err != nil && !unusable(err) {
			return "", fmt.Errorf("%w: %w", ErrKey, err)
		}
	}
	if newKey == "" {
		return "", nil
	}
	if id, err = s.granter.CreateGrant(ctx, newKey, c); err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return id, nil
}

func unusable(err error) bool {
	return slices.ContainsFunc([]error{keys.ErrDisabled, keys.ErrPendingDeletion, keys.ErrNoKey, keys.ErrDenied, keys.ErrNoGrant},
		func(why error) bool { return errors.Is(err, why) })
}

// UpdateKeyRegistration replaces the keys that are registered for the account
// and Region of the store. The default among them encrypts new datasets and, at
// their next full refresh, existing ones. Without a default, [Options.Key] does
// (K1). The list of registered keys is sealed under a key of the options, which
// must be usable; see [Options.TrustedKeys].
func (s *Store) UpdateKeyRegistration(ctx context.Context, registered ...keys.RegisteredKey) error {
	return failed("register keys", s.updateKeyRegistration(ctx, registered))
}

func (s *Store) updateKeyRegistration(ctx context.Context, registered []keys.RegisteredKey) error {
	if err := s.writable(); err != nil {
		return err
	}
	use := audit.Use{Name: audit.UpdateKeyRegistration, Who: s.operator(), DataSet: s.arn("*").String()}
	if err := s.record(ctx, use); err != nil {
		return err
	}
	// A registry in memory says what is wrong with them, before one is trusted.
	if err := new(keys.Registry).UpdateKeyRegistration(s.opts.Account, s.opts.Region, registered); err != nil {
		return err
	}
	if err := s.entrust(ctx, registered); err != nil {
		return err
	}
	return s.register(ctx, registered)
}

// DescribeKeyRegistration returns the registered keys.
func (s *Store) DescribeKeyRegistration() []keys.RegisteredKey {
	if s.registry == nil {
		return nil
	}
	return s.registry.DescribeKeyRegistration(s.opts.Account, s.opts.Region)
}
