package keystest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/keys/keystest"
)

// memory is a key service in a map, with as little in it as the kit allows, and
// with one fault.
type memory struct {
	fault string
	state map[string]string
	made  map[string]keys.DataKey // by what it was wrapped as
	count byte
}

func (m *memory) check(ctx context.Context, arn string) error {
	if err := ctx.Err(); err != nil && m.fault != "cancelled" {
		return &keys.Error{Op: "use", Key: arn, Err: err}
	}
	if m.fault == m.state[arn] && m.fault != "" {
		return nil
	}
	why := map[string]error{"": keys.ErrNoKey, "disabled": keys.ErrDisabled, "pending": keys.ErrPendingDeletion, "revoked": keys.ErrDenied}
	if err := why[m.state[arn]]; err != nil {
		return &keys.Error{Op: "use", Key: arn, Err: err}
	}
	return nil
}

func (m *memory) GenerateDataKey(ctx context.Context, arn string, c keys.Context) (keys.DataKey, error) {
	if err := m.check(ctx, arn); err != nil {
		return keys.DataKey{}, err
	}
	if m.fault != "equal" {
		m.count++
	}
	k := keys.DataKey{Plain: bytes.Repeat([]byte{m.count}, 32), Wrapped: []byte(arn + string(m.count) + flat(c))}
	m.made[string(k.Wrapped)] = keys.DataKey{Plain: bytes.Clone(k.Plain)}
	return k, nil
}

func (m *memory) Decrypt(ctx context.Context, arn string, wrapped []byte, c keys.Context) ([]byte, error) {
	if err := m.check(ctx, arn); err != nil {
		return nil, err
	}
	k, ok := m.made[string(wrapped)]
	switch {
	case m.fault == "anything" && !ok:
		return make([]byte, 32), nil
	case !ok, m.fault != "context" && !bytes.HasSuffix(wrapped, []byte(flat(c))):
		if m.fault == "bytes" {
			return make([]byte, 32), &keys.Error{Op: "Decrypt", Key: arn, Err: keys.ErrContext}
		}
		if m.fault == "error" {
			return nil, errors.New("no")
		}
		return nil, &keys.Error{Op: "Decrypt", Key: arn, Err: keys.ErrContext}
	case m.fault != "key" && !bytes.HasPrefix(wrapped, []byte(arn)):
		return nil, &keys.Error{Op: "Decrypt", Key: arn, Err: keys.ErrWrongKey}
	}
	if m.fault == "shared" {
		return k.Plain, nil
	}
	return bytes.Clone(k.Plain), nil
}

// flat writes the contexts that the kit uses.
func flat(c keys.Context) string {

	b := []byte(" ")
	for _, k := range []string{"A", "a", "b", "c", "aws:quicksight:arn"} {
		if v, ok := c[k]; ok {
			b = append(b, k+"="+v+";"...)
		}
	}
	return string(b)
}

func kit(fault string) keystest.Kit {
	m := &memory{fault: fault, state: map[string]string{}, made: map[string]keys.DataKey{}}
	set := func(state string) func(*testing.T, string) {
		return func(_ *testing.T, arn string) { m.state[arn] = state }
	}
	return keystest.Kit{
		Keys: m,
		CreateKey: func(*testing.T) string {
			arn := "key" + string(rune('a'+len(m.state)))
			m.state[arn] = "enabled"
			return arn
		},
		Disable: set("disabled"), Enable: set("enabled"), ScheduleDeletion: set("pending"), CancelDeletion: set("disabled"),
		Revoke: set("revoked"), Restore: set("enabled"), Rotate: set("enabled"), Absent: "other",
	}
}

const faultEnv = "ROWSIGHT_KEYSTEST_FAULT"

// TestFaulty is run by TestFinds in a process of its own, where it must fail.
func TestFaulty(t *testing.T) {
	fault, ok := os.LookupEnv(faultEnv)
	if !ok {
		t.Skip("for TestFinds")
	}
	keystest.Run(t, func(t *testing.T) keystest.Kit {
		if fault == "zero" {
			return keystest.Kit{}
		}
		return kit(fault)
	})
}

// TestFinds: the kit finds every fault there is. One that it lets pass proves
// nothing.
func TestFinds(t *testing.T) {
	for _, tt := range []struct{ fault, finds string }{
		{"zero", "a_data_key_comes_back"},
		{"disabled", "a_disabled_key_is_refused"},
		{"pending", "a_key_to_be_deleted_is_refused"},
		{"revoked", "a_revoked_key_is_refused"},
		{"cancelled", "a_cancelled_request_is_refused"},
		{"equal", "data_keys_differ"},
		{"context", "another_context_is_refused"},
		{"key", "another_key_is_refused"},
		{"anything", "an_altered_data_key_is_refused"},
		{"bytes", "another_context_is_refused"},
		{"error", "another_context_is_refused"},
		{"shared", "what_is_returned_is_the_caller's"},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestFaulty$/^[^m]") // without "many at once", for which memory is not made
			cmd.Env = append(os.Environ(), faultEnv+"="+tt.fault)
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "the kit lets it pass")
			require.Contains(t, string(out), "--- FAIL: TestFaulty/"+tt.finds)
		})
	}
	t.Run("none", func(t *testing.T) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFaulty$/^[^m]")
		cmd.Env = append(os.Environ(), faultEnv+"=none")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	})
}

// TestZero: the zero Kit is no key service, and passes nothing.
func TestZero(t *testing.T) {
	require.Nil(t, keystest.Kit{}.Keys) // and what Run does with it: TestFinds
}

func ExampleRun() {
	_ = func(t *testing.T) {
		keystest.Run(t, func(t *testing.T) keystest.Kit {
			service, err := keys.OpenLocal(t.TempDir(), nil)
			require.NoError(t, err)
			return keystest.Kit{
				Keys: service,
				CreateKey: func(t *testing.T) string {
					arn, err := service.CreateKey(t.Context(), "111122223333", "us-east-1")
					require.NoError(t, err)
					return arn
				},
				Disable: func(t *testing.T, arn string) { require.NoError(t, service.Disable(t.Context(), arn)) },
				Enable:  func(t *testing.T, arn string) { require.NoError(t, service.Enable(t.Context(), arn)) },
			}
		})
	}
	// Output:
}
