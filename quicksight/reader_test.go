package quicksight_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestReaderEnds: a reader ends with its user, also if one of the same name is registered
// again.
func TestReaderEnds(t *testing.T) {
	s := quicksighttest.NewServer(t)
	name := "default/PowerUser@" + s.AccessKeyID
	login := func() *quicksight.Reader {
		r, err := s.Service.Reader(t.Context(), name, s.SecretAccessKey, false)
		require.NoError(t, err)
		return r
	}
	r := login()
	session, err := r.Session(t.Context())
	require.NoError(t, err)
	require.Equal(t, "PowerUser", session.Principal.User.Name)

	require.NoError(t, s.Do(t.Context(), "DELETE", "/namespaces/default/users/PowerUser", nil, nil))
	session, err = r.Session(t.Context())
	require.Error(t, err)
	require.True(t, session.Principal.IsZero())
	_, err = s.Service.Reader(t.Context(), name, s.SecretAccessKey, false)
	require.ErrorIs(t, err, quicksight.ErrLogin)

	require.NoError(t, s.Do(t.Context(), "POST", "/namespaces/default/users", object{
		"UserName": "PowerUser", "Email": "p@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT",
	}, nil))
	session, err = r.Session(t.Context())
	require.ErrorIs(t, err, quicksight.ErrLogin)
	require.True(t, session.Principal.IsZero())
	_, err = login().Session(t.Context())
	require.NoError(t, err)
}
