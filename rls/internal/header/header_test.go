package header

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	h, problems := Read(nil, Options{})
	require.Equal(t, Header{User: -1, Group: -1}, h)
	require.Len(t, problems, 1)
	require.ErrorIs(t, problems[0].Err, ErrNoPrincipal)
	require.Empty(t, Near(""))
	require.Empty(t, Hint(""))
}

// TestRead holds what is read of a header, refused or not: vet goes on with it.
func TestRead(t *testing.T) {
	for _, tt := range []struct {
		reason string
		names  []string
		opts   Options
		want   Header
		errs   []error
	}{
		{"names", []string{"GroupName", "Region", "UserName"}, Options{}, Header{User: 2, Group: 0, Fields: []int{1}, Version: Version1}, nil},
		{"ARNs", []string{"UserARN", "Region"}, Options{}, Header{User: 0, Group: -1, Fields: []int{1}, Version: Version2}, nil},
		{"a column of the caller's follows the standard one", []string{"Who", "GroupARN", "Region"}, Options{User: "Who"}, Header{User: 0, Group: 1, Fields: []int{2}, Version: Version2}, nil},
		{"a standard name that holds the others", []string{"UserName", "Region"}, Options{Group: "UserName"}, Header{User: -1, Group: 0, Fields: []int{1}, Version: Version1}, nil},
		{"the standard column instead of a missing one", []string{"UserName", "Region"}, Options{User: "Who"}, Header{User: 0, Group: -1, Fields: []int{1}, Version: Version1}, []error{ErrNoPrincipal}},
		{"two kinds", []string{"UserName", "GroupARN", "Region"}, Options{}, Header{User: 0, Group: 1, Fields: []int{2}}, []error{ErrMixed}},
		{"two of a kind", []string{"UserName", "UserARN", "Region"}, Options{}, Header{User: 0, Group: -1, Fields: []int{1, 2}, Version: Version1}, []error{ErrMixed}},
		{"another version", []string{"UserARN", "Region"}, Options{Version: Version1}, Header{User: 0, Group: -1, Fields: []int{1}, Version: Version2}, []error{ErrVersion}},
		{"names that are empty or stand twice", []string{"UserName", "", "Region", "Region"}, Options{}, Header{User: 0, Group: -1, Fields: []int{1, 2, 3}, Version: Version1}, []error{ErrNoName, ErrDuplicate}},
		{"no field", []string{"UserName"}, Options{}, Header{User: 0, Group: -1, Version: Version1}, []error{ErrNoFields}},
		{"no field, accepted", []string{"UserName"}, Options{AllowNoFields: true}, Header{User: 0, Group: -1, Version: Version1}, nil},
	} {
		got, problems := Read(tt.names, tt.opts)
		tt.want.Names = tt.names
		require.Equal(t, tt.want, got, tt.reason)
		require.Len(t, problems, len(tt.errs), tt.reason)
		for i, p := range problems {
			require.ErrorIs(t, p.Err, tt.errs[i], tt.reason)
		}
	}
}

func TestNear(t *testing.T) {
	for _, tt := range []struct {
		reason, name, near string
		hint               bool
	}{
		{"right", "UserName", "", true},
		{"another case, other signs", "user_name", "UserName", true},
		{"an s too much", "Group ARNs", "GroupARN", true},
		{"a slip of the pen gets a hint only", "UserNamr", "", true},
		{"another name", "Region", "", false},
	} {
		require.Equal(t, tt.near, Near(tt.name), tt.reason)
		require.Equal(t, tt.hint, Hint(tt.name) != "", tt.reason)
	}
	user, group := Guess([]string{"Region", "user name", "GROUP_ARN"})
	require.Equal(t, []int{1, 2}, []int{user, group})
	require.True(t, HoldsARNs("GROUP_ARN"))
	require.False(t, HoldsARNs("user name"))
}
