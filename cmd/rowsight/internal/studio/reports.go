package studio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/report"
	"github.com/rowsight/rowsight/rls/rlstest"
	"github.com/rowsight/rowsight/rls/vet"
)

// report writes a page for an auditor: who sees what, findings, cases, and the
// digests of the files.
func (e *Engine) report(ctx context.Context, _ struct{}) (*textAnswer, error) {
	exposed, s, err := e.reportOf(ctx)
	if err != nil {
		return nil, err
	}
	name := filepath.Base(s.files.Rules)
	page := &report.Page{Title: "Who sees what by " + name, Time: e.host.Now(), Version: e.host.Version(), Command: "rowsight studio"}
	page.Roster = "the users and groups that the rules name, each on its own, for no roster was given"
	if s.users != nil {
		page.Roster = plain.Count(s.users.Len(), "user") + " of the roster " + filepath.Base(s.files.Users) + ", with their groups"
	}
	digest := func(role, name string, content []byte) {
		sum := sha256.Sum256(content)
		page.Files = append(page.Files, report.File{Role: role, Name: name, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])})
	}
	digest("rules", name, []byte(s.now.text()))
	if s.now.text() != s.saved.text() {
		page.Warnings = append(page.Warnings, "The rules of this report have edits that were not saved when it was made.")
	}
	for _, f := range []struct{ role, path string }{{"data", s.files.Data}, {"roster", s.files.Users}, {"tag rules", s.files.Tags}} {
		if f.path == "" {
			continue
		}
		if content, err := e.host.Read(f.path); err == nil {
			digest(f.role, filepath.Base(f.path), content)
		} else { // a folder
			page.Files = append(page.Files, report.File{Role: f.role, Name: filepath.Base(f.path), Size: -1})
		}
	}
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
	cases, err := e.caseSection(ctx)
	if err != nil {
		return nil, err
	}
	page.Sections = append(page.Sections, cases)
	var b bytes.Buffer
	if err := exposed.WriteHTML(&b, page); err != nil {
		return nil, err
	}
	return &textAnswer{Name: fmt.Sprintf("report-%s.html", e.host.Now().UTC().Format("20060102-150405")), Text: b.String()}, nil
}

const caseBody = `{{if .Problem}}<p>{{.Problem}}</p>{{else}}<p>{{.Passed}} passed, {{.Failed}} failed.</p>
<table><thead><tr><th>case</th><th>state</th><th>rows seen</th></tr></thead><tbody>
{{range .Report.Results}}<tr><td>{{.Name}}</td><td>{{.Status}}</td><td>{{number .Visible}}</td></tr>
{{end}}</tbody></table>{{end}}`

// caseSection is the part of a report about test cases.
func (e *Engine) caseSection(ctx context.Context) (report.Section, error) {
	view := struct {
		Problem        string
		Passed, Failed int
		Report         rlstest.Report
	}{}
	var err error
	if view.Report, err = e.runReport(ctx, false); err != nil {
		view.Problem = err.Error()
	}
	view.Passed, view.Failed = view.Report.Counts()
	body, err := report.Body(caseBody, view)
	return report.Section{Title: "Test cases", Body: body}, err
}
