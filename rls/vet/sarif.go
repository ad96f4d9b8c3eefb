package vet

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"
)

// The parts of SARIF 2.1.0 that we write, named as the standard names them.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string        `json:"id"`
		Name             string        `json:"name"`
		ShortDescription sarifText     `json:"shortDescription"`
		HelpURI          string        `json:"helpUri"`
		Default          sarifSeverity `json:"defaultConfiguration"`
	}
	sarifSeverity struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

// WriteSARIF writes one SARIF 2.1.0 log with one run, which GitHub code scanning
// and others read. Info is the level note, and what a [Config] silences a
// suppressed result with its reason. Findings about no file have no location.
//
// SARIF has no columns in bytes. Ours are given as they are, and so lie too far
// right behind text that is not ASCII.
func WriteSARIF(w io.Writer, findings []Finding) error { return writeSARIF(w, Kinds(), findings) }

// WriteAccountSARIF writes findings about an account as [WriteSARIF] writes those
// about rules.
func WriteAccountSARIF(w io.Writer, findings []Finding) error {
	return writeSARIF(w, AccountKinds(), findings)
}

func writeSARIF(w io.Writer, kinds []Kind, findings []Finding) error {
	driver := sarifDriver{Name: "rowsight", InformationURI: "https://github.com/rowsight/rowsight"}
	index := make(map[string]int)
	for i, k := range kinds {
		index[k.ID] = i
		driver.Rules = append(driver.Rules, sarifRule{k.ID, k.Name, sarifText{k.Title}, k.URL(), sarifSeverity{level(k.Severity)}})
	}
	results := []sarifResult{} // the standard wants a list, not null
	for _, f := range findings {
		i, ok := index[f.ID]
		if !ok {
			i = -1 // of no rule that is listed
		}
		result := sarifResult{RuleID: f.ID, RuleIndex: i, Level: level(f.Severity), Message: sarifText{f.message()}}
		if f.Pos.File != "" {
			at := sarifPhysical{Artifact: sarifArtifact{fileURI(f.Pos.File)}}
			if f.Pos.Line > 0 {
				at.Region = &sarifRegion{f.Pos.Line, max(f.Pos.Column, 0)}
			}
			result.Locations = []sarifLocation{{at}}
		}
		if f.Silenced != "" {
			result.Suppressions = []sarifSuppression{{"external", f.Silenced}}
		}
		results = append(results, result)
	}
	return writeIndented(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{{sarifTool{driver}, "unicodeCodePoints", results}},
	})
}

func level(s Severity) string {
	switch s {
	case Info:
		return "note"
	case Warning:
		return "warning"
	default:
		return "error"
	}
}

// fileURI returns the name of a file as a URI reference.
func fileURI(file string) string {
	file = filepath.ToSlash(strings.ToValidUTF8(file, "\uFFFD"))
	u := url.URL{Path: file}
	if strings.HasPrefix(file, "/") {
		u.Scheme = "file"
	}
	return u.String()
}
