package predicate

// An Op is the kind of a [Predicate]. The zero Op is [OpNone].
type Op uint8

// The kinds of predicates.
const (
	OpNone     Op = iota // no row
	OpAll                // every row
	OpIn                 // Column holds one of Values
	OpAnd                // rows in all of Args
	OpOr                 // rows in at least one of Args
	OpHasValue           // Column holds any value: not NULL and not ""
)

// String returns the name of op in lower case: "none", "all", "in", "and",
// "or" or "has value".
func (op Op) String() string {
	switch op {
	case OpNone:
		return "none"
	case OpAll:
		return "all"
	case OpIn:
		return "in"
	case OpAnd:
		return "and"
	case OpOr:
		return "or"
	case OpHasValue:
		return "has value"
	default:
		return "unknown"
	}
}
