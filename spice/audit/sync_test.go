package audit

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSync: what is on the disk, and when.
func TestSync(t *testing.T) {
	for _, tt := range []struct {
		reason       string
		sync         Sync
		after, later uint64 // records on the disk: when Append returns, and a second later
	}{
		{"always", SyncAlways, 3, 3},
		{"soon", SyncSoon, 0, 3},
		{"never", SyncNever, 0, 0},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, err := OpenLog(filepath.Join(t.TempDir(), "audit.jsonl"), &LogOptions{Sync: tt.sync})
				require.NoError(t, err)
				for range 3 {
					require.NoError(t, log.Append(t.Context(), KeyUse{Name: Decrypt}.Record()))
				}
				synced := func() uint64 {
					log.syncing.Lock()
					defer log.syncing.Unlock()
					return log.synced
				}
				require.Equal(t, tt.after, synced())
				time.Sleep(soon)
				synctest.Wait()
				require.Equal(t, tt.later, synced())
				require.NoError(t, log.Append(t.Context(), KeyUse{Name: Decrypt}.Record()))
				require.NoError(t, log.Close())
				if tt.sync != SyncNever {
					require.Equal(t, uint64(4), synced(), "closing waits for the disk")
				}
				time.Sleep(2 * soon)
			})
		})
	}
}
