package predicate

import "strconv"

// String returns p as people write it, in a form [Parse] reads back:
//
//	Region in ("US") and Segment in ("SMB", "Startup")
//
// "and" binds tighter than "or". Columns that p restricts without a condition
// follow behind "restricting":
//
//	Region in ("US") restricting Customer, Segment
//
// It contains every value and is for operators and tests. Do not show it to
// viewers (S7), log it (use [Predicate.LogValue]) or send it to a database (use
// package where).
func (p Predicate) String() string { return string(p.AppendTo(nil)) }

// AppendTo appends [Predicate.String] to b.
func (p Predicate) AppendTo(b []byte) []byte {
	b = p.appendRows(b)
	for i, name := range p.unconditioned() {
		if i == 0 {
			b = append(b, " restricting "...)
		} else {
			b = append(b, ", "...)
		}
		b = appendColumn(b, name)
	}
	return b
}

// appendRows appends what rows p selects.
func (p Predicate) appendRows(b []byte) []byte {
	switch p.Op() {
	case OpAll:
		return append(b, "all"...)
	case OpIn:
		b = appendColumn(b, p.n.column)
		b = append(b, " in ("...)
		for i, v := range p.n.values {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = strconv.AppendQuote(b, v)
		}
		return append(b, ')')
	case OpHasValue:
		return append(appendColumn(b, p.n.column), " has value"...)
	case OpAnd:
		for i, q := range p.n.args {
			if i > 0 {
				b = append(b, " and "...)
			}
			if q.Op() == OpOr {
				b = append(q.appendRows(append(b, '(')), ')')
			} else {
				b = q.appendRows(b)
			}
		}
		return b
	case OpOr:
		for i, q := range p.n.args {
			if i > 0 {
				b = append(b, " or "...)
			}
			b = q.appendRows(b)
		}
		return b
	default:
		return append(b, "none"...)
	}
}

// appendColumn writes a name bare if it could not be taken for anything else,
// and quoted like a value otherwise.
func appendColumn(b []byte, name string) []byte {
	if plainName(name) {
		return append(b, name...)
	}
	return strconv.AppendQuote(b, name)
}

// plainName reports whether s needs no quotes as a column.
func plainName(s string) bool {
	for i := range len(s) {
		if !nameByte(s[i], i > 0) {
			return false
		}
	}
	switch s {
	case "", "all", "none", "in", "and", "or", "has", "value", "restricting":
		return false
	}
	return true
}

// nameByte reports whether c may stand in a name without quotes, inside or at
// its start.
func nameByte(c byte, inside bool) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || inside && '0' <= c && c <= '9'
}
