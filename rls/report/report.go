// Package report writes web pages that can be printed and filed: the frame that
// the reports of packages exposure, diff and vet share.
//
// A page contains its origin: the time, the command, and the input files with
// their digests. It needs no network and no script.
package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/plain"
)

// A Page describes a report and its origin. A nil *Page and the zero Page are
// empty. All fields are text and are escaped.
type Page struct {
	Title   string
	Time    time.Time // the time of the report, written in UTC
	Version string    // of the program that made it
	Command string    // the command, without secrets
	Roster  string    // a description of the viewers

	Files    []File    // the input files
	Warnings []string  // important notes, shown first
	Sections []Section // after those of the report, such as the findings of vet
}

// A File is an input file of a report.
type File struct {
	Role   string // rules, data, roster
	Name   string
	Size   int64  // in bytes; negative if unknown
	SHA256 string // in hexadecimal digits; "" if unknown
}

// A Section is a part of a report with a heading. Its body comes from templates
// that escape their input.
type Section struct {
	Title string
	Body  template.HTML
}

//go:embed page.html
var pageText string

// Write writes a page with a body, which has its own headings.
func (p *Page) Write(w io.Writer, body template.HTML) error {
	if p == nil {
		p = new(Page)
	}
	t, err := template.New("page").Funcs(functions()).Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		*Page
		Body template.HTML
	}{p, body})
}

// Body executes a template of a report. The template functions are number,
// which writes 12345 as 12,345, and plain, which quotes a text with invisible
// characters.
func Body(text string, data any) (template.HTML, error) {
	t, err := template.New("body").Funcs(functions()).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

func functions() template.FuncMap {
	return template.FuncMap{
		"number": func(n any) string {
			switch n := n.(type) {
			case int64:
				return plain.Number(int(n))
			case int:
				return plain.Number(n)
			}
			return ""
		},
		"plain": plain.Text,
		"utc":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	}
}
