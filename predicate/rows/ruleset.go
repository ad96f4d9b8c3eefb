package rows

import "unsafe"

// A ruleSet decides a row by intersecting, over the columns, the sets of boxes
// that accept the class of the row there. It stands in for a table that would be
// too large: it takes classes × boxes bits, 16 words a class for 999 rules.
type ruleSet struct {
	accept [][]uint64 // by column: the boxes of each class, words words
	words  int
}

func newRuleSet(columns []*column, boxes int) *ruleSet {
	rs := &ruleSet{words: setWords(boxes)}
	for _, c := range columns {
		accept := make([]uint64, int(c.n)*rs.words)
		for box, s := range c.byBox {
			if s < 0 {
				for k := range int(c.n) {
					set(accept[k*rs.words:]).add(int32(box))
				}
				continue
			}
			for _, k := range c.sets[s] {
				set(accept[int(k)*rs.words:]).add(int32(box))
			}
		}
		rs.accept = append(rs.accept, accept)
	}
	return rs
}

// blockWords is how many words of boxes are intersected at a time: those of the
// most rules that a viewer may have.
const blockWords = 16

// match reports whether a box accepts a row.
func (rs *ruleSet) match(columns []*column, row unsafe.Pointer) bool {
	for from := 0; from < rs.words; from += blockWords {
		if rs.alive(columns, row, from, min(blockWords, rs.words-from)) {
			return true
		}
	}
	return false
}

// alive reports whether a box in n words from one on accepts a row.
func (rs *ruleSet) alive(columns []*column, row unsafe.Pointer, from, n int) bool {
	var left [blockWords]uint64
	for i := range left {
		left[i] = ^uint64(0)
	}
	for i, c := range columns {
		boxes := rs.accept[i][int(c.class(row))*rs.words+from:][:n]
		any := uint64(0)
		for w, b := range boxes {
			left[w&(blockWords-1)] &= b
			any |= left[w&(blockWords-1)]
		}
		if any == 0 {
			return false
		}
	}
	return true
}
