package main

import (
	"bufio"
	"context"
	"io"
	"log"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

// TestMain runs the program itself in the processes that the test starts.
func TestMain(m *testing.M) {
	if os.Getenv("ROWSIGHT_TEST_READERS") != "" {
		a := os.Args[1:]
		if a[0] == "write" {
			log.Fatal(write(context.Background(), a[1], a[2], a[3], 20*time.Millisecond))
		}
		log.Fatal(read(context.Background(), a[1], a[2], a[3]))
	}
	os.Exit(m.Run())
}

// process starts the program and returns the lines that it prints.
func process(t *testing.T, args ...string) (*os.Process, <-chan string) {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "ROWSIGHT_TEST_READERS=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	lines := make(chan string, 100)
	go func() {
		for in := bufio.NewScanner(io.Reader(out)); in.Scan(); {
			lines <- in.Text()
		}
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process, lines
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestReaders(t *testing.T) {
	t.Chdir(t.TempDir())
	const dir, rules, sales = "store", "rules.csv", "sales.csv"
	write := func(path, text string) {
		require.NoError(t, os.WriteFile(path+".new", []byte(text), 0o600))
		require.NoError(t, os.Rename(path+".new", path))
	}
	write(rules, "UserName,region\nanna,US\n")
	write(sales, "region,amount\nUS,1\nUS,2\nEMEA,3\n")
	writer, _ := process(t, "write", dir, rules, sales)
	require.Eventually(t, func() bool { return exists(dir) }, 30*time.Second, 10*time.Millisecond)
	var readers []<-chan string
	for n := range 4 {
		_, lines := process(t, "read", dir, "reader"+strconv.Itoa(n), "anna")
		readers = append(readers, lines)
	}
	see := func(want string) {
		t.Helper()
		for _, lines := range readers {
			for deadline := time.After(30 * time.Second); ; {
				select {
				case got := <-lines:
					if got == want {
						deadline = nil
					}
				case <-deadline:
					require.Fail(t, "not seen: "+want)
				}
				if deadline == nil {
					break
				}
			}
		}
	}
	see("anna sees 2 rows, error: <nil>")
	write(rules, "UserName,region\nanna,EMEA\n")
	see("anna sees 1 rows, error: <nil>")
	require.NoError(t, writer.Kill())
	write(rules, "UserName,region\nben,EMEA\n") // revokes what anna had
	process(t, "write", dir, rules, sales)
	see("anna sees 0 rows, error: <nil>")
	for n := range readers {
		file, err := os.Open(dir + ".reader" + strconv.Itoa(n) + ".audit.jsonl")
		require.NoError(t, err)
		defer file.Close()
		var trail audit.Trail
		require.NoError(t, trail.Read(file, file.Name()))
		require.NotEmpty(t, trail.Reads("arn:aws:quicksight:us-east-1:000000000000:dataset/sales"))
	}
}
