package quicksight_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestUpdater changes the columns and the rules of a data set until it is
// killed, in a process of its own.
func TestUpdater(t *testing.T) {
	dir := os.Getenv(serveEnv + "_UPDATE")
	if dir == "" {
		t.Skip("for TestKilledUpdates")
	}
	_, ask := reopen(t, dir)
	rules := object{"RowLevelPermissionDataSet": object{"Arn": arn("dataset/sales-rules"), "PermissionPolicy": "GRANT_ACCESS"}}
	for i := range 1_000_000 { // it does not outlive its parent for long
		in := with(salesSet(), rules)
		columns := []string{"Region", "Segment"}
		if i%2 == 0 {
			columns = append(columns, "Amount")
		}
		in["LogicalTableMap"] = object{"l": object{"Alias": "l", "Source": object{"PhysicalTableId": "files"}, "DataTransforms": []object{
			{"ProjectOperation": object{"ProjectedColumns": columns}},
		}}}
		status, body := ask("PUT", "/accounts/"+quicksighttest.Account+"/data-sets/sales", in)
		require.Equal(t, 200, status, body)
		fmt.Println("updated", i)
	}
}

// TestKilledUpdates kills a service while it replaces rows and rules. Whenever
// that is, nobody sees a row that the rules hide.
func TestKilledUpdates(t *testing.T) {
	s := quicksighttest.NewServer(t)
	require.NoError(t, s.Service.Close())
	shown, refused := 0, 0
	for round := range 8 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestUpdater$")
		cmd.Env = append(os.Environ(), serveEnv+"_UPDATE="+s.Dir)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		n := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if n++; n == 2 {
				time.Sleep(time.Duration(7*round) * time.Millisecond) // somewhere inside an update
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait(), "it was killed")
		service, ask := reopen(t, s.Dir)
		switch status, body := ask("GET", "/rowsight/data-sets/sales/rows?user=MarthaRivera", nil); status {
		case 200:
			shown++
			var rows quicksighttest.Rows
			require.NoError(t, json.Unmarshal([]byte(body), &rows))
			require.Equal(t, int64(1), rows.RowCount, body)
			require.Equal(t, "US", rows.Rows[0][0], body)
		default:
			refused++
			require.Equal(t, 409, status, body)
		}
		require.NoError(t, service.Close())
	}
	t.Log(shown, "shown,", refused, "refused")
}
