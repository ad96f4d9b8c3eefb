// Package keystest is the conformance kit of key services. Every implementation
// of [keys.Keys] must pass it.
//
//	func TestConformance(t *testing.T) {
//		keystest.Run(t, func(t *testing.T) keystest.Kit {
//			service := …
//			return keystest.Kit{
//				Keys:      service,
//				CreateKey: func(t *testing.T) string { … },
//				Disable:   func(t *testing.T, arn string) { … },
//				…
//			}
//		})
//	}
package keystest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/keys"
)

// A Kit is a key service under test, with the actions of its operator. Tests of
// a nil action are skipped. An action that fails must end the test.
type Kit struct {
	Keys keys.Keys

	CreateKey        func(t *testing.T) (arn string) // required: an enabled key
	Disable          func(t *testing.T, arn string)
	Enable           func(t *testing.T, arn string)
	ScheduleDeletion func(t *testing.T, arn string)
	CancelDeletion   func(t *testing.T, arn string) // leaves the key disabled
	Rotate           func(t *testing.T, arn string)
	Revoke           func(t *testing.T, arn string) // denies the use of the key
	Restore          func(t *testing.T, arn string)
	Absent           string // ARN of a key that does not exist; "" skips
}

// Run runs all tests, each on a new kit.
func Run(t *testing.T, kit func(t *testing.T) Kit) {
	for _, tt := range []struct {
		name string
		test func(*trial)
	}{
		{"a data key comes back", roundTrip},
		{"data keys differ", dataKeysDiffer},
		{"what is returned is the caller's", returnedIsOwn},
		{"another context is refused", otherContext},
		{"another key is refused", otherKey},
		{"an altered data key is refused", altered},
		{"a key that is not there is refused", absent},
		{"a disabled key is refused until enabled", disabled},
		{"a key to be deleted is refused until kept", pendingDeletion},
		{"a revoked key is refused until restored", revoked},
		{"a rotated key unwraps what it wrapped", rotated},
		{"a cancelled request is refused", cancelled},
		{"many at once", concurrent},
		{"grants", grants},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := kit(t)
			require.NotNil(t, k.Keys, "a kit needs Keys")
			require.NotNil(t, k.CreateKey, "a kit needs CreateKey")
			tt.test(&trial{T: t, Kit: k, ctx: t.Context(), key: k.CreateKey(t)})
		})
	}
}

// A trial is one test of a kit, with a key to use.
type trial struct {
	*testing.T
	Kit
	ctx context.Context
	key string
}

// Contexts as the store uses them.
var (
	sales = keys.ForResource("arn:aws:quicksight:us-east-1:111122223333:dataset/sales")
	visit = keys.ForResource("arn:aws:quicksight:us-east-1:111122223333:dataset/visit")
)

// generate returns a data key that must come.
func (t *trial) generate(c keys.Context) keys.DataKey {
	t.Helper()
	k, err := t.Keys.GenerateDataKey(t.ctx, t.key, c)
	require.NoError(t, err)
	require.Len(t, k.Plain, keys.DataKeySize)
	require.NotEmpty(t, k.Wrapped)
	return k
}

// opens requires that a wrapped key unwraps to plain.
func (t *trial) opens(k keys.DataKey, c keys.Context) {
	t.Helper()
	plain, err := t.Keys.Decrypt(t.ctx, t.key, k.Wrapped, c)
	require.NoError(t, err)
	require.True(t, string(plain) == string(k.Plain), "the data key is another") // and is not printed
}

// refused requires that nothing comes, and one of the errors.
func (t *trial) refused(key string, wrapped []byte, c keys.Context, want ...error) {
	t.Helper()
	plain, err := t.Keys.Decrypt(t.ctx, key, wrapped, c)
	t.isOneOf(err, want)
	require.Empty(t, plain, "an error comes without a key")
}

// generateRefused is refused for GenerateDataKey.
func (t *trial) generateRefused(key string, want ...error) {
	t.Helper()
	k, err := t.Keys.GenerateDataKey(t.ctx, key, sales)
	t.isOneOf(err, want)
	require.Empty(t, k.Plain, "an error comes without a key")
	require.Empty(t, k.Wrapped)
}

func (t *trial) isOneOf(err error, want []error) {
	t.Helper()
	require.Error(t, err)
	var e *keys.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Op)
	for _, w := range want {
		if isError(err, w) {
			return
		}
	}
	require.ErrorIs(t, err, want[0])
}

// need skips a trial that the operator of this service cannot prepare.
func (t *trial) need(fs ...func(*testing.T, string)) {
	t.Helper()
	for _, f := range fs {
		if f == nil {
			t.Skip("the kit has no function for this")
		}
	}
}
