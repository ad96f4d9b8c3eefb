package main

import (
	"fmt"
	"strings"
	"text/template"
)

// formula returns the Homebrew formula of a release. sums has the SHA-256 of each
// archive by its name.
func formula(version string, sums map[string]string) (string, error) {
	number := strings.TrimPrefix(version, "v")
	t, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"archive": func(platform string) (string, error) {
			name := archiveName(version, platform)
			sum, ok := sums[name]
			if !ok {
				return "", fmt.Errorf("no archive %s", name)
			}
			return fmt.Sprintf("url %q\n      sha256 %q", "https://"+path+"/releases/download/"+version+"/"+name, sum), nil
		},
	}).Parse(formulaText)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, map[string]string{"Version": number, "Home": "https://" + path})
	return b.String(), err
}

const formulaText = `class Rowsight < Formula
  desc "Row-level security rules: test, explain, compare, filter"
  homepage "{{.Home}}"
  version "{{.Version}}"
  license "Apache-2.0"

  on_macos do
    on_arm do
      {{archive "darwin/arm64"}}
    end
    on_intel do
      {{archive "darwin/amd64"}}
    end
  end
  on_linux do
    on_arm do
      {{archive "linux/arm64"}}
    end
    on_intel do
      {{archive "linux/amd64"}}
    end
  end

  def install
    bin.install "rowsight"
    bash_completion.install "completions/rowsight.bash" => "rowsight"
    zsh_completion.install "completions/rowsight.zsh" => "_rowsight"
    fish_completion.install "completions/rowsight.fish"
    man1.install Dir["man/*.1"]
    pkgshare.install "rowsight.spdx.json"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/rowsight --version")
  end
end
`
