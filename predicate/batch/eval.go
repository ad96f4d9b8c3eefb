package batch

import (
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
)

// blockRows is how many rows go through all columns before the next ones do.
// The classes and states of a block, 4 bytes a row each, stay in the first
// level cache.
const blockRows = 1024

// scratch is the memory an evaluation needs besides its result.
type scratch struct {
	states  [blockRows]uint32
	classes [blockRows]uint32
	columns [][]uint32 // for rule sets: the classes of every column
	open    []codes
	dicts   dictWalk
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// eval sets mask to the rows of rec that p accepts. mask has the words of the
// rows of rec and may hold anything before.
func (p *plan) eval(rec arrow.Record, mask []uint64) error {
	switch p.kind {
	case planAll:
		fillMask(mask, int(rec.NumRows()))
		return nil
	case planTable:
		s := scratches.Get().(*scratch)
		defer s.free()
		return p.table.eval(rec, mask, s)
	case planAnd, planOr:
		if err := p.args[0].eval(rec, mask); err != nil {
			return err
		}
		other := make([]uint64, len(mask))
		for i := range p.args[1:] {
			if err := p.args[1+i].eval(rec, other); err != nil {
				return err
			}
			for j, w := range other {
				if p.kind == planAnd {
					mask[j] &= w
				} else {
					mask[j] |= w
				}
			}
		}
		return nil
	default:
		clear(mask)
		return nil
	}
}

// free forgets what s points to and hands it on.
func (s *scratch) free() {
	clear(s.open)
	s.open = s.open[:0]
	s.dicts.close()
	scratches.Put(s)
}

func (t *table) eval(rec arrow.Record, mask []uint64, s *scratch) error {
	for i, c := range t.columns {
		column, err := openColumn(rec.Column(c.column).Data(), c)
		if err != nil {
			return c.malformed(err)
		}
		if z, ok := column.(zeroChecker); ok && i == 0 && t.rules == nil && t.off&pathDicts == 0 && z.zero() {
			clear(mask)
			return nil
		}
		s.open = append(s.open, column)
	}
	decide := t.walk
	if t.rules != nil {
		decide = t.intersect
	}
	rows := int(rec.NumRows())
	if t.rules == nil && t.off&pathDicts == 0 && t.form != formAVX512 {
		s.dicts.open(t, rows, s.open)
	}
	for from := 0; from < rows; from += blockRows {
		n := min(blockRows, rows-from)
		if err := decide(from, n, mask[from/64:], s); err != nil {
			return err
		}
	}
	return nil
}

// walk decides a block of n rows: the first column gives states, the others the
// classes that lead from state to state, and the last step whether to accept.
func (t *table) walk(from, n int, mask []uint64, s *scratch) error {
	if len(t.steps) == 0 && t.off&pathBits == 0 {
		if b, ok := s.open[0].(maskFiller); ok && b.bits(mask, from, n) {
			return nil
		}
	}
	if s.dicts.n > 0 && s.dicts.walk(t, from, n, mask) {
		return nil
	}
	states, classes := s.states[:n], s.classes[:n]
	if err := s.open[0].read(states, from); err != nil {
		return t.columns[0].malformed(err)
	}
	for i, step := range t.steps {
		if err := s.open[i+1].read(classes, from); err != nil {
			return t.columns[i+1].malformed(err)
		}
		if step.final != nil {
			t.accept(mask, states, classes, step.final)
			return nil
		}
		t.advance(states, classes, step.next)
	}
	pack(mask, states)
	return nil
}

// pack makes bits of codes that are 0 or 1.
func pack(mask []uint64, codes []uint32) {
	for i := 0; len(codes) > 0; i++ {
		n := min(64, len(codes))
		var w uint64
		for k := n - 1; k >= 0; k-- { // a bit is shifted in by an addition
			w = w*2 + uint64(codes[k])
		}
		mask[i] = w
		codes = codes[n:]
	}
}

// advance replaces states by those that follow them.
func (t *table) advance(states, classes, next []uint32) {
	done := 0
	if t.form.has(loopAdvance) {
		done = vectorAdvance(t.form, states, classes, next)
	}
	states = states[done:]
	for j, class := range classes[done:] {
		states[j] = next[states[j]+class]
	}
}

// accept takes the last step of rows and makes bits of where it leads.
func (t *table) accept(mask []uint64, states, classes []uint32, final finals) {
	done := 0
	if t.form.has(loopAccept) {
		done, _ = vectorAccept(t.form, mask, states, classes, final, len(final)*32)
	}
	for i := done; i < len(states); i += 64 {
		to := min(i+64, len(states))
		var w uint64
		s, c := states[i:to], classes[i:to]
		for k := len(s) - 1; k >= 0; k-- {
			w = w*2 + final.at(s[k]+c[k])
		}
		mask[i/64] = w
	}
}

// intersect decides a block of n rows through the rule sets of t.
func (t *table) intersect(from, n int, mask []uint64, s *scratch) error {
	for len(s.columns) < len(t.columns) {
		s.columns = append(s.columns, make([]uint32, blockRows))
	}
	columns := s.columns[:len(t.columns)]
	for i, c := range t.columns {
		if err := s.open[i].read(columns[i][:n], from); err != nil {
			return c.malformed(err)
		}
	}
	for j := 0; j < n; j += 64 {
		var w uint64
		for k := j; k < min(j+64, n); k++ {
			if t.rules.alive(columns, k) {
				w |= 1 << (k - j)
			}
		}
		mask[j/64] = w
	}
	return nil
}
