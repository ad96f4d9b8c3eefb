// Package web holds the files of the page of rowsight studio: one HTML page,
// styles, and scripts that are plain modules. They load nothing from elsewhere.
package web

import "embed"

// Files are the files of the page by name, with index.html.
//
//go:embed *.html *.css *.js *.svg
var Files embed.FS
