package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// action is what of action.yml is run here.
type action struct {
	Inputs map[string]struct {
		Description string
		Required    bool
		Default     string
	}
	Runs struct {
		Using string
		Steps []struct {
			ID, Name, Run, Shell, Uses string
			Env                        map[string]string
		}
	}
}

// A reference is the whole value of a variable, so that no value is taken for code.
var reference = regexp.MustCompile(`^\$\{\{ (inputs\.[a-z0-9-]+|github\.action_ref|steps\.[a-z]+\.outputs\.[a-z]+) \}\}$`)

func readYAML(t *testing.T, name string, v any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	require.NoError(t, err)
	d := yaml.NewDecoder(bytes.NewReader(text))
	require.NoError(t, d.Decode(v))
}

// step runs a step of the action in dir, with the inputs given and the defaults
// of the others. values also has what else a step refers to, by its whole name, and
// gets the outputs of the step.
func (a *action) step(t *testing.T, dir, name string, values map[string]string) (code int, output string) {
	t.Helper()
	for _, s := range a.Runs.Steps {
		if s.Name != name {
			continue
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
		outputs := filepath.Join(t.TempDir(), "outputs")
		require.NoError(t, os.WriteFile(outputs, nil, 0o600))
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GITHUB_OUTPUT="+outputs)
		for key, ref := range s.Env {
			m := reference.FindStringSubmatch(ref)
			require.NotNil(t, m, "%s: %s is one reference, so that no value is taken for code", name, key)
			value := values[m[1]]
			if input, ok := strings.CutPrefix(m[1], "inputs."); ok {
				require.Contains(t, a.Inputs, input, "%s is an input", input)
				if value, ok = values[input]; !ok {
					value = a.Inputs[input].Default
				}
			}
			cmd.Env = append(cmd.Env, key+"="+value)
		}
		out, _ := cmd.CombinedOutput()
		text, err := os.ReadFile(outputs)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			require.True(t, ok, line)
			values["steps."+s.ID+".outputs."+key] = value
		}
		return cmd.ProcessState.ExitCode(), string(out)
	}
	require.Fail(t, "no such step", name)
	return 0, ""
}

// repository makes a git repository with files in its one commit.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "x"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	return dir
}

const (
	ruleText = "UserName,Region\nal,EMEA\n"
	wideText = "UserName,Region\nal,\"EMEA,US\"\n"
	caseText = "rules: ../rules/my rules.csv\ndata: [{Region: EMEA}, {Region: US}]\ncases:\n  - {name: al, who: al, count: 1}\n"
)

// TestAction runs the steps of the action as its runner does, but for the
// install.
func TestAction(t *testing.T) {
	var a action
	readYAML(t, "action.yml", &a)
	require.Equal(t, "composite", a.Runs.Using)
	for name, input := range a.Inputs {
		require.NotEmpty(t, input.Description, name)
	}
	for _, s := range a.Runs.Steps {
		require.NotContains(t, s.Run, "${{", "%s: inputs come by the environment, so that none is taken for code", s.Name)
		require.True(t, s.Uses != "" || s.Shell == "bash", s.Name)
	}
	dir := repository(t, map[string]string{
		"rules/my rules.csv":    ruleText,
		"tests/a.rlstest.yaml":  caseText,
		"rules/tags.json":       `{"TagRules": [{"TagKey": "k", "ColumnName": "Region"}]}`,
		"data.csv":              "Region\nEMEA\n",
		"roster.csv":            "user,groups\nal,\n",
		"users.json":            `{"UserList": [{"Arn": "arn:aws:quicksight:us-east-1:111122223333:user/default/al", "UserName": "al"}]}`,
		"members.json":          `{"GroupMemberList": [{"Arn": "arn:aws:quicksight:us-east-1:111122223333:user/default/al", "MemberName": "al"}]}`,
		"vet.yaml":              "severity: {RS042: error}\n",
		"rules/not $(touch x)":  "",
		"rules/other/notes.txt": "",
	})
	in := map[string]string{"rules": "rules/*.csv\nrules/tags.json\n", "tests": "tests\n", "diff-with": "HEAD", "users": "roster.csv"}
	for _, name := range []string{"vet", "test", "diff"} {
		code, out := a.step(t, dir, name, in)
		require.Equal(t, exitOK, code, out)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "my rules.csv"), []byte(wideText), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "new.csv"), []byte(wideText), 0o666))
	code, out := a.step(t, dir, "diff", in)
	require.Equal(t, exitFound, code, out)
	require.Contains(t, out, `+ Region in ("US")`)
	require.Contains(t, out, "::notice file=rules/new.csv::")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "my rules.csv"), []byte(ruleText), 0o666))
	code, out = a.step(t, dir, "diff", in)
	require.Equal(t, exitFound, code, "a file that is new shows rows to whoever it names: %s", out)
	require.NoError(t, os.Rename(filepath.Join(dir, "rules", "new.csv"), filepath.Join(dir, "rules", "new.json")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "new.json"), []byte(`{"TagRules": [{"TagKey": "k", "ColumnName": "Region"}]}`), 0o666))
	code, out = a.step(t, dir, "diff", map[string]string{"rules": "rules/new.json", "diff-with": "HEAD"})
	require.Equal(t, exitFound, code, "and so does a tag configuration that is new: %s", out)
	require.NoError(t, os.Remove(filepath.Join(dir, "rules", "new.json")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "my rules.csv"), []byte(ruleText+"ceo,\n"), 0o666))
	code, out = a.step(t, dir, "diff", in)
	require.Equal(t, exitFound, code, "a user that the roster lacks gains rows: %s", out)
	require.Contains(t, out, "user ceo (not in the roster)")
	in["users"] = "users.json\nsales=members.json\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "my rules.csv"), []byte(ruleText+"al,US\n"), 0o666))
	code, out = a.step(t, dir, "diff", in)
	require.Equal(t, exitFound, code, "several rosters: %s", out)
	require.Contains(t, out, "user/default/al\n")
	code, out = a.step(t, dir, "vet", in)
	require.Equal(t, exitOK, code, out)
	require.NotContains(t, out, "RS050", "the rosters are read, and al has a rule")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "my rules.csv"), []byte(wideText), 0o666))
	code, out = a.step(t, dir, "test", in)
	require.Equal(t, exitFound, code, out)
	code, out = a.step(t, dir, "vet", map[string]string{"rules": in["rules"], "data": "data.csv", "vet-config": "vet.yaml"})
	require.Equal(t, exitFound, code, out)
	require.Contains(t, out, "::error file=rules/my rules.csv,line=2")
	for _, bad := range []map[string]string{{"rules": "nowhere/*.csv", "diff-with": "HEAD"}, {"rules": "$(touch x)", "diff-with": "HEAD"}, {"rules": "data.csv", "diff-with": "nothing"}} {
		code, out = a.step(t, dir, "diff", bad)
		require.Equal(t, 1, code, out)
		require.Contains(t, out, "::error::")
	}
	require.NoFileExists(t, filepath.Join(dir, "x"))
}

// TestHooks runs the hooks as pre-commit does: the entry, and the files that
// changed behind it.
func TestHooks(t *testing.T) {
	var hooks []struct {
		ID, Name, Description, Language, Entry, Files string
		PassFilenames                                 *bool    `yaml:"pass_filenames"`
		Dependencies                                  []string `yaml:"additional_dependencies"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	dir := repository(t, map[string]string{"rules/my rules.csv": ruleText, "tests/a.rlstest.yaml": caseText})
	run := func(entry string, files ...string) (int, string) {
		cmd := exec.Command("bash", append([]string{"-c", entry + ` "$@"`, "bash"}, files...)...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	require.Len(t, hooks, 3)
	for _, h := range hooks {
		require.Equal(t, "golang", h.Language)
		require.Equal(t, []string{"./cmd/rowsight"}, h.Dependencies)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "my rules.csv"), []byte(ruleText), 0o666))
		files := []string{"rules/my rules.csv"}
		require.Regexp(t, regexp.MustCompile(h.Files), files[0])
		if h.PassFilenames != nil {
			files = nil
		}
		code, out := run(h.Entry, files...)
		require.Equal(t, exitOK, code, "%s: %s", h.ID, out)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "my rules.csv"), []byte(strings.Replace(wideText, "al,", "al,\"", 1)), 0o666))
		if h.ID != "rowsight-vet" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "rules", "my rules.csv"), []byte(wideText), 0o666))
		}
		code, out = run(h.Entry, files...)
		require.Equal(t, exitFound, code, "%s: %s", h.ID, out)
	}
}

// TestActionNames holds that a name of a file is nothing but a name: no other
// file's, and no command for the runner, which reads lines that begin with "::".
func TestActionNames(t *testing.T) {
	var a action
	readYAML(t, "action.yml", &a)
	for _, name := range []string{"rules.csv\nrules.csv", "rules.csv\r\nrules.csv", " rules.csv", "rules.csv ,.csv", "*.csv", "-h.csv", `\.csv`, "::stop-commands::x.csv", "a\n::stop-commands::x.csv", "a::stop-commands::%0A.csv", "$(touch x).csv"} {
		dir := repository(t, map[string]string{"rules.csv": ruleText})
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(wideText), 0o666))
		code, out := a.step(t, dir, "diff", map[string]string{"rules": "*.csv", "diff-with": "HEAD"})
		require.Equal(t, exitFound, code, "%q was not compared: %s", name, out)
		require.Contains(t, out, `+ Region in ("EMEA", "US")`, name)
		require.NotRegexp(t, `(?m)^::stop-commands`, out, name)
		code, out = a.step(t, dir, "vet", map[string]string{"rules": "*.csv"})
		require.Equal(t, exitOK, code, "%q: %s", name, out)
		require.NotRegexp(t, `(?m)^::stop-commands`, out, name)
		require.NoFileExists(t, filepath.Join(dir, "x"))
	}
}
