package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// releaseCommit is the commit that a release was built from. scripts/release sets
// it through the linker (-X main.releaseCommit=…), because a module from a proxy
// does not name its commit.
var releaseCommit string

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version and the commit",
		Example: "  rowsight version\n  rowsight --version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), versionLine())
			return err
		},
	}
}

// versionLine says what the command is and what it was built from and with.
func versionLine() string {
	info, _ := debug.ReadBuildInfo()
	version, commit := buildOf(info, releaseCommit)
	if commit != "" {
		commit = "commit " + commit + ", "
	}
	return fmt.Sprintf("rowsight %s (%s%s %s/%s)", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// version is the version of the module, or devel for a build from a checkout.
func version() string {
	info, _ := debug.ReadBuildInfo()
	v, _ := buildOf(info, releaseCommit)
	return v
}

// buildOf returns the version of a build and the first twelve digits of its commit,
// followed by "dirty" if the checkout had changes. The commit is "" if the build does
// not know it, as after go install, which reads a module and no repository.
func buildOf(info *debug.BuildInfo, released string) (version, commit string) {
	version, commit = "devel", released
	dirty := false
	if info != nil {
		if v := strings.TrimSuffix(info.Main.Version, "+dirty"); v != "" && v != "(devel)" {
			version = v
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				commit = s.Value
			case "vcs.modified":
				dirty = s.Value == "true"
			}
		}
	}
	commit = commit[:min(len(commit), 12)]
	if commit != "" && dirty {
		commit += " dirty"
	}
	return version, commit
}
