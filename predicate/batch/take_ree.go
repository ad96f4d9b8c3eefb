package batch

import (
	"math"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeRuns copies run-end encoded rows: the runs that selected rows fall into,
// as long as what is left of them.
func (t *taker) takeRuns(data arrow.ArrayData, sel *selection, dt *arrow.RunEndEncodedType) (arrow.ArrayData, error) {
	var ends []int // of the runs that are left
	values := t.runs()
	if sel.n > 0 {
		endOf, runs := runEndsOf(data, dt)
		rows, p := 0, 0
		for _, r := range sel.eachRun() {
			at, to := data.Offset()+r.at, data.Offset()+r.at+r.n
			// Selections of masks increase, so the next run is near; those that
			// lists make may jump back.
			if p >= runs || p > 0 && endOf(p-1) > at || endOf(p) <= at {
				p = sort.Search(runs, func(i int) bool { return endOf(i) > at })
			}
			for ; at < to; p++ {
				if p >= runs || endOf(p) <= at {
					return nil, errOffsets
				}
				n := min(endOf(p), to) - at
				at += n
				rows += n
				if len(ends) > 0 && lastIs(values, p) {
					ends[len(ends)-1] = rows
				} else {
					values.add(p, 1)
					ends = append(ends, rows)
				}
			}
			p-- // the next selected rows may begin in the same run
		}
	}
	values.done()
	child, err := t.take(data.Children()[1], values)
	if err != nil {
		return nil, err
	}
	runEnds, err := t.runEnds(dt.RunEnds(), ends)
	if err != nil {
		return nil, err
	}
	return t.data(dt, sel.n, []*memory.Buffer{nil}, []arrow.ArrayData{runEnds, child}, 0), nil
}

// lastIs reports whether row at was added to s last.
func lastIs(s *selection, at int) bool {
	last := s.runs[len(s.runs)-1]
	return last.at+last.n-1 == at
}

func (t *taker) runEnds(dt arrow.DataType, ends []int) (arrow.ArrayData, error) {
	width := dt.(arrow.FixedWidthDataType).Bytes()
	if n := len(ends); n > 0 && (width == 2 && ends[n-1] > math.MaxInt16 || width == 4 && ends[n-1] > math.MaxInt32) {
		return nil, errTooLong
	}
	buf := t.buffer(len(ends) * width)
	switch b := buf.Bytes(); width {
	case 2:
		for i, end := range ends {
			cast[int16](b)[i] = int16(end)
		}
	case 4:
		for i, end := range ends {
			cast[int32](b)[i] = int32(end)
		}
	default:
		for i, end := range ends {
			cast[int64](b)[i] = int64(end)
		}
	}
	return t.data(dt, len(ends), []*memory.Buffer{nil, buf}, nil, 0), nil
}
