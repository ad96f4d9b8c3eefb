package spicefile

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A block is one column of one chunk: a header and the Arrow buffers of the column, each
// of which begins at a multiple of 64 bytes. It is sealed by itself, so that a read decrypts
// the columns that it needs.
//
//	4 bytes     0, or 1 for text in a dictionary
//	4 bytes     rows
//	4 bytes     rows that are NULL
//	4 bytes     texts of the dictionary
//	4 × 4 bytes lengths of the buffers
//	            plain text, binary   validity, offsets, bytes
//	            dictionary           validity, indices, offsets of its texts, their bytes
//	            other types          validity, values
//
// The numbers of the header are little-endian. Those of the buffers are as the processor
// has them, which the index says. Without a NULL the validity is empty.
const (
	blockAlign = 64
	blockHead  = 32 // bytes of the header, before it is padded
	blockParts = 4
)

const (
	blockPlain      = 0
	blockDictionary = 1
)

// appendBlock appends the block of a column that begins at its first row.
func appendBlock(dst []byte, arr arrow.Array) []byte {
	data := arr.Data()
	parts := data.Buffers()
	kind, texts := blockPlain, 0
	if dictionary, ok := arr.(*array.Dictionary); ok {
		values := dictionary.Dictionary()
		kind, texts = blockDictionary, values.Len()
		parts = append(slices.Clone(parts), values.Data().Buffers()[1:]...)
	}
	at := len(dst)
	dst = append(dst, make([]byte, blockAlign)...)
	for i, n := range []int{kind, arr.Len(), arr.NullN(), texts} {
		binary.LittleEndian.PutUint32(dst[at+4*i:], uint32(n))
	}
	for i, part := range parts {
		if part == nil {
			continue
		}
		binary.LittleEndian.PutUint32(dst[at+16+4*i:], uint32(part.Len()))
		dst = append(dst, part.Bytes()...)
		dst = append(dst, make([]byte, -(len(dst)-at)&(blockAlign-1))...)
	}
	return dst
}

// openBlock returns the column that a block holds. Its buffers are parts of the block,
// which is checked first: whatever its bytes are, the column is well-formed.
func openBlock(block *memory.Buffer, want arrow.DataType, rows int) (arrow.Array, error) {
	b := block.Bytes()
	if len(b) < blockAlign {
		return nil, fmt.Errorf("%w: a column of %d bytes", ErrCorrupt, len(b))
	}
	number := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
	kind, nulls, texts := number(0), number(2), number(3)
	isText := IsText(want)
	if number(1) != rows || nulls > rows || kind > blockDictionary || kind == blockDictionary && !isText {
		return nil, fmt.Errorf("%w: a column of %d rows, want %d", ErrCorrupt, number(1), rows)
	}
	var parts [blockParts][]byte
	var places [blockParts]int
	at := blockAlign
	for i := range parts {
		n := number(blockHead/4 - blockParts + i)
		if n > len(b)-at {
			return nil, fmt.Errorf("%w: a column is cut", ErrCorrupt)
		}
		parts[i], places[i] = b[at:at+n], at
		at = min(at+(n+blockAlign-1)&^(blockAlign-1), len(b))
	}
	if at != len(b) {
		return nil, fmt.Errorf("%w: a column goes on", ErrCorrupt)
	}
	var made []*memory.Buffer
	defer func() {
		for _, part := range made {
			part.Release() // the column retains it
		}
	}()
	part := func(i int) *memory.Buffer {
		if i == 0 && nulls == 0 {
			return nil
		}
		part := memory.SliceBuffer(block, places[i], len(parts[i]))
		made = append(made, part)
		return part
	}
	if !validBitmap(parts[0], rows, nulls) {
		return nil, fmt.Errorf("%w: the NULLs of a column", ErrCorrupt)
	}
	switch {
	case kind == blockDictionary:
		if !validIndices(parts[1], rows, texts, nulls) || !validOffsets(parts[2], texts, len(parts[3])) {
			return nil, fmt.Errorf("%w: the dictionary of a column", ErrCorrupt)
		}
		values := array.NewData(arrow.BinaryTypes.String, texts, []*memory.Buffer{nil, part(2), part(3)}, nil, 0, 0)
		defer values.Release()
		data := array.NewDataWithDictionary(dictType, rows, []*memory.Buffer{part(0), part(1)}, nulls, 0, values)
		defer data.Release()
		return array.NewDictionaryData(data), nil
	case isText || want.ID() == arrow.BINARY:
		if !validOffsets(parts[1], rows, len(parts[2])) || len(parts[3]) > 0 {
			return nil, fmt.Errorf("%w: the offsets of a column", ErrCorrupt)
		}
		if isText {
			want = arrow.BinaryTypes.String
		}
		return makeArray(want, rows, nulls, part(0), part(1), part(2)), nil
	default:
		size := rows * fixedWidth(want)
		if want.ID() == arrow.BOOL {
			size = (rows + 7) / 8
		}
		if len(parts[1]) != size || len(parts[2])+len(parts[3]) > 0 {
			return nil, fmt.Errorf("%w: the values of a column", ErrCorrupt)
		}
		return makeArray(want, rows, nulls, part(0), part(1)), nil
	}
}

// validBitmap reports whether a bitmap has that many NULLs, and is empty if there is none.
func validBitmap(bitmap []byte, rows, nulls int) bool {
	if nulls == 0 {
		return len(bitmap) == 0
	}
	if len(bitmap) != (rows+7)/8 {
		return false
	}
	set := 0
	for _, b := range bitmap {
		set += bits.OnesCount8(b)
	}
	return set == rows-nulls && (rows&7 == 0 || bitmap[len(bitmap)-1]>>(rows&7) == 0)
}

// validOffsets reports whether the offsets of n texts begin at 0, never fall, and end
// at size.
func validOffsets(b []byte, n, size int) bool {
	if len(b) != arrow.Int32Traits.BytesRequired(n+1) {
		return false
	}
	offsets := arrow.Int32Traits.CastFromBytes(b)
	falls := int32(0) // negative if an offset is less than the one before
	for i, end := range offsets[1:] {
		falls |= end - offsets[i] | end
	}
	return falls >= 0 && offsets[0] == 0 && int(offsets[n]) == size
}

// validIndices reports whether all indices lead to one of n texts. Below a NULL they are
// 0, also if there is no text.
func validIndices(b []byte, rows, n, nulls int) bool {
	if len(b) != arrow.Int32Traits.BytesRequired(rows) {
		return false
	}
	if n == 0 {
		n = 1
		if nulls < rows {
			return false
		}
	}
	most := uint32(0)
	for _, k := range arrow.Uint32Traits.CastFromBytes(b) {
		most = max(most, k)
	}
	return int(most) < n
}
