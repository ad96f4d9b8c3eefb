package studio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/exposure"
	"github.com/rowsight/rowsight/rls/report"
	"github.com/rowsight/rowsight/rls/rlstest"
	"github.com/rowsight/rowsight/rls/vet"
	"github.com/rowsight/rowsight/tagrules"
)

// report writes a page for an auditor: who sees what, findings, cases, and the
// digests of the files. Without a rule file it describes the tag rules.
func (e *Engine) report(ctx context.Context, _ struct{}) (*textAnswer, error) {
	s := e.snapshot()
	var exposed *exposure.Report
	if s.now != nil || s.tags.now == nil {
		var err error
		if exposed, s, err = e.reportOf(ctx, ""); err != nil {
			return nil, err
		}
	}
	page := &report.Page{Time: e.host.Now(), Version: e.host.Version(), Command: "rowsight studio"}
	e.reportFiles(page, s)
	s.sessions = nil // their names may tell of tag values
	found, err := e.vet(ctx, s)
	if err != nil {
		return nil, err
	}
	section, err := vet.Section(found)
	if err != nil {
		return nil, err
	}
	page.Sections = append(page.Sections, section)
	var b bytes.Buffer
	if exposed == nil {
		err = writeTagReport(&b, page, s.tags)
	} else {
		err = e.writeReport(ctx, &b, page, s, exposed)
	}
	if err != nil {
		return nil, err
	}
	return &textAnswer{Name: fmt.Sprintf("report-%s.html", e.host.Now().UTC().Format("20060102-150405")), Text: b.String()}, nil
}

// writeReport writes the page about rules.
func (e *Engine) writeReport(ctx context.Context, b *bytes.Buffer, page *report.Page, s snapshot, exposed *exposure.Report) error {
	page.Title = "Who sees what by " + filepath.Base(s.files.Rules)
	page.Roster = "the users and groups that the rules name, each on its own, for no roster was given"
	if s.users != nil {
		page.Roster = plain.Count(s.users.Len(), "user") + " of the roster " + filepath.Base(s.files.Users) + ", with their groups"
	}
	cases, err := e.caseSection(ctx, s)
	if err != nil {
		return err
	}
	page.Sections = append(page.Sections, cases)
	return exposed.WriteHTML(b, page)
}

const tagBody = `<table><thead><tr><th>tag</th><th>restricts the column</th><th>delimiter of lists</th><th>a value lifts the restriction</th></tr></thead><tbody>
{{range .}}<tr><td>{{plain .TagKey}}</td><td>{{plain .ColumnName}}</td><td>{{with .TagMultiValueDelimiter}}{{plain .}}{{end}}</td><td>{{if .MatchAllValue}}yes{{else}}no{{end}}</td></tr>
{{end}}</tbody></table>
<p>Values of tags and match-all values are secrets and are not part of this report.</p>`

// writeTagReport writes the page about tag rules. It names no value (T8).
func writeTagReport(b *bytes.Buffer, page *report.Page, tags tagFile) error {
	page.Title = "Tag rules of " + filepath.Base(tags.now.file)
	var rules []tagrules.Rule
	if tags.now.config != nil {
		rules = tags.now.config.TagRules
	}
	body, err := report.Body(tagBody, rules)
	if err != nil {
		return err
	}
	return page.Write(b, body)
}

// reportFiles lists the files with their digests. Rules and tag rules are those on
// the screen.
func (e *Engine) reportFiles(page *report.Page, s snapshot) {
	digest := func(role, name string, content []byte) {
		sum := sha256.Sum256(content)
		page.Files = append(page.Files, report.File{Role: role, Name: filepath.Base(name), Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])})
	}
	if s.now != nil {
		digest("rules", s.files.Rules, []byte(s.now.text()))
		if s.now.text() != s.saved.text() {
			page.Warnings = append(page.Warnings, "The rules of this report have edits that were not saved when it was made.")
		}
	}
	if s.tags.now != nil {
		digest("tag rules", s.tags.now.file, []byte(s.tags.now.text))
		if s.tags.saved == nil || s.tags.now.text != s.tags.saved.text {
			page.Warnings = append(page.Warnings, "The tag rules of this report have edits that were not saved when it was made.")
		}
	}
	for _, f := range []struct{ role, path string }{{"data", s.files.Data}, {"roster", s.files.Users}} {
		if f.path == "" {
			continue
		}
		if content, err := e.host.Read(f.path); err == nil {
			digest(f.role, f.path, content)
		} else { // a folder
			page.Files = append(page.Files, report.File{Role: f.role, Name: filepath.Base(f.path), Size: -1})
		}
	}
}

const caseBody = `{{if .Problem}}<p>{{.Problem}}</p>{{else}}<p>{{.Passed}} passed, {{.Failed}} failed.</p>
<table><thead><tr><th>case</th><th>state</th><th>rows seen</th></tr></thead><tbody>
{{range .Report.Results}}<tr><td>{{.Name}}</td><td>{{.Status}}</td><td>{{number .Visible}}</td></tr>
{{end}}</tbody></table>{{end}}`

// caseSection is the part of a report about test cases.
func (e *Engine) caseSection(ctx context.Context, s snapshot) (report.Section, error) {
	view := struct {
		Problem        string
		Passed, Failed int
		Report         rlstest.Report
	}{}
	var err error
	if view.Report, err = e.runReport(ctx, s, false); err != nil {
		view.Problem = err.Error()
	}
	view.Passed, view.Failed = view.Report.Counts()
	body, err := report.Body(caseBody, view)
	return report.Section{Title: "Test cases", Body: body}, err
}
