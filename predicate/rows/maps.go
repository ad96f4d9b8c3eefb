package rows

import (
	"database/sql"
	"errors"
	"reflect"
	"unsafe"

	"github.com/rowsight/rowsight/predicate"
)

// fewKeys is how many texts of a map are kept without allocating memory.
const fewKeys = 16

// matchMap matches the texts of a map's restricted columns, which keys has in the
// order that p was compiled for.
func matchMap[V any](p *plan, keys []string, row map[string]V, text func(V) (string, bool)) (bool, error) {
	if row == nil {
		return false, nil
	}
	var few [fewKeys]string
	texts := few[:]
	if len(keys) > fewKeys {
		texts = make([]string, len(keys))
	}
	for i, key := range keys {
		v, ok := row[key]
		if !ok {
			return false, mapError(keys, row, text)
		}
		if texts[i], ok = text(v); !ok {
			return false, mapError(keys, row, text)
		}
	}
	return p.match(unsafe.Pointer(unsafe.SliceData(texts))), nil
}

// mapError reports every restricted column that a map lacks or has not as text.
func mapError[V any](keys []string, row map[string]V, text func(V) (string, bool)) error {
	var errs []error
	for _, key := range keys {
		v, ok := row[key]
		if !ok {
			errs = append(errs, &predicate.ColumnError{Column: key, Err: predicate.ErrNoColumn})
		} else if _, ok := text(v); !ok {
			errs = append(errs, &predicate.ColumnError{Column: key, Type: reflect.TypeOf(v).String(), Err: predicate.ErrNotText})
		}
	}
	return errors.Join(errs...)
}

func textOfString(s string) (string, bool) { return s, true }

// textOfAny returns the text of a value, "" for NULL. It reports false if the
// value is not text. The text shares the memory of the value.
func textOfAny(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case []byte:
		return textOf(v), true
	case *string:
		if v == nil {
			return "", true
		}
		return *v, true
	case sql.NullString:
		if !v.Valid {
			return "", true
		}
		return v.String, true
	case sql.Null[string]:
		if !v.Valid {
			return "", true
		}
		return v.V, true
	}
	switch r := reflect.ValueOf(v); kindOf(r.Type()) {
	case isString:
		return r.String(), true
	case isBytes:
		return textOf(r.Bytes()), true
	case isPointer:
		if r.IsNil() {
			return "", true
		}
		return r.Elem().String(), true
	}
	return "", false
}
