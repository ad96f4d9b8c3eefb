package parquet

import (
	"encoding/binary"
	"math/bits"
)

// shortRun is the number of equal numbers from which on a run takes less room and time
// than packed groups. It is a multiple of a group.
const shortRun = 16

// appendHybrid appends numbers below 1<<width in the form that hybrid reads: runs of
// equal numbers, and groups of eight packed ones between them.
func appendHybrid(dst []byte, numbers []uint32, width int) []byte {
	for at := 0; at < len(numbers); {
		if n := runOf(numbers[at:]); n >= shortRun {
			dst = appendRun(dst, numbers[at], n, width)
			at += n
			continue
		}
		end := at + 8
		for end < len(numbers) && !beginsRun(numbers[end:]) {
			end += 8
		}
		end = min(end, len(numbers))
		dst = binary.AppendUvarint(dst, uint64(end-at+7)/8<<1|1)
		dst = appendPacked(dst, numbers[at:end], width)
		at = end
	}
	return dst
}

// runOf returns how many numbers from the first one on are equal.
func runOf(numbers []uint32) int {
	n := 1
	for n < len(numbers) && numbers[n] == numbers[0] {
		n++
	}
	return n
}

// beginsRun reports whether the numbers begin with a run that is not short.
func beginsRun(numbers []uint32) bool {
	return len(numbers) >= shortRun && numbers[0] == numbers[1] && runOf(numbers[:shortRun]) == shortRun
}

func appendRun(dst []byte, number uint32, times, width int) []byte {
	dst = binary.AppendUvarint(dst, uint64(times)<<1)
	for i := range (width + 7) / 8 {
		dst = append(dst, byte(number>>(8*i)))
	}
	return dst
}

// appendPacked appends numbers as bits, the last group filled up with zeros.
func appendPacked(dst []byte, numbers []uint32, width int) []byte {
	end := len(dst) + (len(numbers)+7)/8*width
	var word uint64
	used := 0
	for _, n := range numbers {
		word |= uint64(n) << used
		if used += width; used >= 32 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(word))
			word, used = word>>32, used-32
		}
	}
	for ; used > 0; used -= 8 {
		dst, word = append(dst, byte(word)), word>>8
	}
	return append(dst, make([]byte, end-len(dst))...)
}

// widthOf returns the bits of an index into so many values, at least one.
func widthOf(values int) int {
	return max(1, bits.Len(uint(max(values, 1)-1)))
}
