// Package report writes web pages that can be printed and filed: the frame that
// the reports of packages exposure, diff and vet share.
//
// A page says on itself where it comes from: when it was made and how, from
// which files, and their digests. It needs no network, and no script to be read.
package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/plain"
)

// A Page says what a report is, and where it comes from. A nil *Page and the
// zero Page state nothing. Everything in it is text, whatever it holds.
type Page struct {
	Title   string
	Time    time.Time // when the report was made, written in UTC
	Version string    // of the program that made it
	Command string    // that made it, without secrets
	Roster  string    // who the viewers are

	Files    []File    // that the report was made from
	Warnings []string  // what a reader must know, before anything else
	Sections []Section // after those of the report, such as the findings of vet
}

// A File is one file that a report was made from.
type File struct {
	Role   string // rules, data, roster
	Name   string
	Size   int64  // in bytes; negative if it is not known
	SHA256 string // in hexadecimal digits; "" if it is not known
}

// A Section is a part of a report under a heading. Its body comes from
// templates that escape what they are given.
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

// Body executes a template of a report. It knows number, which writes 12345 as
// 12,345, and plain, which quotes a text that would not show all that it is.
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
