package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/rulefile"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// rosterFlags say who there is, and who is in which group.
type rosterFlags struct {
	paths     []string // FILE, or NAME=FILE
	header    string   // names of the columns of a file without a header
	user      string   // names of columns
	groups    string
	separator string
	sheet     string // of a workbook
	ofGroups  bool   // a roster without users will do
	account   string // folder of an account, in place of paths

	named  []string // users that NAME=FILE named
	listed bool     // a file lists users by itself
}

// register registers the flags; without says what holds without a roster.
func (f *rosterFlags) register(flags *pflag.FlagSet, without string) {
	flags.StringArrayVar(&f.paths, "users", nil, "roster: `FILE` with a column of users and one of groups, or the JSON that aws quicksight prints for list-users or describe-user, "+
		"or, as NAME=FILE, for list-group-memberships of the group NAME or list-user-groups of the user NAME; - is standard input; may be repeated"+without)
	flags.StringVar(&f.header, "users-header", "", "`NAMES` of the columns, if the roster has no header, such as user,group")
	flags.StringVar(&f.user, "users-column", "", "`NAME` of the roster's column of users (default: user, UserName, UserARN, userPrincipalName or login)")
	flags.StringVar(&f.groups, "groups-column", "", "`NAME` of the roster's column of groups (default: group, groups, GroupName, GroupARN or memberOf)")
	flags.StringVar(&f.separator, "groups-separator", "", "`TEXT` between the groups of a user (default: a comma, with quotes as in rules)")
	flags.StringVar(&f.sheet, "users-sheet", "", "`NAME` of the sheet, if the roster is a workbook (.xlsx) with several")
}

// registerAccount registers the flag that takes the roster from an account.
func (f *rosterFlags) registerAccount(flags *pflag.FlagSet) {
	flags.StringVar(&f.account, "account", "", "`FOLDER` of an account, as account pull writes it: its users and groups are the roster, in place of --users")
}

// subject splits NAME=FILE. A file whose own name has an equals sign is a file.
func subject(arg string) (name, path string) {
	name, path, ok := strings.Cut(arg, "=")
	if _, err := os.Stat(arg); err == nil || !ok || name == "" || path == "" {
		return "", arg
	}
	return name, path
}

// given reports whether there is a roster.
func (f *rosterFlags) given() bool { return f.paths != nil || f.account != "" }

// files returns the files of the roster.
func (f *rosterFlags) files() (paths []string) {
	if f.account != "" {
		return []string{filepath.Join(f.account, "account.json")}
	}
	for _, arg := range f.paths {
		_, path := subject(arg)
		paths = append(paths, path)
	}
	return paths
}

// name names the roster in messages.
func (f *rosterFlags) name() string { return strings.Join(f.files(), ", ") }

// read reads the roster. Without one it returns nil, and no error.
func (f *rosterFlags) read(cmd *cobra.Command) (*roster.Roster, error) {
	if f.account != "" {
		if f.paths != nil {
			return nil, errors.New("--account and --users both give a roster: want one of them")
		}
		a, err := readAccount(f.account)
		if err != nil {
			return nil, err
		}
		noteGaps(cmd.ErrOrStderr(), "the roster may lack some", a.RosterGaps())
		return a.Roster()
	}
	if f.paths == nil {
		if f.header != "" || f.user != "" || f.groups != "" || f.separator != "" || f.sheet != "" {
			return nil, errors.New("--users-header, --users-column, --groups-column, --groups-separator and --users-sheet need --users FILE")
		}
		return nil, nil
	}
	var all []*roster.Roster
	var errs []error
	for _, arg := range f.paths {
		r, err := f.file(cmd, arg)
		all, errs = append(all, r), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	f.noteNamed(cmd.ErrOrStderr())
	if len(all) == 1 {
		return all[0], nil
	}
	return roster.Merge(all...)
}

// file reads one file of the roster.
func (f *rosterFlags) file(cmd *cobra.Command, arg string) (*roster.Roster, error) {
	name, path := subject(arg)
	file, err := rulefile.Open(cmd.Context(), path, &rulefile.Options{Headers: f.columns(), Names: f.names(), Sheet: f.sheet, SheetFlag: "--users-sheet", Stdin: cmd.InOrStdin(), Document: isAnswer})
	if err != nil {
		return nil, err
	}
	if isAnswer(file.Text) {
		r, err := roster.ReadJSON(file.Reader(), name, &roster.Options{File: file.Name})
		switch {
		case errors.Is(err, roster.ErrSubject) && name == "":
			err = errors.Join(err, fmt.Errorf("name the group of list-group-memberships, or the user of list-user-groups: --users NAME=%s", path))
		case err == nil && name != "" && groupList.Match(file.Text):
			f.named = append(f.named, name)
		case err == nil && name == "":
			f.listed = true
		}
		return r, err
	}
	if textAnswer.Match(file.Text[:min(len(file.Text), 4096)]) {
		return nil, fmt.Errorf("%s: the AWS CLI wrote it as text or as a table; want --output json", file.Name)
	}
	if name != "" {
		return nil, fmt.Errorf("--users %s=%s: only the JSON of list-group-memberships and list-user-groups takes a name", name, path)
	}
	noteAssumed(cmd.ErrOrStderr(), file)
	opts := &roster.Options{File: file.Name, User: f.user, Groups: f.groups, Separator: f.separator, Delimiter: file.Delimiter, OfGroups: f.ofGroups}
	opts.Header = f.names()
	users, err := roster.ReadCSV(file.Reader(), opts)
	if errors.Is(err, roster.ErrHeader) && f.header == "" {
		err = errors.Join(err, errors.New("name the columns with --users-column and --groups-column, or those of a file without a header with --users-header user,group"))
	}
	if errors.Is(err, roster.ErrSeparator) {
		err = errors.Join(err, errors.New("name the separator with --groups-separator"))
	}
	return users, file.Explain(err)
}

// names returns the names of the columns of a file without a header; nil for one
// with a header.
func (f *rosterFlags) names() []string {
	if f.header == "" {
		return nil
	}
	return strings.Split(f.header, ",")
}

// columns returns the names by which a column of users or groups is known.
func (f *rosterFlags) columns() []string {
	if f.user != "" {
		return []string{f.user}
	}
	return slices.Concat(roster.UserColumns(), roster.GroupColumns())
}

// What the AWS CLI writes: answers in JSON or YAML, parts of them that --query
// chose, and what cannot be read back.
var (
	apiAnswer  = regexp.MustCompile(`^\s*(\{(?s:.*?)"(UserList|GroupList|GroupMemberList|User)"\s*:\s*[\[{]|\[)`)
	apiPart    = regexp.MustCompile(`^\s*\{[^{}]*"Arn"\s*:\s*"arn:[^{}]*\}`)
	withGroups = regexp.MustCompile(`(?i)"[^"]*(groups?|memberof|memberships?)"\s*:`)
	yamlAnswer = regexp.MustCompile(`(?m)^(UserList|GroupList|GroupMemberList|User):\s*(\[\])?\r?$`)
	groupList  = regexp.MustCompile(`"?GroupList"?\s*:|"GroupName"\s*:`)
	textAnswer = regexp.MustCompile(`(?m)^(USERLIST|GROUPLIST|GROUPMEMBERLIST)\t|^\|\s+(ListUsers|ListUserGroups|ListGroupMemberships|ListGroups)\s+\|`)
)

// isAnswer reports whether a text is an answer of the AWS CLI, and no table.
// JSON lines with a column of groups are a table.
func isAnswer(text []byte) bool {
	head := bytes.TrimPrefix(text[:min(len(text), 4096)], []byte("\uFEFF"))
	if one := apiPart.Find(head); one != nil {
		return !withGroups.Match(one)
	}
	return apiAnswer.Match(head) || yamlAnswer.Match(head)
}

// noteNamed says which users were named by the caller alone: the answer of
// list-groups looks like that of list-user-groups, and is about no user. The
// roster compares names with those of list-users if it has them.
func (f *rosterFlags) noteNamed(w io.Writer) {
	if len(f.named) == 0 || f.listed {
		return
	}
	names := slices.Clone(f.named[:min(len(f.named), maxUnlisted)])
	for i, name := range names {
		names[i] = plain.Text(name)
	}
	more := ""
	if n := len(f.named) - len(names); n > 0 {
		more = fmt.Sprintf(", and %d more", n)
	}
	fmt.Fprintf(w, "note: --users: groups were read as those of user %s%s, as list-user-groups writes them; the output of list-groups is about no user\n", strings.Join(names, ", "), more)
}

// join adds the groups that the roster, if there is one, gives to a viewer.
func (f *rosterFlags) join(cmd *cobra.Command, viewer namespace.Principal, rules *rls.Rules) (namespace.Principal, error) {
	users, err := f.read(cmd)
	if err != nil || users == nil {
		return viewer, err
	}
	if viewer.User.IsZero() {
		return namespace.Principal{}, errors.New("--users: the roster gives the groups of a user: want --user or --user-arn")
	}
	viewer, err = users.Join(viewer, rules)
	if err != nil {
		return namespace.Principal{}, fmt.Errorf("--users %s: %w", f.name(), err)
	}
	return viewer, nil
}

// maxUnlisted is how many viewers a note names.
const maxUnlisted = 5

// noteUnlisted says which viewers the rules name and the roster lacks. They
// count, as themselves: a roster that is out of date must not hide what a rule
// shows.
func noteUnlisted(w io.Writer, users *roster.Roster, viewers []roster.Viewer) {
	if text := unlisted(viewers); text != "" {
		fmt.Fprintln(w, "warning: "+text)
	}
	said := 0
	for _, v := range viewers {
		if !v.Unlisted || v.Kind != namespace.KindUser || said == maxUnlisted {
			continue
		}
		name := v.Name
		if a, err := namespace.ParseARN(name); err == nil {
			name = a.Name
		}
		if near := users.Near(name); len(near) > 0 {
			said++
			fmt.Fprintf(w, "note: the rules name user %q, and the roster lists %q: names compare letter by letter\n", v.Name, near)
		}
	}
}

// unlisted names viewers that the roster lacks; "" for none.
func unlisted(viewers []roster.Viewer) string {
	var names []string
	users, groups := 0, 0
	for _, v := range viewers {
		switch {
		case !v.Unlisted:
			continue
		case v.Kind == namespace.KindGroup:
			groups++
		default:
			users++
		}
		if len(names) < maxUnlisted {
			v.Unlisted = false // the note says it once
			names = append(names, v.String())
		}
	}
	if more := users + groups - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	var what []string
	if users > 0 {
		what = append(what, plain.Count(users, "user")+" that the roster does not list")
	}
	if groups > 0 {
		what = append(what, plain.Count(groups, "group")+" without members in the roster")
	}
	if what == nil {
		return ""
	}
	return fmt.Sprintf("the rules name %s, counted as separate viewers: %s", strings.Join(what, " and "), strings.Join(names, ", "))
}
