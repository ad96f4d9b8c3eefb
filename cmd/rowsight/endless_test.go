//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// endless are pipes whose reader never comes to an end.
var endless = map[string]func(w io.Writer) error{
	"nothing is written":          nil,
	"lines without end":           func(w io.Writer) error { return repeat(w, "al,EMEA\n") },
	"one line without end":        func(w io.Writer) error { return repeat(w, "al,EMEA,") },
	"packed zeros without end":    func(w io.Writer) error { return packed(w, strings.Repeat("\x00", 1<<16)) },
	"packed lines without end":    func(w io.Writer) error { return packed(w, "\n") },
	"packed nothings without end": func(w io.Writer) error { return repeat(w, nothing()) },
	"JSON without end":            func(w io.Writer) error { return repeat(w, `{"UserName":"al","Region":"EMEA"}`+"\n") },
}

func repeat(w io.Writer, text string) error {
	for {
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
}

func packed(w io.Writer, text string) error {
	z := gzip.NewWriter(w)
	if _, err := io.WriteString(z, "UserName,Region\n"); err != nil {
		return err
	}
	return repeat(z, text)
}

// nothing is a file of gzip that holds no byte. Several are one file.
func nothing() string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Close()
	return b.String()
}

// TestEndlessInput: whatever is read ends with the context of the command, in
// each place that a file is read from.
func TestEndlessInput(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	rules, data := file("rules.csv", "UserName,Region\nal,EMEA\n"), file("data.csv", "Region\nEMEA\n")
	tags := file("tags.json", `{"Status":"ENABLED","TagRules":[{"TagKey":"k","ColumnName":"Region"}]}`)
	places := map[string][]string{
		"rules":         {"vet", "PIPE"},
		"rules, stdin":  {"vet", "-"},
		"rules to read": {"explain", "--rules", "PIPE", "--user", "al", data},
		"tag rules":     {"vet", "--tags", "PIPE"},
		"configuration": {"explain", "--tags", "PIPE", "--tag", "k=EMEA", data},
		"settings":      {"explain", "--rules", rules, "--settings", "PIPE", "--user", "al", data},
		"roster":        {"who", "--rules", rules, "--users", "PIPE", data},
		"findings":      {"vet", "--config", "PIPE", rules},
		"value of tags": {"explain", "--tags", tags, "--tag-file", "k=PIPE", data},
		"tags":          {"explain", "--tags", tags, "--tags-from", "PIPE", data},
		"data":          {"explain", "--rules", rules, "--user", "al", "PIPE"},
		"data, stdin":   {"filter", "--rules", rules, "--user", "al", "-"},
		"audit":         {"audit", "reads", "PIPE"},
		"audit, verify": {"audit", "verify", "PIPE"},
		"audit, key":    {"audit", "verify", "--key-file", "PIPE", rules},
		"a report":      {"vet", "--format", "html", "PIPE"},
	}
	for reason, write := range endless {
		for place, args := range places {
			t.Run(place+": "+reason, func(t *testing.T) {
				t.Parallel()
				pipe := filepath.Join(t.TempDir(), "pipe.csv")
				require.NoError(t, syscall.Mkfifo(pipe, 0o600))
				// A writer keeps the pipe open, or nobody ever opens it.
				var stdin io.Reader = strings.NewReader("")
				stop := func() {}
				if write != nil {
					w, err := os.OpenFile(pipe, os.O_RDWR, 0)
					require.NoError(t, err)
					in, out := io.Pipe()
					go func() { _ = write(w) }()
					go func() { _ = write(out) }()
					stdin, stop = in, func() { w.Close(); in.Close() }
				} else {
					in, _ := io.Pipe()
					stdin = in
				}
				defer stop()
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				var called []string
				for _, arg := range args {
					called = append(called, strings.ReplaceAll(arg, "PIPE", pipe))
				}
				var stdout, stderr bytes.Buffer
				code := run(ctx, called, stdin, &stdout, &stderr)
				require.NotEqual(t, exitOK, code, stdout.String())
				require.NotEmpty(t, stderr.String())
			})
		}
	}
}

// TestTimeoutUnpacks: a small file that unpacks to a gigabyte ends at --timeout.
func TestTimeoutUnpacks(t *testing.T) {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "rules.csv.gz"), filepath.Join(dir, "out")
	file, err := os.Create(path)
	require.NoError(t, err)
	z := gzip.NewWriter(file)
	for range 1 << 14 {
		_, err := z.Write(make([]byte, 1<<16))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, file.Close())
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"compact", "--timeout", "20ms", "--out", out, path}, nil, &stdout, &stderr)
	require.Equal(t, exitData, code, stderr.String())
	require.Equal(t, "rowsight: stopped after 20ms: --timeout\n", stderr.String())
	require.NoFileExists(t, out)
}
