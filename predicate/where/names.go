package where

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// nameRules say which names an engine takes as they are. A longer one is cut off
// or refused by the engine; cut off, it is the name of another object (S8).
type nameRules struct {
	most   int    // of unit; 0 is any number
	unit   unit   // what is counted
	not    string // bytes that a name must not hold
	bmp    bool   // characters behind U+FFFF are not kept
	trim   bool   // spaces at the end are not kept
	folded bool   // names that differ in the case of letters are one
}

// A unit is what an engine counts the length of a name in.
type unit uint8

const (
	inBytes unit = iota
	inCharacters
	inUTF16
)

func (u unit) String() string {
	return [...]string{"bytes", "characters", "UTF-16 code units"}[u]
}

func (u unit) length(s string) int {
	switch u {
	case inCharacters:
		return utf8.RuneCountInString(s)
	case inUTF16:
		return len(utf16.Encode([]rune(s)))
	}
	return len(s)
}

// check says why the engine would not take a name as it is.
func (r nameRules) check(name, engine string) error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("%w: name %q %s", ErrColumn, name, fmt.Sprintf(format, args...))
	}
	switch {
	case name == "":
		return fmt.Errorf("%w: the name is empty", ErrColumn)
	case r.not != "" && strings.ContainsAny(name, r.not):
		return refuse("holds a character that %s does not allow", engine)
	case r.most > 0 && r.unit.length(name) > r.most:
		return refuse("has %d %s, and %s keeps at most %d", r.unit.length(name), r.unit, engine, r.most)
	case r.bmp && strings.ContainsFunc(name, func(c rune) bool { return c > 0xffff }):
		return refuse("holds a character beyond U+FFFF, which %s does not keep", engine)
	case r.trim && strings.HasSuffix(name, " "):
		return refuse("ends in a space, which %s does not keep", engine)
	}
	return nil
}

// noTwins is an error if two columns differ in the case of letters only and the
// engine takes them for one.
func (r nameRules) noTwins(columns map[string]string) error {
	if !r.folded {
		return nil
	}
	names := slices.SortedFunc(maps.Keys(columns), func(a, b string) int {
		return strings.Compare(strings.ToLower(a)+"\x00"+a, strings.ToLower(b)+"\x00"+b)
	})
	for i := 1; i < len(names); i++ {
		if strings.EqualFold(names[i-1], names[i]) {
			return fmt.Errorf("%w: the engine takes %q for %q", ErrColumn, names[i], names[i-1])
		}
	}
	return nil
}
