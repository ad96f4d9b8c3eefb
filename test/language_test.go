package test

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// avoided are turns of phrase that readers have to read twice, and what to write
// instead. Users read Markdown pages, doc comments of exported names, and the
// texts of errors, findings and help: these must do without.
var avoided = []struct{ pattern, instead string }{
	{`\b[Ww]hom no\b`, "a viewer that no rule names"},
	{`(^|[.:;] )What (no|others|nobody) `, "a noun: rows that no rule admits"},
	{`\btells? of\b|\btold of\b`, "explains, reports, describes"},
	{`\bin doubt\b`, "ambiguous"},
	{`\bthere is nothing (that|which)\b|\bnothing is connected\b`, "what is missing, and what to do"},
	{`\b(has|have) the rows\b`, "the data source, the table"},
	{`\b(is|are) that of (a|an|the|no)\b`, "the noun again, or describes"},
	{`\bis for whom\b|\b(for|of) whom\b`, "the viewers to whom it applies"},
	{`\b(and )?neither do(es)? (nobody|the|a)\b`, "a sentence of its own"},
	{`\bturns? (the [a-z]+|it) round\b`, "lists, reverses"},
	{`\bthe value for all\b`, "the match-all value"},
	{`\bstands? in a list\b`, "the list contains"},
	{`\b(row|rows) of the data (is|are) meant\b`, "no row of the data matches"},
	{`\bit is said\b`, "the answer states"},
	{`\b(is|are) taken away\b|\bcan take away\b`, "is revoked, is removed"},
	{`\bmay not be meant\b`, "probable mistakes"},
	{`\bfails what it\b`, "the operation fails"},
	{`\bof their own accord\b`, "by themselves"},
	{`\bbefore anybody is exposed\b`, "before you deploy them"},
	{`\b[Ww]here the texts (were|are) silent\b`, "where the documentation is unclear"},
	{`\bnobody fits\b|\bas people are\b`, "a plain statement"},
	{`\bthat is no (text|column|name|list|user)\b`, "that is not text"},
	{`\bcan be asked\b`, "can be queried"},
	{`^Why (a|an|the|no|something|rows)\b`, "Errors of …"},
	{`\bif it is not there\b`, "if it does not exist"},
	{`\bwhatever the verb\b`, "for every verb"},
	{`\b(rules|key|keys|login|credentials) of now\b`, "current"},
	{`\bhand(s|ed)? out\b`, "returns"},
	{`\bIt is for one goroutine\b`, "It is not safe for concurrent use"},
	{`\bforgets (a|an|the) (dataset|asset|data source|user)\b|\bmakes? the directory forget\b`, "removes"},
}

// TestLanguageOfPages: Markdown files avoid these phrases.
func TestLanguageOfPages(t *testing.T) {
	for _, name := range markdownFiles(t) {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		requirePlain(t, name, strings.Join(strings.Fields(string(text)), " "))
	}
}

// TestLanguageOfGo: so do package comments, the comments of exported names and
// fields, and strings of public packages, of the command and of the adapters.
func TestLanguageOfGo(t *testing.T) {
	read := 0
	for _, f := range slices.Concat(goFiles(t), nestedFiles(t)) {
		if f.test || strings.Contains("/"+f.pkg, "/internal/") || strings.HasPrefix(f.pkg, "examples/") {
			continue
		}
		requireDoc(t, f, f.ast, f.ast.Doc)
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) {
					requireDoc(t, f, d, d.Doc)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() {
							requireDoc(t, f, s, d.Doc, s.Doc)
							requireFields(t, f, s)
						}
					case *ast.ValueSpec:
						if s.Names[0].IsExported() {
							requireDoc(t, f, s, d.Doc, s.Doc, s.Comment)
						}
					}
				}
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, err := strconv.Unquote(literal.Value)
				require.NoError(t, err)
				requirePlain(t, f.position(literal), strings.Join(strings.Fields(text), " "))
				read++
			}
			return true
		})
	}
	require.Greater(t, read, 1000, "the walk finds the strings")
}

// nestedFiles parses the Go files of the command and of the adapters.
func nestedFiles(t *testing.T) (files []goFile) {
	t.Helper()
	modules, err := filepath.Glob("adapters/*/go.mod")
	require.NoError(t, err)
	require.NotEmpty(t, modules)
	for _, mod := range append(modules, "cmd/rowsight/go.mod") {
		files = append(files, goFilesBelow(t, filepath.Dir(mod))...)
	}
	return files
}

func requireFields(t *testing.T, f goFile, s *ast.TypeSpec) {
	t.Helper()
	ast.Inspect(s.Type, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && (len(field.Names) == 0 || field.Names[0].IsExported()) {
			requireDoc(t, f, field, field.Doc, field.Comment)
		}
		return true
	})
}

func requireDoc(t *testing.T, f goFile, at ast.Node, groups ...*ast.CommentGroup) {
	t.Helper()
	for _, g := range groups {
		if g != nil {
			requirePlain(t, f.position(at), strings.Join(strings.Fields(g.Text()), " "))
		}
	}
}

// patterns are the compiled patterns of avoided.
var patterns = sync.OnceValue(func() (list []*regexp.Regexp) {
	for _, a := range avoided {
		list = append(list, regexp.MustCompile(a.pattern))
	}
	return list
})

// requirePlain reports every phrase of a text that is avoided.
func requirePlain(t *testing.T, where, text string) {
	t.Helper()
	for i, a := range avoided {
		if at := patterns()[i].FindStringIndex(text); at != nil {
			t.Errorf("%s: %q: write %s", where, text[max(at[0]-30, 0):min(at[1]+30, len(text))], a.instead)
		}
	}
}
