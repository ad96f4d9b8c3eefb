package batch

import (
	"iter"
	"math"
	"slices"
	"sort"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// takeRuns copies run-end encoded rows: the runs that selected rows fall into,
// as long as what is left of them.
//
//	rows      0 1 2 3 4 5 6 7 8
//	run ends      3     6     9      a run ends before the row of its number
//	values    a a a b b b c c c      one a run
//	selected  . x x . . x . . .      rows 1, 2 and 5
//	ends          2   3              of the rows that are left: a a b
//
// Run ends count from the first row of the child, not of a slice: row r of data
// is row data.Offset()+r of the run ends.
func (t *gatherer) takeRuns(data arrow.ArrayData, sel *selection, shown *memory.Buffer, dt *arrow.RunEndEncodedType) (arrow.ArrayData, error) {
	var ends []int // of the runs that are left
	values := t.runs()
	var masked []int // of the values
	if sel.n > 0 {
		endOf, runs := runEndsOf(data, dt)
		rows, p := 0, 0
		for r, visible := range byShown(sel.eachRun(), shown) {
			if !visible {
				rows += r.n
				if last := len(masked) - 1; last >= 0 && masked[last] == len(ends)-1 {
					ends[len(ends)-1] = rows
					continue
				}
				masked = append(masked, len(ends))
				values.add(0, 1)
				ends = append(ends, rows)
				continue
			}
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
				if last := len(ends) - 1; last >= 0 && lastIs(values, p) && !slices.Contains(masked[max(0, len(masked)-1):], last) {
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
	child, err := t.take(data.Children()[1], values, t.allBut(masked, values.n))
	if err != nil {
		return nil, err
	}
	runEnds, err := t.runEnds(dt.RunEnds(), ends)
	if err != nil {
		return nil, err
	}
	return t.data(dt, sel.n, []*memory.Buffer{nil}, []arrow.ArrayData{runEnds, child}, 0), nil
}

// byShown yields runs of rows, cut where shown begins or ceases to mask them.
func byShown(runs []run, shown *memory.Buffer) iter.Seq2[run, bool] {
	return func(yield func(run, bool) bool) {
		rows := 0
		for _, r := range runs {
			for r.n > 0 {
				n, visible := r.n, true
				if shown != nil {
					visible = bitAt(shown.Bytes(), rows)
					for n = 1; n < r.n && bitAt(shown.Bytes(), rows+n) == visible; n++ {
					}
				}
				if !yield(run{r.at, n}, visible) {
					return
				}
				rows += n
				r.at, r.n = r.at+n, r.n-n
			}
		}
	}
}

// lastIs reports whether row at was added to s last.
func lastIs(s *selection, at int) bool {
	last := s.runs[len(s.runs)-1]
	return last.at+last.n-1 == at
}

func (t *gatherer) runEnds(dt arrow.DataType, ends []int) (arrow.ArrayData, error) {
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
