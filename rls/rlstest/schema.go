package rlstest

import _ "embed"

//go:embed rlstest.schema.json
var schema string

// Schema returns the JSON Schema (draft 7) of case files, for editors. What it
// accepts Load can still refuse: it knows neither the rules nor the data.
func Schema() []byte { return []byte(schema) }
