package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// taken filters CSV with cells that are built and written again: through Arrow, which
// a second command writes as CSV. It returns what the command that copies lines
// must return.
func taken(t *testing.T, rules, all string, paths ...string) (code int, stdout, stderr string) {
	t.Helper()
	code, arrow, stderr := command("", append([]string{"filter", "--quiet", "--rules", rules, "--user", "A", "--format", "arrow"}, paths...)...)
	if code != exitOK {
		return code, "", stderr
	}
	return command(arrow, "filter", "--quiet", "--rules", all, "--allow-no-fields", "--user", "A", "--format", "csv", "-")
}

// sameLines compares both ways, and reports whether there were rows.
func sameLines(t *testing.T, rules, all string, paths ...string) (rows, failed bool) {
	t.Helper()
	wantCode, want, wantErr := taken(t, rules, all, paths...)
	code, got, gotErr := command("", append([]string{"filter", "--quiet", "--rules", rules, "--user", "A"}, paths...)...)
	require.Equal(t, wantCode, code, gotErr)
	require.Equal(t, wantErr, gotErr)
	if code != exitOK {
		return false, true
	}
	require.True(t, want == got, "%s: %d bytes and %d bytes differ", paths, len(want), len(got))
	return strings.Count(got, "\n") > 1, false
}

// everyRow writes rules by which A sees every row.
func everyRow(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "all.csv")
	require.NoError(t, os.WriteFile(path, []byte("UserName\nA\n"), 0o600))
	return path
}

// TestCSVLinesReal compares lines that are copied with cells that are written anew,
// over every CSV file of the real data.
func TestCSVLinesReal(t *testing.T) {
	all := everyRow(t)
	files, some := 0, 0
	err := filepath.WalkDir(realdata.Path(t, "data"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".csv" {
			return err
		}
		if info, err := entry.Info(); err != nil || info.Size() > 8<<20 {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		r := csvtext.NewReader(file, nil)
		header, err := r.Read()
		if err != nil || len(header) < 2 {
			return nil
		}
		header = append([]string(nil), header...)
		first, err := r.Read()
		if err != nil {
			return nil
		}
		files++
		column := (files * 7) % len(header)
		value := append([]string(nil), first...)[column]
		if value == "" || header[column] == "" || strings.Contains(value, ",") || strings.HasPrefix(header[column], "UserName") {
			column = 0
			value = first[0]
		}
		if rows, _ := sameLines(t, rulesFile(t, header[column], value), all, path); rows {
			some++
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, files, 20)
	require.Greater(t, some, files/2)
}

// TestCSVLinesHostile does so over small files of whatever CSV can hold: the rows,
// the exit code and every message are those of cells.
func TestCSVLinesHostile(t *testing.T) {
	pieces := []string{"a", "x", "ä", ",", ",", "\n", "\"", "\"\"", " ", "a,\"c\"", "\r\n", "\r", "\"x\ny\"", "\uFEFF", "\xff", ";", "\na,b\n", "\na, b\n", "\n\"a\",b\n", "\nx,\"1,2\"\n"}
	dir, all, rules := t.TempDir(), everyRow(t), rulesFile(t, "h", "a")
	rnd := rand.New(rand.NewPCG(8, 9))
	good, bad := 0, 0
	rounds := 600
	if testing.Short() {
		rounds = 150
	}
	for i := range rounds {
		var paths []string
		for part := range 1 + rnd.IntN(2) {
			var in strings.Builder
			in.WriteString([]string{"h,i\n", "\uFEFFh,i\r\n", "i,h\n", "\"h\",\"i\"\n"}[rnd.IntN(4)])
			for range rnd.IntN(8) {
				if in.WriteString("a,b\n"); rnd.IntN(4) == 0 {
					in.WriteString(pieces[rnd.IntN(len(pieces))])
				}
			}
			path := filepath.Join(dir, fmt.Sprintf("%d-%d.csv", i, part))
			require.NoError(t, os.WriteFile(path, []byte(in.String()), 0o600))
			paths = append(paths, path)
		}
		if rows, failed := sameLines(t, rules, all, paths...); rows {
			good++
		} else if failed {
			bad++
		}
	}
	require.Greater(t, good, rounds/6)
	require.Greater(t, bad, rounds/12)
}

// TestCSVLinesLong: records longer than a block, many blocks, and an error behind
// many of them.
func TestCSVLinesLong(t *testing.T) {
	dir, all, rules := t.TempDir(), everyRow(t), rulesFile(t, "h", "a")
	path := filepath.Join(dir, "long.csv")
	var in strings.Builder
	in.WriteString("h,i\n")
	for i := range 60_000 {
		fmt.Fprintf(&in, "%c,\"%d %s\n\"\n", 'a'+rune(i%3), i, strings.Repeat("x", 50))
		if i%20_000 == 7 {
			in.WriteString("a,\"" + strings.Repeat("long\n", 500_000) + "\"\n")
		}
	}
	require.NoError(t, os.WriteFile(path, []byte(in.String()), 0o600))
	rows, _ := sameLines(t, rules, all, path)
	require.True(t, rows)
	for _, end := range []string{"a,b,c\n", "a,\"b", "a\xff,b\n", "a\r,b\n", "a,b\"\nc,d\n"} {
		require.NoError(t, os.WriteFile(path, []byte(in.String()+end), 0o600))
		_, failed := sameLines(t, rules, all, path)
		require.True(t, failed, "%q", end)
	}
}

// TestCSVLinesKept: what cannot be copied is written as before.
func TestCSVLinesKept(t *testing.T) {
	dir, rules := t.TempDir(), rulesFile(t, "h", "a")
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	for _, tt := range []struct {
		reason, name, in string
		args             []string
		want             string
	}{
		{"another delimiter", "a.csv", "h;i\na;\"b,c\"\n", []string{"--delimiter", ";"}, "h;i\na;b,c\n"},
		{"tabs", "a.tsv", "h\ti\na\tb,c\nb\td\n", nil, "h\ti\na\tb,c\n"},
		{"a delimiter that is not ASCII", "b.csv", "h§i\na§\"b\"\n", []string{"--delimiter", "§"}, "h§i\na§b\n"},
		{"one column", "c.csv", "h\na\n\nb\n", nil, "h\na\n"},
		{"a column from a folder", "k=v/d.csv", "h,i\na,\"b\"\n", nil, "h,i\na,b\n"},
	} {
		path := write(tt.name, tt.in)
		code, out, stderr := command("", append([]string{"filter", "--quiet", "--rules", rules, "--user", "A", path}, tt.args...)...)
		require.Equal(t, exitOK, code, stderr)
		require.Equal(t, tt.want, out, tt.reason)
	}
	code, out, stderr := command("", "filter", "--quiet", "--rules", rules, "--user", "A", filepath.Dir(write("folder/k=v/d.csv", "h,i\na,\"b\"\n")))
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "h,i\na,b\n", out)
}
