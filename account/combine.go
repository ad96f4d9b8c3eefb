package account

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/textpos"
)

// ErrContradict reports two documents that say different things of one resource.
var ErrContradict = errors.New("two documents contradict each other")

// An origin is what a document is. Two documents of one origin say the same, or
// contradict each other. Documents of different origins may complete each other.
type origin string

const (
	fromList      origin = "list"
	fromDescribe  origin = "describe"
	fromTemplate  origin = "template"
	fromTerraform origin = "terraform"
)

// A saying is where a member of a resource was found first.
type saying struct {
	at   Position
	from origin
}

// put takes a member of the file of a resource. What two documents say of it must
// be the same: neither of them wins.
func (in *importing) put(p place, r Resource, member string, v any) {
	v, keep := clean(member, v)
	if !keep {
		return
	}
	if in.found[r] == nil {
		in.found[r], in.said[r] = make(map[string]any), make(map[string]saying)
	}
	in.seen(v)
	old, twice := in.found[r][member]
	if !twice {
		in.found[r][member], in.said[r][member] = v, saying{p.doc.Pos(p.value), p.from}
		return
	}
	first := in.said[r][member]
	both, field, ok := combine(member, old, v, first.from == p.from)
	if !ok {
		in.contradict(p, r, field, first.at)
		return
	}
	in.found[r][member] = both
}

// contradict reports two documents.
func (in *importing) contradict(p place, r Resource, field string, first Position) {
	in.errs = append(in.errs, &textpos.Error{Pos: p.doc.Pos(p.value), Field: field, Err: fmt.Errorf("%w: %s says otherwise of %s; leave out the one that is out of date", ErrContradict, first, r.text())})
}

// text names a resource in messages.
func (r Resource) text() string {
	switch {
	case r.Kind.single():
		return string(r.Kind)
	case r.Kind.inNamespace():
		return fmt.Sprintf("%s %q of namespace %s", strings.TrimSuffix(string(r.Kind), "s"), r.Name, r.Namespace)
	}
	return fmt.Sprintf("%s %q", strings.ReplaceAll(strings.TrimSuffix(string(r.Kind.shape().arn), "s"), "datasource", "data source"), r.Name)
}

// combine returns what two documents say of one value, which are cleaned. exact is
// for documents of one origin, in which also a member that is absent says
// something. ok is false if they differ, and field says where.
func combine(field string, a, b any, exact bool) (both any, where string, ok bool) {
	switch a := a.(type) {
	case map[string]any:
		b, isObject := b.(map[string]any)
		if !isObject {
			return nil, field, false
		}
		all := make(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(a)) {
			all[name] = a[name]
		}
		for _, name := range slices.Sorted(maps.Keys(b)) {
			if all[name] == nil {
				all[name] = b[name]
			}
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			x, inA := a[name]
			y, inB := b[name]
			at := field + "." + name
			switch {
			case inA && inB:
				v, where, ok := combine(at, x, y, exact || decides(name))
				if !ok {
					return nil, where, false
				}
				all[name] = v
			case (exact || rules(name, all[name])) && !says(name, all[name]):
				return nil, at, false
			}
		}
		return all, "", true
	case []any:
		b, isList := b.([]any)
		if !isList || len(a) != len(b) {
			return nil, field, false
		}
		all := make([]any, len(a))
		for i := range a {
			v, where, ok := combine(fmt.Sprintf("%s[%d]", field, i), a[i], b[i], exact)
			if !ok {
				return nil, where, false
			}
			all[i] = v
		}
		return all, "", true
	}
	if x, isText := a.(string); isText && strings.HasSuffix(field, "Time") {
		if y, isText := b.(string); isText {
			return max(x, y), "", true // of refreshes: the resource is the same
		}
	}
	if !reflect.DeepEqual(a, b) {
		return nil, field, false
	}
	return a, "", true
}

// decides reports whether a member says who sees which rows and columns: then one
// document that has it, or more of it, contradicts another.
func decides(name string) bool {
	switch name {
	case "RowLevelPermissionDataSet", "RowLevelPermissionTagConfiguration", "RowLevelPermissionConfiguration", "ColumnLevelPermissionRules":
		return true
	}
	return false
}

// rules reports whether a member, or one in it, decides who sees what.
func rules(name string, v any) bool {
	if decides(name) {
		return true
	}
	object, _ := v.(map[string]any)
	for name, member := range object {
		if rules(name, member) && !says(name, member) {
			return true
		}
	}
	return false
}

// says reports whether a member has the value that an absent one stands for.
func says(name string, v any) bool {
	switch v := v.(type) {
	case string:
		return v == "" || strings.HasSuffix(name, "Time") || name == "Status" && v == "ENABLED" || name == "FormatVersion" && v == "VERSION_1" ||
			name == "Namespace" && v == "default"
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return v == nil
}
