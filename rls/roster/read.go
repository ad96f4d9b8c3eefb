package roster

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
)

// Options control how a roster is read. A nil *Options and the zero Options are
// the default.
type Options struct {
	// File is the file name in errors. It is not opened.
	File string

	// User and Groups are the names of the columns of users and groups. By
	// default they are the columns called user, username or userarn, and
	// group, groups, groupname or grouparn, in any case. A roster may have no
	// column of groups.
	User, Groups string

	// Separator splits the list of groups; "" stands for commas, with double
	// quotes around a name that holds one, as in a permission dataset (U5).
	// Without a Separator, a group that contains a semicolon, a vertical bar, a
	// tab or a line end is an [ErrSeparator]. Directories use these characters
	// in lists, and reading "A;B" as one group would miss the rows that the
	// members of A and B see.
	Separator string

	// Comma is the delimiter of the file; 0 is ','.
	Comma rune
}

// Reasons why a roster is refused. [rls.Error] adds the position.
var (
	ErrHeader    = errors.New("roster header")
	ErrNoUser    = errors.New("no user")
	ErrSeparator = errors.New("unclear separator of groups")
)

var (
	userNames  = []string{"user", "username", "userarn"}
	groupNames = []string{"group", "groups", "groupname", "grouparn"}
)

// ReadCSV reads a roster, to the end of r. Several lines may name one user:
// their groups and attributes are joined. Every problem is reported as an
// [*rls.Error], in order of position. After an error there is no Roster.
func ReadCSV(r io.Reader, opts *Options) (*Roster, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	src := &source{csv: csvtext.NewReader(r, &csvtext.Options{Comma: o.Comma}), file: o.File}
	src.open(o)
	if len(src.errs) > 0 {
		return nil, errors.Join(src.errs...)
	}
	// A roster is written like a permission dataset in which everything but
	// the users is a restricted field, so its lists are read as one.
	rs, err := rls.Read(src, &rls.Options{
		File: o.File, User: columnName(src.user), FormatVersion: rls.Version1, MaxRunes: -1, MaxValues: -1, AllowNoFields: true,
	})
	if err != nil {
		src.place(err)
	}
	if len(src.errs) > 0 {
		return nil, src.join()
	}
	roster := build(rs, src, o)
	if len(src.errs) > 0 {
		return nil, src.join()
	}
	return roster, nil
}

// separators are what directories put between the groups of a user, other than
// the comma.
const separators = ";|\t\r\n"

// checkSeparator reports the first group that looks like a list that another
// separator divides.
func (s *source) checkSeparator(row int, groups []string) {
	for _, g := range groups {
		if at := strings.IndexAny(g, separators); at >= 0 && !s.unclear {
			s.unclear = true
			s.problem(row, s.groups, fmt.Errorf("%w: got %q, which is one group or a list with %q; name the separator, %q if it is one group", ErrSeparator, g, g[at:at+1], ","))
		}
	}
}

// build makes a Roster of what was read.
func build(rs *rls.Rules, src *source, o Options) *Roster {
	roster := new(Roster)
	for i, name := range src.header {
		if i != src.user && i != src.groups {
			roster.attributes = append(roster.attributes, name)
		}
	}
	known := make(map[string]int)
	for rule := range rs.All() {
		row, name := rule.Pos().Line, rule.User()
		i, ok := known[name]
		if !ok {
			i = len(roster.users)
			known[name] = i
			roster.users = append(roster.users, user{name: name, at: src.pos(row, src.user), of: make(map[string][]string), pos: make(map[string]rls.Position)})
		}
		u := &roster.users[i]
		for column, attribute := range src.header {
			values := slices.Collect(rule.Values(columnName(column)))
			switch {
			case column == src.user:
			case column == src.groups:
				if o.Separator != "" {
					values = strings.Split(strings.Join(values, ""), o.Separator)
				} else {
					src.checkSeparator(row, values)
				}
				u.groups = union(u.groups, values)
			default:
				if _, ok := u.pos[attribute]; !ok || len(u.of[attribute]) == 0 {
					u.pos[attribute] = src.pos(row, column)
				}
				u.of[attribute] = union(u.of[attribute], values)
			}
		}
	}
	return roster
}

// union returns what is in a or b, sorted, each once, without "".
func union(a, b []string) []string {
	all := slices.DeleteFunc(slices.Concat(a, b), func(s string) bool { return s == "" })
	slices.Sort(all)
	return slices.Clip(slices.Compact(all))
}
