package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRecover: the value of a panic may quote a hidden row or a secret, so no
// code of any module puts it into an error or a text. What recover returns may be
// compared with nil, be thrown again, and be given to recovered.Error.
func TestRecover(t *testing.T) {
	found := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		n, wrong := recovers(t, path, nil)
		found += n
		require.Empty(t, wrong, "pass what recover returns to recovered.Error")
		return nil
	}))
	require.Greater(t, found, 5, "the walk finds those that there are")
}

// TestRecoverFinds: each way of showing the value of a panic is found.
func TestRecoverFinds(t *testing.T) {
	for reason, body := range map[string]string{
		"formatted":           `if p := recover(); p != nil { err = fmt.Errorf("%v", p) }`,
		"formatted, assigned": `p := recover(); if p != nil { err = fmt.Errorf("%v", p) }`,
		"as an error":         `if p := recover(); p != nil { err, _ = p.(error) }`,
		"by its type":         `switch p := recover().(type) { case error: err = p }`,
		"without a name":      `err = fmt.Errorf("%v", recover())`,
		"by another name":     `p := recover(); q := p; err = fmt.Errorf("%v", q)`,
		"declared":            `var p = recover(); err = fmt.Errorf("%v", p)`,
		"assigned":            `var p any; p = recover(); err = fmt.Errorf("%v", p)`,
		"sent away":           `p := recover(); ch <- p`,
		"by a method":         `err = errors.New(recover().(error).Error())`,
	} {
		n, wrong := recovers(t, "x.go", "package x\nfunc f() (err error) { defer func() { "+body+" }(); return nil }")
		require.Equal(t, 1, n, reason)
		require.NotEmpty(t, wrong, reason)
	}
	for reason, body := range map[string]string{
		"through the helper": `if p := recover(); p != nil { err = recovered.Error(p, nil) }`,
		"at once":            `err = recovered.Error(recover(), nil)`,
		"thrown again":       `if p := recover(); p != nil { panic(p) }`,
		"dropped":            `recover()`,
		"dropped by name":    `_ = recover()`,
	} {
		_, wrong := recovers(t, "x.go", "package x\nfunc f() (err error) { defer func() { "+body+" }(); return nil }")
		require.Empty(t, wrong, reason)
	}
}

// recovers counts the calls of recover in a file and returns where what they
// return is used for anything that could show it.
func recovers(t *testing.T, path string, src any) (n int, wrong []string) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	require.NoError(t, err)
	isCall := func(n ast.Node, pkg, name string) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return false
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			x, ok := sel.X.(*ast.Ident)
			return ok && x.Name == pkg && sel.Sel.Name == name
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && pkg == "" && id.Name == name
	}
	report := func(n ast.Node) { wrong = append(wrong, fset.Position(n.Pos()).String()) }
	function := func(body *ast.BlockStmt) {
		if body == nil {
			return
		}
		names, allowed := map[string]bool{}, map[ast.Node]bool{}
		name := func(left, right []ast.Expr) {
			for i, r := range right {
				if isCall(r, "", "recover") && i < len(left) {
					if id, ok := left[i].(*ast.Ident); ok {
						names[id.Name], allowed[r], allowed[id] = true, true, true
					}
				}
			}
		}
		ast.Inspect(body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false // visited on its own
			case *ast.AssignStmt:
				name(n.Lhs, n.Rhs)
			case *ast.ValueSpec:
				for i, v := range n.Values {
					name([]ast.Expr{n.Names[i]}, []ast.Expr{v})
				}
				for _, id := range n.Names {
					allowed[id] = true
				}
			case *ast.ExprStmt:
				allowed[n.X] = isCall(n.X, "", "recover")
			case *ast.BinaryExpr:
				if id, ok := n.Y.(*ast.Ident); ok && id.Name == "nil" {
					allowed[n.X] = true
				}
			case *ast.CallExpr:
				if isCall(n, "recovered", "Error") || isCall(n, "", "panic") {
					allowed[n.Args[0]] = true
				}
			}
			return true
		})
		delete(names, "_")
		ast.Inspect(body, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncLit:
				return false
			case *ast.SelectorExpr:
				allowed[node.Sel] = true // a field or method, whatever it is of
			case *ast.CallExpr:
				if isCall(node, "", "recover") {
					n++
					if !allowed[node] {
						report(node)
					}
				}
			case *ast.Ident:
				if names[node.Name] && !allowed[node] {
					report(node)
				}
			}
			return true
		})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			function(n.Body)
		case *ast.FuncLit:
			function(n.Body)
		}
		return true
	})
	return n, wrong
}
