package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// schemaEnv names the variable that points at the JSON Schema of SARIF 2.1.0,
// which OASIS publishes as sarif-schema-2.1.0.json. It is not ours to ship.
const schemaEnv = "ROWSIGHT_SARIF_SCHEMA"

// sarifLogs returns what vet writes for files with findings of many kinds,
// silenced ones and ones without a place.
func sarifLogs(t *testing.T) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		return path
	}
	rules := write("rules with a space.csv", "UserName,GroupName,Region\nal,g,\"EMEA, US\"\nal,,NULL\n,,EMEA\nbo,,\nbo,,emea\n")
	config := write("config.json", `{"TagRules": [{"TagKey": "tenant", "ColumnName": "Tenant", "MatchAllValue": "*"}]}`)
	data := write("data.csv", "Region,tenant\nEMEA,x\nÅrhus,y\n")
	silence := write("vet.yaml", "silence: [{id: RS022, reason: meant}]\nseverity: {RS015: error}\n")
	roster := write("roster.csv", "user,groups\ncy,nobody\n")
	logs := make(map[string][]byte)
	for name, args := range map[string][]string{
		"none":   {write("clean.csv", "UserName,Region\nal,EMEA\n")},
		"rules":  {rules},
		"config": {"--config", silence, rules},
		"data":   {"--data", data, "--users", roster, rules},
		"broken": {write("broken.csv", "UserName,Region\n\"al\n")},
		"tags":   {"--tags", config, "--tag", "Tenant=x", "--data", data},
	} {
		code, out, stderr := command("", append([]string{"vet", "--format", "sarif", "--fail-on", "never"}, args...)...)
		require.Equal(t, exitOK, code, stderr)
		logs[name] = []byte(out)
	}
	return logs
}

// TestSARIF holds what readers of SARIF rely on, whatever the schema says:
// results name rules that are there, and places that can be.
func TestSARIF(t *testing.T) {
	for name, log := range sarifLogs(t) {
		var doc struct {
			Version string
			Runs    []struct {
				Tool struct {
					Driver struct{ Rules []struct{ ID string } }
				}
				Results []struct {
					RuleID    string
					RuleIndex int
					Level     string
					Message   struct{ Text string }
					Locations []struct {
						PhysicalLocation struct {
							ArtifactLocation struct{ URI string }
							Region           *struct{ StartLine, StartColumn int }
						}
					}
					Suppressions []struct{ Kind, Justification string }
				}
			}
		}
		require.NoError(t, json.Unmarshal(log, &doc), name)
		require.Equal(t, "2.1.0", doc.Version)
		require.Len(t, doc.Runs, 1)
		run := doc.Runs[0]
		require.Equal(t, name == "none", len(run.Results) == 0, name)
		suppressed := 0
		for _, r := range run.Results {
			require.Equal(t, r.RuleID, run.Tool.Driver.Rules[r.RuleIndex].ID)
			require.Contains(t, []string{"error", "warning", "note"}, r.Level)
			require.NotEmpty(t, r.Message.Text)
			for _, l := range r.Locations {
				require.NotContains(t, l.PhysicalLocation.ArtifactLocation.URI, " ")
				if region := l.PhysicalLocation.Region; region != nil {
					require.Positive(t, region.StartLine)
				}
			}
			for _, s := range r.Suppressions {
				suppressed++
				require.Equal(t, "external", s.Kind)
				require.Equal(t, "meant", s.Justification)
			}
		}
		require.Equal(t, name == "config", suppressed > 0, name)
	}
}

// TestSARIFSchema holds that the logs are valid by the schema of OASIS.
func TestSARIFSchema(t *testing.T) {
	path := os.Getenv(schemaEnv)
	if path == "" {
		t.Skipf("set %s to the JSON Schema of SARIF 2.1.0", schemaEnv)
	}
	schema := compileSchema(t, path)
	for name, log := range sarifLogs(t) {
		var doc any
		require.NoError(t, json.Unmarshal(log, &doc))
		require.NoError(t, schema.Validate(doc), name)
		// The schema is strict enough to notice.
		doc.(map[string]any)["runs"].([]any)[0].(map[string]any)["results"] = []any{map[string]any{"level": "fatal"}}
		require.Error(t, schema.Validate(doc))
	}
}

// TestCaseSchema holds that the schema that test --schema prints is one, and
// takes the case file of its own help.
func TestCaseSchema(t *testing.T) {
	code, out, stderr := command("", "test", "--schema")
	require.Equal(t, exitOK, code, stderr)
	path := filepath.Join(t.TempDir(), "schema.json")
	require.NoError(t, os.WriteFile(path, []byte(out), 0o666))
	schema := compileSchema(t, path)
	require.NoError(t, schema.Validate(map[string]any{
		"rules": "rules.csv", "data": "sales.csv", "cases": []any{map[string]any{"name": "x", "who": "eve", "none": true}},
	}))
	require.Error(t, schema.Validate(map[string]any{"rules": "rules.csv", "case": []any{}}))
}

func compileSchema(t *testing.T, path string) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	schema, err := c.Compile("schema.json")
	require.NoError(t, err)
	return schema
}
