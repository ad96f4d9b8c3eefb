package audit_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/rowsight/rowsight/spice/audit"
)

func BenchmarkAppend(b *testing.B) {
	for name, sync := range map[string]audit.Sync{"always": audit.SyncAlways, "soon": audit.SyncSoon, "never": audit.SyncNever} {
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

// BenchmarkTrail reads a log, and verifies it.
func BenchmarkTrail(b *testing.B) {
	path, _, _ := written(b, 1000, &audit.LogOptions{Sync: audit.SyncNever})
	text := []byte(read(b, path))
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if err := new(audit.Trail).Read(bytes.NewReader(text), "log"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if err := audit.Verify(bytes.NewReader(text)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
