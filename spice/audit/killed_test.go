package audit_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

const writerEnv = "ROWSIGHT_AUDIT_WRITER"

// TestWriter appends to a log until it is killed, in a process of its own, and
// says on standard output which record is kept.
func TestWriter(t *testing.T) {
	path := os.Getenv(writerEnv)
	if path == "" {
		t.Skip("for TestKilled")
	}
	log, err := audit.OpenLog(path, &audit.LogOptions{Sync: audit.SyncNever}) // the process is killed, and not the machine
	require.NoError(t, err)
	for range 1_000_000 { // it does not outlive its parent for long
		require.NoError(t, log.Append(context.Background(), use(audit.Decrypt, keyA).Record()))
		fmt.Println("kept", log.Head().Sequence)
	}
}

// TestKilled kills a writer again and again. Every record that was said to be
// kept is there, and the log is whole.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	last := uint64(0)
	for round := range 5 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestWriter$")
		cmd.Env = append(os.Environ(), writerEnv+"="+path)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); {
			number, ok := strings.CutPrefix(lines.Text(), "kept ")
			if !ok {
				continue
			}
			last, err = strconv.ParseUint(number, 10, 64)
			require.NoError(t, err)
			if n++; n == 20+7*round {
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait(), "it was killed")
		log := openLog(t, path, nil)
		require.GreaterOrEqual(t, log.Head().Sequence, last)
		_, err = audit.Check{Head: log.Head()}.Verify(strings.NewReader(read(t, path)))
		require.NoError(t, err)
		require.NoError(t, log.Close())
	}
	require.Greater(t, last, uint64(100))
}
