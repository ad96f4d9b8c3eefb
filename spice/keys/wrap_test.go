package keys_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
)

// counting is a key service that unwraps everything, can be switched off, and
// counts.
type counting struct {
	mu    sync.Mutex
	off   bool
	asked int
	last  []byte // handed out last
}

func (c *counting) GenerateDataKey(context.Context, string, keys.Context) (keys.DataKey, error) {
	k, err := c.Decrypt(context.Background(), "", nil, nil)
	return keys.DataKey{Plain: k, Wrapped: []byte("wrapped")}, err
}

func (c *counting) Decrypt(context.Context, string, []byte, keys.Context) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	if c.off {
		return nil, &keys.Error{Op: "Decrypt", Err: keys.ErrDisabled}
	}
	c.last = []byte("0123456789abcdef0123456789abcdef")
	return c.last, nil
}

func TestCacheTTL(t *testing.T) {
	for _, ttl := range []time.Duration{time.Second, keys.MaxTTL} {
		synctest.Test(t, func(t *testing.T) {
			service := new(counting)
			cache, err := keys.NewCache(service, ttl)
			require.NoError(t, err)
			defer cache.Close()
			decrypt := func() ([]byte, error) { return cache.Decrypt(t.Context(), "key", []byte("wrapped"), sales) }

			plain, err := decrypt()
			require.NoError(t, err)
			clear(plain) // the caller wipes its own, not the cache's
			service.off = true
			time.Sleep(ttl - time.Nanosecond)
			plain, err = decrypt()
			require.NoError(t, err, "within its time")
			require.Equal(t, "0123456789abcdef0123456789abcdef", string(plain))
			clear(plain)
			time.Sleep(time.Nanosecond)
			plain, err = decrypt()
			require.ErrorIs(t, err, keys.ErrDisabled, "a use does not make it longer")
			require.Nil(t, plain)

			service.off = false
			_, err = decrypt()
			require.NoError(t, err, "nothing is lost")
			service.off = true
			cache.Flush()
			_, err = decrypt()
			require.ErrorIs(t, err, keys.ErrDisabled)
		})
	}
}

func TestCacheKeepsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := new(counting)
		cache, err := keys.NewCache(service, time.Minute)
		require.NoError(t, err)
		for range 2 {
			for _, ask := range []struct {
				arn, wrapped string
				c            keys.Context
			}{
				{"key", "wrapped", sales}, {"key", "wrapped", nil}, {"key", "wrapped2", sales}, {"key2", "wrapped", sales},
				{"ke", "ywrapped", sales}, {"key", "wrapped", keys.Context{"aws:quicksight:arn": ""}},
			} {
				_, err := cache.Decrypt(t.Context(), ask.arn, []byte(ask.wrapped), ask.c)
				require.NoError(t, err)
			}
			require.Equal(t, 6, service.asked)
		}
		_, err = cache.GenerateDataKey(t.Context(), "key", sales)
		require.NoError(t, err)
		_, err = cache.GenerateDataKey(t.Context(), "key", sales)
		require.NoError(t, err)
		require.Equal(t, 8, service.asked, "new keys are new")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = cache.Decrypt(ctx, "key", []byte("wrapped"), sales)
		require.ErrorIs(t, err, context.Canceled, "cached or not")

		require.NoError(t, cache.Close())
		service.off = true
		_, err = cache.Decrypt(t.Context(), "key", []byte("wrapped"), sales)
		require.ErrorIs(t, err, keys.ErrDisabled)
		service.off = false
		for range 2 { // a closed cache keeps nothing
			_, err = cache.Decrypt(t.Context(), "key", []byte("wrapped"), sales)
			require.NoError(t, err)
		}
		require.Equal(t, 11, service.asked)
	})
}

func TestCacheZeroTTL(t *testing.T) {
	service := new(counting)
	cache, err := keys.NewCache(service, 0)
	require.NoError(t, err)
	for range 3 {
		_, err = cache.Decrypt(t.Context(), "key", []byte("wrapped"), sales)
		require.NoError(t, err)
	}
	require.Equal(t, 3, service.asked)
	for _, ttl := range []time.Duration{-1, keys.MaxTTL + 1} {
		_, err := keys.NewCache(service, ttl)
		require.ErrorIs(t, err, keys.ErrTTL)
	}
}

// TestAudited: one record for every use, whether it succeeded or not (K2).
func TestAudited(t *testing.T) {
	l := open(t, t.TempDir(), nil)
	arn := createKey(t, l)
	log := new(audit.Memory)
	a := keys.Audited(l, log)
	ctx := t.Context()

	k, err := a.GenerateDataKey(ctx, arn, sales)
	require.NoError(t, err)
	id, err := a.CreateGrant(ctx, arn, sales)
	require.NoError(t, err)
	_, err = a.Decrypt(ctx, arn, k.Wrapped, sales)
	require.NoError(t, err)
	_, err = a.Decrypt(ctx, arn, k.Wrapped, nil)
	require.ErrorIs(t, err, keys.ErrContext)
	require.NoError(t, l.Disable(ctx, arn))
	_, err = a.Decrypt(ctx, arn, k.Wrapped, sales)
	require.ErrorIs(t, err, keys.ErrDisabled)
	require.NoError(t, a.RetireGrant(ctx, arn, id, sales))
	require.ErrorIs(t, a.RetireGrant(ctx, arn, id, sales), keys.ErrNoGrant)

	type line struct{ event, code string }
	var got []line
	for _, r := range log.Records() {
		got = append(got, line{r.EventName, r.ErrorCode})
		require.Equal(t, arn, r.RequestParameters.KeyID)
		require.Equal(t, arn, r.Resources[0].ARN)
		require.Equal(t, "us-east-1", r.AWSRegion)
		require.Equal(t, account, r.RecipientAccountID)
		require.Equal(t, audit.Service(), r.UserIdentity)
	}
	require.Equal(t, []line{
		{"GenerateDataKey", ""}, {"CreateGrant", ""}, {"Decrypt", ""}, {"Decrypt", "InvalidCiphertextException"},
		{"Decrypt", "DisabledException"}, {"RetireGrant", ""}, {"RetireGrant", "NotFoundException"},
	}, got)
	require.Equal(t, map[string]string(sales), log.Records()[0].RequestParameters.EncryptionContext)
	require.Equal(t, map[string]string(sales), log.Records()[1].RequestParameters.Constraints.EncryptionContextSubset)
	require.Equal(t, id, log.Records()[1].ResponseElements.GrantID)
}

type failingSink struct{ context.Context }

func (failingSink) Append(context.Context, audit.Record) error { return io.ErrShortWrite }

// TestUnrecorded: no key without its record, and no grant.
func TestUnrecorded(t *testing.T) {
	service := new(counting)
	a := keys.Audited(service, failingSink{})
	k, err := a.GenerateDataKey(t.Context(), "arn", sales)
	require.ErrorIs(t, err, io.ErrShortWrite)
	require.Equal(t, keys.DataKey{}, k)
	require.Equal(t, make([]byte, 32), service.last, "the key is wiped")
	plain, err := a.Decrypt(t.Context(), "arn", nil, sales)
	require.ErrorIs(t, err, io.ErrShortWrite)
	require.Nil(t, plain)
	require.Equal(t, make([]byte, 32), service.last, "the key is wiped")
	service.off = true
	_, err = a.Decrypt(t.Context(), "arn", nil, sales)
	require.ErrorIs(t, err, io.ErrShortWrite)
	require.ErrorIs(t, err, keys.ErrDisabled, "both are said")

	l := open(t, t.TempDir(), nil)
	arn := createKey(t, l)
	_, err = keys.Audited(l, failingSink{}).CreateGrant(t.Context(), arn, sales)
	require.ErrorIs(t, err, io.ErrShortWrite)
	d, err := l.Describe(t.Context(), arn)
	require.NoError(t, err)
	require.Zero(t, d.Grants)
}

// TestNoGranter: a service without grants has them in the audit trail.
func TestNoGranter(t *testing.T) {
	log := new(audit.Memory)
	a, err := keys.NewCache(keys.Audited(new(counting), log), 0) // whose grants are those of what it wraps
	require.NoError(t, err)
	id, err := a.CreateGrant(t.Context(), "arn:aws:kms:us-east-1:111122223333:key/k", sales)
	require.NoError(t, err)
	require.NotEmpty(t, id)
	require.NoError(t, a.RetireGrant(t.Context(), "arn:aws:kms:us-east-1:111122223333:key/k", id, sales))
	require.Len(t, log.Records(), 2)
}

// TestRecordedWhenCancelled: a use that happened is recorded, even if nobody
// waits for it any more.
func TestRecordedWhenCancelled(t *testing.T) {
	log := new(audit.Memory)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := keys.Audited(new(counting), log).Decrypt(ctx, "arn", nil, sales)
	require.NoError(t, err)
	require.Len(t, log.Records(), 1)
}

// TestManaged: changes of keys are recorded, too. What widens is recorded first;
// what narrows is done whatever happens to the record.
func TestManaged(t *testing.T) {
	dir := t.TempDir()
	log := new(audit.Memory)
	l := open(t, dir, &keys.LocalOptions{MasterKey: masterKey, Audit: log})
	arn := createKey(t, l)
	ctx := t.Context()
	require.NoError(t, l.Disable(ctx, arn))
	require.NoError(t, l.Enable(ctx, arn))
	require.NoError(t, l.Rotate(ctx, arn))
	require.NoError(t, l.Revoke(ctx, arn))
	require.ErrorIs(t, l.Rotate(ctx, arn), keys.ErrDenied)
	require.NoError(t, l.Restore(ctx, arn))
	_, err := l.ScheduleDeletion(ctx, arn, 9)
	require.NoError(t, err)
	require.NoError(t, l.CancelDeletion(ctx, arn))
	var got []string
	for _, r := range log.Records() {
		require.Equal(t, "AWSAccount", r.UserIdentity.Type)
		p := r.RequestParameters
		require.Equal(t, arn, p.KeyID)
		got = append(got, r.EventName+p.Policy+r.ErrorCode)
		if r.EventName == "ScheduleKeyDeletion" {
			require.Equal(t, 9, p.PendingWindowInDays)
		}
	}
	require.Equal(t, []string{
		"CreateKey", "DisableKey", "EnableKey", "RotateKeyOnDemand", "PutKeyPolicyDeny", "RotateKeyOnDemandAccessDenied",
		"PutKeyPolicyAllow", "ScheduleKeyDeletion", "CancelKeyDeletion",
	}, got)
	require.NoError(t, l.Enable(ctx, arn))

	unrecorded := open(t, dir, &keys.LocalOptions{MasterKey: masterKey, Audit: failingSink{}})
	require.ErrorIs(t, unrecorded.Disable(ctx, arn), io.ErrShortWrite)
	d, err := l.Describe(ctx, arn)
	require.NoError(t, err)
	require.Equal(t, keys.Disabled, d.State, "a lock-down is done")
	require.ErrorIs(t, unrecorded.Enable(ctx, arn), io.ErrShortWrite)
	d, err = l.Describe(ctx, arn)
	require.NoError(t, err)
	require.Equal(t, keys.Disabled, d.State, "and not undone without a record")
	_, err = unrecorded.CreateKey(ctx, account, region)
	require.ErrorIs(t, err, io.ErrShortWrite)
	all, err := l.List(ctx)
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func TestRegistry(t *testing.T) {
	const a, b, other = "arn:aws:kms:us-east-1:111122223333:key/a", "arn:aws:kms:us-east-1:111122223333:key/b", "arn:aws:kms:eu-west-1:111122223333:key/c"
	path := filepath.Join(t.TempDir(), "registrations.json")
	r, err := keys.OpenRegistry(path)
	require.NoError(t, err)
	_, ok := r.DefaultKey(account, region)
	require.False(t, ok, "no key, no default")
	require.NoError(t, r.RegisterKey(account, region, keys.RegisteredKey{KeyArn: b}))
	_, ok = r.DefaultKey(account, region)
	require.False(t, ok, "a registered key is no default")
	require.NoError(t, r.RegisterKey(account, region, keys.RegisteredKey{KeyArn: b, DefaultKey: true}))
	require.NoError(t, r.RegisterKey(account, region, keys.RegisteredKey{KeyArn: a, DefaultKey: true}))
	require.NoError(t, r.RegisterKey(account, "eu-west-1", keys.RegisteredKey{KeyArn: other, DefaultKey: true}))
	want := []keys.RegisteredKey{{a, true}, {b, false}}
	require.Equal(t, want, r.DescribeKeyRegistration(account, region), "the new default takes the place of the old")

	refused := []struct {
		reason string
		keys   []keys.RegisteredKey
		want   error
	}{
		{"two defaults", []keys.RegisteredKey{{a, true}, {b, true}}, keys.ErrDefaults},
		{"one key twice", []keys.RegisteredKey{{a, false}, {a, true}}, keys.ErrTwice},
		{"a key of another Region", []keys.RegisteredKey{{other, false}}, keys.ErrPlace},
		{"a key of another account", []keys.RegisteredKey{{"arn:aws:kms:us-east-1:999999999999:key/a", false}}, keys.ErrPlace},
		{"an alias", []keys.RegisteredKey{{"arn:aws:kms:us-east-1:111122223333:alias/a", false}}, keys.ErrKeyARN},
		{"a dataset", []keys.RegisteredKey{{"arn:aws:quicksight:us-east-1:111122223333:dataset/a", false}}, keys.ErrKeyARN},
		{"nothing", []keys.RegisteredKey{{}}, keys.ErrKeyARN},
	}
	for _, tt := range refused {
		t.Run(tt.reason, func(t *testing.T) {
			err := r.UpdateKeyRegistration(account, region, tt.keys)
			require.ErrorIs(t, err, tt.want)
			require.Equal(t, want, r.DescribeKeyRegistration(account, region), "nothing is changed")
		})
	}
	err = r.UpdateKeyRegistration(account, region, []keys.RegisteredKey{{"x", false}, {other, false}})
	require.ErrorIs(t, err, keys.ErrKeyARN)
	require.ErrorIs(t, err, keys.ErrPlace, "every problem is reported")
	require.Error(t, r.UpdateKeyRegistration("123", region, nil))

	again, err := keys.OpenRegistry(path)
	require.NoError(t, err)
	require.Equal(t, want, again.DescribeKeyRegistration(account, region))
	def, ok := again.DefaultKey(account, "eu-west-1")
	require.True(t, ok)
	require.Equal(t, other, def)
	require.NoError(t, again.UpdateKeyRegistration(account, region, nil))
	require.Empty(t, again.DescribeKeyRegistration(account, region), "none clears them")
	require.Len(t, again.DescribeKeyRegistration(account, "eu-west-1"), 1, "of this Region only")
}

func TestRegistryFileRefused(t *testing.T) {
	for _, text := range []string{
		"", "{", `[{"KeyArn":"x"}]`,
		`[{"KeyArn":"arn:aws:kms:us-east-1:111122223333:key/a","DefaultKey":true},{"KeyArn":"arn:aws:kms:us-east-1:111122223333:key/b","DefaultKey":true}]`,
	} {
		path := filepath.Join(t.TempDir(), "registrations.json")
		require.NoError(t, writeText(path, text))
		r, err := keys.OpenRegistry(path)
		require.Error(t, err)
		require.ErrorContains(t, err, "registrations.json")
		require.Nil(t, r)
	}
}

func TestKeyForRefresh(t *testing.T) {
	for _, tt := range []struct {
		reason     string
		inUse, def string
		full       bool
		want       string
	}{
		{"the first refresh takes the default", "", "new", true, "new"},
		{"a full refresh moves", "old", "new", true, "new"},
		{"an incremental one stays", "old", "new", false, "old"},
		{"a full refresh after the default was removed leaves the key", "old", "", true, ""},
		{"an incremental one does not", "old", "", false, "old"},
		{"nor does it take up a key", "", "new", false, ""},
	} {
		require.Equal(t, tt.want, keys.KeyForRefresh(tt.inUse, tt.def, tt.full), tt.reason)
	}
}

func TestErrorJoined(t *testing.T) {
	err := error(&keys.Error{Op: "Decrypt", Key: "arn", Err: errors.New("why")})
	require.EqualError(t, err, "Decrypt with key arn: why")
}
