package test

import (
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/corpus"
)

// ruleTests names, for each rule that has no case in testdata/conformance, a
// test that fails when the rule is broken.
var ruleTests = map[string]string{
	"T8": "tagrules.TestSecrets",
	"T9": "tagrules.TestBuilder",
	"V1": "spice.TestWhoSeesWhat",
	"V2": "spice.TestPrepare",
	"V3": "spice.TestChangesHoldForTheNextRead",
	"V4": "spice.TestDeletedRules",
	"V5": "spice.TestChildren",
	"V6": "spice.TestColumnRules",
	"V7": "spice.TestTruncation",
	"V8": "spice.TestNothingOfHiddenRows",
	"N2": "namespace.TestNamespaces",
	"N3": "namespace.TestRegisterUser",
	"N4": "namespace.TestIsolation",
	"N5": "rls/migrate.TestInterrupted",
	"E1": "spice/embed.TestParseRequestErrors",
	"E2": "spice/embed.TestRedeemOnce",
	"E3": "spice/embed.TestGenerateRefuses",
	"E4": "spice/embed.TestStoryPolicy",
	"K1": "spice.TestBytesAtRest",
	"K2": "spice/audit.TestKeyInUse",
	"K3": "spice.TestKeyTakenAway",
	"K4": "spice/source.TestRotation",
	"K5": "spice/source.TestUseRunAsRole",
	"K6": "spice/source.TestManifestLimit",
	"S3": "predicate/batch.TestNothingHiddenLeaves",
	"S5": "predicate/where.FuzzWrap",
	"S6": "predicate/batch.TestCacheKeepsApart",
	"S7": "spice/embed.TestPublic",
	"S8": "predicate/where.FuzzLiteral",
	"S9": "predicate/batch.TestUnevenHash",
	"Q1": "spice.TestAskRefused",
	"Q2": "query/eval.TestAnswer",
	"Q3": "query/eval.TestSumsDoNotWrap",
	"Q4": "query/eval.TestAnswer",
	"Q5": "query/eval.TestAnswer",
	"Q6": "query.TestSQLRefused",
	"Q7": "adapters/duckdb.TestNoWayRound",
}

const semanticsPage = "docs/semantics.md"

var ruleID = regexp.MustCompile(`\b[UTVNEKSQ][1-9][0-9]?\b`)

// TestSemanticsCited: every rule id in the repository is defined on the page of
// rules, and every rule of the page is cited by code.
func TestSemanticsCited(t *testing.T) {
	defined := definedRules(t)
	cited := make(map[string]bool)
	files := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(path)
		if d.IsDir() {
			if path != "." && strings.HasPrefix(d.Name(), ".") || strings.HasSuffix(slashed, "testdata/fuzz") {
				return filepath.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".md", ".json", ".yml", ".yaml"}, filepath.Ext(path)) ||
			slashed == semanticsPage || slashed == "test/semantics_test.go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, id := range ruleID.FindAllString(string(text), -1) {
			require.Contains(t, defined, id, "%s cites %s, which %s does not define", path, id, semanticsPage)
			if filepath.Ext(path) == ".go" {
				cited[id] = true
			}
		}
		return nil
	}))
	require.Greater(t, files, 500, "the walk finds the repository")
	for _, id := range defined {
		require.True(t, cited[id], "no code cites %s", id)
	}
}

// TestSemanticsTested: every rule of the page has a case in
// testdata/conformance or a test of its own.
func TestSemanticsTested(t *testing.T) {
	defined := definedRules(t)
	cases := make(map[string]bool)
	for _, c := range corpus.Load(t) {
		for _, id := range c.Rules {
			cases[id] = true
		}
	}
	tests := make(map[string]bool)
	for _, f := range goFiles(t) {
		if !f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				tests[f.pkg+"."+fn.Name.Name] = true
			}
		}
	}
	for _, id := range defined {
		if test, ok := ruleTests[id]; ok {
			require.True(t, tests[test] || nestedTest(t, test), "%s: there is no test %s", id, test)
			continue
		}
		require.True(t, cases[id], "%s has no case in testdata/conformance and no entry in ruleTests", id)
	}
	for id := range ruleTests {
		require.Contains(t, defined, id, "ruleTests has a rule that the page lacks")
	}
}

// nestedTest reports whether a test of another module is there.
func nestedTest(t *testing.T, test string) bool {
	t.Helper()
	dir, name, _ := strings.Cut(test, ".")
	files, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*_test.go"))
	require.NoError(t, err)
	return slices.ContainsFunc(files, func(path string) bool {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return strings.Contains(string(text), "func "+name+"(")
	})
}

// definedRules returns the ids of the page, in its order, and checks that each
// row has the anchor of its id.
func definedRules(t *testing.T) (ids []string) {
	t.Helper()
	text, err := os.ReadFile(semanticsPage)
	require.NoError(t, err)
	row := regexp.MustCompile(`^\| <a id="([a-z0-9]+)"></a>([A-Z][0-9]+) \| (.+) \|`)
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "<a id=") {
			continue
		}
		m := row.FindStringSubmatch(line)
		require.NotNil(t, m, "a rule is a row of a table: %s", line)
		require.Equal(t, strings.ToLower(m[2]), m[1], "the anchor of %s", m[2])
		require.NotContains(t, ids, m[2], "%s is defined twice", m[2])
		ids = append(ids, m[2])
	}
	require.Greater(t, len(ids), 50)
	return ids
}
