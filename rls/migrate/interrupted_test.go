package migrate_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/filestore"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/migrate"
)

var errStop = errors.New("stopped by the test")

// TestInterrupted stops after every step of Apply and of Retire, goes on, and
// ends where an undisturbed migration ends. Between any two steps the old users
// have what they always had.
func TestInterrupted(t *testing.T) {
	ctx := t.Context()
	smooth, f0 := world(t, nil), files()
	p0 := plan(t, smooth, f0)
	steps := 0
	require.NoError(t, migrate.Apply(ctx, smooth, f0, p0, &migrate.Options{Done: func(migrate.Step) error { steps++; return nil }}))
	require.Greater(t, steps, 8)
	applied := state(t, smooth, f0)
	retireSteps := 0
	require.NoError(t, migrate.Retire(ctx, smooth, f0, p0, &migrate.Options{Done: func(migrate.Step) error { retireSteps++; return nil }}))
	require.Equal(t, 3, retireSteps)
	retired := state(t, smooth, f0)

	for stop := 1; stop <= steps; stop++ {
		d, f := world(t, nil), files()
		p := plan(t, d, f)
		at := func(s migrate.Step) error {
			if s.Number == stop {
				return errStop
			}
			return nil
		}
		require.ErrorIs(t, migrate.Apply(ctx, d, f, p, &migrate.Options{Done: at}), errStop)
		for _, who := range []string{"embed/ana", "embed/bo", "cy"} {
			require.True(t, sees(t, d, f, "rules1.csv", rls.Options{}, "user/default/"+who).Equal(sees(t, world(t, nil), files(), "rules1.csv", rls.Options{}, "user/default/"+who)))
		}
		if stop < steps {
			require.ErrorIs(t, migrate.Retire(ctx, d, f, p, nil), migrate.ErrFailed, "stopped after %d", stop)
		}
		var again []int
		require.NoError(t, migrate.Apply(ctx, d, f, p, &migrate.Options{Done: func(s migrate.Step) error {
			require.Equal(t, steps, s.Of)
			again = append(again, s.Number)
			return nil
		}}))
		require.Len(t, again, steps, "Done is called for steps of an earlier call, too")
		require.Equal(t, applied, state(t, d, f), "stopped after %d", stop)
	}
	for stop := 1; stop <= retireSteps; stop++ {
		d, f := world(t, nil), files()
		p := plan(t, d, f)
		require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
		at := func(s migrate.Step) error {
			if s.Number == stop {
				return errStop
			}
			return nil
		}
		require.ErrorIs(t, migrate.Retire(ctx, d, f, p, &migrate.Options{Done: at}), errStop)
		r, err := migrate.Verify(ctx, d, f, p)
		require.NoError(t, err)
		require.True(t, r.Passed(), "%s", r)
		require.NoError(t, migrate.Retire(ctx, d, f, p, nil))
		require.Equal(t, retired, state(t, d, f))
	}
}

// failing is a log that fails at the n-th append: before the record is there, or
// behind it, when nobody is told that it is.
type failing struct {
	namespace.Log
	n      int
	behind bool
}

func (l *failing) Append(ctx context.Context, after uint64, record []byte) error {
	l.n--
	if l.n == 0 && !l.behind {
		return errStop
	}
	err := l.Log.Append(ctx, after, record)
	if l.n == 0 && err == nil {
		return errStop
	}
	return err
}

// TestCrash lets the storage fail at every write, opens the file anew as another
// process would, and goes on.
func TestCrash(t *testing.T) {
	ctx := t.Context()
	smooth, f0 := world(t, nil), files()
	p := plan(t, smooth, f0)
	require.NoError(t, migrate.Apply(ctx, smooth, f0, p, nil))
	want := state(t, smooth, f0)
	for _, behind := range []bool{false, true} {
		crashed := 0
		for n := 1; ; n++ {
			path := filepath.Join(t.TempDir(), "dir.log")
			file, err := filestore.Open(path)
			require.NoError(t, err)
			log := &failing{Log: file, behind: behind}
			d, f := world(t, log), files()
			p := plan(t, d, f)
			log.n = n
			err = migrate.Apply(ctx, d, f, p, nil)
			require.NoError(t, file.Close())
			if err == nil {
				break // fewer writes than that
			}
			require.ErrorIs(t, err, errStop)
			crashed++
			file, err = filestore.Open(path)
			require.NoError(t, err)
			d, err = namespace.Open(ctx, file, account, "us-east-1", nil)
			require.NoError(t, err)
			require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
			require.Equal(t, want, state(t, d, f), "write %d", n)
			require.NoError(t, file.Close())
		}
		require.Greater(t, crashed, 5)
	}
}
