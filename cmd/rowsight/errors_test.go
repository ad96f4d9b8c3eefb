package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestErrorCap holds that no command prints a mistake of every line on a line
// each: it prints some and counts the others, and none of another kind is lost.
func TestErrorCap(t *testing.T) {
	const lines = 3010
	dir := t.TempDir()
	write := func(name, head string, line func(i int) string) string {
		var text strings.Builder
		text.WriteString(head)
		for i := range lines {
			text.WriteString(line(i))
		}
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o666))
		return path
	}
	same := func(s string) func(int) string { return func(int) string { return s } }
	quotes := write("quotes.csv", "UserName,Region\n", same("al,E\"A\n"))
	fields := write("fields.csv", "UserName,Region\n", func(i int) string { return strings.Repeat("x,", 2+i%9) + "x\n" })
	arns := write("arns.csv", "UserARN,Region\n", func(i int) string { return fmt.Sprintf("user/u%d,EMEA\n", i) })
	people := write("people.csv", "user,region\n", func(i int) string { return fmt.Sprintf("u%d,\n", i) })
	groups := write("groups.csv", "user,groups\n", func(i int) string { return fmt.Sprintf("u%d,\"a\"\"b%d\"\n", i, i) })
	numbers := write("numbers.jsonl", "", func(i int) string { return fmt.Sprintf("{\"Region\":%d}\n", i) })
	rules := write("rules.csv", "UserName,Region\n", same("al,EMEA\n"))
	data := write("data.csv", "Region\n", same("EMEA\n"))
	both := write("both.csv", "UserName,Region\n", func(i int) string { return []string{"al,E\"A\n", "al\n"}[i/(lines-1)] })
	tests := []struct {
		reason string
		args   []string
		code   int
		kinds  int
	}{
		{"filter", []string{"filter", "--rules", quotes, "--user", "al", data}, exitUsage, 1},
		{"another number of fields on every line", []string{"explain", "--rules", fields, "--user", "al", data}, exitUsage, 9},
		{"ARNs that are none", []string{"compact", arns}, exitUsage, 1},
		{"rules and a roster", []string{"generate", "--users", people, "--map", "Region=region"}, exitUsage, 1},
		{"lists of groups", []string{"who", "--users", groups, "--rules", rules, "--value", "Region=EMEA"}, exitUsage, 1},
		{"data", []string{"filter", "--rules", rules, "--user", "al", numbers}, exitData, 1},
		{"two files", []string{"diff", quotes, arns}, exitUsage, 2},
		{"another error at the end", []string{"filter", "--rules", both, "--user", "al", data}, exitUsage, 2},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), tt.args, strings.NewReader(""), &out, &errs)
			require.Equal(t, tt.code, code, "%.2000s", errs.String())
			printed, more := 0, 0
			for line := range strings.Lines(errs.String()) {
				var n int
				if _, err := fmt.Sscanf(strings.ReplaceAll(line, ",", ""), "rowsight: and %d more like this", &n); err == nil {
					more += n
				} else {
					printed++
				}
			}
			require.LessOrEqual(t, printed, tt.kinds*(maxErrors+1), "%.2000s", errs.String())
			if tt.code == exitData { // who reads data does not look at all of it
				require.Contains(t, errs.String(), "there may be more such problems")
				return
			}
			require.GreaterOrEqual(t, printed+more, lines, "%.2000s", errs.String())
			require.Contains(t, errs.String(), " more like this\n")
			if tt.reason == "another error at the end" {
				require.Contains(t, errs.String(), "both.csv:3011:1: wrong number of fields")
			}
		})
	}
}

// TestErrorKind holds that errors differ by their reason, and not by place.
func TestErrorKind(t *testing.T) {
	require.Equal(t, errorKind(`a.csv:3:14: column "x\"y": got 7, want 8`), errorKind(`a.csv:12:1: column "z": got 70, want 8`))
	require.NotEqual(t, errorKind(`a.csv:3:14: bare quote`), errorKind(`a.csv:3:14: unterminated quote`))
	require.NotEqual(t, errorKind(`a.csv:3:14: bare quote`), errorKind(`b.csv:3:14: bare quote`))
}
