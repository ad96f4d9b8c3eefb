package predicate

import "log/slog"

// LogValue logs the restricted columns and the size of p, and no value: values
// show what a viewer may see, or the tags of a session (S7, T8). Log
// [Predicate.String] if you need the values.
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
