package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/rulefile"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// rosterFlags say who there is, and who is in which group.
type rosterFlags struct {
	path      string
	user      string // names of columns
	groups    string
	separator string
	ofGroups  bool // a roster without users will do
}

// register registers the flags; without says what holds without a roster.
func (f *rosterFlags) register(flags *pflag.FlagSet, without string) {
	flags.StringVar(&f.path, "users", "", "roster: `FILE` in CSV with a column of users and one of groups"+without)
	flags.StringVar(&f.user, "users-column", "", "`NAME` of the column of users (default: user, UserName or UserARN)")
	flags.StringVar(&f.groups, "groups-column", "", "`NAME` of the column of groups (default: group, groups, GroupName or GroupARN)")
	flags.StringVar(&f.separator, "groups-separator", "", "`TEXT` between the groups of a user (default: a comma, with quotes as in rules)")
}

// read reads the roster. Without one it returns nil, and no error.
func (f *rosterFlags) read() (*roster.Roster, error) {
	if f.path == "" {
		if f.user != "" || f.groups != "" || f.separator != "" {
			return nil, errors.New("--users-column, --groups-column and --groups-separator need --users FILE")
		}
		return nil, nil
	}
	headers := slices.Concat(roster.UserColumns(), roster.GroupColumns())
	if f.user != "" {
		headers = []string{f.user}
	}
	file, err := rulefile.Open(context.Background(), f.path, &rulefile.Options{Headers: headers})
	if err != nil {
		return nil, err
	}
	users, err := roster.ReadCSV(file.Reader(), &roster.Options{File: file.Name, User: f.user, Groups: f.groups, Separator: f.separator, Comma: file.Delimiter, OfGroups: f.ofGroups})
	return users, file.Explain(err)
}

// join adds the groups that the roster, if there is one, gives to a viewer.
func (f *rosterFlags) join(viewer namespace.Principal, rules *rls.Rules) (namespace.Principal, error) {
	users, err := f.read()
	if err != nil || users == nil {
		return viewer, err
	}
	if viewer.User.IsZero() {
		return namespace.Principal{}, errors.New("--users: the roster gives the groups of a user: want --user or --user-arn")
	}
	viewer, err = users.Join(viewer, rules)
	if err != nil {
		return namespace.Principal{}, fmt.Errorf("--users %s: %w", f.path, err)
	}
	return viewer, nil
}

// maxUnlisted is how many viewers a note names.
const maxUnlisted = 5

// noteUnlisted says which viewers the rules name and the roster lacks. They
// count, as themselves: a roster that is out of date must not hide what a rule
// shows.
func noteUnlisted(w io.Writer, viewers []roster.Viewer) {
	if text := unlisted(viewers); text != "" {
		fmt.Fprintln(w, "warning: "+text)
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
		what = append(what, plural(users, "user")+" that the roster does not list")
	}
	if groups > 0 {
		what = append(what, plural(groups, "group")+" without members in the roster")
	}
	if what == nil {
		return ""
	}
	return fmt.Sprintf("the rules name %s, counted as themselves: %s", strings.Join(what, " and "), strings.Join(names, ", "))
}
