package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// TestRealAudit asks the CloudTrail records that AWS and others have published.
func TestRealAudit(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(realdata.Path(t, "data", "4_cloudtrail"), "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 11)
	ask := func(args ...string) string {
		code, out, stderr := command("", append(append([]string{"audit"}, args...), files...)...)
		require.Equal(t, exitOK, code, stderr)
		return out
	}
	const (
		dataset = "arn:aws:quicksight:us-west-2:111122223333:dataset/12345678-1234-1234-1234-123456789012"
		key     = "arn:aws:kms:us-west-2:111122223333:key/87654321-4321-4321-4321-210987654321"
	)
	require.Equal(t, "Dataset,Key,Since,Event\n"+dataset+","+key+",2022-10-26T00:11:08Z,CreateGrant\n",
		ask("key", "--format", "csv", "--dataset", "12345678-1234-1234-1234-123456789012"))
	var changes []struct{ Event, Key string }
	require.NoError(t, json.Unmarshal([]byte(ask("changes", "--format", "json", "--dataset", dataset)), &changes))
	require.Len(t, changes, 1)
	require.Equal(t, "CreateGrant", changes[0].Event)
	require.Equal(t, key, changes[0].Key)
	require.Contains(t, ask("reads", "--key-use"), "GenerateDataKey")
	require.NotContains(t, ask("reads"), "GenerateDataKey")
	require.Equal(t, "[]\n", ask("reads", "--format", "json", "--dataset", dataset))

	code, _, stderr := command("", append([]string{"audit", "verify"}, files...)...)
	require.Equal(t, exitFound, code)
	require.Contains(t, stderr, "not a line of an audit log", "CloudTrail has no chain")
}
