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
	src := &source{csv: csvtext.NewReader(r, &csvtext.Options{Comma: o.Comma}), file: o.File, opts: o}
	src.open()
	if len(src.errs) > 0 {
		return nil, errors.Join(src.errs...)
	}
	roster, known := new(Roster), make(map[string]int)
	for i, name := range src.header {
		if i != src.user && i != src.groups {
			roster.attributes = append(roster.attributes, name)
		}
	}
	for src.next() {
		name := src.record[src.user]
		if strings.Trim(name, ",") == "" {
			src.problem(src.user, ErrNoUser)
		}
		i, ok := known[name]
		if !ok {
			i = len(roster.users)
			known[name] = i
			roster.users = append(roster.users, user{name: name, at: src.pos(src.user), of: make(map[string][]string), pos: make(map[string]rls.Position)})
		}
		src.add(&roster.users[i])
	}
	if len(src.errs) > 0 {
		return nil, src.join()
	}
	return roster, nil
}

// add adds what a line says of its user.
func (s *source) add(u *user) {
	for column, attribute := range s.header {
		switch {
		case column == s.user:
		case column == s.groups:
			u.groups = union(u.groups, s.groupList())
		default:
			values := s.list(column)
			if len(u.of[attribute]) == 0 {
				u.pos[attribute] = s.pos(column)
			}
			u.of[attribute] = union(u.of[attribute], values)
		}
	}
}

// list returns the values of a cell, a list as in a permission dataset (U5).
func (s *source) list(column int) []string {
	values, err := rls.ParseCell(s.record[column])
	if err != nil {
		s.problem(column, err)
	}
	return values
}

func (s *source) groupList() []string {
	if s.opts.Separator != "" {
		return strings.Split(s.record[s.groups], s.opts.Separator)
	}
	groups := s.list(s.groups)
	s.checkSeparator(groups)
	return groups
}

// separators are what directories put between the groups of a user, other than
// the comma.
const separators = ";|\t\r\n"

// checkSeparator reports the first group that looks like a list that another
// separator divides.
func (s *source) checkSeparator(groups []string) {
	for _, g := range groups {
		if at := strings.IndexAny(g, separators); at >= 0 && !s.unclear {
			s.unclear = true
			s.problem(s.groups, fmt.Errorf("%w: got %q, which is one group or a list with %q; name the separator, %q if it is one group", ErrSeparator, g, g[at:at+1], ","))
		}
	}
}

// union returns what is in a or b, sorted, each once, without "".
func union(a, b []string) []string {
	all := slices.DeleteFunc(slices.Concat(a, b), func(s string) bool { return s == "" })
	slices.Sort(all)
	return slices.Clip(slices.Compact(all))
}
