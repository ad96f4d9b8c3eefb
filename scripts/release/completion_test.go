package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// completions loads each script into its shell and presses the tab key. PowerShell is
// tried where it is installed.
func completions(t *testing.T, root string) {
	for _, tt := range []struct {
		shell, needs, script string
	}{
		{"bash", "/usr/share/bash-completion/bash_completion", `
			source /usr/share/bash-completion/bash_completion
			source completions/rowsight.bash
			COMP_WORDS=(rowsight expl) COMP_CWORD=1 COMP_LINE='rowsight expl' COMP_POINT=13
			__start_rowsight
			printf '%s\n' "${COMPREPLY[@]}"
			COMP_WORDS=(rowsight diff --fail-on "") COMP_CWORD=3 COMP_LINE='rowsight diff --fail-on ' COMP_POINT=24
			__start_rowsight
			printf '%s\n' "${COMPREPLY[@]}"`},
		{"zsh", "", `
			zmodload zsh/zpty
			zpty shell zsh -f -i
			zpty -w shell 'PS1=; unsetopt zle_bracketed_paste 2>/dev/null; fpath=($PWD/fun $fpath); autoload -U compinit; compinit -u -D; echo rea""dy'
			zpty -r -m shell x '*ready*'
			zpty -n -w shell $'rowsight expl\t'
			zpty -r -m shell x '*explain*' && print -r -- "$x"
			zpty -n -w shell $'\x15rowsight diff --fail-on g\t'
			zpty -r -m shell x '*gain*' && print -r -- "$x"
			zpty -d shell`},
		{"fish", "", `
			source completions/rowsight.fish
			complete -C 'rowsight expl'
			complete -C 'rowsight diff --fail-on '`},
		{"pwsh", "", `
			. ./completions/rowsight.ps1
			(TabExpansion2 'rowsight expl' 13).CompletionMatches.CompletionText
			(TabExpansion2 'rowsight diff --fail-on g' 25).CompletionMatches.CompletionText`},
	} {
		t.Run(tt.shell, func(t *testing.T) {
			shell, err := exec.LookPath(tt.shell)
			if err != nil {
				t.Skipf("%s is not installed: its completions were not tried", tt.shell)
			}
			if _, err := os.Stat(tt.needs); tt.needs != "" && err != nil {
				t.Skipf("%s is missing: the completions of %s were not tried", tt.needs, tt.shell)
			}
			for from, to := range map[string]string{"rowsight.zsh": "fun/_rowsight", "rowsight.powershell": "completions/rowsight.ps1"} {
				text, err := os.ReadFile(filepath.Join(root, "completions", from))
				require.NoError(t, err)
				require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, to)), 0o755))
				require.NoError(t, os.WriteFile(filepath.Join(root, to), text, 0o600))
			}
			args := []string{"-c", tt.script}
			if tt.shell == "pwsh" {
				args = append([]string{"-NoProfile"}, args...)
			}
			cmd := exec.CommandContext(t.Context(), shell, args...)
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "PATH="+root+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(), "TERM=dumb")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			require.Contains(t, string(out), "explain", "a subcommand")
			require.Contains(t, string(out), "gain", "the value of a flag")
		})
	}
}
