package jvm

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// ErrMissing is wrapped by the errors that say that this machine lacks a
// program. A test skips on it and fails on every other error.
var ErrMissing = errors.New("not on this machine")

// A Java is a Java home and the feature version of what is in it.
type Java struct {
	Home    string
	Version int
}

// Command returns the path of the java command.
func (j Java) Command() string { return filepath.Join(j.Home, "bin", "java") }

// Find returns the newest Java whose version is in [oldest, newest]. It looks
// at JAVA_HOME, at the places where systems install Java, and at PATH, and
// trusts no folder's name: the version is what the Java itself says.
func Find(oldest, newest int) (Java, error) {
	homes := []string{os.Getenv("JAVA_HOME")}
	for _, pattern := range []string{
		"/usr/lib/jvm/*",
		"/usr/java/*",
		"/opt/java/*",
		"/opt/hostedtoolcache/Java_*/*/*",
		"/Library/Java/JavaVirtualMachines/*/Contents/Home",
	} {
		found, _ := filepath.Glob(pattern)
		homes = append(homes, found...)
	}
	if path, err := exec.LookPath("java"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			homes = append(homes, filepath.Dir(filepath.Dir(path)))
		}
	}
	var best Java
	var seen []int
	for _, home := range homes {
		v, ok := version(home)
		if !ok {
			continue
		}
		seen = append(seen, v)
		if v >= oldest && v <= newest && v > best.Version {
			best = Java{home, v}
		}
	}
	if best.Home == "" {
		slices.Sort(seen)
		return Java{}, fmt.Errorf("java %d to %d is %w: found the versions %v; set JAVA_HOME", oldest, newest, ErrMissing, slices.Compact(seen))
	}
	return best, nil
}

var (
	released = regexp.MustCompile(`^JAVA_VERSION="(?:1\.)?(\d+)`)
	printed  = regexp.MustCompile(`version "(?:1\.)?(\d+)`)
)

// version returns the feature version of a Java home: from its file "release",
// or, where there is none, by asking the command.
func version(home string) (int, bool) {
	if home == "" {
		return 0, false
	}
	command := Java{Home: home}.Command()
	if info, err := os.Stat(command); err != nil || info.IsDir() {
		return 0, false
	}
	if f, err := os.Open(filepath.Join(home, "release")); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if m := released.FindStringSubmatch(strings.TrimSpace(lines.Text())); m != nil {
				return number(m[1])
			}
		}
	}
	out, err := exec.Command(command, "-version").CombinedOutput()
	m := printed.FindSubmatch(out)
	if err != nil || m == nil {
		return 0, false
	}
	return number(string(m[1]))
}

func number(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// Processors is how many processors one of n programs that run side by side
// should think it has: a virtual machine that thinks it has them all starts
// more threads than it helps.
func Processors(n int) int { return max(1, runtime.NumCPU()/n) }
