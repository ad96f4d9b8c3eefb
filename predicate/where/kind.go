package where

import "fmt"

// A Kind declares the content of a column, for [Options.Kind]. The zero Kind
// assumes only that the column contains text.
type Kind uint8

const (
	// Text may have any collation. It is compared twice: with the collation of
	// the column, so that an index can be used, and exactly.
	Text Kind = iota

	// ExactText is text that the engine compares by code point, including case,
	// accents and trailing spaces. It is compared once. A wrong declaration
	// shows rows that must be hidden.
	ExactText

	// MixedText is text for which the engine cannot choose a collation, such as
	// a union of columns with different collations. It is compared once, exactly.
	MixedText

	// UUID is the type uuid of PostgreSQL. A value matches if it is the text
	// that the engine shows, in lower case with hyphens.
	UUID
)

// String returns the name of k.
func (k Kind) String() string {
	switch k {
	case Text:
		return "text"
	case ExactText:
		return "exact text"
	case MixedText:
		return "mixed text"
	case UUID:
		return "uuid"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// canonicalUUID reports whether s is how an engine shows a uuid.
func canonicalUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}
