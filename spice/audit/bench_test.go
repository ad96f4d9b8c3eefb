package audit_test

import (
	"path/filepath"
	"testing"

	"github.com/rowsight/rowsight/spice/audit"
)

func BenchmarkAppend(b *testing.B) {
	for name, sync := range map[string]audit.Sync{"always": audit.SyncAlways, "never": audit.SyncNever} {
		b.Run("sync="+name, func(b *testing.B) {
			log := openLog(b, filepath.Join(b.TempDir(), "audit.jsonl"), &audit.LogOptions{Sync: sync})
			r := use(audit.Decrypt, keyA).Record()
			b.ReportAllocs()
			for b.Loop() {
				if err := log.Append(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
