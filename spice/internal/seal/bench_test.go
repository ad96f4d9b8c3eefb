package seal

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

func BenchmarkChunks(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10, 1 << 20} {
		plain := make([]byte, size)
		box := testBox(b, 1, dataset, 7)
		b.Run(fmt.Sprintf("aes-gcm/chunk=%d", size), func(b *testing.B) { // what the standard library alone does
			sealed := make([]byte, 0, size+Overhead)
			b.SetBytes(int64(size))
			for b.Loop() {
				box.aead.Seal(sealed, nil, plain, box.place)
			}
		})
		b.Run(fmt.Sprintf("seal/chunk=%d", size), func(b *testing.B) {
			w := NewWriter(io.Discard, box, "data")
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				w.part.Chunks = w.part.Chunks[:0] // the list is not what is measured
				if _, err := w.WriteChunk(plain); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("open/chunk=%d", size), func(b *testing.B) {
			f := write(b, box, "data", string(plain))
			m, err := OpenManifest(box, f.manifest)
			if err != nil {
				b.Fatal(err)
			}
			r, err := NewReader(bytes.NewReader(f.sealed), int64(len(f.sealed)), box, m.Parts[0])
			if err != nil {
				b.Fatal(err)
			}
			buf := make([]byte, 0, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Chunk(buf, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
