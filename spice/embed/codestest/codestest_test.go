package codestest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/embed/codestest"
)

// ExampleRun tries the codes that a process keeps in memory.
func ExampleRun() {
	t := new(testing.T) // the *testing.T of your test
	_ = func() {
		codestest.Run(t, func(*testing.T) codestest.Kit { return codestest.Kit{Codes: embed.NewMemory()} })
	}
}

func TestRun(t *testing.T) {
	codestest.Run(t, func(t *testing.T) codestest.Kit {
		m := embed.NewMemory()
		return codestest.Kit{Codes: m, Others: []embed.Codes{m}}
	})
	codestest.Run(t, func(t *testing.T) codestest.Kit {
		dir := t.TempDir()
		var files []embed.Codes
		for range 3 {
			f, err := embed.OpenFiles(dir)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, f.Close()) })
			files = append(files, f)
		}
		return codestest.Kit{Codes: files[0], Others: files[1:]}
	})
}

// TestZero: a place that keeps nothing does not pass.
func TestZero(t *testing.T) { faulty(t, "TestZero", "zero") }

// TestFaults: places with one fault each do not pass.
func TestFaults(t *testing.T) {
	for _, fault := range []string{"put twice", "redeem twice", "redeem revoked", "forget revocation", "keep after sweep", "cut bytes", "sweep all", "another end"} {
		faulty(t, "TestFaults", fault)
	}
}

const envFault = "ROWSIGHT_CODESTEST_FAULT"

// faulty runs the kit on a faulty place in another process, which must fail.
func faulty(t *testing.T, test, fault string) {
	if running := os.Getenv(envFault); running != "" {
		if running == fault {
			codestest.Run(t, func(*testing.T) codestest.Kit {
				return codestest.Kit{Codes: &broken{Memory: embed.NewMemory(), fault: fault}}
			})
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), envFault+"="+fault)
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "%s: the kit must find this fault: %s", fault, out)
	require.Contains(t, string(out), "--- FAIL", fault)
}

// broken is Memory with one fault.
type broken struct {
	*embed.Memory
	fault string
}

func (b *broken) Put(ctx context.Context, id string, e embed.Entry) error {
	switch b.fault {
	case "zero":
		return nil
	case "cut bytes":
		e.Sealed = e.Sealed[:min(len(e.Sealed), 1000)]
	}
	err := b.Memory.Put(ctx, id, e)
	if b.fault == "put twice" {
		return nil
	}
	return err
}

func (b *broken) Redeem(ctx context.Context, id string, until time.Time) (embed.Entry, error) {
	if b.fault == "another end" {
		until = until.Add(time.Second)
	}
	e, err := b.Memory.Redeem(ctx, id, until)
	if b.fault == "redeem twice" && errors.Is(err, embed.ErrUsed) || b.fault == "redeem revoked" && errors.Is(err, embed.ErrRevoked) {
		return b.Get(ctx, id)
	}
	return e, err
}

func (b *broken) Revoke(ctx context.Context, id string) error {
	if e, err := b.Get(ctx, id); b.fault == "forget revocation" && err == nil && e.State == embed.Open {
		return nil
	}
	return b.Memory.Revoke(ctx, id)
}

func (b *broken) Sweep(ctx context.Context, now time.Time) (int, error) {
	switch b.fault {
	case "keep after sweep":
		return 1, nil
	case "sweep all":
		now = now.Add(100 * time.Hour)
	}
	return b.Memory.Sweep(ctx, now)
}
