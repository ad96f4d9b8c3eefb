// Package web holds the pages of the OkTank example as files in the program.
package web

import "embed"

// Files are the pages, their style and scripts, and the vendored libraries.
//
//go:embed *.html *.css *.js vendor/*.js vendor/*LICENSE*
var Files embed.FS
