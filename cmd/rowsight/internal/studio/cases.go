package studio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rowsight/rowsight/rls"
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
	if s.now != nil && !e.host.Kept(s.files.Rules) {
		a.Path = s.cases.path
	}
	return a, nil
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
	if q.Viewer.Kind == "session" {
		return nil, &Problem{Code: "no-case", Text: "tag values are secrets: write cases for sessions into the case file by hand"}
	}
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
	var b strings.Builder
	b.WriteString(strings.TrimRight(text, "\n") + "\n")
	name := q.Name
	if name == "" {
		name = fmt.Sprintf("%s sees %d of %d rows", v.who, len(v.visible), v.data.rows)
	}
	fmt.Fprintf(&b, "  - name: %s\n", quoted(name))
	if q.Because != "" {
		fmt.Fprintf(&b, "    because: %s\n", quoted(q.Because))
	}
	if len(q.Viewer.Groups) == 0 {
		fmt.Fprintf(&b, "    who: %s\n", quoted(q.Viewer.User))
	} else {
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

// caseHead is the beginning of a new case file.
func (e *Engine) caseHead(s snapshot, id string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rules: %s\ndata: %s\n", quoted(filepath.Base(s.files.Rules)), quoted(e.dataName(s)))
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", quoted(id))
	}
	o := s.now.source.Options
	var options []string
	add := func(key, value string) { options = append(options, fmt.Sprintf("  %s: %s\n", key, value)) }
	if o.Delimiter != 0 && o.Delimiter != ',' {
		add("comma", quoted(string(o.Delimiter)))
	}
	if o.Namespace != "" {
		add("namespace", quoted(o.Namespace))
	}
	if o.User != "" {
		add("userColumn", quoted(o.User))
	}
	if o.Group != "" {
		add("groupColumn", quoted(o.Group))
	}
	switch o.Dual {
	case rls.UserFirst:
		add("dual", "userFirst")
	case rls.Reject:
		add("dual", "reject")
	}
	if o.MaxRunes != 0 {
		add("maxRunes", fmt.Sprint(o.MaxRunes))
	}
	if o.HideNulls {
		add("hideNulls", "true")
	}
	if o.AllowNoFields {
		add("allowNoFields", "true")
	}
	if len(o.NullWords) > 0 {
		var words []string
		for _, w := range o.NullWords {
			words = append(words, quoted(w))
		}
		add("nullWords", "["+strings.Join(words, ", ")+"]")
	}
	if options != nil {
		b.WriteString("options:\n" + strings.Join(options, ""))
	}
	b.WriteString("cases:\n")
	return b.String()
}

// dataName names the data as seen from the folder of the rules, and by its last
// element if it is elsewhere.
func (e *Engine) dataName(s snapshot) string {
	if rel, err := filepath.Rel(filepath.Dir(s.files.Rules), s.files.Data); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.Base(s.files.Data)
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
	if s.now == nil {
		return nil, errNoRules
	}
	a := &saveAnswer{Name: filepath.Base(s.cases.path)}
	if e.host.Kept(s.files.Rules) {
		a.Download = s.cases.text
	} else {
		backup, err := e.host.Save(s.cases.path, s.cases.content, []byte(s.cases.text))
		if errors.Is(err, ErrChanged) {
			return nil, &Problem{Code: "changed", Text: err.Error()}
		}
		if err != nil {
			return nil, &Problem{Code: "not-saved", Text: err.Error()}
		}
		a.Path, a.Backup = s.cases.path, backup
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
	report, err := e.runReport(ctx, q.Mutate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := rlstest.WriteJSON(&b, []rlstest.Report{report}); err != nil {
		return nil, err
	}
	answer := &runAnswer{Report: b.Bytes(), Rules: make(map[int]int)}
	if t := e.snapshot().now.table; t != nil {
		for i := range t.Len() {
			answer.Rules[t.Line(i)] = i
		}
	}
	return answer, nil
}

func (e *Engine) runReport(ctx context.Context, mutate bool) (rlstest.Report, error) {
	s := e.snapshot()
	if s.now == nil {
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

// A caseFolder is the folder of the rules with what the page holds in the place
// of what is on disk.
type caseFolder struct {
	e     *Engine
	s     snapshot
	cases string
}

// Open implements [fs.FS].
func (c caseFolder) Open(name string) (fs.File, error) {
	var text []byte
	var err error
	switch dir := filepath.Dir(c.s.files.Rules); {
	case name == c.cases:
		text = []byte(c.s.cases.text)
	case name == filepath.Base(c.s.files.Rules):
		text = []byte(c.s.now.csv())
	case name == c.e.dataName(c.s):
		text, err = c.e.host.Read(c.s.files.Data)
	case c.s.config != nil && name == filepath.Base(c.s.files.Tags):
		text = c.s.config.text
	case slices.Contains(strings.Split(name, "/"), ".."):
		err = fs.ErrNotExist
	default:
		text, err = c.e.host.Read(filepath.Join(dir, filepath.FromSlash(name)))
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memoryFile{Reader: bytes.NewReader(text), name: filepath.Base(name)}, nil
}

// A memoryFile is a file of a caseFolder.
type memoryFile struct {
	*bytes.Reader
	name string
}

// Stat implements [fs.File].
func (f *memoryFile) Stat() (fs.FileInfo, error) { return f, nil }

// Close implements [fs.File].
func (f *memoryFile) Close() error { return nil }

// Name and the methods below implement [fs.FileInfo].
func (f *memoryFile) Name() string { return f.name }

// Mode returns the mode of a file that can be read.
func (f *memoryFile) Mode() fs.FileMode { return 0o444 }

// ModTime returns the zero time.
func (f *memoryFile) ModTime() time.Time { return time.Time{} }

// IsDir returns false.
func (f *memoryFile) IsDir() bool { return false }

// Sys returns nil.
func (f *memoryFile) Sys() any { return nil }
