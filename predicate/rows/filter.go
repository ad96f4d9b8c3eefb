package rows

import (
	"iter"
	"reflect"
	"unsafe"

	"github.com/rowsight/rowsight/predicate"
)

// A Filter is a predicate compiled for rows of type T: a struct, a pointer to a
// struct, or a map. It is immutable and safe for concurrent use. The zero Filter
// and the nil *Filter let no row pass (S1).
type Filter[T any] struct {
	plan  plan
	shape shape
	keys  []string // of maps: the restricted columns
}

// A shape says how the memory of a T leads to the text of a row.
type shape uint8

const (
	noShape  shape = iota
	isStruct       // T is the row
	isStructPointer
	isTextMap // map[string]string
	isAnyMap  // map[string]any
)

// Bind compiles p for rows of type T. A struct must have every column that p
// restricts ([predicate.Predicate.Restricted]) exactly once and as text (U2); the
// package comment says which fields are which columns. All problems are reported,
// each a [*predicate.ColumnError].
//
// T may also be a map with keys of type string and values of type string or any.
// Which columns a map has is known only when it comes, so each one is checked.
//
// On an error the Filter is nil. Another kind of T is [ErrRow].
func Bind[T any](p predicate.Predicate) (*Filter[T], error) {
	t := reflect.TypeFor[T]()
	switch {
	case t.Kind() == reflect.Struct:
		return bindStruct[T](p, t, isStruct)
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		return bindStruct[T](p, t.Elem(), isStructPointer)
	case t.Kind() == reflect.Map && t.Key() == reflect.TypeFor[string]():
		switch t.Elem() {
		case reflect.TypeFor[string]():
			return bindMap[T](p, isTextMap), nil
		case reflect.TypeFor[any]():
			return bindMap[T](p, isAnyMap), nil
		}
	}
	return nil, rowTypeError(t)
}

func bindStruct[T any](p predicate.Predicate, t reflect.Type, s shape) (*Filter[T], error) {
	columns, fields := fieldsOf(t)
	if err := predicate.CheckColumns(columns, p.Restricted()...); err != nil {
		return nil, err
	}
	return &Filter[T]{plan: newPlan(p, fields), shape: s}, nil
}

func bindMap[T any](p predicate.Predicate, s shape) *Filter[T] {
	f := &Filter[T]{shape: s, keys: p.Restricted()}
	fields := make(map[string]field, len(f.keys))
	for i, key := range f.keys {
		fields[key] = textAt(i)
	}
	f.plan = newPlan(p, fields)
	return f
}

// Match reports whether a row is visible. A nil pointer and a nil map are not
// visible. A map without a restricted column, or with a value of it that is not
// text, gives a [*predicate.ColumnError] for each such column. A struct never
// gives an error.
func (f *Filter[T]) Match(row T) (bool, error) { return f.match(unsafe.Pointer(&row)) }

// match is Match for the row at an address.
func (f *Filter[T]) match(row unsafe.Pointer) (bool, error) {
	if f == nil {
		return false, nil
	}
	switch f.shape {
	case isStruct:
		return f.plan.match(row), nil
	case isStructPointer:
		at := *(*unsafe.Pointer)(row)
		return at != nil && f.plan.match(at), nil
	case isTextMap:
		return matchMap(&f.plan, f.keys, *(*map[string]string)(row), textOfString)
	case isAnyMap:
		return matchMap(&f.plan, f.keys, *(*map[string]any)(row), textOfAny)
	}
	return false, nil
}

// Slice returns the visible rows, in order, in a new slice. The slice is never
// nil, so no visible rows are [] in JSON. On an error Slice returns nil.
func (f *Filter[T]) Slice(rows []T) ([]T, error) {
	visible := []T{}
	for i := range rows {
		ok, err := f.match(unsafe.Pointer(&rows[i]))
		if err != nil {
			return nil, err
		}
		if ok {
			visible = append(visible, rows[i])
		}
	}
	return visible, nil
}

// All yields the visible rows, in order. It ends with the first error, which it
// yields with the zero T.
func (f *Filter[T]) All(rows iter.Seq[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row := range rows {
			ok, err := f.Match(row)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if ok && !yield(row, nil) {
				return
			}
		}
	}
}
