package rlstest

import (
	"io/fs"

	"github.com/rowsight/rowsight/schemas"
)

// Schema returns the JSON Schema (draft 7) of case files, for editors. Load can
// still refuse a file that it accepts, because the schema knows neither the
// rules nor the data.
func Schema() []byte {
	text, err := fs.ReadFile(schemas.Files(), "rlstest.schema.json")
	if err != nil {
		return nil // a file that is embedded is always there
	}
	return text
}
