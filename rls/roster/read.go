package roster

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// Options control how a roster is read. A nil *Options and the zero Options are
// the default.
type Options struct {
	// File is the file name in errors. It is not opened.
	File string

	// Header names the columns of a CSV file that has no header. By default the
	// first line is the header.
	Header []string

	// User and Groups are the names of the columns of users and groups. By
	// default they are the columns called user, username or userarn, and
	// group, groups, groupname or grouparn, in any case. A file without these may
	// have the names that directories write: see [UserColumns] and
	// [GroupColumns]. A roster may have no column of groups.
	User, Groups string

	// OfGroups accepts a roster without a column of users: each line gives the
	// attributes of a group, for [Generate].
	OfGroups bool

	// Separator splits the list of groups; "" stands for commas, with double
	// quotes around a name that holds one, as in a permission dataset (U5).
	// Without a Separator, a group that contains a semicolon, a vertical bar, a
	// tab, a line end or " / ", that has white space around it in a list, or that is
	// a part of a distinguished name (CN=…) is an [ErrSeparator]. Directories use these
	// in lists, and reading "A;B" as one group would miss the rows that the
	// members of A and B see.
	Separator string

	// Delimiter is the delimiter of the file; 0 is ','.
	Delimiter rune
}

// Reasons why a roster is refused. [rls.Error] adds the position.
var (
	ErrHeader    = errors.New("roster header")
	ErrNoUser    = errors.New("no user")
	ErrNoGroup   = errors.New("no group")
	ErrSeparator = errors.New("unclear separator of groups")
)

// ReadCSV reads a roster, to the end of r. Several lines may name one user, who
// is then in the groups of all of them. Groups are lists; a cell of an attribute
// is one value, kept as written. Every problem is reported as an [*rls.Error], in
// order of position. After an error there is no Roster.
func ReadCSV(r io.Reader, opts *Options) (*Roster, error) {
	o := *cmp.Or(opts, new(Options))
	b := newBuilder(o.File)
	rows := csvtext.NewRows(r, &csvtext.Options{File: o.File, Delimiter: o.Delimiter}, func(e *rls.Error) { b.errs = append(b.errs, e) })
	lines := &table{csv: rows, opts: o, builder: b}
	if lines.header() {
		lines.read()
	}
	return b.finish()
}

// A builder collects the users and groups of a roster, and the problems.
type builder struct {
	file   string
	roster *Roster
	users  map[string]int
	groups map[string]int
	errs   []*rls.Error
}

func newBuilder(file string) *builder {
	return &builder{file: file, roster: new(Roster), users: make(map[string]int), groups: make(map[string]int)}
}

func (b *builder) fail(at rls.Position, field string, err error) {
	at.File = b.file
	b.errs = append(b.errs, textpos.InColumn(at, field, err))
}

// sorted returns the roster. The groups of a user are collected line by line and
// sorted here, once.
func (b *builder) sorted() *Roster {
	for i, u := range b.roster.users {
		b.roster.users[i].groups = sorted(u.groups)
	}
	return b.roster
}

// finish returns the roster, or every problem in the order of their positions.
func (b *builder) finish() (*Roster, error) {
	if len(b.errs) == 0 {
		return b.sorted(), nil
	}
	return nil, textpos.Join(b.errs, 0)
}

// user returns the entry of a user, a new one if there is none.
func (b *builder) user(name string, at rls.Position) *entry {
	return find(&b.roster.users, b.users, name, at)
}

// group returns the entry of a group in a roster of groups.
func (b *builder) group(name string, at rls.Position) *entry {
	return find(&b.roster.groups, b.groups, name, at)
}

// find returns the entry of a name. ARNs that differ in the Region only name the
// same user (U16).
func find(list *[]entry, known map[string]int, name string, at rls.Position) *entry {
	key := identityKey(name)
	i, ok := known[key]
	if !ok {
		i = len(*list)
		known[key] = i
		*list = append(*list, entry{name: name, at: at})
	}
	return &(*list)[i]
}

// identityKey is the same for names of one user or group.
func identityKey(name string) string {
	a, err := namespace.ParseARN(name)
	if err != nil {
		return name
	}
	a.Region = ""
	return a.String()
}

// separators are what directories put between the groups of a user, other than
// the comma.
const separators = ";|\t\r\n"

// split returns the items of a list, without empty ones. A separator of "" or
// "," is a list as permission datasets have them (U4, U5).
func split(text, separator string) ([]string, error) {
	if separator == "" || separator == "," {
		return rls.ParseCell(text)
	}
	return slices.DeleteFunc(strings.Split(text, separator), func(s string) bool { return s == "" }), nil
}

// sorted returns what is in a list, increasing, each once. It sorts the list itself.
func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Clip(slices.Compact(list))
}
