package where

import "fmt"

// A Kind says what a column is known to hold, for [Options.Kind]. The zero Kind
// counts on nothing.
type Kind uint8

const (
	// Text has any collation. It is compared twice: plainly, which an index of the
	// column can answer, and exactly.
	Text Kind = iota

	// ExactText is compared by the engine code point by code point, with case,
	// accents and spaces at the end. It is compared once, plainly. A column that is
	// declared so and is not shows rows that it should hide.
	ExactText

	// MixedText is text for which the engine finds no collation of its own, such as
	// that of a union of columns with different ones. It is compared once, exactly.
	MixedText

	// UUID is the type of that name. A value matches if it is the text that the
	// engine shows, in lower case with hyphens. Only PostgreSQL knows it.
	UUID
)

// String returns the name of k in words.
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
