package rlstest

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) { Run(t, os.DirFS("testdata")) }

// TestRunFails runs the test binary again on suites that must fail, because a
// test cannot fail inside one that passes.
func TestRunFails(t *testing.T) {
	if which := os.Getenv("RLSTEST_FAIL"); which != "" {
		for _, tt := range failing {
			if tt.reason == which {
				RunOptions(t, files(tt.files...), tt.opts)
			}
		}
		return
	}
	for _, tt := range failing {
		cmd := exec.Command(os.Args[0], "-test.run=^TestRunFails$", "-test.v")
		cmd.Env = append(os.Environ(), "RLSTEST_FAIL="+tt.reason)
		out, err := cmd.CombinedOutput()
		if tt.want == "" {
			require.NoError(t, err, "%s: %s", tt.reason, out)
			require.Contains(t, string(out), "--- PASS: TestRunFails/a.rlstest.yaml/n", tt.reason)
			continue
		}
		require.Error(t, err, "%s: %s", tt.reason, out)
		require.Contains(t, string(out), "--- FAIL: TestRunFails", tt.reason)
		require.Contains(t, string(out), tt.want, tt.reason)
	}
}

const (
	oneCase = "rules: r.csv\ndata: [{R: a}, {R: b}]\ncases:\n- {name: n, who: al, because: so it is, "
	oneRule = "UserName,R\nal,a\n"
)

var failing = []struct {
	reason string
	files  []string
	opts   *Options
	want   string // "" if it passes
}{
	{"control", []string{"a.rlstest.yaml", oneCase + "count: 1}\n", "r.csv", oneRule}, nil, ""},
	{"wrong", []string{"a.rlstest.yaml", oneCase + "count: 2}\n", "r.csv", oneRule}, nil, "count: want every row visible, 2 of 2, got 1 of 2 rows visible"},
	{"because", []string{"a.rlstest.yaml", oneCase + "none: true}\n", "r.csv", oneRule}, nil, "because: so it is"},
	{"nothing to run", []string{"a_test.yaml", oneCase + "count: 1}\n", "r.csv", oneRule}, nil, "no case files: nothing matches *.rlstest.yaml"},
	{"no cases", []string{"a.rlstest.yaml", "rules: r.csv\ndata: [{R: a}]\ncases: []\n", "r.csv", oneRule}, nil, "no cases"},
	{"matches nothing", []string{"a.rlstest.yaml", oneCase + "count: 1}\n", "r.csv", oneRule}, &Options{Match: "*.yml"}, "no case files"},
	{"bad pattern", []string{"a.rlstest.yaml", oneCase + "count: 1}\n", "r.csv", oneRule}, &Options{Match: "["}, "syntax error in pattern"},
	{"matches", []string{"a.rlstest.yaml", oneCase + "count: 1}\n", "r.csv", oneRule}, &Options{Match: "a.*"}, ""},
	{"degenerate", []string{"a.rlstest.yaml", oneCase + "only: {R: a}}\n", "r.csv", oneRule}, nil, withNothing},
	{"degenerate and lenient", []string{"a.rlstest.yaml", oneCase + "only: {R: a}}\n", "r.csv", oneRule}, &Options{Lenient: true}, ""},
	{"proves nothing", []string{"a.rlstest.yaml", "rules: r.csv\ndata: [{R: a}]\ncases: [{name: n, who: eve, none: true}]\n", "r.csv", oneRule}, nil, "every case " + withNothing},
	{"uncovered", []string{"a.rlstest.yaml", oneCase + "count: 1}\n", "r.csv", oneRule + "bo,b\n"}, &Options{RequireCoverage: true}, "1 rule that no case exercises"},
	{"uncovered is logged", []string{"a.rlstest.yaml", oneCase + "count: 1}\n", "r.csv", oneRule + "bo,b\n"}, nil, ""},
	{"not killed", []string{"a.rlstest.yaml", oneCase + "count: 1}\n", "r.csv", oneRule + "bo,b\n"}, &Options{RequireKilled: true}, "no case kills r.csv:3:1: drop rule"},
	{"broken file", []string{"a.rlstest.yaml", oneCase + "cnt: 1}\n", "r.csv", oneRule}, nil, `a.rlstest.yaml:4:41: cases[0]: unknown field "cnt"`},
	{"a second file", []string{"a.rlstest.yaml", oneCase + "count: 1}\n", "r.csv", oneRule, "sub/b.rlstest.yml", "x"}, nil, "sub/b.rlstest.yml:1:1: wrong type"},
}

func TestFind(t *testing.T) {
	found, err := Find(files("b/x.rlstest.yaml", "", "a.rlstest.yml", "", "c.yaml", "", ".hidden/x.rlstest.yaml", "", "rlstest.yaml", ""), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"a.rlstest.yml", "b/x.rlstest.yaml"}, found)
	_, err = Find(files(), nil)
	require.ErrorIs(t, err, ErrNoFiles)
	_, err = Find(os.DirFS("no such folder"), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}
