package parquet

import (
	"github.com/apache/arrow-go/v18/arrow/memory"
	v18pq "github.com/apache/arrow-go/v18/parquet"
)

// NewReaderOn is NewReader with an allocator that counts.
func NewReaderOn(mem memory.Allocator, r v18pq.ReaderAtSeeker, opts *Options) (*Reader, error) {
	return newReader(r, "", opts, mem)
}
