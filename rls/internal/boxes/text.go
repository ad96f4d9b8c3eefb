package boxes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
)

// maxValues is how many values of a list [Text] shows.
const maxValues = 12

// Text writes a predicate, its lists shortened.
func Text(p predicate.Predicate) string {
	switch {
	case !p.IsBox():
		return p.String()
	case p.Op() == predicate.OpAll:
		return "every row"
	}
	var parts []string
	for a := range p.Conditions() {
		text := a.String()
		if a.Len() > maxValues+1 {
			values := slices.Collect(a.Values())[:maxValues]
			text = strings.TrimSuffix(predicate.In(a.Column(), values...).String(), ")")
			text = fmt.Sprintf("%s and %d more)", text, a.Len()-maxValues)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " and ")
}
