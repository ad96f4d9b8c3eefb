package filestore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
)

// BenchmarkMillion registers a million users in one call, opens the file anew
// and compacts it.
func BenchmarkMillion(b *testing.B) {
	ctx := b.Context()
	in := make([]namespace.RegisterUserInput, 1_000_000)
	for i := range in {
		name := fmt.Sprintf("embed/user%07d@example.com", i)
		in[i] = namespace.RegisterUserInput{UserName: name, Email: name, UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM}
	}
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "dir.log")
		step := func(name string, do func() error) {
			start := time.Now()
			require.NoError(b, do())
			b.ReportMetric(time.Since(start).Seconds(), name+"-s")
		}
		l := open(b, path)
		d, err := namespace.Open(ctx, l, "111122223333", "us-east-1", nil)
		require.NoError(b, err)
		step("register", func() error { return d.Administrator().RegisterUsers(ctx, in) })
		require.NoError(b, l.Close())
		l = open(b, path)
		step("open", func() error { d, err = namespace.Open(ctx, l, "111122223333", "us-east-1", nil); return err })
		step("compact", func() error { return d.Compact(ctx) })
		info, err := os.Stat(path)
		require.NoError(b, err)
		b.ReportMetric(float64(info.Size())/1e6, "MB")
		require.NoError(b, l.Close())
	}
}

// BenchmarkAppend registers users one by one: each is on the disk before the
// next.
func BenchmarkAppend(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "dir.log"))
	d, err := namespace.Open(b.Context(), l, "111122223333", "us-east-1", nil)
	require.NoError(b, err)
	for i := 0; b.Loop(); i++ {
		_, err := d.Administrator().RegisterUser(b.Context(), namespace.RegisterUserInput{UserName: fmt.Sprint(i), Email: "e", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM})
		require.NoError(b, err)
	}
}
