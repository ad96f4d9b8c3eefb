package rlstest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(got), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err, "run go test . -update")
	require.Equal(t, string(want), got)
}

// files makes a file system of names and contents in turn.
func files(named ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i+1 < len(named); i += 2 {
		fsys[named[i]] = &fstest.MapFile{Data: []byte(named[i+1])}
	}
	return fsys
}

func load(t *testing.T, named ...string) *Suite {
	t.Helper()
	s, err := Load(files(named...), named[0])
	require.NoError(t, err)
	return s
}

func runSuite(t *testing.T, s *Suite, opts *Options) Report {
	t.Helper()
	r, err := s.Run(t.Context(), opts)
	require.NoError(t, err)
	return r
}

// timeless removes what differs from run to run.
func timeless(r Report) Report {
	r.Duration = 0
	for i := range r.Results {
		r.Results[i].Duration = 0
	}
	if r.Mutation != nil {
		m := *r.Mutation
		m.Duration = 0
		r.Mutation = &m
	}
	return r
}
