package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestAccountPull: the command reads an account with the environment of the AWS
// command line, and what it wrote can be checked.
func TestAccountPull(t *testing.T) {
	server := quicksighttest.NewServer(t)
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": server.AccessKeyID, "AWS_SECRET_ACCESS_KEY": server.SecretAccessKey, "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	dir := filepath.Join(t.TempDir(), "account")
	pull := func(more ...string) (int, string) {
		code, out, stderr := command("", append([]string{"account", "pull", "--account-id", server.Account, "--endpoint-url", server.URL, "--out", dir}, more...)...)
		require.Empty(t, out)
		require.NotContains(t, stderr, server.SecretAccessKey)
		return code, stderr
	}
	code, stderr := pull()
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "the Region is missing")
	code, stderr = pull("--region", server.Region)
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stderr, "users: 4\n")
	code, stderr = pull("--region", server.Region, "--quiet")
	require.Equal(t, exitOK, code, stderr)
	require.NotContains(t, stderr, "users")
	code, stderr = pull("--region", "eu-west-1")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "the folder holds another account")

	code, out, stderr := command("", "account", "check", dir)
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, out, `warning RA005: dashboard "sales": everybody in namespace default can open it`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data-sets", "sales-rules.rules.csv"), []byte("UserName,GroupName,Region,Segment\nMarthaRivera,,US,Enterprise\n,APAC-Sales,APAC,\nPowerUser,,,\n"), 0o600))
	_, out, _ = command("", "account", "check", dir)
	require.Contains(t, out, `warning RA025: data set "sales": "Nobody" can open it, and no rule shows them a row`)
	require.Contains(t, out, `info RA026: data set "sales": "PowerUser" can open it and see every row`)

	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	code, stderr = pull("--region", server.Region)
	require.NotEqual(t, exitOK, code)
	require.NotContains(t, stderr, "another", "the secret")
	code, _, stderr = command("", "account", "check", dir)
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "the pull is not finished")

	code, out, _ = command("", "account", "pull", "--policy", "--account-id", "111122223333")
	require.Equal(t, exitOK, code)
	require.Contains(t, out, `"arn:aws:quicksight:*:111122223333:*"`)
	code, _, stderr = command("", "account", "pull", "--from", dir, "--profile", "x", "--out", dir)
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "--from reads documents and no account")
}
