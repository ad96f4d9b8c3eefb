package vet

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

var update = flag.Bool("update", false, "write the golden files")

var writers = map[string]func(io.Writer, []Finding) error{"txt": WriteText, "json": WriteJSON, "sarif": WriteSARIF, "github": WriteGitHub}

// mistakes vets testdata/mistakes.csv, as a user would, with one silence.
func mistakes(t *testing.T) []Finding {
	text, err := os.ReadFile(filepath.Join("testdata", "mistakes.csv"))
	require.NoError(t, err)
	list, err := roster.ReadCSV(strings.NewReader("User,Groups\nal,\nbo,\nmia,\n"), &roster.Options{File: "roster.csv"})
	require.NoError(t, err)
	findings, err := CSV(bytes.NewReader(text), &Options{Rules: &rls.Options{File: "rules/mistakes.csv"}, Roster: list})
	require.NoError(t, err)
	findings, err = (&Config{Silence: []Silence{{ID: "RS015", Reason: "auditors see everything"}}}).Apply(findings)
	require.NoError(t, err)
	return findings
}

func TestGoldens(t *testing.T) {
	findings := mistakes(t)
	for ext, write := range writers {
		var b bytes.Buffer
		require.NoError(t, write(&b, findings))
		golden := filepath.Join("testdata", "mistakes."+ext)
		if *update {
			require.NoError(t, os.WriteFile(golden, b.Bytes(), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err, "run go test -update")
		require.Equal(t, string(want), b.String(), golden)
	}
}

// What SARIF 2.1.0 requires of the parts we write, property by property, and
// that there is no property it does not know: the schema allows none.
func TestSARIF(t *testing.T) {
	odd := []Finding{
		{ID: "RS001", Severity: Error, Reason: "no place"},
		{ID: "RS001", Severity: Error, Reason: "no line", Pos: rls.Position{File: "a b/c:d%.csv"}},
		{ID: "RS001", Severity: Info, Reason: "no column", Pos: rls.Position{File: "/x/y.csv", Line: 3}},
		{ID: "RS001", Severity: Warning, Pos: rls.Position{Line: 3}, Silenced: "why"},
	}
	for _, findings := range [][]Finding{nil, odd, mistakes(t)} {
		var b bytes.Buffer
		require.NoError(t, WriteSARIF(&b, findings))
		var log map[string]any
		require.NoError(t, json.Unmarshal(b.Bytes(), &log))
		known(t, log, "$schema", "version", "runs")
		require.Equal(t, "2.1.0", log["version"])
		runs := log["runs"].([]any)
		require.Len(t, runs, 1)
		run := runs[0].(map[string]any)
		known(t, run, "tool", "columnKind", "results")
		require.Contains(t, []any{"utf16CodeUnits", "unicodeCodePoints"}, run["columnKind"])
		tool := run["tool"].(map[string]any)
		known(t, tool, "driver")
		driver := tool["driver"].(map[string]any)
		known(t, driver, "name", "informationUri", "rules")
		require.NotEmpty(t, driver["name"])
		rules := driver["rules"].([]any)
		seen := make(map[string]bool)
		for _, r := range rules {
			rule := r.(map[string]any)
			known(t, rule, "id", "name", "shortDescription", "helpUri", "defaultConfiguration")
			seen[rule["id"].(string)] = true
			require.NotEmpty(t, rule["shortDescription"].(map[string]any)["text"])
			isLevel(t, rule["defaultConfiguration"].(map[string]any)["level"])
			u, err := url.Parse(rule["helpUri"].(string))
			require.NoError(t, err)
			require.True(t, u.IsAbs())
		}
		require.Len(t, seen, len(Kinds()), "rules are unique")
		results := run["results"].([]any)
		require.Len(t, results, len(findings))
		for i, r := range results {
			result := r.(map[string]any)
			known(t, result, "ruleId", "ruleIndex", "level", "message", "locations", "suppressions")
			isLevel(t, result["level"])
			require.Contains(t, result["message"].(map[string]any)["text"], findings[i].Reason)
			require.Equal(t, findings[i].ID, rules[int(result["ruleIndex"].(float64))].(map[string]any)["id"])
			if locations, ok := result["locations"].([]any); ok {
				location := locations[0].(map[string]any)
				known(t, location, "physicalLocation")
				at := location["physicalLocation"].(map[string]any)
				known(t, at, "artifactLocation", "region")
				u, err := url.Parse(at["artifactLocation"].(map[string]any)["uri"].(string))
				require.NoError(t, err)
				require.Equal(t, findings[i].Pos.File, strings.TrimPrefix(u.Path, "./"))
				if region, ok := at["region"].(map[string]any); ok {
					known(t, region, "startLine", "startColumn")
					require.GreaterOrEqual(t, region["startLine"], 1.0)
					if column, ok := region["startColumn"]; ok {
						require.GreaterOrEqual(t, column, 1.0)
					}
				}
			}
			if suppressions, ok := result["suppressions"].([]any); ok {
				s := suppressions[0].(map[string]any)
				known(t, s, "kind", "justification")
				require.Contains(t, []any{"inSource", "external"}, s["kind"])
			}
			require.Equal(t, findings[i].Silenced != "", result["suppressions"] != nil)
		}
	}
}

func known(t *testing.T, object map[string]any, names ...string) {
	t.Helper()
	for name := range object {
		require.True(t, slices.Contains(names, name), name)
	}
}

func isLevel(t *testing.T, level any) {
	t.Helper()
	require.Contains(t, []any{"note", "warning", "error"}, level)
}

// No text of a rule file becomes a command of its own, or ends one.
func TestGitHubEscapes(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteGitHub(&b, []Finding{{
		ID: "RS022", Severity: Warning, Pos: rls.Position{File: "a,b:c%\n::error::x.csv", Line: 1, Column: 2},
		Thing: "column \"x\"", Reason: "100%\r\n::set-output name=x::y", Suggestion: "do",
	}}))
	require.Equal(t, "::warning file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax.csv,line=1,col=2,title=RS022::column \"x\": 100%25%0D%0A::set-output name=x::y (do)\n", b.String())
	require.Equal(t, 1, strings.Count(b.String(), "\n"))
	require.Regexp(t, regexp.MustCompile(`^::(error|warning|notice) [^\n]*title=RS\d+::`), b.String())
}

func TestJSONIsAList(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteJSON(&b, nil))
	require.Equal(t, "[]\n", b.String())
}

// The error of a writer is returned.
func TestWriteErrors(t *testing.T) {
	for ext, write := range writers {
		require.ErrorIs(t, write(failing{}, []Finding{{ID: "RS001", Severity: Error}}), errFailing, ext)
	}
}

func (failing) Write([]byte) (int, error) { return 0, errFailing }
