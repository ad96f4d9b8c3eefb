package randrecords

import (
	"fmt"
	"math/rand/v2"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Column is the text column that says whose a row is: "ours" where it is
// visible.
const Column = "tenant"

// Ours is what [Column] holds in visible rows.
const Ours = "ours"

// Record returns a random record of the column tenant and a column of each
// type, and which of its rows are visible. Sometimes all are.
func Record(rnd *rand.Rand, types []arrow.DataType) (rec arrow.Record, visible []bool) {
	n := rnd.IntN(20)
	if rnd.IntN(8) == 0 {
		n += 60 + rnd.IntN(100)
	}
	visible = make([]bool, n)
	most := 1 + rnd.IntN(10)
	if rnd.IntN(3) == 0 {
		most = 1 << 30
	}
	for i := range visible {
		visible[i] = rnd.IntN(most) > 0 || most > 10
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	for _, ok := range visible {
		if ok {
			b.Append(Ours)
		} else {
			b.Append("theirs " + Secret)
		}
	}
	fields := []arrow.Field{{Name: Column, Type: arrow.BinaryTypes.String}}
	columns := []arrow.Array{b.NewArray()}
	for i, dt := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("x", i), Type: dt, Nullable: true})
		columns = append(columns, Array(rnd, dt, visible))
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, int64(n)), visible
}
