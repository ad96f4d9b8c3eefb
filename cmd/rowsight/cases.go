package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/output"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/rlstest"
	"github.com/rowsight/rowsight/schemas"
)

// testFlags are the options of the subcommand, as they were given.
type testFlags struct {
	opts   rlstest.Options
	users  rosterFlags
	data   dataFlags
	update bool
	schema bool
	failed bool
	outputFlags
}

func newTest() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:     "test [flags] [PATH...]",
		Short:   "Run test cases that state who sees which rows",
		Long:    testHelp,
		Example: testExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.opts.RequireCoverage, "coverage", false, "fail if there is a rule that no case exercises")
	flags.BoolVar(&f.opts.Mutate, "mutate", false, "make many copies of the rules with one small error each (mutants), and list those that no case detects")
	flags.BoolVar(&f.opts.RequireKilled, "killed", false, "like --mutate, and fail if there is a mutant that no case detects")
	flags.IntVar(&f.opts.MaxMutants, "max-mutants", rlstest.DefaultMaxMutants, "try at most `N` mutants")
	flags.BoolVar(&f.opts.Lenient, "lenient", false, "only warn about cases that prove nothing")
	flags.BoolVar(&f.update, "update", false, "write the actual counts into the case files, then run them")
	flags.BoolVar(&f.failed, "only-failed", false, "leave out passed cases (text format)")
	f.outputFlags.register(cmd, "`FORMAT` of the report: text, junit, json", "text", "junit", "json")
	f.users.register(flags, "; gives the groups of a viewer if the case names none")
	f.users.registerAccount(flags)
	f.data.register(flags)
	flags.BoolVar(&f.schema, "schema", false, "print the JSON Schema of case files and exit")
	return cmd
}

func (f *testFlags) run(cmd *cobra.Command, args []string) error {
	if f.schema {
		return writeBytes(cmd, f.out, nil, rlstest.Schema())
	}
	err := checkChoices(cmd)
	if f.opts.MaxMutants < 1 {
		err = errors.Join(err, fmt.Errorf("--max-mutants: got %d, want 1 or more", f.opts.MaxMutants))
	}
	if err != nil {
		return err
	}
	if f.opts.Roster, err = f.users.read(cmd); err != nil {
		return err
	}
	files, err := f.find(args)
	if err != nil {
		return err
	}
	var reports []rlstest.Report
	var inputs []string
	unloaded, ok := 0, true
	for _, file := range files {
		report, err := f.one(cmd, file)
		var load *loadError
		switch {
		case errors.As(err, &load):
			unloaded++
			report = rlstest.Report{File: file.name, Problems: strings.Split(load.Error(), "\n")}
		case err != nil:
			return err
		}
		ok = ok && report.OK()
		reports = append(reports, report)
		inputs = append(inputs, filepath.Join(file.root, filepath.FromSlash(file.name)))
	}
	if err := writeOut(cmd, f.out, inputs, func(w io.Writer) error { return f.write(w, reports) }); err != nil {
		return err
	}
	switch {
	case unloaded > 0:
		return fmt.Errorf("%s cannot be loaded", plain.Count(unloaded, "case file"))
	case !ok:
		return &foundError{"cases failed: the rules do not do what the cases state"}
	}
	return nil
}

// A caseFile is a case file by its name in a folder, from which it can reach
// everything the cases need.
type caseFile struct{ root, name string }

// find returns the case files that paths name, each once. What is inside the current
// folder is named from there, so that its files can be used by cases beside
// and below it; what is elsewhere, from the folder that was given.
func (f *testFlags) find(paths []string) ([]caseFile, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var files []caseFile
	add := func(file caseFile) { // once, however often it is named
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	var errs []error
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		p = local(p)
		switch {
		case info.IsDir():
			found, err := rlstest.Find(os.DirFS(p), &f.opts)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", p, err))
			}
			for _, name := range found {
				if filepath.IsLocal(p) {
					add(caseFile{".", path.Join(filepath.ToSlash(p), name)})
				} else {
					add(caseFile{p, name})
				}
			}
		case filepath.IsLocal(p):
			add(caseFile{".", filepath.ToSlash(p)})
		default:
			add(caseFile{filepath.Dir(p), filepath.Base(p)})
		}
	}
	return files, errors.Join(errs...)
}

// local returns p as seen from the current folder if it is inside, and as it is
// otherwise.
func local(p string) string {
	p = filepath.Clean(p)
	if filepath.IsAbs(p) {
		if wd, err := os.Getwd(); err == nil {
			if rel, err := filepath.Rel(wd, p); err == nil && filepath.IsLocal(rel) {
				return rel
			}
		}
	}
	return p
}

// A loadError is why a case file cannot be run.
type loadError struct{ error }

// one runs one case file, after an update if one is asked for.
func (f *testFlags) one(cmd *cobra.Command, file caseFile) (rlstest.Report, error) {
	fsys := os.DirFS(file.root)
	opts := f.opts
	opts.Open = func(path string) (rlstest.Data, error) {
		name := filepath.Join(file.root, filepath.FromSlash(path))
		in, err := f.data.options(cmd.InOrStdin(), []string{name})
		if err != nil {
			return rlstest.Data{}, err
		}
		data, err := input.Open(cmd.Context(), []string{name}, in)
		if err != nil {
			return rlstest.Data{}, err
		}
		return rlstest.Data{Records: data, Text: output.Texts}, nil
	}
	suite, err := rlstest.LoadOptions(fsys, file.name, &opts)
	if err != nil {
		return rlstest.Report{}, &loadError{err}
	}
	if f.update {
		changed, err := f.updateFile(cmd, suite, file)
		if err != nil {
			return rlstest.Report{}, err
		}
		if changed {
			if suite, err = rlstest.LoadOptions(fsys, file.name, &opts); err != nil {
				return rlstest.Report{}, &loadError{err}
			}
		}
	}
	return suite.Run(cmd.Context(), &f.opts)
}

// updateFile writes the counts that came out into a case file, if they are not
// there already.
func (f *testFlags) updateFile(cmd *cobra.Command, suite *rlstest.Suite, file caseFile) (changed bool, err error) {
	updated, err := suite.Update(cmd.Context(), &f.opts)
	if err != nil || len(updated.Changes) == 0 {
		return false, err
	}
	if err := writeBytes(cmd, filepath.Join(file.root, filepath.FromSlash(file.name)), nil, withSchema(file.name, updated.Text)); err != nil {
		return false, err
	}
	for _, change := range updated.Changes {
		fmt.Fprintf(cmd.ErrOrStderr(), "updated %s\n", change)
	}
	return true, nil
}

// withSchema begins a case file in YAML with the line that tells editors its
// schema. A file that names a schema keeps it, and so does one whose first bytes
// must come first: a byte order mark or a directive.
func withSchema(name string, text []byte) []byte {
	const key = "yaml-language-server:"
	yamlFile := strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
	if !yamlFile || bytes.Contains(text, []byte(key)) || bytes.HasPrefix(text, []byte("%")) || bytes.HasPrefix(text, []byte("\ufeff")) {
		return text
	}
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	return append([]byte("# "+key+" $schema="+schemas.Base+"rlstest.schema.json"+end), text...)
}

func (f *testFlags) write(w io.Writer, reports []rlstest.Report) error {
	switch f.format {
	case "junit":
		return rlstest.WriteJUnit(w, reports)
	case "json":
		return rlstest.WriteJSON(w, reports)
	}
	return rlstest.WriteText(w, reports, &rlstest.TextOptions{OnlyFailed: f.failed})
}
