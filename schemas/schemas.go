// Package schemas has the JSON Schemas of files that people and their tools write
// for rowsight: case files, the configuration of vet, tag configurations,
// conformance cases, questions, and the files of an account snapshot. Each is
// published under its $id.
//
// An editor checks a YAML file while you type if the file begins with
//
//	# yaml-language-server: $schema=https://raw.githubusercontent.com/rowsight/rowsight/main/schemas/rlstest.schema.json
//
// A schema describes the form of a file. The readers check more: they know the
// rules and the data.
package schemas

import (
	"embed"
	"io/fs"
)

//go:embed *.schema.json
var files embed.FS

// Base is the address of the published schemas. The $id of a schema is Base and
// the name of its file.
const Base = "https://raw.githubusercontent.com/rowsight/rowsight/main/schemas/"

// Files returns the schemas: rlstest.schema.json, vet.schema.json,
// tags.schema.json, conformance.schema.json, query.schema.json and
// account.schema.json.
func Files() fs.FS { return files }
