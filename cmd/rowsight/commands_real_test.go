package main

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// realRules returns the permission datasets of others.
func realRules(t *testing.T) []string {
	t.Helper()
	var rules []string
	for _, pattern := range []string{"*/rules*.csv", "*/*rls*.csv"} {
		found, err := filepath.Glob(filepath.Join(realdata.Path(t, "data", "2_permissions"), pattern))
		require.NoError(t, err)
		rules = append(rules, found...)
	}
	require.GreaterOrEqual(t, len(rules), 12)
	return rules
}

// TestRealCompact makes the rules of others compact, and holds that nobody
// sees another row.
func TestRealCompact(t *testing.T) {
	small := filepath.Join(t.TempDir(), "small.csv")
	for _, rules := range realRules(t) {
		code, _, stderr := command("", "compact", rules, "--out", small)
		require.Equal(t, exitOK, code, stderr)
		code, out, stderr := command("", "diff", "--fail-on", "any", rules, small)
		require.Equal(t, exitOK, code, "%s: %s%s", rules, out, stderr)
		require.Equal(t, "no difference\n", out)
	}
}

// TestRealVet holds that nothing is an error in what others use, on its own,
// and that every finding is about a line that is there.
func TestRealVet(t *testing.T) {
	for _, rules := range realRules(t) {
		code, out, stderr := command("", "vet", rules)
		require.Equal(t, exitOK, code, "%s: %s%s", rules, out, stderr)
		for line := range strings.Lines(out) {
			require.Regexp(t, `^[^:]+:\d+:\d+: (info|warning) RS\d\d\d: `, line)
		}
	}
	for _, name := range []string{"oktank/config.json", "seed-three-tags/config.json", "shoppulse/quicksight-rls-config.json", "wirjo-saas/config.json"} {
		config := realdata.Path(t, "data", "3_tagrules", name)
		code, out, stderr := command("", "vet", "--tags", config)
		require.Equal(t, exitOK, code, "%s: %s%s", config, out, stderr)
		code, out, stderr = command("", "diff", "--fail-on", "any", config, config)
		require.Equal(t, exitOK, code, "%s: %s%s", config, out, stderr)
	}
	config := realdata.Path(t, "data", "3_tagrules", "seed-three-tags", "config.json")
	session := realdata.Path(t, "data", "3_tagrules", "seed-three-tags", "session_tags.json")
	code, out, stderr := command("", "vet", "--tags", config, "--tags-from", session, "--fail-on", "info")
	require.Equal(t, exitOK, code, "%s%s", out, stderr)
}

// TestRealWho holds that who counts for each viewer the rows that filter
// writes.
func TestRealWho(t *testing.T) {
	for _, data := range []string{
		realdata.Path(t, "data", "1_datasets", "saas-sales", "SaaS-Sales.csv"),
		realdata.Path(t, "data", "1_datasets", "people-overview", "quicksight-aws-people-overview.csv"),
	} {
		seen, fit := 0, 0
		for _, rules := range realRules(t) {
			code, out, stderr := command("", "who", "--rules", rules, "--format", "csv", data)
			if code == exitUsage {
				require.Contains(t, stderr, "no such column", rules)
				continue
			}
			require.Equal(t, exitOK, code, stderr)
			fit++
			lines, err := csv.NewReader(strings.NewReader(out)).ReadAll()
			require.NoError(t, err)
			for _, line := range lines {
				if line[0] != "user" && line[0] != "group" || line[3] != "all" && line[2] != "" {
					continue
				}
				viewer := map[string][]string{
					"user":     {"--user", line[1]},
					"group":    {"--user", "nobody of this name", "--group", line[1]},
					"userARN":  {"--user-arn", line[1]},
					"groupARN": {"--user", "nobody of this name", "--group-arn", line[1]},
				}[line[0]+map[bool]string{true: "ARN"}[strings.HasPrefix(line[1], "arn:")]]
				rows, err := strconv.Atoi(line[5])
				require.NoError(t, err)
				code, _, stderr := command("", append(append([]string{"filter", "--rules", rules}, viewer...), data)...)
				require.Equal(t, exitOK, code, stderr)
				require.Contains(t, "\n"+stderr, fmt.Sprintf("\n%s of ", plain.Number(int(rows))), "%s: %v", rules, line)
				seen++
			}
		}
		require.GreaterOrEqual(t, fit, 2, data)
		require.GreaterOrEqual(t, seen, 6, data)
	}
}
