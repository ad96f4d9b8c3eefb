package test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// House rules that no linter knows. Each test says why its rule is there.

var update = flag.Bool("update", false, "write the golden files")

const modulePath = "github.com/rowsight/rowsight"

// importRules says what each package may import of this module. A package that
// is not listed is a package whose place in the house nobody has thought about.
var importRules = map[string][]string{
	".":                                {},
	"test":                             {},
	"predicate":                        {},
	"namespace":                        {"internal/plain", "internal/arn", "internal/ordered"},
	"namespace/filestore":              {"namespace", "internal/durable"},
	"namespace/sqlstore":               {"namespace", "internal/plain"},
	"namespace/csvfile":                {"namespace", "internal/csvtext", "internal/textpos"},
	"rls/migrate":                      {"namespace", "predicate", "rls", "internal/csvtext", "internal/jsondoc", "internal/durable", "rls/internal/records"},
	"internal/csvtext":                 {"internal/textpos"},
	"internal/testkit/realdata":        {},
	"internal/plain":                   {},
	"internal/columns":                 {},
	"internal/jsondoc":                 {"internal/plain", "internal/textpos"},
	"internal/arn":                     {},
	"internal/durable":                 {},
	"internal/ordered":                 {},
	"internal/recovered":               {},
	"internal/textpos":                 {},
	"internal/iam":                     {"internal/jsondoc", "internal/arn"},
	"internal/arraycheck":              {"internal/recovered"},
	"internal/arraycheck/broken":       {},
	"internal/testkit/corpus":          {"internal/testkit/realdata", "namespace", "predicate", "rls", "tagrules"},
	"internal/testkit/judge":           {},
	"internal/testkit/escapes":         {},
	"internal/batches":                 {},
	"internal/tabular":                 {"predicate", "internal/arraycheck", "internal/batches", "internal/csvtext", "internal/recovered", "internal/textpos"},
	"rls/internal/boxes":               {"predicate", "rls/internal/wordset"},
	"rls/internal/fixture":             {"rls", "rls/internal/randrules", "rls/roster"},
	"rls/internal/wordset":             {},
	"rls/internal/records":             {"rls"},
	"rls/internal/header":              {"internal/csvtext", "rls/internal/lookalike"},
	"internal/list":                    {"internal/csvtext"},
	"rls/internal/postings":            {},
	"rls/internal/distinct":            {"predicate", "predicate/batch", "rls/internal/postings", "internal/recovered", "rls/internal/wordset"},
	"rls/internal/randrules":           {"internal/csvtext", "rls"},
	"predicate/batch":                  {"predicate", "internal/arraycheck", "internal/recovered"},
	"predicate/batch/batchtest":        {},
	"predicate/rows":                   {"predicate"},
	"internal/testkit/randrecords":     {},
	"internal/testkit/questions":       {"predicate", "query"},
	"query":                            {"predicate", "predicate/where", "internal/jsondoc"},
	"query/eval":                       {"predicate", "predicate/batch", "query"},
	"predicate/where":                  {"predicate"},
	"rls/policy":                       {"namespace", "predicate", "predicate/where", "rls", "rls/roster"},
	"tagrules":                         {"predicate", "internal/jsondoc", "internal/plain", "internal/textpos"},
	"rls":                              {"namespace", "predicate", "internal/csvtext", "internal/jsondoc", "rls/internal/header", "internal/list", "rls/internal/postings", "internal/textpos"},
	"rls/roster":                       {"namespace", "predicate", "rls", "rls/internal/lookalike", "internal/csvtext", "internal/jsondoc", "internal/plain", "internal/textpos", "rls/internal/boxes"},
	"rls/internal/lookalike":           {},
	"rls/vet":                          {"namespace", "predicate", "predicate/batch", "rls", "rls/internal/header", "internal/list", "rls/internal/lookalike", "rls/roster", "tagrules", "internal/csvtext", "rls/internal/distinct", "rls/internal/postings", "rls/report", "internal/plain", "internal/textpos"},
	"rls/explain":                      {"rls/internal/lookalike", "namespace", "predicate", "predicate/batch", "rls", "tagrules", "rls/internal/distinct", "internal/plain"},
	"rls/report":                       {"internal/plain"},
	"rls/exposure":                     {"namespace", "predicate", "rls", "rls/report", "rls/roster", "rls/internal/boxes", "internal/columns", "internal/csvtext", "rls/internal/distinct", "internal/plain", "rls/internal/wordset"},
	"rls/diff":                         {"namespace", "predicate", "rls", "rls/report", "rls/roster", "tagrules", "rls/internal/boxes", "rls/internal/distinct", "internal/plain"},
	"rls/compact":                      {"internal/csvtext", "namespace", "predicate", "rls", "rls/roster", "rls/internal/boxes", "internal/plain", "internal/textpos", "internal/list", "rls/internal/records"},
	"account":                          {"internal/arn", "internal/durable", "internal/jsondoc", "internal/textpos", "namespace", "predicate", "rls", "rls/roster", "tagrules"},
	"account/check":                    {"account", "internal/arn", "namespace", "rls", "rls/vet", "tagrules"},
	"account/diff":                     {"account", "predicate", "rls/diff"},
	"schemas":                          {},
	"rls/rlstest":                      {"schemas", "namespace", "predicate", "predicate/batch", "rls", "rls/roster", "tagrules", "internal/columns", "internal/csvtext", "internal/jsondoc", "rls/internal/distinct", "rls/internal/postings", "internal/plain", "internal/textpos", "internal/list", "rls/internal/records", "rls/internal/boxes"},
	"spice/internal/seal":              {},
	"spice":                            {"namespace", "predicate", "predicate/batch", "query", "query/eval", "rls", "tagrules", "spice/internal/seal", "spice/internal/spicefile", "spice/audit", "spice/keys", "spice/observe", "spice/witness", "internal/arraycheck", "internal/recovered", "internal/durable", "internal/batches"},
	"spice/internal/spicefile":         {"predicate", "spice/internal/seal", "internal/durable", "predicate/batch"},
	"spice/observe":                    {},
	"spice/audit":                      {"namespace", "spice/witness", "internal/textpos", "internal/arn", "internal/durable"},
	"spice/witness":                    {"internal/durable", "internal/plain"},
	"spice/keys":                       {"spice/audit", "internal/arn", "internal/jsondoc", "internal/durable"},
	"spice/keys/keystest":              {"spice/keys"},
	"spice/source":                     {"internal/batches", "namespace", "internal/iam", "internal/jsondoc", "internal/tabular", "internal/recovered", "internal/plain", "internal/textpos", "internal/arn", "internal/durable"},
	"spice/direct":                     {"internal/batches", "predicate", "predicate/batch", "predicate/where", "rls", "query", "query/eval"},
	"spice/embed":                      {"namespace", "predicate", "query", "query/eval", "spice", "spice/audit", "spice/observe", "tagrules", "internal/iam", "internal/jsondoc", "internal/plain", "internal/textpos", "internal/arn"},
	"spice/embed/codestest":            {"spice/embed"},
	"spice/embed/sqlcodes":             {"spice/embed", "internal/plain"},
	"quicksight":                       {"internal/arn", "internal/ordered", "query", "query/eval", "internal/durable", "internal/iam", "internal/batches", "internal/jsondoc", "namespace", "namespace/filestore", "predicate", "predicate/batch", "predicate/where", "quicksight/internal/model", "quicksight/internal/sigv4", "rls", "spice", "spice/audit", "spice/direct", "spice/embed", "spice/keys", "spice/observe", "spice/source", "tagrules"},
	"quicksight/internal/model":        {"internal/jsondoc", "internal/plain"},
	"quicksight/internal/sigv4":        {},
	"quicksight/quicksighttest":        {"quicksight", "quicksight/internal/sigv4"},
	"examples/oktank":                  {"examples/oktank/internal/portal"},
	"examples/oktank/internal/portal":  {"examples/oktank/internal/revenue", "examples/oktank/internal/web", "namespace", "spice", "spice/embed", "spice/observe", "tagrules"},
	"examples/oktank/internal/revenue": {},
	"examples/oktank/internal/web":     {},
	"examples/hospital":                {"namespace", "rls", "spice", "spice/audit", "spice/keys", "spice/source"},
	"examples/docs":                    {},
	"examples/quickstart":              {"namespace", "predicate", "predicate/batch", "rls", "tagrules"},
}

// withoutArrow are the packages that must stay light: importing them costs no
// engine.
var withoutArrow = []string{"predicate", "predicate/rows", "query", "namespace", "rls", "tagrules", "account", "spice/internal/seal", "spice/audit", "spice/keys"}

// arrowAllowed are the packages of Arrow v15 that are right, light, and link
// beside Arrow v18 (docs/adr/0004-no-arrow-compute.md).
var arrowAllowed = []string{"arrow", "arrow/array", "arrow/memory", "arrow/ipc", "arrow/scalar", "arrow/bitutil", "arrow/decimal128", "arrow/decimal256", "arrow/float16", "arrow/endian"}

const arrowPath = "github.com/apache/arrow/go/v15/"

func TestImports(t *testing.T) {
	for _, f := range goFiles(t) {
		allowed, ok := importRules[f.pkg]
		require.True(t, ok, "%s: give the package a place in importRules", f.pkg)
		for _, spec := range f.ast.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			require.NotEqual(t, "C", path, "%s: no cgo in the root module", f.path)
			require.NotContains(t, path, "testify/assert", "%s: require stops at the first failure, assert goes on", f.path)
			if arrow, ok := strings.CutPrefix(path, arrowPath); ok {
				inTest := f.test && arrow == "arrow/compute" // a second oracle, in tests only
				require.True(t, inTest || slices.Contains(arrowAllowed, arrow), "%s imports %s", f.path, path)
			}
			if f.test {
				continue
			}
			if path == modulePath {
				path = modulePath + "/."
			}
			if own, ok := strings.CutPrefix(path, modulePath+"/"); ok {
				require.Contains(t, allowed, own, "%s imports %s", f.path, own)
			}
		}
	}
}

// TestInternal: decision 18 says of each package in internal why it is there.
func TestInternal(t *testing.T) {
	text, err := os.ReadFile("docs/adr/0018-where-packages-lie.md")
	require.NoError(t, err)
	var listed, there []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(string(text), -1) {
		listed = append(listed, m[1])
	}
	folders, err := os.ReadDir("internal")
	require.NoError(t, err)
	for _, f := range folders {
		if f.Name() != "testkit" {
			there = append(there, f.Name())
		}
	}
	require.Equal(t, there, listed)
}

func TestDependencies(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	deps := func(pkg, format string) []string {
		out, err := exec.Command("go", "list", "-deps", "-f", format, "./"+pkg).Output()
		require.NoError(t, err)
		return strings.Fields(string(out))
	}
	for _, pkg := range withoutArrow {
		for _, dep := range deps(pkg, "{{.ImportPath}}") {
			require.False(t, strings.HasPrefix(dep, arrowPath), "%s imports %s", pkg, dep)
		}
	}
	all := deps("...", "{{.ImportPath}}")
	require.Contains(t, all, arrowPath+"arrow/array", "the list is a list")
	for _, dep := range all {
		for _, banned := range []string{"arrow/compute", "parquet", "arrow/flight", "arrow/cdata"} {
			require.False(t, strings.HasPrefix(dep+"/", arrowPath+banned+"/"), "the root module imports %s", dep)
		}
	}
	require.Empty(t, deps("...", "{{if and (not .Standard) .CgoFiles}}{{.ImportPath}}{{end}}"), "no cgo in the root module")
}

// TestForbidden: no code that runs before main, none that ends the process of a
// caller, and no masks by Arrow kernels that are wrong on slices.
func TestForbidden(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			require.False(t, fn.Name.Name == "init" && fn.Recv == nil, "%s: func init", f.path)
			if f.test || strings.HasPrefix(fn.Name.Name, "Must") {
				continue
			}
			ast.Inspect(fn, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if id, ok := call.Fun.(*ast.Ident); ok {
					require.NotEqual(t, "panic", id.Name, "%s: panic in %s", f.position(call), fn.Name.Name)
				}
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
					if x, ok := sel.X.(*ast.Ident); ok && x.Name == "bitutil" {
						require.NotRegexp(t, "^Bitmap(And|Or|Xor)", sel.Sel.Name, f.position(call))
					}
					if x, ok := sel.X.(*ast.Ident); ok && x.Name == "os" && f.pkg != "examples/quickstart" {
						require.NotEqual(t, "Exit", sel.Sel.Name, f.position(call))
					}
				}
				return true
			})
		}
	}
}

// TestZeroIsTested: every package shows that its zero values admit no row.
func TestZeroIsTested(t *testing.T) {
	tested := map[string]bool{
		".":                         true, // no code
		"test":                      true, // no code
		"examples/docs":             true, // tests only
		"internal/testkit/realdata": true, // paths of test data
		"internal/csvtext":          true, // text, and no word on who sees it
	}
	for _, f := range goFiles(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && strings.HasPrefix(fn.Name.Name, "TestZero") {
				tested[f.pkg] = true
			}
		}
	}
	var missing []string
	for pkg := range importRules {
		if !tested[pkg] {
			missing = append(missing, pkg)
		}
	}
	require.Empty(t, missing, "packages without TestZero")
}

// TestDocumented: every exported name has a doc comment, and every exported
// function of a public package an Example.
func TestDocumented(t *testing.T) {
	examples := make(map[string]bool)
	for _, f := range goFiles(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test && strings.HasPrefix(fn.Name.Name, "Example") {
				name, _, _ := strings.Cut(strings.TrimPrefix(fn.Name.Name, "Example"), "_")
				examples[f.pkg+"."+name] = true
			}
		}
	}
	var missing []string
	want := func(ok bool, f goFile, n ast.Node, name, what string) {
		if !ok {
			missing = append(missing, f.position(n)+": "+name+" has no "+what)
		}
	}
	packageDoc := make(map[string]bool)
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		packageDoc[f.pkg] = packageDoc[f.pkg] || f.ast.Doc != nil
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if !d.Name.IsExported() || !exportedReceiver(d) {
					continue
				}
				want(d.Doc != nil, f, d, d.Name.Name, "doc comment")
				if d.Recv == nil && !strings.Contains("/"+f.pkg, "/internal/") {
					want(examples[f.pkg+"."+d.Name.Name], f, d, d.Name.Name, "Example")
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					for _, name := range undocumented(d, spec) {
						want(false, f, spec, name, "doc comment")
					}
				}
			}
		}
	}
	for pkg := range importRules {
		require.True(t, packageDoc[pkg], "%s has no package comment", pkg)
	}
	require.Empty(t, missing)
}

// undocumented returns the exported names of a declaration that has no comment,
// neither of its own nor of its group.
func undocumented(d *ast.GenDecl, spec ast.Spec) (names []string) {
	if d.Doc != nil {
		return nil
	}
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && s.Doc == nil {
			names = append(names, s.Name.Name)
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() && s.Doc == nil && s.Comment == nil {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	switch generic := typ.(type) {
	case *ast.IndexExpr:
		typ = generic.X
	case *ast.IndexListExpr:
		typ = generic.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

// TestFileNames: a module zip, as the go command fetches it, refuses names that
// Windows reserves, names that differ in case only, and some characters.
func TestFileNames(t *testing.T) {
	reserved := regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)|[<>:"|?*\\]|[. ]$`)
	seen := make(map[string]string)
	walk(t, func(path string) {
		require.NotRegexp(t, reserved, filepath.Base(path), path)
		folded := strings.ToLower(filepath.ToSlash(path))
		require.Empty(t, seen[folded], "%s differs in case only", path)
		seen[folded] = path
	})
	require.Greater(t, len(seen), 100)
}

// TestAPI compares the exported declarations of every public package with
// api/*.txt. A change there is a change for users and a line in CHANGELOG.md.
func TestAPI(t *testing.T) {
	byPackage := make(map[string][]goFile)
	for _, f := range goFiles(t) {
		if !f.test && f.pkg != "." && f.pkg != "test" && !strings.Contains("/"+f.pkg, "/internal/") && !strings.HasPrefix(f.pkg, "examples/") {
			byPackage[f.pkg] = append(byPackage[f.pkg], f)
		}
	}
	require.NotEmpty(t, byPackage)
	var known []string
	for pkg, files := range byPackage {
		golden := filepath.Join("api", strings.ReplaceAll(pkg, "/", "_")+".txt")
		known = append(known, golden)
		got := exportedAPI(t, pkg, files)
		if *update {
			require.NoError(t, os.MkdirAll("api", 0o755))
			require.NoError(t, os.WriteFile(golden, got, 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err, "run go test ./test -update")
		require.Equal(t, string(want), string(got), "%s: if the change is meant, run go test ./test -update", golden)
	}
	found, err := filepath.Glob(filepath.Join("api", "*.txt"))
	require.NoError(t, err)
	require.ElementsMatch(t, known, found, "one file a package")
}

// exportedAPI prints the exported declarations of a package in alphabetical
// order, without comments and bodies.
func exportedAPI(t *testing.T, pkg string, files []goFile) []byte {
	t.Helper()
	fset := token.NewFileSet()
	style := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8} // as gofmt
	var decls []string
	for _, f := range files {
		// Parsed again without comments, because filtering changes the tree.
		file, err := parser.ParseFile(fset, f.path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.FileExports(file)
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if !exportedReceiver(d) {
					continue
				}
				d.Body = nil
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					continue
				}
			}
			var b bytes.Buffer
			require.NoError(t, style.Fprint(&b, fset, d))
			decls = append(decls, b.String())
		}
	}
	slices.Sort(decls)
	return []byte("package " + pkg + "\n\n" + strings.Join(decls, "\n") + "\n")
}
