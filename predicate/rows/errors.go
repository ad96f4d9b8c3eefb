package rows

import (
	"errors"
	"fmt"
	"reflect"
)

// ErrRow reports a type that is not a struct, a pointer to a struct, or a map.
var ErrRow = errors.New("rows of this type cannot be filtered")

func rowTypeError(t reflect.Type) error {
	return fmt.Errorf("%w: got %v, want a struct, a pointer to a struct, or a map with keys of type string and values of type string or any", ErrRow, t)
}
