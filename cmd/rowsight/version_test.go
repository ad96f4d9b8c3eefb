package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBuildOf: a bug report says which source the command was built from.
func TestBuildOf(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: commit}, {Key: "vcs.modified", Value: modified}}
	}
	for _, tt := range []struct {
		reason          string
		main            string
		settings        []debug.BuildSetting
		released        string
		version, commit string
	}{
		{"a clean checkout, before Go stamped versions", "(devel)", vcs("false"), "", "devel", "0123456789ab"},
		{"a checkout with changes", "v0.0.0-20261129212923-0123456789ab+dirty", vcs("true"), "", "v0.0.0-20261129212923-0123456789ab", "0123456789ab dirty"},
		{"a checkout of a tag", "v0.2.0", vcs("false"), "", "v0.2.0", "0123456789ab"},
		{"go install of a version", "v0.2.0", nil, "", "v0.2.0", ""},
		{"an archive of a release", "v0.2.0", nil, commit, "v0.2.0", "0123456789ab"},
		{"go build -buildvcs=false", "(devel)", nil, "", "devel", ""},
		{"a commit that is shorter than what is shown", "v0.2.0", nil, "012345", "v0.2.0", "012345"},
	} {
		version, commit := buildOf(&debug.BuildInfo{Main: debug.Module{Version: tt.main}, Settings: tt.settings}, tt.released)
		require.Equal(t, []string{tt.version, tt.commit}, []string{version, commit}, tt.reason)
	}
	version, commit2 := buildOf(nil, "")
	require.Equal(t, []string{"devel", ""}, []string{version, commit2}, "a program without build information")
}
