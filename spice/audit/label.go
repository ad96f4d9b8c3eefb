package audit

import (
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// MaxLabel is the greatest length of a label in characters.
const MaxLabel = 64

// ErrLabel reports an invalid label.
var ErrLabel = errors.New("not a label")

var label = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,63}$`)

// CheckLabel returns an error if s is not a valid label. A program labels sessions,
// for example with the name of a tenant, and finds their audit records by the label.
// Labels are not secret: do not use a tag value (T8). The error does not quote the
// label, in case it is a secret.
func CheckLabel(s string) error {
	if !label.MatchString(s) {
		return fmt.Errorf("%w: got %d characters, want 1 to %d of A-Z, a-z, 0-9, '.', '_', ':', '/', '@', '-', the first a letter or digit",
			ErrLabel, utf8.RuneCountInString(s), MaxLabel)
	}
	return nil
}
