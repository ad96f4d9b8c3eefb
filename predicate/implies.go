package predicate

// Implies reports whether every row of p is a row of q. It is exact.
func (p Predicate) Implies(q Predicate) bool {
	_, more := p.Minus(q)
	return !more
}

// Minus looks for a row that is in p and not in q. If there is one, it returns
// it as a witness: the text in each column that matters, NULL in all others.
func (p Predicate) Minus(q Predicate) (witness map[string]string, ok bool) {
	panic("not built yet")
}
