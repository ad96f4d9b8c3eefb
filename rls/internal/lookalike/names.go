package lookalike

import "strings"

// Names says in what the names of two principals differ that are easily taken
// for one another: in what readers overlook, in the part before a slash, as with
// role/session, or in the domain of a mail address. It is "" for names that are
// equal or not alike.
func (f *Folder) Names(a, b string) string {
	if a == b {
		return ""
	}
	same := func(a, b string) bool { return a != "" && f.Skeleton(a) == f.Skeleton(b) }
	base := func(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }
	local := func(s string) string { s, _, _ = strings.Cut(s, "@"); return s }
	switch {
	case same(a, b):
		return f.Difference(a, b)
	case same(base(a), base(b)):
		return "the part before the last slash"
	case same(local(base(a)), local(base(b))) && strings.ContainsRune(a+b, '@'):
		return "the domain"
	}
	return ""
}
