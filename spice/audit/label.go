package audit

import (
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// MaxLabel is the length of a label in characters.
const MaxLabel = 64

// ErrLabel is why a label is refused.
var ErrLabel = errors.New("not a label")

var label = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,63}$`)

// CheckLabel reports what is wrong with a label, nil if it may stand in records.
// A program labels sessions with a name of its own, such as that of a tenant, and
// finds their records by it. A label is no secret: do not use a tag value (T8).
// The error does not quote the label, in case it is one.
func CheckLabel(s string) error {
	if !label.MatchString(s) {
		return fmt.Errorf("%w: got %d characters, want 1 to %d of A-Z, a-z, 0-9, '.', '_', ':', '/', '@', '-', the first a letter or digit",
			ErrLabel, utf8.RuneCountInString(s), MaxLabel)
	}
	return nil
}
