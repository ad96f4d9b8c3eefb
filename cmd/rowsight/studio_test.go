package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
)

// studioOf returns the host of rowsight studio, and an engine over one rule file.
func studioOf(t *testing.T, path string, f *studioFlags) (*studioHost, *studio.Engine) {
	t.Helper()
	cmd := &cobra.Command{}
	cmd.SetContext(t.Context())
	host, err := newStudioHost(cmd, f)
	require.NoError(t, err)
	t.Cleanup(host.close)
	e, err := studio.New(t.Context(), host, studio.Files{Rules: path})
	require.NoError(t, err)
	return host, e
}

// TestStudioRepair: a file that cannot be read is repaired as rowsight fix does,
// and saved over itself.
func TestStudioRepair(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.csv")
	spoiled := "UserName,Region\nal, \"EMEA,US\"\n"
	require.NoError(t, os.WriteFile(path, []byte(spoiled), 0o600))
	_, e := studioOf(t, path, &studioFlags{})
	call := func(name, question string) map[string]any {
		text, err := e.Call(t.Context(), name, []byte(question))
		require.NoError(t, err, name)
		var answer map[string]any
		require.NoError(t, json.Unmarshal(text, &answer))
		return answer
	}
	require.Equal(t, false, call("state", "")["grid"])
	state := call("repair", `{"rev":1}`)
	require.Equal(t, true, state["grid"])
	require.NotEmpty(t, state["repairs"])
	saved := call("save", `{"rev":2,"unchecked":true}`)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "UserName,Region\nal,\"EMEA,US\"\n", string(text))
	text, err = os.ReadFile(saved["backup"].(string))
	require.NoError(t, err)
	require.Equal(t, spoiled, string(text))
}

// TestStudioPrefix: a first line that names the delimiter stays in the file.
func TestStudioPrefix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.csv")
	text := "sep=;\r\nUserName;Region\r\nal;US\r\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	host, e := studioOf(t, path, &studioFlags{})
	_, err := e.Call(t.Context(), "edit", []byte(`{"rev":1,"ops":[{"op":"set","row":0,"col":1,"text":"EMEA"}]}`))
	require.NoError(t, err)
	_, err = e.Call(t.Context(), "save", []byte(`{"rev":2,"unchecked":true}`))
	require.NoError(t, err)
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "sep=;\r\nUserName;Region\r\nal;EMEA\r\n", string(now))

	_, err = host.Save(path, []byte(text), []byte("x"), path)
	require.ErrorIs(t, err, studio.ErrChanged)
	_, err = host.Save(path, nil, []byte("x"), path)
	require.ErrorIs(t, err, studio.ErrChanged, "a new file must not be there")
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, now, again)
}

// TestStudioKeep: no name of a dropped file leads out of its folder.
func TestStudioKeep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.csv")
	require.NoError(t, os.WriteFile(path, []byte("UserName,Region\nal,US\n"), 0o600))
	host, _ := studioOf(t, path, &studioFlags{})
	for _, name := range []string{"../up.csv", "/etc/passwd", `..\up.csv`, "", ".", "..", "fine.csv"} {
		kept, err := host.Keep(name, []byte("x"))
		require.NoError(t, err, name)
		require.True(t, host.Kept(kept), "%q is kept as %s", name, kept)
	}
	require.False(t, host.Kept(path))
}

// TestStudioRevision: --against takes a file, or a revision of git.
func TestStudioRevision(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "rules.csv")
	old := []byte("UserName,Region\nal,US\n")
	require.NoError(t, os.WriteFile(path, old, 0o600))
	for _, args := range [][]string{{"init", "-q"}, {"add", "rules.csv"}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "rules"}} {
		run := exec.Command(git, args...)
		run.Dir = dir
		out, err := run.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	require.NoError(t, os.WriteFile(path, []byte("UserName,Region\nal,EMEA\n"), 0o600))
	f := &studioFlags{rules: path, against: "HEAD"}
	host, _ := studioOf(t, path, f)
	found, err := f.revision(t.Context(), host)
	require.NoError(t, err)
	text, err := os.ReadFile(found)
	require.NoError(t, err)
	require.True(t, bytes.Equal(old, text))
	f.against = path
	found, err = f.revision(t.Context(), host)
	require.NoError(t, err)
	require.Equal(t, path, found)
	for _, bad := range []string{"no-such-revision", "--output=x"} {
		f.against = bad
		_, err = f.revision(t.Context(), host)
		require.ErrorContains(t, err, bad)
	}
}

// TestStudioMode: a file that is made of another one can be read by those who can
// read that one, and by its owner alone if that is not known.
func TestStudioMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "rules.txt")
	text := []byte{0xFF, 0xFE}
	for _, c := range "UserName,Region\r\nMartha,US\r\n" {
		text = append(text, byte(c), 0)
	}
	for _, c := range []struct {
		reason string
		mode   os.FileMode
	}{{"its owner", 0o600}, {"its group", 0o640}, {"everybody", 0o644}} {
		require.NoError(t, os.WriteFile(path, text, 0o600))
		require.NoError(t, os.Chmod(path, c.mode))
		_, e := studioOf(t, path, &studioFlags{})
		_, err := e.Call(t.Context(), "save", []byte(`{"rev":1,"unchecked":true}`))
		require.NoError(t, err, c.reason)
		info, err := os.Stat(filepath.Join(dir, "rules.csv"))
		require.NoError(t, err)
		require.Equal(t, c.mode, info.Mode().Perm(), c.reason)
		require.NoError(t, os.Remove(filepath.Join(dir, "rules.csv")))
	}
	host, _ := studioOf(t, path, &studioFlags{})
	_, err := host.Save(filepath.Join(dir, "new.csv"), nil, []byte("x"), filepath.Join(dir, "not there"))
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(dir, "new.csv"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "nothing is known")
}

// TestStudioCommas: a file that was read with another delimiter is written with
// commas by one click, and says the same.
func TestStudioCommas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.csv")
	require.NoError(t, os.WriteFile(path, []byte("UserName;Region\r\nal;\"US,EMEA\"\r\nbo;a,b\r\n"), 0o600))
	_, e := studioOf(t, path, &studioFlags{})
	call := func(name, question string) map[string]any {
		text, err := e.Call(t.Context(), name, []byte(question))
		require.NoError(t, err, name)
		var answer map[string]any
		require.NoError(t, json.Unmarshal(text, &answer))
		return answer
	}
	var fix map[string]any
	for _, f := range call("findings", "")["findings"].([]any) {
		if f := f.(map[string]any); f["id"] == "RS009" {
			fix = f
		}
	}
	require.Equal(t, "commas", fix["fix"])
	fix["rev"] = 1
	question, err := json.Marshal(fix)
	require.NoError(t, err)
	call("fix", string(question))
	for _, f := range call("findings", "")["findings"].([]any) {
		require.NotEqual(t, "RS009", f.(map[string]any)["id"])
	}
	require.Empty(t, call("diff", "")["result"].(map[string]any)["differences"], "everybody sees the same rows")
	call("save", `{"rev":2}`)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "UserName,Region\r\nal,\"US,EMEA\"\r\nbo,\"a,b\"\r\n", string(text))
	require.Equal(t, true, call("undo", "")["dirty"], "undo goes back behind it")
}
