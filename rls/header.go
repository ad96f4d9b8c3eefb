package rls

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// A layout says what each column of a permission dataset is.
type layout struct {
	names       []string
	user, group int // columns that hold principals, or -1
	fields      []int
	version     FormatVersion
}

// standard names of principal columns (U1), by what they hold.
var (
	userNames  = [...]principalName{{"UserName", Version1}, {"UserARN", Version2}}
	groupNames = [...]principalName{{"GroupName", Version1}, {"GroupARN", Version2}}
)

type principalName struct {
	name    string
	version FormatVersion
}

// newLayout reads a header. It reports every problem; the layout is good only
// if there is none.
func newLayout(names []string, o Options, at func(column int) Position) (layout, []*Error) {
	lay := layout{names: names, user: -1, group: -1, version: o.FormatVersion}
	var problems []*Error
	problem := func(i int, format string, args ...any) {
		problems = append(problems, textpos.InColumn(at(i), names[i], fmt.Errorf(format, args...)))
	}
	first := make(map[string]int, len(names))
	for i, name := range names {
		if name == "" {
			problem(i, "%w: the name of column %d is empty", ErrNoName, i+1)
		} else if j, ok := first[name]; ok {
			problem(i, "%w: column %d has the same name", ErrDuplicate, j+1)
		} else {
			first[name] = i
		}
	}

	// Which columns hold principals, and what their names say about the rest.
	found := make(map[FormatVersion]string)
	principal := func(mapped, other string, standard [2]principalName) int {
		column := -1
		if mapped != "" {
			i, ok := first[mapped]
			if !ok {
				problems = append(problems, textpos.InColumn(at(0), mapped, fmt.Errorf("%w of this name%s", ErrNoPrincipal, hint(names, mapped))))
				return -1
			}
			column = i
		}
		for _, s := range standard {
			i, ok := first[s.name]
			switch {
			case !ok || s.name == other: // not there, or spoken for
			case column < 0 || column == i:
				column = i
				found[s.version] = s.name
			default:
				problem(i, "%w: column %q already holds the principals", ErrMixed, names[column])
			}
		}
		return column
	}
	lay.user = principal(o.User, o.Group, userNames)
	lay.group = principal(o.Group, o.User, groupNames)

	switch {
	case found[Version1] != "" && found[Version2] != "":
		problem(first[found[Version2]], "%w: %q holds names and %q ARNs", ErrMixed, found[Version1], found[Version2])
	case lay.user < 0 && lay.group < 0:
		if o.User == "" && o.Group == "" { // else said already
			problems = append(problems, textpos.InColumn(at(0), "", fmt.Errorf("%w: want UserName, GroupName, UserARN or GroupARN%s",
				ErrNoPrincipal, hint(names, "UserName", "GroupName", "UserARN", "GroupARN"))))
		}
	default:
		for version, name := range found {
			if lay.version != "" && lay.version != version {
				problem(first[name], "%w: the column is of %s, the options or settings say %s", ErrVersion, version, lay.version)
			}
			lay.version = version
		}
		if lay.version == "" {
			lay.version = Version1
		}
		if lay.version == Version2 && o.Namespace != "" {
			problems = append(problems, textpos.InColumn(at(0), "", fmt.Errorf("%w: Namespace is %q, but rules of %s name ARNs, which hold their namespace",
				ErrOptions, o.Namespace, Version2)))
		}
	}

	for i := range names {
		if i != lay.user && i != lay.group {
			lay.fields = append(lay.fields, i)
		}
	}
	if len(lay.fields) == 0 && !o.AllowNoFields && len(problems) == 0 {
		problems = append(problems, textpos.InColumn(at(0), "", fmt.Errorf("%w: every column contains principals", ErrNoFields)))
	}
	return lay, problems
}

// hint names the columns that look like one of those wanted but are not, so
// that nobody stares at two names that print alike.
func hint(names []string, wanted ...string) string {
	if len(names) == 1 && strings.ContainsAny(names[0], ";\t|^:~¦") {
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

// nearPrincipal returns a hint for a restricted column that is almost named like a
// principal column; "" for another one.
func nearPrincipal(name string) string {
	for _, p := range slices.Concat(userNames[:], groupNames[:]) {
		if alike(name, p.name) {
			return fmt.Sprintf("; a principal column is named %q exactly", p.name)
		}
	}
	return ""
}

// alike reports whether two names have the same letters, but for one at most.
func alike(name, other string) bool {
	return lookalike.Distance(letters(name), letters(other), 1) <= 1
}

// letters keeps what a hasty reader sees of a name.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
