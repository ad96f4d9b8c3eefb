package lookalike

import (
	"strings"
	"unicode"
)

// Names says in what the names of two principals differ that are easily taken
// for one another: in what readers overlook, in the part before a slash, as with
// role/session, or in the domain of a mail address. It is "" for names that are
// equal or not alike.
func Names(a, b string) string {
	if a == b {
		return ""
	}
	same := func(a, b string) bool { return a != "" && Skeleton(a) == Skeleton(b) }
	switch {
	case same(a, b):
		return Difference(a, b)
	case same(base(a), base(b)):
		return "the part before the last slash"
	case same(local(a), local(b)) && strings.ContainsRune(a+b, '@'):
		return "the domain"
	}
	return ""
}

// Letters returns what a hasty reader sees of a name: its letters and digits, in
// lower case.
func Letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

func base(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

func local(s string) string { s, _, _ = strings.Cut(base(s), "@"); return s }

// An Index finds names that are alike, as [Names] says, without a look at
// all others. Build it with [NewIndex].
type Index struct {
	keyed map[string][]int // names by what names that are alike have in common
}

// NewIndex indexes names by their numbers.
func NewIndex(names []string) *Index {
	x := &Index{make(map[string][]int)}
	for i, name := range names {
		for _, key := range x.keys(name) {
			x.keyed[key] = append(x.keyed[key], i)
		}
	}
	return x
}

// keys are different ones. Two names that are alike share one.
func (x *Index) keys(name string) []string {
	var keys []string
	for i, part := range []string{name, base(name), local(name)} {
		if part != "" {
			keys = append(keys, string(rune('0'+i))+Skeleton(part))
		}
	}
	return keys
}

// Alike returns the numbers of names that may be like name: a list for each thing
// that they have in common, in increasing order. A number can be in several.
func (x *Index) Alike(name string) (lists [][]int) {
	for _, key := range x.keys(name) {
		lists = append(lists, x.keyed[key])
	}
	return lists
}
