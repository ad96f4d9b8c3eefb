package batch

// A ruleSet decides rows by ANDing, over the columns, the sets of boxes that
// accept the row's class there; the row is visible if a box is left. It is
// what a table falls back to when its states would not fit the budget: its
// size grows with classes × boxes only, at 16 words a class for 999 rules.
type ruleSet struct {
	accept [][]uint64 // per column: words × class, boxes as bits
	words  int
}

func newRuleSet(columns []*classifier, boxes int) *ruleSet {
	rs := &ruleSet{words: (boxes + 63) / 64}
	for _, c := range columns {
		accept := make([]uint64, c.n*rs.words)
		for b, set := range c.byBox {
			if set < 0 {
				for k := range c.n {
					bitset(accept[k*rs.words:]).set(b)
				}
				continue
			}
			for _, k := range c.sets[set] {
				bitset(accept[int(k)*rs.words:]).set(b)
			}
		}
		rs.accept = append(rs.accept, accept)
	}
	return rs
}

// alive reports whether a box accepts the classes of a row, one a column.
func (rs *ruleSet) alive(classes [][]uint32, row int) bool {
	for w := range rs.words {
		left := ^uint64(0)
		for i, accept := range rs.accept {
			left &= accept[int(classes[i][row])*rs.words+w]
			if left == 0 {
				break
			}
		}
		if left != 0 {
			return true
		}
	}
	return false
}
