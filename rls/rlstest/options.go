package rlstest

import (
	"io/fs"
	"path"
	"runtime"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/rls/roster"
)

// Limits that Options has if its fields are zero.
const (
	DefaultSamples    = 5
	DefaultMaxMutants = 2000
)

// Options say how cases are run. A nil *Options and the zero Options are the
// default: a degenerate case fails.
type Options struct {
	// Match selects case files by their name, the last element of their path,
	// in the syntax of path.Match. "" selects *.rlstest.yaml and *.rlstest.yml.
	Match string

	// Lenient lets cases pass that would pass without any rules too, or with
	// every row visible; they are warned of. Without it they fail.
	Lenient bool

	// RequireCoverage makes a rule that no case exercises a problem.
	RequireCoverage bool

	// Mutate changes the rules and looks whether a case fails; see
	// [Suite.Mutate]. RequireKilled makes a change that none notices a problem,
	// and implies Mutate.
	Mutate, RequireKilled bool

	// MaxMutants is how many changes are tried at most: 0 is
	// [DefaultMaxMutants], and a negative number no limit. If there are more,
	// some are tried, spread evenly over the file, and always the same ones.
	MaxMutants int

	// Samples is how many rows are shown of those that are wrong: 0 is
	// [DefaultSamples], and a negative number none.
	Samples int

	// Workers is how many goroutines work: 0 is one per processor.
	Workers int

	// Roster gives the groups of users, for cases that say "who: al" and no
	// groups. A user that it does not list is then a problem of the case file.
	Roster *roster.Roster

	// Open opens data that is not named *.csv, for whoever can read more
	// formats. path is relative to the root of the file system. Nil reads CSV
	// only.
	Open func(path string) (Data, error)
}

// Data is data that [Options.Open] opened.
type Data struct {
	Records array.RecordReader // read to its end, and released by rlstest
	// Text returns how the values of a column print; NULL is not asked for.
	Text func(arrow.Array, arrow.Field) (func(row int) (string, error), error)
}

// filled returns the options with every default filled in.
func (o *Options) filled() Options {
	var f Options
	if o != nil {
		f = *o
	}
	if f.Samples == 0 {
		f.Samples = DefaultSamples
	}
	if f.MaxMutants == 0 {
		f.MaxMutants = DefaultMaxMutants
	}
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

// Find returns the paths of the case files in fsys and all its folders, sorted;
// folders whose names begin with a dot are left out. No file at all is
// ErrNoFiles: a test that runs nothing has not passed.
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
