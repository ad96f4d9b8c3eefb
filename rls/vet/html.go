package vet

import (
	"cmp"
	_ "embed"
	"io"

	pages "github.com/rowsight/rowsight/rls/report"
)

//go:embed body.html
var bodyText string

type pageFinding struct {
	Finding
	At, Help string
}

// WriteHTML writes findings as an HTML page, for a screen or for paper, silenced
// ones with the reason. p says where the report comes from.
func WriteHTML(w io.Writer, findings []Finding, p *pages.Page) error {
	page := *cmp.Or(p, new(pages.Page))
	page.Title = cmp.Or(page.Title, "Findings about rules")
	section, err := Section(findings)
	if err != nil {
		return err
	}
	return page.Write(w, section.Body)
}

// Section returns findings as a section of a report about something else.
func Section(findings []Finding) (pages.Section, error) {
	var data struct {
		Errors, Warnings, Notes, Silent int
		Listed, Silenced                []pageFinding
	}
	for _, f := range findings {
		shown := pageFinding{f, f.Pos.String(), Kind{ID: f.ID}.URL()}
		if f.Silenced != "" {
			data.Silent += 1 + f.More
			data.Silenced = append(data.Silenced, shown)
			continue
		}
		data.Listed = append(data.Listed, shown)
		switch f.Severity {
		case Error:
			data.Errors += 1 + f.More
		case Warning:
			data.Warnings += 1 + f.More
		default:
			data.Notes += 1 + f.More
		}
	}
	body, err := pages.Body(bodyText, data)
	if err != nil {
		return pages.Section{}, err
	}
	return pages.Section{Title: "Findings of vet", Body: body}, nil
}
