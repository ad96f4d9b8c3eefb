package quicksight_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// reopen opens a folder without signatures and returns it with a client.
func reopen(t *testing.T, dir string) (*quicksight.Service, func(method, path string, body any) (int, string)) {
	t.Helper()
	return reopenWith(t, dir, new(quicksight.Options))
}

func reopenWith(t *testing.T, dir string, opts *quicksight.Options) (*quicksight.Service, func(method, path string, body any) (int, string)) {
	t.Helper()
	opts.Account, opts.Region, opts.Unauthenticated = quicksighttest.Account, quicksighttest.Region, true
	service, err := quicksight.Open(t.Context(), dir, opts)
	require.NoError(t, err)
	return service, func(method, path string, body any) (int, string) {
		text, err := json.Marshal(body)
		require.NoError(t, err)
		r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(string(text)))
		if body == nil {
			r = httptest.NewRequest(method, "http://localhost"+path, nil)
		}
		w := httptest.NewRecorder()
		service.ServeHTTP(w, r)
		answer, err := io.ReadAll(w.Body)
		require.NoError(t, err)
		return w.Code, string(answer)
	}
}

// TestRecover: what a process left half done is undone, and what was done is
// there.
func TestRecover(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.NoError(t, s.AddCSV(t.Context(), "gone", "Region\nUS\n", nil))
	require.NoError(t, s.Service.CutOff(t.Context(), "document removed", "gone"))
	require.NoError(t, s.Service.CutOff(t.Context(), "ingestion", "sales"))
	require.NoError(t, s.Service.Close())

	service, ask := reopen(t, s.Dir)
	const mine = "/accounts/" + quicksighttest.Account
	status, _ := ask("GET", mine+"/data-sets/gone", nil)
	require.Equal(t, 404, status)
	status, _ = ask("GET", mine+"/data-sets/gone/permissions", nil)
	require.Equal(t, 404, status, "the directory has it no longer")
	status, body := ask("POST", mine+"/data-sets", object{"DataSetId": "gone", "Name": "again", "ImportMode": "SPICE", "PhysicalTableMap": object{
		"t": object{"S3Source": object{"DataSourceArn": arn("datasource/gone"), "InputColumns": []object{{"Name": "Region", "Type": "STRING"}}}},
	}})
	require.Equal(t, 201, status, "its id is free again: %s", body)
	status, body = ask("GET", mine+"/data-sets/sales/ingestions/cut", nil)
	require.Equal(t, 200, status)
	require.Contains(t, body, `"FAILED"`)
	status, body = ask("GET", "/rowsight/data-sets/sales/rows?user=PowerUser", nil)
	require.Equal(t, 200, status)
	require.Contains(t, body, `"RowCount":6`)

	require.NoError(t, service.CutOff(t.Context(), "updating", "sales"))
	status, body = ask("GET", "/rowsight/data-sets/sales/rows?user=PowerUser", nil)
	require.Equal(t, 409, status, "an update was cut off, so nobody reads: %s", body)
	require.NotContains(t, body, "US")
	update := object{
		"Name": "sales", "ImportMode": "SPICE",
		"PhysicalTableMap": object{"files": object{"S3Source": object{"DataSourceArn": arn("datasource/sales"), "InputColumns": []object{
			{"Name": "Order", "Type": "STRING"}, {"Name": "Region", "Type": "STRING"}, {"Name": "Segment", "Type": "STRING"}, {"Name": "Amount", "Type": "STRING"},
		}}}},
		"RowLevelPermissionDataSet": object{"Arn": arn("dataset/sales-rules"), "PermissionPolicy": "GRANT_ACCESS", "FormatVersion": "VERSION_1"},
	}
	status, body = ask("PUT", mine+"/data-sets/sales", update)
	require.Equal(t, 200, status, body)
	status, body = ask("GET", "/rowsight/data-sets/sales/rows?user=MarthaRivera", nil)
	require.Equal(t, 200, status, body)
	require.Contains(t, body, `"RowCount":1`)
	require.NoError(t, service.Close())
}

const serveEnv = "ROWSIGHT_QUICKSIGHT_DIR"

// TestServer registers users until it is killed, in a process of its own, and
// says which are kept.
func TestServer(t *testing.T) {
	dir := os.Getenv(serveEnv)
	if dir == "" {
		t.Skip("for TestKilled")
	}
	_, ask := reopen(t, dir)
	start := os.Getenv(serveEnv + "_ROUND")
	for i := range 1_000_000 { // it does not outlive its parent for long
		name := fmt.Sprintf("u%s-%d", start, i)
		status, body := ask("POST", "/accounts/"+quicksighttest.Account+"/namespaces/default/users", object{
			"IdentityType": "QUICKSIGHT", "Email": "a@example.com", "UserRole": "READER", "UserName": name, "Tags": []object{{"Key": "n", "Value": name}},
		})
		require.Equal(t, 201, status, body)
		fmt.Println("kept", name)
	}
}

// TestKilled kills a service again and again. Every user whose registration was
// answered is there.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	var kept []string
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestServer$")
		cmd.Env = append(os.Environ(), serveEnv+"="+dir, fmt.Sprintf("%s_ROUND=%d", serveEnv, round))
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		n := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			name, ok := strings.CutPrefix(lines.Text(), "kept ")
			if !ok {
				continue
			}
			kept = append(kept, name)
			if n++; n == 15+7*round {
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait(), "it was killed")
	}
	require.Greater(t, len(kept), 60)
	service, ask := reopen(t, dir)
	for _, name := range kept {
		status, _ := ask("GET", "/accounts/"+quicksighttest.Account+"/namespaces/default/users/"+name, nil)
		require.Equal(t, 200, status, name)
	}
	require.NoError(t, service.Close())
}
