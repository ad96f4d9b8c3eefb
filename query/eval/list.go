package eval

import "container/heap"

// A lister keeps the first rows of a question that lists rows. It holds no more
// rows than the end of the page, unless there are Top filters: which rows they keep
// is known only after the last row.
type lister struct {
	keys []sortKey
	rows []*group // a heap with the last row on top, as soon as the page is full
}

// list adds the row whose cells are in e.cells.
func (e *evaluation) list() error {
	l, q := &e.listed, e.plan.Query()
	for i := range e.cells {
		e.cells[i].f += 0 // -0 is 0
	}
	full := len(e.tops) == 0 && int64(len(l.rows)) == q.Offset+q.Limit
	if full && compare(e.cells, l.rows[0].out, l.keys) >= 0 {
		return nil
	}
	row := e.newGroup(e.cells)
	row.out = row.cells[:len(e.kinds)]
	if !full {
		l.rows = append(l.rows, row)
		if len(e.tops) == 0 && int64(len(l.rows)) == q.Offset+q.Limit {
			heap.Init(l.heap())
		}
	} else {
		e.left += l.rows[0].size()
		l.rows[0] = row
		heap.Fix(l.heap(), 0)
	}
	if e.left < 0 {
		return ErrMemory
	}
	return nil
}

func (l *lister) heap() *worst {
	return &worst{groups: l.rows, compare: func(a, b *group) int { return compare(a.out, b.out, l.keys) }}
}

// finishList returns the page of a question that lists rows.
func (e *evaluation) finishList() (*Result, error) {
	rows := e.listed.rows
	if len(e.tops) > 0 {
		for _, t := range e.tops {
			if err := t.choose(); err != nil {
				return nil, err
			}
		}
		rows = nil
		for _, row := range e.listed.rows {
			if e.topped(row) {
				rows = append(rows, row)
			}
		}
	}
	q := e.plan.Query()
	rec, err := e.build(page(rows, e.listed.keys, q.Offset, q.Limit), e.plan.Output())
	if err != nil {
		return nil, err
	}
	return &Result{Rows: rec}, nil
}
