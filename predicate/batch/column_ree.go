package batch

import (
	"sort"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/internal/arraycheck"
)

// runEnds reads run-end encoded text: the class is looked up once a run.
type runEnds struct {
	ends   func(run int) int // logical end of a physical run
	codes  []uint32          // of the physical runs from first on
	first  int
	runs   int
	offset int
}

func openRuns(data arrow.ArrayData, t *arrow.RunEndEncodedType, c *classifier) (codes, error) {
	r := &runEnds{offset: data.Offset()}
	if data.Len() == 0 {
		return r, nil
	}
	if err := malformed(arraycheck.Runs(data)); err != nil {
		return nil, err
	}
	r.ends, r.runs = runEndsOf(data, t)
	r.first = r.find(0)
	last := r.find(data.Len() - 1)
	values, err := openColumn(data.Children()[1], c)
	if err != nil {
		return nil, err
	}
	r.codes = make([]uint32, last-r.first+1)
	return r, readAll(values, r.codes, r.first)
}

// runEndsOf returns the logical end of each physical run, and their number.
func runEndsOf(data arrow.ArrayData, t *arrow.RunEndEncodedType) (func(int) int, int) {
	child := data.Children()[0]
	off, n := child.Offset(), child.Len()
	b := bufferBytes(child, 1)
	switch t.RunEnds().ID() {
	case arrow.INT16:
		ends := arrow.Int16Traits.CastFromBytes(b)[off : off+n]
		return func(i int) int { return int(ends[i]) }, n
	case arrow.INT32:
		ends := arrow.Int32Traits.CastFromBytes(b)[off : off+n]
		return func(i int) int { return int(ends[i]) }, n
	default:
		ends := arrow.Int64Traits.CastFromBytes(b)[off : off+n]
		return func(i int) int { return int(ends[i]) }, n
	}
}

// find returns the physical run that holds a row.
func (r *runEnds) find(row int) int {
	return sort.Search(r.runs, func(i int) bool { return r.ends(i) > r.offset+row })
}

func (r *runEnds) read(dst []uint32, from int) error {
	if len(dst) == 0 {
		return nil
	}
	run := r.find(from)
	for i := 0; i < len(dst); run++ {
		end := min(r.ends(run)-r.offset-from, len(dst))
		code := r.codes[run-r.first]
		for ; i < end; i++ {
			dst[i] = code
		}
	}
	return nil
}
