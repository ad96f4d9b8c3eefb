package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/cpuid/v2"

	"github.com/rowsight/rowsight/predicate/batch"
)

// Machine is where, when and how a run took place.
type Machine struct {
	Date    time.Time
	Command string
	Commit  string
	CPU     string
	Cores   int
	Memory  string
	Go      string
	Form    string // of the loops of package batch
}

func describeMachine(start time.Time, args []string) Machine {
	return Machine{
		Date:    start,
		Command: strings.Join(append([]string{"go run " + buildFlags() + "."}, withoutFolders(args)...), " "),
		Commit:  commit(),
		CPU:     processor(),
		Cores:   runtime.NumCPU(),
		Memory:  procField("/proc/meminfo", "MemTotal"),
		Go:      fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH),
		Form:    batch.Form(),
	}
}

// processor names the processor and the level of instructions that it has.
func processor() string {
	if cpuid.CPU.BrandName == "" {
		return "unknown"
	}
	if level := cpuid.CPU.X64Level(); level > 0 {
		return fmt.Sprintf("%s (x86-64-v%d)", cpuid.CPU.BrandName, level)
	}
	return cpuid.CPU.BrandName
}

// commit returns the commit of the checkout, and whether it has changes that
// are not committed; both can differ from what the binary was built of only if
// the binary is old.
func commit() string {
	out, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	id := strings.TrimSpace(string(out))
	if out, err := exec.Command("git", "status", "--porcelain", "--", "../predicate", ".").Output(); err == nil && len(out) > 0 {
		id += " with changes"
	}
	return id
}

func procField(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// buildFlags returns the flags that matter of how this binary was built.
func buildFlags() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "-tags" && s.Value != "" {
			return "-tags " + s.Value + " "
		}
	}
	return ""
}

// withoutFolders leaves out the flags that name folders of this machine.
func withoutFolders(args []string) (kept []string) {
	for i := 0; i < len(args); i++ {
		name, _, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		if strings.HasPrefix(args[i], "-") && slices.Contains([]string{"cache", "out", "cpuprofile", "results"}, name) {
			if !joined {
				i++
			}
			continue
		}
		kept = append(kept, args[i])
	}
	return kept
}
