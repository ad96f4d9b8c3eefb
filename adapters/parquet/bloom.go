package parquet

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/cespare/xxhash/v2"
)

// A bloom is the bloom filter of one column chunk, of which only the blocks
// that are asked for are read:
//
//	header, Thrift | block of 32 bytes | block | …
//
// The upper half of the hash of a value chooses the block, the lower half one
// bit in each of its eight words. (The split block bloom filter of the Parquet
// format, BloomFilter.md. The library's reader is not used: it reads the whole
// filter, and allocates what the footer says for it.)
type bloom struct {
	r      *source
	at     int64  // of the first block
	blocks uint64 // 0: there is no filter, and every value may be there
	probes int
	bits   []byte // all blocks, once many were asked for
}

const (
	bloomHeader = 256 // more than any header takes
	bloomBlock  = 32
	maxBloom    = 128 << 20 // of the library's writer

	// A few blocks cost less than the filter, many cost more: after some, the
	// whole is read if it is not large. A large one is given up after more:
	// lists can have 192,000 values.
	bloomProbes = 16
	bloomMost   = 1000
	bloomWhole  = 1 << 20
)

// bloomSalt spreads the lower half of a hash over eight words.
var bloomSalt = [8]uint32{
	0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
	0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
}

// bloomOf finds the bloom filter of a column chunk.
func bloomOf(r *source, m *metadata.FileMetaData, group, leaf int) *bloom {
	none := &bloom{}
	col, err := m.RowGroup(group).ColumnChunk(leaf)
	if err != nil {
		return none
	}
	at, end := col.BloomFilterOffset(), m.GetSourceFileSize()
	if at <= 0 || at >= end {
		return none
	}
	b := make([]byte, min(bloomHeader, end-at))
	if err := readFull(r, b, at); err != nil {
		return none
	}
	header, size, err := parseBloomHeader(b)
	if err != nil || size < bloomBlock || size > maxBloom || size%bloomBlock != 0 || size > end-at-header {
		return none
	}
	return &bloom{r: r, at: at + header, blocks: uint64(size / bloomBlock)}
}

// parseBloomHeader returns the size of a BloomFilterHeader and of the blocks
// behind it, which is 0 if the algorithm, the hash or the compression is not
// the one that the format has.
func parseBloomHeader(b []byte) (header, size int64, err error) {
	c := &compact{b: b}
	known := 0
	err = c.fields(func(id int64, typ byte) error {
		switch {
		case id == 1 && typ == 5:
			size, err = c.int()
			return err
		case id >= 2 && id <= 4 && typ == tStruct: // unions; of each, only the first is defined
			return c.fields(func(id int64, typ byte) error {
				if id == 1 && typ == tStruct {
					known++
				}
				return c.skip(typ, false, 0)
			})
		}
		return c.skip(typ, false, 0)
	})
	if known != 3 {
		size = 0
	}
	return int64(c.pos), size, err
}

// mayHold reports whether the filter has a value; false is certain.
func (f *bloom) mayHold(value string) bool {
	if f.blocks == 0 {
		return true
	}
	h := xxhash.Sum64String(value)
	block, ok := f.block(int64((h >> 32) * f.blocks >> 32))
	if !ok {
		return true
	}
	for i, salt := range bloomSalt {
		word := binary.LittleEndian.Uint32(block[4*i:])
		if word>>(uint32(h)*salt>>27)&1 == 0 {
			return false
		}
	}
	return true
}

// block returns the i-th block; false if it cannot be read.
func (f *bloom) block(i int64) ([]byte, bool) {
	f.probes++
	small := f.blocks <= bloomWhole/bloomBlock
	switch {
	case f.bits != nil:
	case f.probes > bloomProbes && small:
		bits := make([]byte, f.blocks*bloomBlock)
		if err := readFull(f.r, bits, f.at); err != nil {
			return nil, false
		}
		f.bits = bits
	case f.probes > bloomMost:
		return nil, false
	default:
		block := make([]byte, bloomBlock)
		return block, readFull(f.r, block, f.at+i*bloomBlock) == nil
	}
	return f.bits[i*bloomBlock:][:bloomBlock], true
}
