package quicksight

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/source"
)

// TestRoleFiles: roles and secrets are read whole or not at all, and no error
// holds a secret.
func TestRoleFiles(t *testing.T) {
	const policy = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}`
	const trust = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "quicksight.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		return path
	}
	list, err := readRoles(filepath.Join(t.TempDir(), "roles.json"))
	require.NoError(t, err, "no file is no role")
	_, err = list.Role(t.Context(), "arn:aws:iam::111122223333:role/r")
	require.ErrorIs(t, err, source.ErrNoRole)

	good := `{"Roles": [{"Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": ` + trust + `, "PolicyDocument": ` + policy + `}]}`
	list, err = readRoles(write("roles.json", good, 0o600))
	require.NoError(t, err)
	role, err := list.Role(t.Context(), "arn:aws:iam::111122223333:role/r")
	require.NoError(t, err)
	require.True(t, role.Policy.Allows("s3:GetObject", "arn:aws:s3:::b/k"))
	require.False(t, role.Policy.Allows("s3:PutObject", "arn:aws:s3:::b/k"))

	_, err = readRoles(write("roles.json", good, 0o644))
	require.ErrorContains(t, err, "others can read it")
	_, err = readRoles(write("roles.json", `{"Roles": [{"Arn": "a"}]}`, 0o600))
	require.ErrorContains(t, err, "roles.json:1:12: Roles[0].AssumeRolePolicyDocument: field missing")

	secrets, err := readSecrets(write("secrets.json", `{"Secrets": [{"Arn": "a", "SecretString": "Correct-Horse-7"}]}`, 0o600))
	require.NoError(t, err)
	secret, err := secrets.Secret(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "Correct-Horse-7", secret.Reveal())
	_, err = readSecrets(write("secrets.json", `{"Secrets": [{"Arn": 7, "SecretString": "Correct-Horse-7"}]}`, 0o600))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "Correct")
}
