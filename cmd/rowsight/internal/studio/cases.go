package studio

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rowsight/rowsight/rls/rlstest"
)

// A caseFile is a file of test cases, as text.
type caseFile struct {
	path    string // where it is saved
	text    string
	content []byte // what the file holds; nil if there is none
}

// casesOf returns the path of the cases of a rule file.
func casesOf(rules string) string {
	return strings.TrimSuffix(rules, filepath.Ext(rules)) + ".rlstest.yaml"
}

// findCases reads the cases beside a rule file, if there are any.
func (e *Engine) findCases(rules string) caseFile {
	c := caseFile{path: casesOf(rules)}
	if text, err := e.host.Read(c.path); err == nil {
		c.text, c.content = string(text), text
	}
	return c
}

type casesAnswer struct {
	Name  string `json:"name"`
	Path  string `json:"path,omitempty"`
	Text  string `json:"text"`
	Dirty bool   `json:"dirty"`
}

// listCases returns the text of the case file.
func (e *Engine) listCases(context.Context, struct{}) (*casesAnswer, error) {
	s := e.snapshot()
	a := &casesAnswer{Name: filepath.Base(s.cases.path), Text: s.cases.text, Dirty: s.cases.text != string(s.cases.content)}
	if of := s.tested(); of != "" && !e.host.Kept(of) {
		a.Path = s.cases.path
	}
	return a, nil
}

// tested returns the file that the cases stand beside: the rules, or the tag rules
// if there are no others.
func (s snapshot) tested() string {
	if s.now != nil {
		return s.files.Rules
	}
	return s.files.Tags
}

// setCases replaces the text of the case file.
func (e *Engine) setCases(ctx context.Context, q struct {
	Text string `json:"text"`
}) (*casesAnswer, error) {
	e.mu.Lock()
	e.cases.text = q.Text
	e.mu.Unlock()
	return e.listCases(ctx, struct{}{})
}

// maxCaseRows is how many rows a case of the page names one by one.
const maxCaseRows = 50

// addCase makes a case of what a viewer sees now.
func (e *Engine) addCase(ctx context.Context, q struct {
	Viewer  viewerSpec `json:"viewer"`
	Name    string     `json:"name"`
	Because string     `json:"because"`
}) (*casesAnswer, error) {
	v, s, err := e.viewOf(ctx, q.Viewer)
	if err != nil {
		return nil, err
	}
	if v.data == nil {
		return nil, errNoData
	}
	id := e.idColumn(v.data)
	text := s.cases.text
	if strings.TrimSpace(text) == "" {
		text = e.caseHead(s, id)
	} else if own := idOf(text); own != "" {
		id = own
	}
	if q.Viewer.Kind == "session" {
		text = withTags(text, filepath.Base(s.files.Tags))
	}
	var b strings.Builder
	b.WriteString(strings.TrimRight(text, "\n") + "\n")
	name := q.Name
	if name == "" {
		who := v.who
		if q.Viewer.Kind == "session" { // by its keys: the values are secrets
			var keys []string
			for _, t := range q.Viewer.Tags {
				keys = append(keys, t.Key)
			}
			who = strings.TrimSuffix(fmt.Sprintf("session %d with %s", 1+strings.Count(text, "\n  - name:"), strings.Join(keys, ", ")), " with ")
		}
		name = fmt.Sprintf("%s sees %d of %d rows", who, len(v.visible), v.data.rows)
	}
	fmt.Fprintf(&b, "  - name: %s\n", quoted(name))
	if q.Because != "" {
		fmt.Fprintf(&b, "    because: %s\n", quoted(q.Because))
	}
	switch {
	case q.Viewer.Kind == "session": // the case file may hold tag values, and only there are they written
		var tags []string
		for _, t := range q.Viewer.Tags {
			tags = append(tags, quoted(t.Key)+": "+quoted(t.Value))
		}
		fmt.Fprintf(&b, "    tags: {%s}\n", strings.Join(tags, ", "))
	case len(q.Viewer.Groups) == 0:
		fmt.Fprintf(&b, "    who: %s\n", quoted(q.Viewer.User))
	default:
		var groups []string
		for _, g := range q.Viewer.Groups {
			groups = append(groups, quoted(g))
		}
		user := ""
		if q.Viewer.User != "" {
			user = "user: " + quoted(q.Viewer.User) + ", "
		}
		fmt.Fprintf(&b, "    who: {%sgroups: [%s]}\n", user, strings.Join(groups, ", "))
	}
	switch {
	case len(v.visible) == 0:
		b.WriteString("    none: true\n")
	case len(v.visible) == v.data.rows:
		b.WriteString("    all: true\n")
	default:
		fmt.Fprintf(&b, "    count: %d\n", len(v.visible))
		if id != "" && len(v.visible) <= maxCaseRows {
			ids, err := e.ids(v.data, v.visible, id)
			if err != nil {
				return nil, err
			}
			if ids != nil {
				fmt.Fprintf(&b, "    rows: [%s]\n", strings.Join(ids, ", "))
			}
		}
	}
	return e.setCases(ctx, struct {
		Text string `json:"text"`
	}{b.String()})
}

// quoted writes a text so that YAML reads it as text.
func quoted(s string) string {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	if w.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSpace(b.String())
}

// idOf returns the id column that a case file names.
func idOf(text string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "id:"); ok {
			return strings.Trim(strings.TrimSpace(rest), `"'`)
		}
	}
	return ""
}

// idColumn returns the first column in which every row has a value of its own.
func (e *Engine) idColumn(d *dataset) string {
	if d.rows == 0 || d.rows > maxDistinct-1 {
		return ""
	}
	for c, f := range d.schema.Fields() {
		if values, err := e.distinct(d, c); err == nil && len(values) == d.rows && len(d.schema.FieldIndices(f.Name)) == 1 {
			return f.Name
		}
	}
	return ""
}

func (e *Engine) ids(d *dataset, rows []int32, id string) (ids []string, err error) {
	at := d.schema.FieldIndices(id)
	if len(at) != 1 {
		return nil, nil
	}
	for _, row := range rows {
		texts, err := e.texts(d, int(row))
		if err != nil {
			return nil, err
		}
		if texts[at[0]] == nil {
			return nil, nil
		}
		ids = append(ids, quoted(*texts[at[0]]))
	}
	return ids, nil
}

// saveCases writes the case file beside the rules.
func (e *Engine) saveCases(ctx context.Context, _ struct{}) (*saveAnswer, error) {
	s := e.snapshot()
	if s.tested() == "" {
		return nil, errNoRules
	}
	a, err := e.write(s.cases.path, s.tested(), s.cases.content, s.cases.text)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	if e.cases.path == s.cases.path { // no other rules were opened meanwhile
		e.cases.content = []byte(s.cases.text)
	}
	e.mu.Unlock()
	a.State = e.newState()
	return a, nil
}

// A runAnswer has what came of the cases, and the rules by their lines.
type runAnswer struct {
	Report json.RawMessage `json:"report"`
	Rules  map[int]int     `json:"rules"`
}

// runCases runs the cases on the edited rules.
func (e *Engine) runCases(ctx context.Context, q struct {
	Mutate bool `json:"mutate"`
}) (*runAnswer, error) {
	s := e.snapshot()
	report, err := e.runReport(ctx, s, q.Mutate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := rlstest.WriteJSON(&b, []rlstest.Report{report}); err != nil {
		return nil, err
	}
	answer := &runAnswer{Report: b.Bytes(), Rules: make(map[int]int)}
	if s.now != nil && s.now.table != nil {
		t := s.now.table
		for i := range t.Len() {
			answer.Rules[t.Line(i)] = i
		}
	}
	return answer, nil
}

func (e *Engine) runReport(ctx context.Context, s snapshot, mutate bool) (rlstest.Report, error) {
	if s.tested() == "" {
		return rlstest.Report{}, errNoRules
	}
	if strings.TrimSpace(s.cases.text) == "" {
		return rlstest.Report{}, &Problem{Code: "no-cases", Text: "there are no cases yet"}
	}
	opts := &rlstest.Options{Mutate: mutate, MaxMutants: 500, Roster: s.users, Open: func(name string) (rlstest.Data, error) {
		if s.data == nil {
			return rlstest.Data{}, errNoData
		}
		r, err := s.data.reader(ctx)
		return rlstest.Data{Records: r, Text: e.host.Text}, err
	}}
	name := filepath.Base(s.cases.path)
	fsys := caseFolder{e: e, s: s, cases: name}
	suite, err := rlstest.LoadOptions(fsys, name, opts)
	if err != nil {
		return rlstest.Report{}, &Problem{Code: "bad-cases", Text: err.Error()}
	}
	return suite.Run(ctx, opts)
}
