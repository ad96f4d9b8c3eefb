package vet

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteText writes one line a finding:
//
//	file:line:column: severity RS022: thing: reason (suggestion)
//
// Silenced findings are left out.
func WriteText(w io.Writer, findings []Finding) error {
	for _, f := range findings {
		if f.Silenced != "" {
			continue
		}
		if _, err := fmt.Fprintln(w, f.String()); err != nil {
			return err
		}
	}
	return nil
}

// jsonFinding is a finding as WriteJSON writes it.
type jsonFinding struct {
	ID         string   `json:"id"`
	Severity   Severity `json:"severity"`
	File       string   `json:"file,omitempty"`
	Line       int      `json:"line,omitempty"`
	Column     int      `json:"column,omitempty"`
	Cell       string   `json:"cell,omitempty"`
	Thing      string   `json:"thing,omitempty"`
	Reason     string   `json:"reason"`
	Suggestion string   `json:"suggestion,omitempty"`
	More       int      `json:"more,omitempty"`
	Silenced   string   `json:"silenced,omitempty"`
	Help       string   `json:"help"`
}

// WriteJSON writes a list of objects with id, severity, file, line, column,
// the cell of a workbook, thing, reason, suggestion, more, silenced, and the address of the page that
// explains the id as help. What is empty is left out. Silenced findings are in
// it. No finding gives an empty list.
func WriteJSON(w io.Writer, findings []Finding) error {
	list := make([]jsonFinding, len(findings))
	for i, f := range findings {
		list[i] = jsonFinding{f.ID, f.Severity, f.Pos.File, f.Pos.Line, f.Pos.Column, f.Pos.Cell, f.Thing, f.Reason, f.Suggestion, f.More, f.Silenced, Kind{ID: f.ID}.URL()}
	}
	return writeIndented(w, list)
}

func writeIndented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// WriteGitHub writes one workflow command a finding, which GitHub Actions shows
// beside the line it is about:
//
//	::warning file=rules.csv,line=4,col=13,title=RS022::thing: reason (suggestion)
//
// Silenced findings are left out.
func WriteGitHub(w io.Writer, findings []Finding) error {
	for _, f := range findings {
		if f.Silenced != "" {
			continue
		}
		command := "error"
		switch f.Severity {
		case Warning:
			command = "warning"
		case Info:
			command = "notice"
		}
		var at strings.Builder
		if f.Pos.File != "" {
			fmt.Fprintf(&at, "file=%s,", escapeProperty(f.Pos.File))
		}
		if f.Pos.Line > 0 {
			fmt.Fprintf(&at, "line=%d,", f.Pos.Line)
		}
		if f.Pos.Column > 0 {
			fmt.Fprintf(&at, "col=%d,", f.Pos.Column)
		}
		text := f.message()
		if f.More > 0 {
			text += fmt.Sprintf(" [and %d more %s]", f.More, f.ID)
		}
		if _, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", command, at.String(), escapeProperty(f.ID), escapeData(text)); err != nil {
			return err
		}
	}
	return nil
}

// escapeData writes a text so that no line of a rule file can be a command.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
