package diff

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/internal/boxes"
	"github.com/rowsight/rowsight/rls/report"
)

//go:embed body.html
var bodyText string

// What body.html shows.
type (
	pageBody struct {
		Totals []pageTotal
		Notes  []string
		Parts  []pagePart
	}
	pageTotal struct {
		What string
		N    int
	}
	// A pagePart is what changes for some viewers or for a session.
	pagePart struct {
		Title    string
		Unlisted bool         // the roster lacks one of the viewers
		Viewers  []pageViewer // all of them, unless the title names them
		Notes    []string
		Changes  []pageChange
		Counts   string // of the data; "" if no data was given
		Samples  []pageSample
	}
	pageViewer struct {
		Name     string
		Unlisted bool
	}
	pageChange struct {
		Gain          bool
		Rows, Example string
	}
	pageSample struct {
		Gain       bool
		Row, Count int
		Values     string
	}
)

func writeHTML(w io.Writer, p *report.Page, body pageBody) error {
	page := *cmp.Or(p, new(report.Page))
	page.Title = cmp.Or(page.Title, "What a change of rules does")
	text, err := report.Body(bodyText, body)
	if err != nil {
		return err
	}
	return page.Write(w, text)
}

// WriteHTML writes the result as an HTML page, for a screen or for paper. p says
// where the report comes from. Rows are written as in [Result.String]; all
// viewers are named.
func (r *Result) WriteHTML(w io.Writer, p *report.Page) error {
	body := pageBody{}
	gain, lose, unlisted := 0, 0, 0
	for _, d := range r.Differences {
		part := pagePart{Title: names(d.Viewers)}
		for _, v := range d.Viewers {
			if v.Unlisted {
				unlisted++
				part.Unlisted = true
			}
			if len(d.Viewers) > maxNames+1 {
				part.Viewers = append(part.Viewers, pageViewer{v.String(), v.Unlisted})
			}
		}
		for _, side := range []struct {
			what string
			err  error
		}{{"old", d.Old}, {"new", d.New}} {
			if side.err != nil {
				part.Notes = append(part.Notes, fmt.Sprintf("Over a limit with the %s rules, and then sees no rows: %v", side.what, side.err))
			}
		}
		for _, change := range d.Gains {
			part.Changes = append(part.Changes, pageChange{true, boxes.Text(change.Rows), row(change.Witness)})
		}
		for _, change := range d.Losses {
			part.Changes = append(part.Changes, pageChange{false, boxes.Text(change.Rows), row(change.Witness)})
		}
		if len(d.Gains) > 0 {
			gain += len(d.Viewers)
		}
		if len(d.Losses) > 0 {
			lose += len(d.Viewers)
		}
		if r.HasData {
			part.count(r.Rows, d.Gained, d.Lost, d.GainedRows, d.LostRows)
		}
		body.Parts = append(body.Parts, part)
	}
	body.Totals = []pageTotal{{"Viewers compared", r.Viewers}, {"Viewers who gain rows", gain}, {"Viewers who lose rows", lose}}
	if unlisted > 0 {
		body.Totals = append(body.Totals, pageTotal{"Of these, not in the roster", unlisted})
	}
	if r.HasData {
		body.Totals = append(body.Totals, pageTotal{"Rows of the data", r.Rows})
	}
	return writeHTML(w, p, body)
}

// WriteHTML writes the result as an HTML page, as [Result.WriteHTML] does. It
// contains no match-all value.
func (r *TagResult) WriteHTML(w io.Writer, p *report.Page) error {
	body := pageBody{Totals: []pageTotal{{"Lists of tags that gain rows", len(r.Gains)}, {"Lists of tags that lose rows", len(r.Losses)}}}
	for _, side := range []struct {
		gain  bool
		parts []TagPart
	}{{true, r.Gains}, {false, r.Losses}} {
		for _, part := range side.parts {
			title := "Every session"
			if part.Keys != nil {
				title = "Sessions with tags " + quote(part.Keys)
			}
			text := string(part.appendTo(nil))
			first, example, _ := strings.Cut(strings.TrimSpace(text), "\n")
			body.Parts = append(body.Parts, pagePart{Title: title, Changes: []pageChange{{side.gain, first, strings.TrimPrefix(strings.TrimSpace(example), "such as ")}}})
		}
	}
	for _, keys := range r.Unproven {
		body.Notes = append(body.Notes, fmt.Sprintf("Sessions with tags %s: too many rules changed to try everything.", quote(keys)))
	}
	return writeHTML(w, p, body)
}

// WriteHTML writes the result as an HTML page, as [Result.WriteHTML] does. It
// contains no tag value.
func (r *SessionResult) WriteHTML(w io.Writer, p *report.Page) error {
	body := pageBody{}
	gain, lose := 0, 0
	for _, c := range r.Changes {
		part := pagePart{Title: fmt.Sprintf("Session %d", c.Session)}
		by := "rows"
		if len(c.Columns) > 0 {
			by = "rows by " + strings.Join(c.Columns, ", ")
		}
		if c.Gain {
			gain++
			part.Changes = append(part.Changes, pageChange{true, by, ""})
		}
		if c.Loss {
			lose++
			part.Changes = append(part.Changes, pageChange{false, by, ""})
		}
		if r.HasData {
			part.count(r.Rows, c.Gained, c.Lost, c.GainedRows, c.LostRows)
		}
		body.Parts = append(body.Parts, part)
	}
	body.Totals = []pageTotal{{"Sessions compared", r.Sessions}, {"Sessions that gain rows", gain}, {"Sessions that lose rows", lose}}
	if r.HasData {
		body.Totals = append(body.Totals, pageTotal{"Rows of the data", r.Rows})
	}
	return writeHTML(w, p, body)
}

// count adds what was counted in the data.
func (p *pagePart) count(rows, gained, lost int, gainedRows, lostRows []Sample) {
	p.Counts = fmt.Sprintf("Of %s rows of the data: %s gained, %s lost.", plain.Number(rows), plain.Number(gained), plain.Number(lost))
	for _, s := range gainedRows {
		p.Samples = append(p.Samples, pageSample{true, s.Row, s.Count, row(s.Values)})
	}
	for _, s := range lostRows {
		p.Samples = append(p.Samples, pageSample{false, s.Row, s.Count, row(s.Values)})
	}
}
