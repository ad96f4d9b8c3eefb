package predicate

import "log/slog"

// LogValue tells a log which columns p restricts and how large it is, and none of its
// values: those are what a viewer may see, or the tags of a session, and are
// not for everybody who reads logs (S7, T8). Log [Predicate.String] where they
// are wanted.
//
//	op=or columns="[Region Segment]" operands=2 values=3
func (p Predicate) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", p.Op().String()),
		slog.Any("columns", p.Restricted()),
		slog.Int("operands", len(p.args())),
		slog.Int("values", p.countValues()),
	)
}

func (p Predicate) countValues() int {
	n := len(p.values())
	for _, q := range p.args() {
		n += q.countValues()
	}
	return n
}
