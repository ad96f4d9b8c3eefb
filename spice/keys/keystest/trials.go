package keystest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/keys"
)

func isError(err, target error) bool { return errors.Is(err, target) }

func roundTrip(t *trial) {
	for _, c := range []keys.Context{sales, visit, {"a": "1", "b": "2"}} {
		t.opens(t.generate(c), c)
	}
	k := t.generate(keys.Context{"a": "1", "b": "2"})
	t.opens(k, keys.Context{"b": "2", "a": "1"})
	require.False(t, bytes.Contains(k.Wrapped, k.Plain), "the wrapped key holds the plain one")
}

func dataKeysDiffer(t *trial) {
	seen := make(map[string]bool)
	for range 20 {
		k := t.generate(sales)
		require.False(t, seen[string(k.Plain)] || seen[string(k.Wrapped)], "two data keys are equal")
		seen[string(k.Plain)], seen[string(k.Wrapped)] = true, true
	}
}

// returnedIsOwn: whoever wipes a key wipes nobody else's.
func returnedIsOwn(t *trial) {
	k := t.generate(sales)
	kept := keys.DataKey{Plain: bytes.Clone(k.Plain), Wrapped: bytes.Clone(k.Wrapped)}
	k.Wipe()
	require.True(t, bytes.Equal(k.Plain, make([]byte, keys.DataKeySize)))
	for range 3 {
		plain, err := t.Keys.Decrypt(t.ctx, t.key, kept.Wrapped, sales)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, kept.Plain), "the data key is another")
		clear(plain)
	}
	require.True(t, bytes.Equal(k.Wrapped, kept.Wrapped), "the wrapped key was changed")
}

func otherContext(t *trial) {
	k := t.generate(keys.Context{"a": "1", "b": "2"})
	for _, c := range []keys.Context{
		nil, {}, {"a": "1"}, {"b": "2"}, {"a": "2", "b": "1"}, {"a": "1", "b": "2", "c": "3"}, {"A": "1", "b": "2"}, {"a": "1", "b": "2 "}, sales,
	} {
		t.refused(t.key, k.Wrapped, c, keys.ErrContext)
	}
	t.opens(k, keys.Context{"a": "1", "b": "2"})
}

func otherKey(t *trial) {
	k := t.generate(sales)
	other := t.CreateKey(t.T)
	require.NotEqual(t, t.key, other)
	t.refused(other, k.Wrapped, sales, keys.ErrWrongKey, keys.ErrContext)
	t.opens(k, sales)
}

// altered flips bits and cuts. Which of the errors comes depends on what the
// service reads first.
func altered(t *trial) {
	k := t.generate(sales)
	any := []error{keys.ErrContext, keys.ErrWrongKey, keys.ErrNoKey, keys.ErrDenied}
	for _, at := range []int{0, 1, len(k.Wrapped) / 3, len(k.Wrapped) / 2, len(k.Wrapped) - 17, len(k.Wrapped) - 1} {
		for _, bit := range []byte{1, 128} {
			b := bytes.Clone(k.Wrapped)
			b[at] ^= bit
			t.refused(t.key, b, sales, any...)
		}
	}
	for _, n := range []int{1, len(k.Wrapped) / 2, len(k.Wrapped) - 1} {
		t.refused(t.key, k.Wrapped[:n], sales, any...)
	}
	t.refused(t.key, nil, sales, any...)
	t.refused(t.key, append(bytes.Clone(k.Wrapped), 0), sales, any...)
	t.refused(t.key, bytes.Clone(k.Plain), sales, any...)
	t.opens(k, sales)
}

func absent(t *trial) {
	if t.Absent == "" {
		t.Skip("the kit names no key that is not there")
	}
	k := t.generate(sales)
	t.generateRefused(t.Absent, keys.ErrNoKey, keys.ErrDenied)
	t.refused(t.Absent, k.Wrapped, sales, keys.ErrNoKey, keys.ErrDenied)
}

func disabled(t *trial) {
	t.need(t.Disable, t.Enable)
	k := t.generate(sales)
	t.Disable(t.T, t.key)
	t.generateRefused(t.key, keys.ErrDisabled)
	t.refused(t.key, k.Wrapped, sales, keys.ErrDisabled)
	t.Enable(t.T, t.key)
	t.opens(k, sales)
	t.opens(t.generate(visit), visit)
}

func pendingDeletion(t *trial) {
	t.need(t.ScheduleDeletion)
	k := t.generate(sales)
	t.ScheduleDeletion(t.T, t.key)
	t.generateRefused(t.key, keys.ErrPendingDeletion)
	t.refused(t.key, k.Wrapped, sales, keys.ErrPendingDeletion)
	t.need(t.CancelDeletion, t.Enable)
	t.CancelDeletion(t.T, t.key)
	t.refused(t.key, k.Wrapped, sales, keys.ErrDisabled)
	t.Enable(t.T, t.key)
	t.opens(k, sales)
}

func revoked(t *trial) {
	t.need(t.Revoke, t.Restore)
	k := t.generate(sales)
	t.Revoke(t.T, t.key)
	t.generateRefused(t.key, keys.ErrDenied)
	t.refused(t.key, k.Wrapped, sales, keys.ErrDenied)
	t.Restore(t.T, t.key)
	t.opens(k, sales)
}

func rotated(t *trial) {
	t.need(t.Rotate)
	old := t.generate(sales)
	for range 2 {
		t.Rotate(t.T, t.key)
		t.opens(old, sales)
		t.opens(t.generate(sales), sales)
	}
	t.refused(t.key, old.Wrapped, visit, keys.ErrContext)
}

func cancelled(t *trial) {
	k := t.generate(sales)
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	t.ctx = ctx
	t.generateRefused(t.key, context.Canceled)
	t.refused(t.key, k.Wrapped, sales, context.Canceled)
}

func concurrent(t *trial) {
	shared := t.generate(sales)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			c := keys.Context{"worker": fmt.Sprint(i)}
			for range 8 {
				k, err := t.Keys.GenerateDataKey(t.ctx, t.key, c)
				if err == nil {
					err = t.same(k, c)
				}
				if errs[i] = errors.Join(err, t.same(shared, sales)); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
}

func (t *trial) same(k keys.DataKey, c keys.Context) error {
	plain, err := t.Keys.Decrypt(t.ctx, t.key, k.Wrapped, c)
	if err == nil && !bytes.Equal(plain, k.Plain) {
		return errors.New("the data key is another")
	}
	return err
}

func grants(t *trial) {
	g, ok := t.Keys.(keys.Granter)
	if !ok {
		t.Skip("the service has no grants")
	}
	id, err := g.CreateGrant(t.ctx, t.key, sales)
	require.NoError(t, err)
	require.NotEmpty(t, id)
	other, err := g.CreateGrant(t.ctx, t.key, visit)
	require.NoError(t, err)
	require.NotEqual(t, id, other)
	require.NoError(t, g.RetireGrant(t.ctx, t.key, id, sales))
	require.Error(t, g.RetireGrant(t.ctx, t.key, id, sales), "it is retired")
	require.NoError(t, g.RetireGrant(t.ctx, t.key, other, visit))
	k := t.generate(sales)
	t.opens(k, sales) // a grant gives, and takes, no right of the store

	t.need(t.Disable, t.Enable)
	id, err = g.CreateGrant(t.ctx, t.key, sales)
	require.NoError(t, err)
	t.Disable(t.T, t.key)
	_, err = g.CreateGrant(t.ctx, t.key, sales)
	require.ErrorIs(t, err, keys.ErrDisabled)
	require.NoError(t, g.RetireGrant(t.ctx, t.key, id, sales), "a dataset can leave a disabled key")
}
