package batch

import (
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// buffer returns a new buffer of n bytes. Its content is undefined. No slice of
// it can be extended past the n bytes: an allocator gives more than was asked
// for, and those bytes may belong to another viewer (S3).
func (t *gatherer) buffer(n int) *memory.Buffer {
	b, _ := t.slack(n, 0)
	return b
}

// slack returns a buffer of n bytes, and the same bytes with more behind them
// to write to. The buffer does not reach these.
func (t *gatherer) slack(n, more int) (*memory.Buffer, []byte) {
	if n+more == 0 {
		return memory.NewBufferBytes(nil), nil
	}
	r := t.newOwner()
	r.mem, r.bytes = t.mem, t.mem.Allocate((n+more+63)&^63)
	b := memory.NewBufferWithAllocator(r.bytes[:n:n], r)
	t.own(b)
	return b, r.bytes[:n+more]
}

// A bufferOwner is the allocator of one buffer that is a part of an allocation.
// It frees the whole allocation, or releases the buffer that it is a part of.
type bufferOwner struct {
	mem   memory.Allocator
	bytes []byte
	of    *memory.Buffer
}

// newOwner returns an owner. Owners are small and each buffer of a result has one,
// so they are allocated 16 at a time.
func (t *gatherer) newOwner() *bufferOwner {
	if len(t.owners) == 0 {
		t.owners = make([]bufferOwner, 16)
	}
	r := &t.owners[0]
	t.owners = t.owners[1:]
	return r
}

// Free is called when no reference to the buffer is left.
func (r *bufferOwner) Free([]byte) {
	switch {
	case r.of != nil:
		r.of.Release()
	case r.bytes != nil:
		r.mem.Free(r.bytes)
	}
	r.of, r.bytes = nil, nil
}

// Allocate is never called: the buffers of arrays keep their size.
func (*bufferOwner) Allocate(size int) []byte { return make([]byte, size) }

// Reallocate copies, so that a resize cannot write into the memory of another
// buffer.
func (*bufferOwner) Reallocate(size int, b []byte) []byte {
	return append(make([]byte, 0, size), b...)[:size]
}

// mostPadding is how many bytes past the end of a buffer are looked at to see whether
// they are 0, as the padding of Arrow is. A buffer with more is cut.
const mostPadding = 64

// cut returns the first n bytes of b as a buffer that reaches no further: b
// itself if it does not, or only into zeros.
func (t *gatherer) cut(b *memory.Buffer, n int) *memory.Buffer {
	if b == nil {
		return nil
	}
	if all := b.Buf(); b.Parent() == nil && b.Len() == n && cap(all)-n <= mostPadding && zeros(all[n:cap(all)]) {
		return b
	}
	if n == 0 {
		return memory.NewBufferBytes(nil)
	}
	b.Retain()
	r := t.newOwner()
	r.of = b
	part := memory.NewBufferWithAllocator(b.Bytes()[:n:n], r)
	t.own(part)
	return part
}

// cutBits is cut for a bitmap of n bits. Bits past the last are cleared, in a
// copy.
func (t *gatherer) cutBits(b *memory.Buffer, n int) *memory.Buffer {
	if b == nil {
		return nil
	}
	size := (n + 7) / 8
	if n&7 == 0 || b.Bytes()[size-1]>>(n&7) == 0 {
		return t.cut(b, size)
	}
	clean := t.buffer(size)
	copy(clean.Bytes(), b.Bytes())
	clean.Bytes()[size-1] &= 1<<(n&7) - 1
	return clean
}

// zeros reports whether all bytes are 0.
func zeros(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if [8]byte(b) != [8]byte{} {
			return false
		}
	}
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}
