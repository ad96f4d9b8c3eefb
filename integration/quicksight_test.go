package integration

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/internal/jvm"
	"github.com/rowsight/rowsight/integration/internal/python"
	"github.com/rowsight/rowsight/quicksight"
)

// boto3Version is the client of AWS that asks the service, from PyPI.
const boto3Version = "1.43.11"

const (
	serviceKey    = "AKIAIOSFODNN7EXAMPLE"
	serviceSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// pythonWith returns a Python that has a package.
func pythonWith(t *testing.T, name, version string) string {
	t.Helper()
	command, err := python.Environment(t.Context(), name, name, version)
	if errors.Is(err, jvm.ErrMissing) {
		t.Skip(name, ": ", err)
	}
	require.NoError(t, err)
	return command
}

// quickSight starts the service over a folder and returns its address.
func quickSight(t *testing.T) (url, dir string) {
	t.Helper()
	keys, err := quicksight.ParseCredentials(strings.NewReader(fmt.Sprintf(`{"Credentials": [{"AccessKeyId": %q, "SecretAccessKey": %q, "Arn": "arn:aws:iam::111122223333:user/test",
		"UserArn": "arn:aws:quicksight:us-east-1:111122223333:user/default/u0", "Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}`, serviceKey, serviceSecret)), nil)
	require.NoError(t, err)
	var service http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { service.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	dir = t.TempDir()
	opened, err := quicksight.Open(t.Context(), dir, &quicksight.Options{Account: "111122223333", Region: "us-east-1", Credentials: keys, URL: server.URL})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	service = opened
	return server.URL, dir
}

// TestQuickSightBoto3 calls every operation of the service with boto3. Each
// answer is compared with the model of the API that boto3 has: an unknown
// member, one that is missing, or one of another type fails.
func TestQuickSightBoto3(t *testing.T) {
	command := pythonWith(t, "boto3", boto3Version)
	url, dir := quickSight(t)
	script, err := filepath.Abs(filepath.Join("testdata", "quicksight", "all.py"))
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), command, script, url, serviceKey, serviceSecret, dir).CombinedOutput()
	require.NoError(t, err, string(out))
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	called := strings.Fields(lines[len(lines)-1])
	served, err := os.ReadFile(filepath.Join("..", "quicksight", "internal", "model", "operations.txt"))
	require.NoError(t, err)
	require.Equal(t, slices.Sorted(slices.Values(strings.Fields(string(served)))), called, "every operation is called")
}
