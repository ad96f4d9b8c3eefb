package spice

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
)

// gated are the exported methods that return rows, or what is made of them.
// Each takes a Session.
var gated = []string{"Ask", "Count", "CountOptions", "Distinct", "DistinctOptions", "Predicate", "Prepare", "Read", "Records", "Schema"}

// TestOnlyThroughTheGate walks everything that is exported: what could carry a
// row out of the package is a method of Dataset that takes a Session, and takes
// it to the gate.
func TestOnlyThroughTheGate(t *testing.T) {
	// Types that carry rows, or lead to something that does.
	carries := func(typ reflect.Type) bool {
		s := typ.String()
		return strings.Contains(s, "arrow.Record") || strings.Contains(s, "array.RecordReader") || strings.Contains(s, "arrow.Array") ||
			strings.Contains(s, "arrow.Schema") || strings.Contains(s, "predicate.Predicate") || strings.Contains(s, "spicefile") || strings.Contains(s, "seal.")
	}
	session := reflect.TypeFor[Session]()
	var found []string
	visited := make(map[reflect.Type]bool)
	var visit func(typ reflect.Type)
	visit = func(typ reflect.Type) {
		if visited[typ] {
			return
		}
		visited[typ] = true
		for i := range typ.NumMethod() {
			m := typ.Method(i)
			takes := false
			for k := range m.Type.NumIn() {
				takes = takes || m.Type.In(k) == session
			}
			for k := range m.Type.NumOut() {
				out := m.Type.Out(k)
				if carries(out) || takes && typ != session && m.Name != "Allow" {
					require.True(t, takes, "%s.%s hands out %s and asks for no session", typ, m.Name, out)
					found = append(found, m.Name)
				}
				if base := out; base.PkgPath() == session.PkgPath() || base.Kind() == reflect.Pointer && base.Elem().PkgPath() == session.PkgPath() {
					visit(out)
				}
			}
		}
		for typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() == reflect.Struct {
			for k := range typ.NumField() {
				f := typ.Field(k)
				if f.IsExported() && typ != reflect.TypeFor[DatasetInput]() && typ != reflect.TypeFor[Permissions]() {
					require.False(t, carries(f.Type), "%s.%s is %s", typ, f.Name, f.Type)
				}
			}
		}
	}
	for _, typ := range exportedTypes(t) {
		visit(typ)
	}
	slices.Sort(found)
	require.Equal(t, gated, slices.Compact(found), "a new way to rows needs a place in the list, and a test that the gate holds there")

	// No function but Open is exported, and it returns a Store.
	for name, f := range exportedFunctions(t) {
		require.Equal(t, "Open", name)
		require.Len(t, f.Type.Results.List, 2)
	}

	// And they do go through the gate: nobody gets anything.
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", "UserName,Region\nanna,EMEA\n"))
	v := reflect.ValueOf(d)
	for _, name := range gated {
		for _, s := range []Session{{}, user("carl"), tagged(), tagged("region", "EMEA")} {
			var args []reflect.Value
			method := v.MethodByName(name).Type()
			for k := range method.NumIn() {
				switch method.In(k) {
				case session:
					args = append(args, reflect.ValueOf(s))
				case reflect.TypeFor[context.Context]():
					args = append(args, reflect.ValueOf(context.Background()))
				case reflect.TypeFor[*ReadOptions]():
					args = append(args, reflect.ValueOf(&ReadOptions{Where: predicate.All()}))
				case reflect.TypeFor[query.Query]():
					args = append(args, reflect.ValueOf(query.Query{Dimensions: []query.Dimension{{Column: "Region"}}}))
				case reflect.TypeFor[*AskOptions]():
					args = append(args, reflect.ValueOf(&AskOptions{}))
				default:
					args = append(args, reflect.ValueOf("Region"))
				}
			}
			out := v.MethodByName(name).Call(args)
			switch got := out[0].Interface().(type) {
			case int64:
				require.Zero(t, got, name)
			case []string:
				require.Empty(t, got, name)
			case *eval.Result:
				require.True(t, got == nil || got.Rows.NumRows() == 0, name)
				got.Release()
			case *arrow.Schema:
				for _, f := range got.Fields() {
					require.Zero(t, f.Metadata.Len())
				}
			default:
				if out[0].Kind() == reflect.Func {
					for rec := range out[0].Seq2() {
						r, _ := rec.Interface().(arrow.Record)
						require.True(t, r == nil || r.NumRows() == 0, name)
					}
				}
			}
		}
	}
}

// exportedTypes returns a value's type for every exported type of the package.
// A type that is missing here fails the test.
func exportedTypes(t *testing.T) (types []reflect.Type) {
	known := map[string]reflect.Type{
		"Store": reflect.TypeFor[*Store](), "Dataset": reflect.TypeFor[*Dataset](), "Session": reflect.TypeFor[Session](), "Options": reflect.TypeFor[*Options](),
		"DatasetInput": reflect.TypeFor[DatasetInput](), "DatasetUpdate": reflect.TypeFor[DatasetUpdate](), "Description": reflect.TypeFor[Description](),
		"Permissions": reflect.TypeFor[Permissions](), "Column": reflect.TypeFor[Column](), "ColumnRule": reflect.TypeFor[ColumnRule](),
		"Ingestion": reflect.TypeFor[Ingestion](), "IngestionType": reflect.TypeFor[IngestionType](), "IngestionStatus": reflect.TypeFor[IngestionStatus](),
		"ImportMode": reflect.TypeFor[ImportMode](), "UseAs": reflect.TypeFor[UseAs](), "Error": reflect.TypeFor[*Error](), "Access": reflect.TypeFor[Access](),
		"ReadOptions": nil, "AskOptions": nil, // ask for less
		"Engine": nil, // gets the visible rows of a session, and no others
		// What callers give; their rows come in, and no value of these types comes out.
		"Source": nil, "Direct": nil, "RulesSource": nil, "Answerer": nil,
	}
	seen := 0
	for _, f := range files(t) {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, spec := range g.Specs {
				name := spec.(*ast.TypeSpec).Name.Name
				if !ast.IsExported(name) {
					continue
				}
				typ, ok := known[name]
				require.True(t, ok, "type %s: what does it hand out?", name)
				seen++
				if typ != nil {
					types = append(types, typ)
				}
			}
		}
	}
	require.Equal(t, len(known), seen)
	return types
}

func exportedFunctions(t *testing.T) map[string]*ast.FuncDecl {
	all := make(map[string]*ast.FuncDecl)
	for _, f := range files(t) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() {
				all[fn.Name.Name] = fn
			}
		}
	}
	require.Len(t, all, 1)
	return all
}

func files(t *testing.T) (all []*ast.File) {
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		all = append(all, f)
	}
	require.Greater(t, len(all), 10)
	return all
}
