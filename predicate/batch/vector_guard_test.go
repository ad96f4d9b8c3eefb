//go:build linux

package batch

import (
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// guarded returns n bytes that end, or with front begin, where memory does. The
// page in front of theirs and the one behind it may be neither read nor written.
func guarded(t testing.TB, n int, front bool) []byte {
	page := syscall.Getpagesize()
	size := (n + page - 1) / page * page
	b, err := syscall.Mmap(-1, 0, page+size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Munmap(b) })
	require.NoError(t, syscall.Mprotect(b[:page], syscall.PROT_NONE))
	require.NoError(t, syscall.Mprotect(b[page+size:], syscall.PROT_NONE))
	if front {
		return b[page : page+n : page+n]
	}
	return b[page+size-n : page+size : page+size]
}

// guardedTexts returns texts as utf8, with no memory behind the bytes and the
// offsets, or in front of them.
func guardedTexts(t *testing.T, texts []string, front bool) (data []byte, offsets []int32) {
	joined := strings.Join(texts, "")
	data = guarded(t, len(joined), front)
	copy(data, joined)
	offsets = cast[int32](guarded(t, 4*(len(texts)+1), front))
	for i, s := range texts {
		offsets[i+1] = offsets[i] + int32(len(s))
	}
	return data, offsets
}

// TestStaysInside runs everything that reads or writes words on buffers behind
// which there is no memory, and on such in front of which there is none: one byte
// too far ends the test.
func TestStaysInside(t *testing.T) {
	for _, front := range []bool{false, true} {
		staysInside(t, front)
	}
}

func staysInside(t *testing.T, front bool) {
	rng := rand.New(rand.NewPCG(41, 42))
	for _, f := range allForms() {
		for _, n := range []int{1, 7, 8, 9, 16, 64, 100, 128} {
			for _, longest := range []int{1, 3, 8, 15, 40} {
				texts := make([]string, n)
				b := newBuilder(new(draft), n)
				var codes []uint32
				for i := range texts {
					texts[i] = strings.Repeat(string(rune('a'+rng.IntN(26))), rng.IntN(longest+1))
					if texts[i] == "" {
						continue
					}
					if id := b.add(texts[i]); int(id) == len(codes) {
						codes = append(codes, 2)
					}
				}
				data, offsets := guardedTexts(t, texts, front)
				l := newLookup(new(draft), b, codes)
				l.miss, l.form = 1, f
				for range 2 {
					dst := cast[uint32](guarded(t, 4*n, front))
					lookupTexts(l, dst, offsets, data)
					for i, s := range texts {
						require.Equal(t, s != "", dst[i] == 2, "%q", s)
					}
					far := cast[int64](guarded(t, 8*(n+1), front))
					for i, o := range offsets {
						far[i] = int64(o)
					}
					again := cast[uint32](guarded(t, 4*n, front))
					lookupTexts(l, again, far, data)
					require.Equal(t, dst, again)
					l.seal()
				}

				mask := cast[uint64](guarded(t, 8*maskWords(n), front))
				for i := range n {
					mask[i/64] |= uint64(rng.IntN(2)) << (i % 64)
				}
				mask[0] |= 1
				gatherer := &gatherer{mem: guardedAllocator{t, front}, form: f}
				sel := ofMask(mask, &gatherer.arena)
				for _, width := range []int{1, 2, 4, 8, 16, 32} {
					src := guarded(t, n*width, front)
					for i := range src {
						src[i] = byte(i / width)
					}
					got := gatherer.takeValues(src, 0, sel, width).Bytes()
					for i, row := range sel.eachRow() {
						require.Equal(t, byte(row), got[i*width])
					}
				}
				out := make([]int32, sel.n+1)
				want := ""
				for _, row := range sel.eachRow() {
					want += texts[row]
				}
				copied, err := copyRows(gatherer, out, data, offsets, sel.eachRow())
				require.NoError(t, err)
				require.Equal(t, want, string(copied.Bytes()))
				if f.has(loopCopies) {
					copied, err := copyVector(gatherer, out, data, offsets, sel)
					require.NoError(t, err)
					require.Equal(t, want, string(copied.Bytes()))
				}
			}
		}
	}
}

// TestOneStaysInside looks for a single value among texts that agree with it in
// part, with no memory behind the last or in front of the first.
func TestOneStaysInside(t *testing.T) {
	for _, front := range []bool{false, true} {
		oneStaysInside(t, front)
	}
}

func oneStaysInside(t *testing.T, front bool) {
	rng := rand.New(rand.NewPCG(43, 44))
	for _, f := range allForms() {
		for _, n := range []int{1, 63, 64, 65, 128, 200} {
			for _, value := range []string{"a", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "abcdefghi", strings.Repeat("abcdefgh", 5)} {
				texts := make([]string, n)
				for i := range texts {
					other := []byte(value)
					switch rng.IntN(4) {
					case 0:
						other[rng.IntN(len(other))] ^= 1 << rng.IntN(8)
					case 1:
						other = other[:rng.IntN(len(other))]
					case 2:
						other = append(other, other[:rng.IntN(len(other)+1)]...)
					}
					texts[i] = string(other)
				}
				data, offsets := guardedTexts(t, texts, front)
				b := newBuilder(new(draft), 1)
				b.add(value)
				l := newLookup(new(draft), b, []uint32{1})
				l.form = f
				l.seal()
				p := &plain[int32]{lookup: l, offsets: offsets, data: data}
				mask := cast[uint64](guarded(t, 8*maskWords(n), front))
				if !p.bits(mask, 0, n) {
					require.Less(t, len(data), 8)
					continue
				}
				for i, s := range texts {
					require.Equal(t, s == value, mask[i/64]>>(i%64)&1 != 0, "%q and %q", s, value)
				}
			}
		}
	}
}

type guardedAllocator struct {
	t     *testing.T
	front bool
}

func (a guardedAllocator) Allocate(size int) []byte {
	// Buffers start at a multiple of 64 and are padded to one.
	return guarded(a.t, (size+63)&^63, a.front)[:size]
}

func (a guardedAllocator) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	grown := a.Allocate(size)
	copy(grown, b)
	return grown
}

func (a guardedAllocator) Free([]byte) {}
