package vet

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
)

func TestReadRoster(t *testing.T) {
	cases := []struct {
		reason, csv string
		want        map[string][]string
	}{
		{"one membership a line", "UserName,GroupName\nal,g\nbo,h\nal,f\n", map[string][]string{"al": {"f", "g"}, "bo": {"h"}}},
		{"a list, with spaces, twice the same, and a comma in a name", "groups,Id,USER\n\"g, h,,g,\"\"x,y\"\"\",1,al\n,2,bo\n", map[string][]string{"al": {"g", "h", "x,y"}, "bo": nil}},
		{"a mark and CRLF", "\ufeffUser,Group\r\nal,g\r\n", map[string][]string{"al": {"g"}}},
		{"nobody", "User,Group\n", map[string][]string{}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			r, err := ReadRoster(strings.NewReader(c.csv), "r")
			require.NoError(t, err)
			got := make(map[string][]string)
			for _, u := range r.users {
				got[u.name] = u.groups
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestReadRosterErrors(t *testing.T) {
	for csv, want := range map[string]string{
		"":                                  "r:1:1: bad roster: no header",
		"Name,Group\n":                      "r:1:1: bad roster: want one column User, UserName or UserARN, and one Group, Groups, GroupName or GroupARN",
		"User,UserName,Group\n":             "r:1:1: bad roster: want one column User, UserName or UserARN, and one Group, Groups, GroupName or GroupARN",
		"User,Group\n,g\nal\nbo,\"\"\"\"\n": "r:2:1: bad roster: a line without a user\nr:3:1: bad roster: wrong number of fields: got 1, want 2\nr:4:4: bad roster: the quotes in the list of groups do not match",
	} {
		r, err := ReadRoster(strings.NewReader(csv), "r")
		require.Nil(t, r)
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, ErrRoster)
		var at *rls.Error
		require.True(t, errors.As(err, &at))
	}
}
