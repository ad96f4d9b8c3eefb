package tabular

import (
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
)

// A shape is the columns of JSON lines: every key that occurs, in the order in
// which they first do, and the kinds of its values.
type shape struct {
	names []string
	kinds []kind
	index map[string]int
	lines int           // that decided it
	given *arrow.Schema // nil if the lines decide
}

func newShape() *shape { return &shape{index: make(map[string]int)} }

// add takes the members of one line in.
func (s *shape) add(members []member) {
	for _, m := range members {
		i, ok := s.index[m.key]
		if !ok {
			i = len(s.names)
			s.index[m.key] = i
			s.names = append(s.names, m.key)
			s.kinds = append(s.kinds, 0)
		}
		s.kinds[i] |= m.kind
	}
	s.lines++
}

// JSONExtension is the name of Arrow's canonical extension type for text that
// is JSON. Columns whose values no one Arrow type holds are of that type: each
// value is kept as it stands in its line.
const JSONExtension = "arrow.json"

// schema returns the columns as Arrow has them. Those that rules name are text.
func (s *shape) schema(text []string) *arrow.Schema {
	if s.given != nil {
		return s.given
	}
	fields := make([]arrow.Field, len(s.names))
	for i, name := range s.names {
		field := arrow.Field{Name: name, Nullable: true}
		switch k := s.kinds[i] &^ kindNull; {
		case k == kindText || slices.Contains(text, name):
			field.Type = arrow.BinaryTypes.String
		case k == kindBool:
			field.Type = arrow.FixedWidthTypes.Boolean
		case k != 0 && k&^(kindInt|kindBigInt) == 0:
			field.Type = arrow.PrimitiveTypes.Int64
		case k != 0 && k&^(kindInt|kindFloat) == 0: // no kindBigInt: it would be rounded
			field.Type = arrow.PrimitiveTypes.Float64
		default:
			field.Type = arrow.BinaryTypes.String
			field.Metadata = arrow.NewMetadata(
				[]string{"ARROW:extension:metadata", "ARROW:extension:name"}, []string{"", JSONExtension})
		}
		fields[i] = field
	}
	return arrow.NewSchema(fields, nil)
}

// IsJSON reports whether the text of a field is JSON.
func IsJSON(field arrow.Field) bool {
	name, ok := field.Metadata.GetValue("ARROW:extension:name")
	return ok && name == JSONExtension && field.Type.ID() == arrow.STRING
}
