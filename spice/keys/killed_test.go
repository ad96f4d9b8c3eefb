package keys_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/keys"
)

const makerEnv = "ROWSIGHT_KEYS_MAKER"

// TestMaker makes and disables keys until it is killed, in a process of its own,
// and says on standard output which key is there, disabled.
func TestMaker(t *testing.T) {
	dir := os.Getenv(makerEnv)
	if dir == "" {
		t.Skip("for TestKilled")
	}
	l, err := keys.OpenLocal(dir, nil)
	require.NoError(t, err)
	for range 10_000 { // it does not outlive its parent for long
		arn, err := l.CreateKey(context.Background(), account, region)
		require.NoError(t, err)
		require.NoError(t, l.Disable(context.Background(), arn))
		fmt.Println("disabled", arn)
	}
}

// TestKilled kills a process that changes the keyring. Every key that it said is
// disabled is there, and disabled.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	disabled := make(map[string]bool)
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMaker$")
		cmd.Env = append(os.Environ(), makerEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); {
			if arn, ok := strings.CutPrefix(lines.Text(), "disabled "); ok {
				disabled[arn] = true
				if n++; n == 3+round {
					require.NoError(t, cmd.Process.Kill())
				}
			}
		}
		require.Error(t, cmd.Wait(), "it was killed")
		all, err := open(t, dir, nil).List(t.Context())
		require.NoError(t, err)
		there := 0
		for _, d := range all {
			if disabled[d.ARN] {
				there++
				require.Equal(t, keys.Disabled, d.State)
			}
		}
		require.Equal(t, len(disabled), there)
		left, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
		require.NoError(t, err)
		require.Empty(t, left)
	}
}
