// Package header reads the header of a permission dataset: which columns hold
// principals, and which are restricted (U1, U2). It reads every header, and says
// beside it what is wrong. Package rls refuses a header with a problem; package vet
// goes on with what was read.
package header

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// Reasons why a header is refused. Package rls exports them.
var (
	ErrNoName      = errors.New("column without a name")
	ErrDuplicate   = errors.New("duplicate column")
	ErrNoPrincipal = errors.New("no principal column")
	ErrMixed       = errors.New("principal columns cannot be combined")
	ErrVersion     = errors.New("principal columns are of another format version")
	ErrNoFields    = errors.New("no restricted column")
)

// Format versions of a permission dataset.
const (
	Version1 = "VERSION_1" // names
	Version2 = "VERSION_2" // ARNs
)

// A Header says what each column is.
type Header struct {
	Names       []string
	User, Group int   // columns that hold principals, or -1
	Fields      []int // the restricted columns
	Version     string
}

// Options are what the options of package rls say about the header.
type Options struct {
	User, Group   string // names of principal columns
	Version       string
	AllowNoFields bool
}

// A Problem is one reason to refuse a header, in a column of it. Name is "" for a
// problem of the header as a whole.
type Problem struct {
	Column int
	Name   string
	Err    error
}

// A principal is a standard name of a principal column (U1).
type principal struct{ name, version string }

var (
	users    = [...]principal{{"UserName", Version1}, {"UserARN", Version2}}
	groups   = [...]principal{{"GroupName", Version1}, {"GroupARN", Version2}}
	standard = [...]principal{users[0], groups[0], users[1], groups[1]}
)

// Standard returns the standard names of principal columns.
func Standard() (names []string) {
	for _, p := range standard {
		names = append(names, p.name)
	}
	return names
}

// Read reads a header, and returns every problem of it.
func Read(names []string, o Options) (Header, []Problem) {
	h := Header{Names: names, User: -1, Group: -1, Version: o.Version}
	var problems []Problem
	problem := func(i int, name, format string, args ...any) {
		problems = append(problems, Problem{i, name, fmt.Errorf(format, args...)})
	}
	first := make(map[string]int, len(names))
	for i, name := range names {
		if name == "" {
			problem(i, "", "%w: the name of column %d is empty", ErrNoName, i+1)
		} else if j, ok := first[name]; ok {
			problem(i, name, "%w: column %d has the same name", ErrDuplicate, j+1)
		} else {
			first[name] = i
		}
	}

	// Which columns hold principals, and what their names say about the rest.
	found := make(map[string]string)
	find := func(mapped, other string, standard [2]principal) int {
		column, known := first[mapped]
		if mapped != "" && !known {
			problem(0, mapped, "%w of this name%s", ErrNoPrincipal, hint(names, mapped))
		}
		if mapped == "" || !known {
			column = -1
		}
		for _, s := range standard {
			i, ok := first[s.name]
			switch {
			case !ok || s.name == other: // not there, or spoken for
			case mapped != "" && !known:
				return i // instead of the one that is missing
			case column < 0 || column == i:
				column = i
				found[s.version] = s.name
			default:
				problem(i, s.name, "%w: column %q already holds the principals", ErrMixed, names[column])
			}
		}
		return column
	}
	h.User = find(o.User, o.Group, users)
	h.Group = find(o.Group, o.User, groups)

	switch {
	case found[Version1] != "" && found[Version2] != "":
		problem(first[found[Version2]], found[Version2], "%w: %q holds names and %q ARNs", ErrMixed, found[Version1], found[Version2])
	case h.User < 0 && h.Group < 0:
		if o.User == "" && o.Group == "" { // else said already
			problem(0, "", "%w: want UserName, GroupName, UserARN or GroupARN%s", ErrNoPrincipal, hint(names, Standard()...))
		}
	default:
		for version, name := range found {
			if h.Version != "" && h.Version != version {
				problem(first[name], name, "%w: the column is of %s, the options or settings say %s", ErrVersion, version, h.Version)
			}
			h.Version = version
		}
		h.Version = cmp.Or(h.Version, Version1)
	}
	for i := range names {
		if i != h.User && i != h.Group {
			h.Fields = append(h.Fields, i)
		}
	}
	if len(h.Fields) == 0 && !o.AllowNoFields && len(problems) == 0 {
		problem(0, "", "%w: every column contains principals", ErrNoFields)
	}
	return h, problems
}

// hint names the columns that look like one of those wanted but are not, so
// that nobody stares at two names that print alike.
func hint(names []string, wanted ...string) string {
	if csvtext.OneColumn(names) {
		return fmt.Sprintf("; the only column is %q: does the file use another delimiter?", names[0])
	}
	var s strings.Builder
	for _, name := range names {
		for _, w := range wanted {
			if name != w && alike(name, w) {
				fmt.Fprintf(&s, "; %q is not %q", name, w)
			}
		}
	}
	return s.String()
}

// Hint returns a hint for a restricted column that is almost named like a
// principal column; "" for another one.
func Hint(name string) string {
	for _, p := range standard {
		if alike(name, p.name) {
			return fmt.Sprintf("; a principal column is named %q exactly", p.name)
		}
	}
	return ""
}

// alike reports whether two names have the same letters, but for one at most.
func alike(name, other string) bool {
	return lookalike.Distance(lookalike.Letters(name), lookalike.Letters(other), 1) <= 1
}

// Near returns the name of the principal column that a column can be meant to be:
// its letters are the same, or it lacks or has an s too much. It is "" for a name
// that is right. Fewer names are near than get a hint, because vet reads the rules of
// a refused file as if a near name were right.
func Near(name string) string {
	got := lookalike.Letters(name)
	for _, p := range standard {
		if p.name == name {
			return ""
		}
	}
	for _, p := range standard {
		if w := lookalike.Letters(p.name); got == w || got == w+"s" {
			return p.name
		}
	}
	return ""
}

// Guess returns the columns of users and groups by names that are near, the last of
// each, or -1.
func Guess(names []string) (user, group int) {
	user, group = -1, -1
	for i, name := range names {
		switch near := Near(name); {
		case strings.HasPrefix(near, "User"):
			user = i
		case near != "":
			group = i
		}
	}
	return user, group
}

// HoldsARNs reports whether a principal column holds ARNs by its name, or by the one
// it is near.
func HoldsARNs(name string) bool { return strings.HasSuffix(cmp.Or(Near(name), name), "ARN") }
