package parquet

import "sync/atomic"

// A cursor takes the values of one column window by window. Its pages were checked with the
// first window, or when the visible rows were found. It stays in the page in which a window
// ends, so that the next window does not decode that page again.
type cursor struct{ *walk }

// needed is the memory that a cursor needs for one column chunk.
type needed struct {
	dictionary, largest int64 // bytes; largest is of one page
	visible             int64 // the most visible rows of a page
}

// page adds a page to n.
func (n *needed) page(p page, there, visible int64) {
	size := p.compressed + p.expanded
	if p.encoding != plain {
		size += 4 * there
	}
	n.largest, n.visible = max(n.largest, size+p.values/8), max(n.visible, visible)
}

func (n needed) bytes() int64 { return n.dictionary + n.largest }

// keep reports whether there is room for the page in which a window of a column ends. Without,
// every window decodes the pages that it has rows of.
func (h *held) keep(i int, n needed) bool {
	if !h.room[i] {
		if h.size.Add(n.bytes()) > h.max {
			h.size.Add(-n.bytes())
			return false
		}
		h.room[i] = true
	}
	return true
}

// cursor returns the cursor of a column, nil if there is no room for one.
func (r *Reader) cursor(i int, c chunk) *cursor {
	h := r.late.held
	if h.cursors[i] == nil && h.room[i] {
		g := &gathering{gathered: r.late.kinds[i], checked: true, max: min(maxGathered, r.limit.max)}
		h.cursors[i] = &cursor{newWalk(r.r, c, min(maxPageBytes, r.limit.max), g)}
		h.buffers[i].lend(&h.cursors[i].account)
	}
	return h.cursors[i]
}

// window takes the visible rows of a window, which begins where the one before ended.
func (k *cursor) window(w window, size *atomic.Int64) error {
	g := k.taken
	g.rows, g.size, g.n, g.nulls, g.room = w, size, 0, 0, 0
	g.valid, g.ends, g.farEnds = nil, nil, nil
	g.begin(k.c.maxDef > 0)
	if g.hand.to > w.from {
		if err := g.take(); err != nil {
			return err
		}
	}
	for g.row < w.to {
		if !k.more() {
			return corrupt("%d rows, the row group has %d", g.row, w.rows)
		}
		if err := k.next(); err != nil {
			return err
		}
	}
	return nil
}

// endCursors takes the buffers of cursors back. Others begin where they are asked to.
func (h *held) endCursors() {
	for i, k := range h.cursors {
		if k != nil {
			h.buffers[i].takeBack(&k.account)
			h.cursors[i] = nil
		}
	}
}

// next returns what holds nothing yet of the next row group, with the buffers of columns that had a
// cursor in this one.
func (h *held) next() *held {
	n := newHeld(len(h.columns), h.max)
	for i, b := range h.buffers {
		if h.room[i] {
			n.buffers[i] = b
		}
	}
	return n
}
