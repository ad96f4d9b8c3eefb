package embed

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/tagrules"
)

// TestOneWay walks all that a handler can reach from the session of its request:
// every method of it, every method of what these return, and so on. Nothing on
// the way is, takes or returns the dataset itself, a session of the store, a
// predicate, or a tag. So a handler cannot read past the filter by accident: it
// does not have the words for it.
func TestOneWay(t *testing.T) {
	forbidden := map[reflect.Type]bool{
		reflect.TypeFor[spice.Dataset](): true, reflect.TypeFor[spice.Store](): true, reflect.TypeFor[spice.Session](): true,
		reflect.TypeFor[predicate.Predicate](): true, reflect.TypeFor[tagrules.Tag](): true, reflect.TypeFor[tagrules.Config](): true,
		reflect.TypeFor[Server](): true, reflect.TypeFor[token](): true, reflect.TypeFor[grant](): true, reflect.TypeFor[Ring](): true,
	}
	var methods []string
	seen := make(map[reflect.Type]bool)
	var walk func(typ reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Array}, typ.Kind()) {
			typ = typ.Elem()
		}
		if slices.Contains([]reflect.Type{reflect.TypeFor[spice.ReadOptions](), reflect.TypeFor[query.Query](), reflect.TypeFor[query.Plan]()}, typ) {
			return // a filter of the viewer goes in; no predicate comes out
		}
		require.False(t, forbidden[typ], "%s leads to %s", path, typ)
		if seen[typ] {
			return
		}
		seen[typ] = true
		if typ.Kind() == reflect.Func {
			walkFunc(typ, path, walk)
		}
		if !strings.HasPrefix(typ.PkgPath(), "github.com/rowsight/rowsight/") {
			return
		}
		if typ.Kind() == reflect.Struct {
			for _, f := range reflect.VisibleFields(typ) {
				if f.IsExported() {
					walk(f.Type, path+"."+f.Name)
				}
			}
		}
		pointer := reflect.PointerTo(typ)
		for i := range pointer.NumMethod() {
			m := pointer.Method(i)
			if typ == reflect.TypeFor[Session]() || typ == reflect.TypeFor[Dataset]() {
				methods = append(methods, typ.Name()+"."+m.Name)
			}
			walkFunc(m.Type, path+"."+m.Name, walk)
		}
	}
	walk(reflect.TypeOf(FromContext).Out(0), "FromContext")
	walk(reflect.TypeOf(ServeRecords), "ServeRecords")
	walk(reflect.TypeFor[Redeemed](), "Redeemed")
	slices.Sort(methods)
	require.Equal(t, []string{
		"Dataset.ARN", "Dataset.Ask", "Dataset.Count", "Dataset.CountOptions", "Dataset.Distinct", "Dataset.DistinctOptions", "Dataset.Read", "Dataset.Records", "Dataset.Schema",
		"Session.Check", "Session.Dashboard", "Session.Dataset", "Session.Experience", "Session.Expires", "Session.Format", "Session.Label", "Session.LogValue",
		"Session.Namespace", "Session.Open", "Session.String", "Session.User",
	}, methods, "a new method needs a thought: what does it show?")
	for _, typ := range []reflect.Type{reflect.TypeFor[Session](), reflect.TypeFor[Dataset]()} {
		for _, f := range reflect.VisibleFields(typ) {
			require.False(t, f.IsExported(), "%s.%s: only this package makes one", typ, f.Name)
		}
	}
}

func walkFunc(typ reflect.Type, path string, walk func(reflect.Type, string)) {
	for i := range typ.NumIn() {
		walk(typ.In(i), path)
	}
	for i := range typ.NumOut() {
		walk(typ.Out(i), path)
	}
}
