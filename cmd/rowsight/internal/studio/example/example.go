// Package example holds the files that rowsight studio begins with if none are
// named: rules with two mistakes, orders of a shop, and the people who work there.
package example

import "embed"

// Files are rules.csv, sales.csv and users.csv.
//
//go:embed *.csv
var Files embed.FS
