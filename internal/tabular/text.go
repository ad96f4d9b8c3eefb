package tabular

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// The size of a batch. A batch ends with the row that reaches one of the two,
// and a row has at most maxRow bytes: so no column of a batch comes near the
// 2 GiB where the 32-bit offsets of its text would overflow.
const (
	batchRows  = 64 << 10
	batchBytes = 32 << 20
	maxRow     = 64 << 20
)

// texts builds a column of text: the bytes of all values, one behind the
// other, and where each ends.
type texts struct {
	data    []byte
	offsets []int32
}

func (t *texts) add(value []byte) {
	t.data = append(t.data, value...)
	t.offsets = append(t.offsets, int32(len(t.data)))
}

// take returns the column built so far, and starts a new one of about the
// same size. The buffers belong to the column: nothing is written to them again.
func (t *texts) take() arrow.Array {
	column := textColumn(arrow.BinaryTypes.String, t.offsets, memory.NewBufferBytes(t.data))
	t.data = make([]byte, 0, len(t.data)+len(t.data)/16)
	t.offsets = append(make([]int32, 0, len(t.offsets)), 0)
	return column
}

// textColumn makes a column of texts, and takes the buffer.
func textColumn(dt arrow.DataType, ends []int32, text *memory.Buffer) arrow.Array {
	defer text.Release()
	data := array.NewData(dt, len(ends)-1, []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(ends)), text}, nil, 0, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
