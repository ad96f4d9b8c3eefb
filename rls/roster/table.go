package roster

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// A table reads the lines of a CSV file into a roster.
type table struct {
	*builder
	csv          *csvtext.Rows
	opts         Options
	names        []string
	user, groups int      // columns; one may be -1
	first        []string // a line that was read to know the header; nil for none
	width        int      // of the last line
	unclear      bool     // a group with an unclear separator was reported
}

// header reads the names of the columns, and reports whether lines can follow.
func (t *table) header() bool {
	record, ok := t.next()
	if !ok {
		if len(t.errs) == 0 && t.opts.Header == nil {
			t.fail(rls.Position{Line: 1, Column: 1}, "", rls.ErrEmpty)
		}
		if t.opts.Header == nil {
			return false
		}
	}
	t.names = slices.Clone(record)
	if t.opts.Header != nil {
		t.names = slices.Clone(t.opts.Header)
		if ok && len(record) != len(t.names) {
			t.fail(t.at(0), "", fmt.Errorf("%w: got %d columns, want %d: %s", ErrHeader, len(record), len(t.names), strings.Join(t.names, ", ")))
			return false
		}
		t.first = record
	}
	for i, name := range t.names {
		switch {
		case name == "":
			t.fail(t.at(i), "", fmt.Errorf("%w: the name of column %d is empty", rls.ErrNoName, i+1))
		case slices.Index(t.names, name) != i:
			t.fail(t.at(i), name, rls.ErrDuplicate)
		}
	}
	t.user = t.find("users", t.opts.User, userNames, UserColumns())
	t.groups = t.find("groups", t.opts.Groups, groupNames, GroupColumns())
	if t.user < 0 && len(t.errs) == 0 {
		switch {
		case t.opts.OfGroups && t.groups < 0:
			t.fail(t.at(0), "", fmt.Errorf("%w: no column of users or groups, want one called %s", ErrHeader, strings.Join(slices.Concat(userNames, groupNames), ", ")))
		case !t.opts.OfGroups:
			t.fail(t.at(0), "", fmt.Errorf("%w: no column of users, want one called %s", ErrHeader, strings.Join(userNames, ", ")))
		}
	}
	for i, name := range t.names {
		if i != t.user && i != t.groups {
			t.roster.attributes = append(t.roster.attributes, name)
		}
	}
	if i := max(t.user, t.groups); t.first != nil && len(t.errs) == 0 && slices.ContainsFunc(slices.Concat(UserColumns(), GroupColumns()), func(s string) bool { return s == letters(t.first[i]) }) {
		t.fail(t.at(i), t.names[i], fmt.Errorf("%w: the file has a header, and its columns are named a second time: got %q as the first name", ErrHeader, t.first[i]))
	}
	return len(t.errs) == 0
}

// The names of columns that need no look at others.
var (
	userNames  = []string{"user", "username", "userarn"}
	groupNames = []string{"group", "groups", "groupname", "grouparn"}
)

// UserColumns returns the names by which a column of users is known if no other
// is given: in any case, and with any signs between the letters. The first
// that a file has counts.
func UserColumns() []string {
	return append(slices.Clone(userNames), "userprincipalname", "upn", "login", "membername", "member")
}

// GroupColumns returns the names by which a column of groups is known, as
// [UserColumns] does.
func GroupColumns() []string {
	return append(slices.Clone(groupNames), "groupnames", "memberof", "groupmembership", "groupmemberships", "assignedgroups")
}

// letters returns the letters and digits of a name in lower case. What stands in
// brackets behind a name is its explanation: "User name [userPrincipalName]".
func letters(name string) string {
	name, _, _ = strings.Cut(name, " [")
	return lookalike.Letters(name)
}

// find returns the column with the given name or, without one, the one whose
// name is one of plain in any case. Where there is none, the letters count, and
// then the other names, of which the first that the file has is taken.
func (t *table) find(what, given string, plain, all []string) int {
	if given != "" {
		i := slices.Index(t.names, given)
		if i < 0 {
			t.fail(t.at(0), given, fmt.Errorf("%w: no column of %s of this name", ErrHeader, what))
		}
		return i
	}
	if i, ok := t.only(what, func(name string) bool { return slices.Contains(plain, strings.ToLower(name)) }); ok {
		return i
	}
	if i, ok := t.only(what, func(name string) bool { return slices.Contains(plain, letters(name)) }); ok {
		return i
	}
	for _, known := range all[len(plain):] {
		if i, ok := t.only(what, func(name string) bool { return letters(name) == known }); ok {
			return i
		}
	}
	return -1
}

// only returns the column whose name is known, and reports whether there is one.
// A second one is a problem.
func (t *table) only(what string, known func(name string) bool) (column int, ok bool) {
	column = -1
	for i, name := range t.names {
		switch {
		case !known(name):
		case column >= 0:
			t.fail(t.at(i), name, fmt.Errorf("%w: column %q holds the %s, too; say which", ErrHeader, t.names[column], what))
		default:
			column = i
		}
	}
	return column, column >= 0
}

// next reads the next line. Lines that are no CSV are noted and passed over.
func (t *table) next() (record []string, ok bool) {
	record, ok = t.csv.Next()
	t.width = len(record)
	return record, ok
}

// at returns where a field of the last line stands.
func (t *table) at(column int) rls.Position {
	if column >= t.width {
		return rls.Position{File: t.file, Line: 1, Column: 1}
	}
	return t.csv.Pos(column)
}

// read reads the lines.
func (t *table) read() {
	if t.first != nil {
		t.line(t.first)
	}
	for {
		record, ok := t.next()
		if !ok {
			return
		}
		t.line(record)
	}
}

// line takes a line: who it is about, and what it says of them.
func (t *table) line(record []string) {
	var groups []string
	if t.groups >= 0 {
		var err error
		if groups, err = split(record[t.groups], t.opts.Separator); err != nil {
			t.fail(t.at(t.groups), t.names[t.groups], err)
			return
		}
		t.checkSeparator(groups)
	}
	if t.user < 0 {
		if len(groups) == 0 {
			t.fail(t.at(t.groups), t.names[t.groups], ErrNoGroup)
		}
		for _, name := range groups {
			g := t.group(name, t.at(t.groups))
			g.lines = append(g.lines, t.attributes(record))
		}
		return
	}
	name := strings.Clone(record[t.user])
	if strings.Trim(name, ",") == "" {
		t.fail(t.at(t.user), t.names[t.user], ErrNoUser)
		return
	}
	u := t.builder.user(name, t.at(t.user))
	u.groups = append(u.groups, groups...)
	u.lines = append(u.lines, t.attributes(record))
}

// attributes returns the attributes of a line.
func (t *table) attributes(record []string) []cell {
	line := make([]cell, 0, len(t.roster.attributes))
	for i, text := range record {
		if i != t.user && i != t.groups {
			line = append(line, cell{strings.Clone(text), t.at(i)})
		}
	}
	return line
}

// checkSeparator reports the first group that looks like a list that another
// separator divides.
func (t *table) checkSeparator(groups []string) {
	if t.opts.Separator != "" || t.unclear {
		return
	}
	unclear := func(format string, args ...any) {
		t.unclear = true
		t.fail(t.at(t.groups), t.names[t.groups], fmt.Errorf("%w: "+format, append([]any{ErrSeparator}, args...)...))
	}
	for _, g := range groups {
		switch {
		case distinguished.MatchString(g):
			unclear("got %q, a part of the distinguished name of a group, which holds commas; export the names of the groups", g)
			return
		case len(groups) > 1 && strings.TrimSpace(g) != g:
			unclear("got %q, with white space around it, as behind the commas of a list; name the separator, %q, or %q if the white space is part of the name", g, ", ", ",")
			return
		case strings.Contains(g, " / "):
			unclear("got %q, which is one group or a list with %q; name the separator, %q if it is one group", g, " / ", ",")
			return
		}
		if at := strings.IndexAny(g, separators); at >= 0 {
			end := at + 1
			for end < len(g) && g[end] == ' ' {
				end++ // a separator with its blanks; they would begin the next name
			}
			unclear("got %q, which is one group or a list with %q; name the separator, %q if it is one group", g, g[at:end], ",")
			return
		}
	}
}

// distinguished is a part of the name of a group in an LDAP directory.
var distinguished = regexp.MustCompile(`^(?i:CN|OU|DC|O)=`)
