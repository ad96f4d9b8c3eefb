package studio

// A history holds the versions of a document, which never change: the one that the
// page shows, the one that the file holds, and those that undo and redo return to.
type history[T any] struct {
	now, saved T
	undo, redo []T
}

// add makes next the current version. It forgets the oldest of more than most others.
func (h *history[T]) add(next T, most int) {
	h.undo, h.redo, h.now = append(h.undo, h.now), nil, next
	h.undo = h.undo[max(0, len(h.undo)-most):]
}

// back undoes the last edit, if there is one.
func (h *history[T]) back() (moved bool) {
	n := len(h.undo) - 1
	if n >= 0 {
		h.redo, h.now, h.undo = append(h.redo, h.now), h.undo[n], h.undo[:n]
	}
	return n >= 0
}

// forth undoes an undo, if there is one.
func (h *history[T]) forth() (moved bool) {
	n := len(h.redo) - 1
	if n >= 0 {
		h.undo, h.now, h.redo = append(h.undo, h.now), h.redo[n], h.redo[:n]
	}
	return n >= 0
}
