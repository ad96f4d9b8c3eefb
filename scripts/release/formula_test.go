package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFormula: the formula names every archive and its sum.
func TestFormula(t *testing.T) {
	sums := map[string]string{}
	for _, platform := range []string{"darwin_arm64", "darwin_amd64", "linux_arm64", "linux_amd64"} {
		sums["rowsight_0.2.0_"+platform+".tar.gz"] = platform + "-sum"
	}
	text, err := formula("v0.2.0", sums)
	require.NoError(t, err)
	for name, sum := range sums {
		require.Contains(t, text, "/releases/download/v0.2.0/"+name+"\"\n      sha256 \""+sum+"\"")
	}
	delete(sums, "rowsight_0.2.0_darwin_arm64.tar.gz")
	_, err = formula("v0.2.0", sums)
	require.ErrorContains(t, err, "no archive rowsight_0.2.0_darwin_arm64.tar.gz")
}

// brewed installs an archive by its formula, in a Ruby that knows as much of Homebrew
// as the formula uses.
func brewed(t *testing.T, formula, archive string) {
	ruby, err := exec.LookPath("ruby")
	if err != nil {
		t.Skip("ruby is not installed: the formula was not run")
	}
	to := t.TempDir()
	cmd := exec.Command(ruby, "-e", homebrew, formula, to)
	cmd.Dir = archive
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	for _, name := range []string{"bin/rowsight", "bash/rowsight", "zsh/_rowsight", "fish/rowsight.fish", "man1/rowsight.1", "man1/rowsight-explain.1", "share/rowsight.spdx.json"} {
		info, err := os.Stat(filepath.Join(to, name))
		require.NoError(t, err)
		require.NotZero(t, info.Size(), name)
	}
}

// homebrew is the part of Homebrew's language that the formula is written in. It
// installs into folders, and fails on a file that the archive lacks.
const homebrew = `
require 'fileutils'
FORMULA, TO = ARGV
class Place
  def initialize(name) = @at = File.join(TO, name)
  def to_s = @at
  def install(*files)
    FileUtils.mkdir_p(@at)
    files.flatten.each do |f|
      (f.is_a?(Hash) ? f : { f => File.basename(f) }).each { |from, to| FileUtils.cp(from, File.join(@at, to)) }
    end
  end
end
class Formula
  %w[desc homepage version license url sha256].each do |word|
    define_singleton_method(word) { |value = nil| value ? (@said ||= {})[word] = value : @said[word] }
  end
  %w[on_macos on_linux on_arm on_intel].each { |word| define_singleton_method(word) { |&block| block.call } }
  def self.test(&block) = @test = block
  def self.tested(formula) = formula.instance_exec(&@test)
  { bin: 'bin', bash_completion: 'bash', zsh_completion: 'zsh', fish_completion: 'fish', man1: 'man1', pkgshare: 'share' }.each do |word, at|
    define_method(word) { Place.new(at) }
  end
  def version = self.class.version
  def shell_output(command) = ` + "`#{command}`" + `
  def assert_match(want, got) = $got = got
end
load FORMULA
formula = Rowsight.new
formula.install
Rowsight.tested(formula)
abort "#{$got}: no version" unless $got.start_with?('rowsight ')
`
