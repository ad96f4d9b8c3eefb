package arrow18

import (
	"bytes"
	"fmt"

	v18 "github.com/apache/arrow-go/v18/arrow"
	ipc18 "github.com/apache/arrow-go/v18/arrow/ipc"
	v15 "github.com/apache/arrow/go/v15/arrow"
	ipc15 "github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/internal/recovered"
)

// A schema travels as what both versions agree on: the schema message of the
// Arrow IPC format. That keeps the metadata of schema and fields, dictionary
// order, time zones and extension types without a line for each type here.

// Schema returns the v15 form of a v18 schema, metadata included.
func Schema(s *v18.Schema) (out *v15.Schema, err error) {
	defer refuse(&err)
	if s == nil {
		return nil, &Error{Err: fmt.Errorf("%w: no schema", ErrType)}
	}
	var buf bytes.Buffer
	if err := ipc18.NewWriter(&buf, ipc18.WithSchema(s)).Close(); err != nil {
		return nil, &Error{Err: fmt.Errorf("%w: %w", ErrType, err)}
	}
	r, err := ipc15.NewReader(&buf)
	if err != nil {
		return nil, blame18(s, err)
	}
	defer r.Release()
	return r.Schema(), nil
}

// FromSchema returns the v18 form of a v15 schema, metadata included.
func FromSchema(s *v15.Schema) (out *v18.Schema, err error) {
	defer refuse(&err)
	if s == nil {
		return nil, &Error{Err: fmt.Errorf("%w: no schema", ErrType)}
	}
	var buf bytes.Buffer
	if err := ipc15.NewWriter(&buf, ipc15.WithSchema(s)).Close(); err != nil {
		return nil, &Error{Err: fmt.Errorf("%w: %w", ErrType, err)}
	}
	r, err := ipc18.NewReader(&buf)
	if err != nil {
		return nil, &Error{Err: fmt.Errorf("%w: %w", ErrType, err)}
	}
	defer r.Release()
	return r.Schema(), nil
}

// DataType returns the v15 form of a v18 type. An extension type that is not
// registered with v15 becomes its storage type; its name is lost here, and kept
// by [Schema] in the metadata of the field.
func DataType(dt v18.DataType) (v15.DataType, error) {
	if dt == nil {
		return nil, &Error{Err: fmt.Errorf("%w: no type", ErrType)}
	}
	s, err := Schema(v18.NewSchema([]v18.Field{{Type: dt, Nullable: true}}, nil))
	if err != nil {
		return nil, unnamed(err)
	}
	return s.Field(0).Type, nil
}

// FromDataType returns the v18 form of a v15 type. An extension type that is
// not registered with v18 becomes its storage type; its name is lost here, and
// kept by [FromSchema] in the metadata of the field.
func FromDataType(dt v15.DataType) (v18.DataType, error) {
	if dt == nil {
		return nil, &Error{Err: fmt.Errorf("%w: no type", ErrType)}
	}
	s, err := FromSchema(v15.NewSchema([]v15.Field{{Type: dt, Nullable: true}}, nil))
	if err != nil {
		return nil, unnamed(err)
	}
	return s.Field(0).Type, nil
}

// blame18 finds the columns that v15 does not understand, for the message.
func blame18(s *v18.Schema, why error) error {
	if s.NumFields() == 1 {
		f := s.Field(0)
		return &Error{Path: column(f.Name), Type: f.Type.String(), Err: fmt.Errorf("%w: %w", ErrType, why)}
	}
	var errs []error
	for _, f := range s.Fields() {
		if _, err := Schema(v18.NewSchema([]v18.Field{f}, nil)); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) == 0 { // only the schema as a whole is refused
		return &Error{Err: fmt.Errorf("%w: %w", ErrType, why)}
	}
	return join(errs)
}

// unnamed takes the empty column name of a bare type out of an error.
func unnamed(err error) error {
	if e, ok := err.(*Error); ok {
		return &Error{Type: e.Type, Err: e.Err}
	}
	return err
}

func column(name string) string { return fmt.Sprintf("column %q", name) }

// refuse turns a panic of an Arrow library into an error. The checks before
// are meant to leave nothing to panic about; this is the net below them.
func refuse(err *error) {
	if p := recover(); p != nil {
		*err = &Error{Err: fmt.Errorf("%w: %w", ErrMalformed, recovered.Error(p, nil))}
	}
}
