package studio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// Files name what an [Engine] begins with. Empty ones are not there.
type Files struct {
	Rules, Tags, Data, Users string

	Against string // a rule file that changes are compared with, instead of the saved one
	Example bool   // the files are the bundled example
}

// An Engine answers questions about one rule file. It is safe for concurrent
// use: a long answer does not keep an edit waiting. Build it with [New]; the zero
// Engine has no rules and admits no row.
type Engine struct {
	host Host

	mu sync.Mutex
	documents

	views                    []*view // the newest last
	exposed, exposedSessions exposed
}

// documents are what answers depend on. The zero value has none.
type documents struct {
	rev   int // counts changes of anything that answers depend on
	files Files

	history[*version] // of the rules, nil without rules
	against           *version
	repairs           []string // what the last repair changed

	content  []byte // what the file of rules holds on disk
	imported bool   // it holds no plain CSV

	data  *dataset
	users *roster.Roster
	tags  tagFile
	cases caseFile

	sessions []session // that viewers of the page named
}

// A version is the rule file after an edit. It never changes.
type version struct {
	source *Source
	table  *Table // nil if the text is not a table
	plain  string // the text then

	once  sync.Once
	rules *rls.Rules
	err   error
}

// text returns the whole text of the file.
func (v *version) text() string {
	if v.table != nil {
		return v.table.Text()
	}
	return v.plain
}

// csv returns the text without what comes before it.
func (v *version) csv() string { return strings.TrimPrefix(v.text(), v.source.Prefix) }

// read returns the rules of the version.
func (v *version) read() (*rls.Rules, error) {
	if v == nil {
		return nil, errNoRules
	}
	v.once.Do(func() { v.rules, v.err = rls.ReadCSV(strings.NewReader(v.csv()), v.source.Options) })
	return v.rules, v.err
}

var (
	errNoRules = &Problem{Code: "no-rules", Text: "open a rule file first"}
	errStale   = &Problem{Code: "stale", Text: "the rules were changed in another window: the page shows the newest version now"}
	errNoData  = &Problem{Code: "no-data", Text: "open a data file first"}
)

// A Problem is an error that the page shows in its own words. Code says which.
type Problem struct {
	Code   string `json:"code"`
	Text   string `json:"error"`
	Detail any    `json:"detail,omitempty"`
}

// Error returns the text of the problem.
func (p *Problem) Error() string { return p.Text }

// New opens the files and returns an Engine. A file of rules that cannot be read
// as rules is no error: the page shows what is wrong with it.
func New(ctx context.Context, host Host, files Files) (*Engine, error) {
	e := &Engine{host: host}
	var errs []error
	for _, f := range []struct{ kind, path string }{{"rules", files.Rules}, {"tags", files.Tags}, {"users", files.Users}, {"data", files.Data}, {"against", files.Against}} {
		if f.path != "" {
			errs = append(errs, e.open(ctx, f.kind, f.path))
		}
	}
	e.files.Example = files.Example
	return e, errors.Join(errs...)
}

// open opens one file in the place of the one that was there.
func (e *Engine) open(ctx context.Context, kind, path string) error {
	switch kind {
	case "rules", "against":
		source, err := e.host.Rules(ctx, path)
		if err != nil {
			return err
		}
		v := newVersion(source, source.Prefix+source.Text)
		cases := caseFile{}
		if kind == "rules" {
			cases = e.findCases(path)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.leave()
		if kind == "against" {
			e.files.Against, e.against = path, v
		} else {
			e.files.Rules, e.history, e.cases, e.repairs = path, history[*version]{now: v, saved: v}, cases, nil
			e.content, e.imported = source.Content, source.Imported
		}
	case "tags":
		text, err := e.host.Read(path)
		if err != nil {
			return err
		}
		name := path
		if e.host.Kept(path) {
			name = filepath.Base(filepath.ToSlash(path))
		}
		now := NewTagText(name, string(text))
		alone := e.snapshot()
		cases := alone.cases
		if alone.now == nil || alone.files.Example {
			cases = e.findCases(path)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.leave()
		e.files.Tags, e.cases = path, cases
		e.tags = tagFile{history[*TagText]{now: now, saved: now}, text}
	case "users":
		users, err := e.host.Roster(path)
		if err != nil {
			return err
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.leave()
		e.files.Users, e.users = path, users
	case "data":
		data, err := e.readData(ctx, path)
		if err != nil {
			return err
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.leave()
		e.files.Data, e.data = path, data
	default:
		return fmt.Errorf("got a file of the kind %q, want rules, tags, data or users", kind)
	}
	e.rev++
	e.views = nil
	return nil
}

// leave forgets the files of the example when the first other file is opened:
// its people and its data say nothing about other rules. The caller holds the
// lock.
func (e *Engine) leave() {
	if e.files.Example {
		e.documents = documents{rev: e.rev}
	}
}

// newVersion reads text as a table if it is one.
func newVersion(source *Source, text string) *version {
	body := strings.TrimPrefix(text, source.Prefix)
	table, err := ParseTable(source.Prefix, body, source.Options.Delimiter)
	if err != nil {
		return &version{source: source, plain: text}
	}
	return &version{source: source, table: table}
}

// maxUndo is how many edits can be undone, and maxUndoRows how many rows all of
// their versions may have, each of which takes a pointer.
const (
	maxUndo     = 500
	maxUndoRows = 8_000_000
)

// change makes v the current version. The caller holds the lock.
func (e *Engine) change(v *version) {
	most := maxUndo
	if v.table != nil {
		most = min(most, 1+maxUndoRows/(1+v.table.Len()))
	}
	e.add(v, most)
	e.rev++
}

// A snapshot is what an answer is computed from, without holding the lock.
type snapshot struct{ documents }

func (e *Engine) snapshot() snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := snapshot{e.documents}
	s.sessions = slices.Clone(s.sessions)
	return s
}

// effort bounds what is hard to compare: a page waits for the answer.
func effort(ctx context.Context) *predicate.Effort { return predicate.NewEffort(ctx, 0) }

// Call answers one question. The body is JSON, and so is the answer. An error
// that is a [*Problem] has a code.
func (e *Engine) Call(ctx context.Context, name string, body []byte) ([]byte, error) {
	f, ok := e.calls()[name]
	if !ok {
		return nil, &Problem{Code: "unknown", Text: fmt.Sprintf("got the question %q, which does not exist", name)}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	answer, err := f(ctx, body)
	if err != nil {
		return nil, err
	}
	return json.Marshal(answer)
}

type call func(ctx context.Context, body []byte) (any, error)

// with decodes the question for f.
func with[Q, A any](f func(context.Context, Q) (A, error)) call {
	return func(ctx context.Context, body []byte) (any, error) {
		var q Q
		if err := json.Unmarshal(body, &q); err != nil {
			return nil, &Problem{Code: "bad-question", Text: err.Error()}
		}
		return f(ctx, q)
	}
}

func (e *Engine) calls() map[string]call {
	return map[string]call{
		"state":          with(e.state),
		"rules":          with(e.rows),
		"edit":           with(e.edit),
		"paste":          with(e.paste),
		"text":           with(e.setText),
		"undo":           e.moves(e.back),
		"redo":           e.moves(e.forth),
		"repair":         with(e.repair),
		"find":           with(e.find),
		"findings":       with(e.findings),
		"fix":            with(e.fix),
		"values":         with(e.values),
		"viewers":        with(e.viewers),
		"view":           with(e.view),
		"view.rows":      with(e.viewRows),
		"view.csv":       with(e.viewCSV),
		"who":            with(e.who),
		"exposure":       with(e.exposure),
		"exposure.rows":  with(e.exposureRows),
		"exposure.rules": with(e.exposureRules),
		"diff":           with(e.diff),
		"save":           with(e.save),
		"cases":          with(e.listCases),
		"cases.add":      with(e.addCase),
		"cases.text":     with(e.setCases),
		"cases.save":     with(e.saveCases),
		"cases.run":      with(e.runCases),
		"report":         with(e.report),
		"rules.new":      with(e.newRules),
		"tags":           with(e.listTags),
		"tags.new":       with(e.newTags),
		"tags.edit":      with(e.editTags),
		"tags.text":      with(e.setTags),
		"tags.undo":      e.moves(e.tags.back),
		"tags.redo":      e.moves(e.tags.forth),
		"tags.diff":      with(e.diffTags),
		"tags.save":      with(e.saveTags),
		"sessions":       with(e.listSessions),
		"sessions.add":   with(e.addSession),
		"sessions.drop":  with(e.dropSession),
		"sessions.find":  with(e.findSessions),
	}
}

// Drop opens a file that somebody dropped on the page.
func (e *Engine) Drop(ctx context.Context, kind, name string, content []byte) ([]byte, error) {
	if kind == "" {
		kind = guess(name, content)
	}
	stored, err := e.host.Keep(path.Base(strings.ReplaceAll(name, `\`, "/")), content)
	if err != nil {
		return nil, err
	}
	if err := e.open(ctx, kind, stored); err != nil {
		return nil, err
	}
	return e.Call(ctx, "state", nil)
}

// guess tells what a file is by its name and the beginning of its text.
func guess(name string, content []byte) string {
	head := string(content[:min(len(content), 4096)])
	lower := strings.ToLower(name)
	first, _, _ := strings.Cut(head, "\n")
	switch {
	case strings.Contains(head, "TagRules") || strings.Contains(head, "TagKey"):
		return "tags"
	case strings.Contains(head, `"UserList"`) || strings.Contains(head, `"GroupMemberList"`):
		return "users"
	case strings.HasSuffix(lower, ".xlsx"):
		return "rules"
	}
	for _, column := range rls.StandardColumns() {
		if strings.Contains(first, column) {
			if fields := strings.FieldsFunc(first, func(r rune) bool { return strings.ContainsRune(",;\t|\r", r) }); len(fields) == 2 && strings.Contains(strings.ToLower(name), "user") {
				return "users"
			}
			return "rules"
		}
	}
	if fields := strings.Split(strings.ToLower(strings.TrimSpace(first)), ","); len(fields) == 2 && (fields[0] == "user" || fields[1] == "groups" || fields[1] == "group") {
		return "users"
	}
	return "data"
}
