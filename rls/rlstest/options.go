package rlstest

import (
	"cmp"
	"io/fs"
	"path"
	"runtime"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/rls/roster"
)

// Defaults of Options.
const (
	DefaultSamples    = 5
	DefaultMaxMutants = 2000
)

// Options configure [Run] and [Suite.Run]. A nil *Options and the zero Options
// are the default: a degenerate case fails.
type Options struct {
	// Match selects case files by their name, the last element of their path,
	// in the syntax of path.Match. "" selects *.rlstest.yaml and *.rlstest.yml.
	Match string

	// Lenient accepts cases that would also pass without any rules, or with
	// every row visible, and reports a warning. Without it they fail.
	Lenient bool

	// RequireCoverage makes a rule that no case exercises a problem.
	RequireCoverage bool

	// Mutate runs a mutation test; see [Suite.Mutate]. RequireKilled makes each
	// survivor a problem, and implies Mutate.
	Mutate, RequireKilled bool

	// MaxMutants is the largest number of mutants: 0 is [DefaultMaxMutants],
	// and a negative number is no limit. If the rules have more, a fixed
	// selection is tried, spread evenly over the file.
	MaxMutants int

	// Samples is the number of wrong rows to show: 0 is [DefaultSamples], and a
	// negative number is none.
	Samples int

	// Workers is the number of goroutines; 0 is one per processor.
	Workers int

	// Roster provides the groups of users, for cases with "who: al" and without
	// groups. A user that it does not list is then a problem of the case file.
	Roster *roster.Roster

	// Open opens data files with names other than *.csv, to support more
	// formats. path is relative to the root of the file system. Nil reads CSV
	// only.
	Open func(path string) (Data, error)
}

// Data is the result of [Options.Open].
type Data struct {
	Records array.RecordReader // read to its end, and released by rlstest
	// Text returns a function that formats the values of a column. It is not
	// called for NULL.
	Text func(arrow.Array, arrow.Field) (func(row int) (string, error), error)
}

// filled returns the options with every default filled in.
func (o *Options) filled() Options {
	f := *cmp.Or(o, new(Options))
	f.Samples = cmp.Or(f.Samples, DefaultSamples)
	f.MaxMutants = cmp.Or(f.MaxMutants, DefaultMaxMutants)
	if f.Workers <= 0 {
		f.Workers = runtime.GOMAXPROCS(0)
	}
	f.Mutate = f.Mutate || f.RequireKilled
	return f
}

// matches reports whether a name is that of a case file.
func (o *Options) matches(name string) (bool, error) {
	if o.Match != "" {
		return path.Match(o.Match, name)
	}
	return strings.HasSuffix(name, ".rlstest.yaml") || strings.HasSuffix(name, ".rlstest.yml"), nil
}

// Find returns the paths of the case files in fsys and its folders, sorted. It
// skips folders whose names begin with a dot. Without any file, the error is
// ErrNoFiles, because a test that runs nothing must not pass.
func Find(fsys fs.FS, opts *Options) ([]string, error) {
	o := opts.filled()
	var found []string
	err := fs.WalkDir(fsys, ".", func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && p != "." && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		ok, err := o.matches(e.Name())
		if ok {
			found = append(found, p)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, &Error{Err: noFiles(o.Match)}
	}
	return found, nil
}
