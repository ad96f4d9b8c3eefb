package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// limited runs the command in a process of its own that cannot have more than
// 4 GiB of address space, of which Go keeps a good part to itself.
func limited(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs ulimit -v")
	}
	cmd := exec.Command("sh", append([]string{"-c", `ulimit -v 4194304; exec rowsight "$@"`, "sh"}, args...)...)
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=1GiB")
	var out bytes.Buffer
	cmd.Stderr = &out
	err := cmd.Run()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// TestHostileFiles flips bits of files and cuts them off. Whatever comes of it,
// the command ends with an exit code of its own, in little memory, and leaves
// no file where it failed.
func TestHostileFiles(t *testing.T) {
	dir := t.TempDir()
	rules := rulesFile(t, "Region", "EMEA")
	var lines strings.Builder
	lines.WriteString("Region,n,text\n")
	for i := range 400 {
		fmt.Fprintf(&lines, "%s,%d,text of row %d\n", []string{"EMEA", "US", "", "APAC"}[i%4], i, i*i)
	}
	whole := filepath.Join(dir, "whole.csv")
	require.NoError(t, os.WriteFile(whole, []byte(lines.String()), 0o666))
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 60
	if testing.Short() {
		rounds = 9
	}
	for _, name := range []string{"a.csv", "a.jsonl", "a.arrow", "a.arrows", "a.parquet"} {
		path := filepath.Join(dir, name)
		code, _, stderr := command("", "filter", "--rules", rulesFile(t, "Region"), "--user", "A", "--out", path, whole)
		require.Equal(t, exitOK, code, stderr)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		refused := 0
		for i := range rounds {
			bad := bytes.Clone(content)
			if i%3 == 0 {
				bad = bad[:random.IntN(len(bad))]
			} else {
				for range 1 + i%4 {
					at := random.IntN(len(bad))
					if i%2 == 0 { // where the metadata is
						at = max(0, len(bad)-1-random.IntN(1000))
					}
					bad[at] ^= 1 << random.IntN(8)
				}
			}
			file := filepath.Join(dir, "bad"+filepath.Ext(name))
			out := filepath.Join(dir, "out.csv")
			require.NoError(t, os.WriteFile(file, bad, 0o666))
			code, stderr := limited(t, "filter", "--rules", rules, "--user", "A", "--out", out, file)
			require.Contains(t, []int{exitOK, exitUsage, exitData}, code, "%s, round %d: %s", name, i, stderr)
			for _, word := range []string{"panic:", "fatal error", "goroutine "} {
				require.NotContains(t, stderr, word, "%s, round %d", name, i)
			}
			if code == exitOK {
				require.NoError(t, os.Remove(out))
				continue
			}
			refused++
			require.NoFileExists(t, out)
		}
		require.Greater(t, refused, rounds/6, name)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestInterrupt ends the command in the middle of a file with each of the
// signals, at different times.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	dir := t.TempDir()
	rules := rulesFile(t, "Region")
	big := filepath.Join(dir, "big.csv")
	require.NoError(t, os.WriteFile(big, []byte("Region,n\n"+strings.Repeat("EMEA,1\n", 3_000_000)), 0o666))
	interrupted := 0
	for i := range 8 {
		out := filepath.Join(dir, "out"+[]string{".csv", ".jsonl", ".arrow", ".parquet"}[i%4])
		cmd := exec.Command("rowsight", "filter", "--rules", rules, "--user", "A", "--out", out, big)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		require.NoError(t, cmd.Start())
		time.Sleep(time.Duration(20+30*i) * time.Millisecond)
		_ = cmd.Process.Signal(os.Interrupt) // it may be done
		_ = cmd.Wait()
		left, err := filepath.Glob(filepath.Join(dir, ".out*"))
		require.NoError(t, err)
		require.Empty(t, left)
		if cmd.ProcessState.ExitCode() == exitOK {
			require.FileExists(t, out)
			require.NoError(t, os.Remove(out))
			continue
		}
		if cmd.ProcessState.ExitCode() == exitInterrupt {
			require.Equal(t, "rowsight: interrupted\n", stderr.String())
			interrupted++
		} // otherwise the signal came before the program could listen
		require.NoFileExists(t, out)
	}
	require.Positive(t, interrupted)
}
