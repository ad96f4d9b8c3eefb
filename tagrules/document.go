package tagrules

import (
	"fmt"
	"io"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// maxDocument bounds what is read of a document, in bytes. The largest real
// ones, descriptions of datasets with hundreds of columns, are below 1 MiB.
const maxDocument = 16 << 20

// A document is JSON that knows where everything stands.
type document struct{ *jsondoc.Document }

func readDocument(r io.Reader, file string) (document, error) {
	d, err := jsondoc.Read(r, file, &jsondoc.Options{Max: maxDocument, YAML: true})
	return document{d}, err
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
