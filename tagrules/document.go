package tagrules

import (
	"errors"
	"fmt"
	"io"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// maxDocument bounds what is read of a document, in bytes. The largest real
// ones, descriptions of datasets with hundreds of columns, are below 1 MiB.
const maxDocument = 16 << 20

// A document is JSON that knows where everything stands, with errors of this
// package.
type document struct{ *jsondoc.Document }

func readDocument(r io.Reader, file string) (document, error) {
	d, err := jsondoc.Read(r, file, &jsondoc.Options{Max: maxDocument, YAML: true})
	var e *jsondoc.Error
	if errors.As(err, &e) {
		err = located(e)
	}
	return document{d}, err
}

// err returns all problems in order of position, or nil.
func (d document) err() error {
	var errs []error
	for _, e := range d.Problems() {
		errs = append(errs, located(e))
	}
	return errors.Join(errs...)
}

func located(e *jsondoc.Error) *Error {
	return &Error{Pos: Position(e.Pos), Field: e.Field, Err: e.Err}
}

// each calls decode for the items of a list. Unlike [jsondoc.Document.Each] it
// leaves a list good that has a bad item: the number of items is still checked.
func (d document) each(v *jsondoc.Value, field string, decode func(i int, v *jsondoc.Value, field string)) {
	if !d.Want(v, field, jsondoc.List) {
		return
	}
	for i, item := range v.Items {
		decode(i, item, fmt.Sprintf("%s[%d]", field, i))
	}
}
