package studio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/rls/diff"
	"github.com/rowsight/rowsight/tagrules"
)

// A tagFile is the document of tag rules in all its versions, which never
// change. The zero tagFile is not there.
type tagFile struct {
	history[*TagText]
	content []byte // what the file holds; nil if there is none
}

var errNoTags = &Problem{Code: "no-tags", Text: "open a file of tag rules first"}

// config returns the configuration that sessions are tried with.
func (f tagFile) config() (*tagrules.Config, error) {
	if f.now == nil {
		return nil, errNoTags
	}
	c, err := f.now.Config()
	if err != nil {
		return nil, &Problem{Code: "refused-tags", Text: err.Error()}
	}
	return c, nil
}

// A pageTagRule is one tag rule as the page shows it.
type pageTagRule struct {
	Key       string `json:"key"`
	Column    string `json:"column"`
	Delimiter string `json:"delimiter"`
	MatchAll  string `json:"matchAll"`
}

type tagsAnswer struct {
	Rev     int           `json:"rev"`
	Text    string        `json:"text"`
	Status  string        `json:"status"`
	Rules   []pageTagRule `json:"rules"`
	Lists   [][]string    `json:"lists"`
	Error   string        `json:"error,omitempty"`   // why the configuration is refused
	Written string        `json:"written,omitempty"` // why only its text can be edited
}

// listTags returns the tag rules. Whoever has the page has the file: it shows
// match-all values.
func (e *Engine) listTags(context.Context, struct{}) (*tagsAnswer, error) {
	s := e.snapshot()
	if s.tags.now == nil {
		return nil, errNoTags
	}
	t := s.tags.now
	a := &tagsAnswer{Rev: s.rev, Text: t.text, Rules: []pageTagRule{}, Lists: [][]string{}}
	if t.err != nil {
		a.Error = t.err.Error()
	}
	if err := t.Editable(); err != nil {
		a.Written = err.Error()
	}
	if t.config != nil {
		a.Status, a.Lists = string(t.config.Status), cloneLists(t.config.TagRuleConfigurations)
		for _, r := range t.config.TagRules {
			a.Rules = append(a.Rules, pageTagRule{r.TagKey, r.ColumnName, r.TagMultiValueDelimiter, r.MatchAllValue})
		}
	}
	return a, nil
}

// newTags begins a configuration from nothing. It has no place on disk.
func (e *Engine) newTags(ctx context.Context, _ struct{}) (*state, error) {
	path, err := e.host.Keep("tags.json", []byte(EmptyTags))
	if err == nil {
		err = e.openBeside(ctx, "tags", path)
	}
	if err != nil {
		return nil, err
	}
	return e.newState(), nil
}

// changeTags makes another version of the tag rules, from the one that the page
// has seen.
func (e *Engine) changeTags(rev int, f func(*TagText) (*TagText, error)) (*state, error) {
	return e.changed(rev, func() error {
		if e.tags.now == nil {
			return errNoTags
		}
		next, err := f(e.tags.now)
		if err != nil {
			return &Problem{Code: "refused", Text: err.Error()}
		}
		if next.text != e.tags.now.text {
			e.tags.add(next, maxUndo)
			e.rev++
		}
		return nil
	})
}

func (e *Engine) editTags(_ context.Context, q struct {
	Rev int     `json:"rev"`
	Ops []TagOp `json:"ops"`
}) (*state, error) {
	return e.changeTags(q.Rev, func(t *TagText) (*TagText, error) { return t.Apply(q.Ops...) })
}

// setTags replaces the text of the document.
func (e *Engine) setTags(_ context.Context, q struct {
	Rev  int    `json:"rev"`
	Text string `json:"text"`
}) (*state, error) {
	return e.changeTags(q.Rev, func(t *TagText) (*TagText, error) { return NewTagText(t.file, q.Text), nil })
}

// A tagPart is a session that sees rows with one configuration only.
type tagPart struct {
	ID      string            `json:"id"` // for those that must be accepted; of these two configurations
	Keys    []string          `json:"keys"`
	Tags    []tagProbe        `json:"tags"`
	Witness map[string]string `json:"witness"`
	Open    bool              `json:"open,omitempty"` // every session sees every row
}

type tagDiffAnswer struct {
	Rev      int             `json:"rev"`
	Same     bool            `json:"same"`
	Old      string          `json:"old,omitempty"` // why the old configuration is refused
	New      string          `json:"new,omitempty"`
	Gains    []tagPart       `json:"gains"`
	Losses   []tagPart       `json:"losses"`
	Unproven [][]string      `json:"unproven"`
	Sessions []sessionChange `json:"sessions"`
	Rows     int             `json:"rows"`
	HasData  bool            `json:"hasData"`
}

type sessionChange struct {
	Name       string      `json:"name"`
	Gained     int         `json:"gained"` // of the data
	Lost       int         `json:"lost"`
	GainedRows []rowSample `json:"gainedRows"`
	LostRows   []rowSample `json:"lostRows"`
}

// A rowSample is a row that stands for all with the same restricted values.
type rowSample struct {
	Row    int               `json:"row"`
	Values map[string]string `json:"values"`
	Count  int               `json:"count"`
}

func rowSamples(rows []diff.Sample) []rowSample {
	out := make([]rowSample, len(rows))
	for i, r := range rows {
		out[i] = rowSample(r)
	}
	return out
}

// A tagProbe is one tag of an example. Its value is invented.
type tagProbe struct {
	Key      string `json:"key"`
	Value    string `json:"value"`
	Secret   bool   `json:"secret"` // it holds a match-all value, which is not shown
	MatchAll bool   `json:"matchAll"`
}

// diffTags compares the edited tag rules with the saved ones: for every session
// there can be, and for those that were named with their rows.
func (e *Engine) diffTags(ctx context.Context, _ struct{}) (*tagDiffAnswer, error) {
	s := e.snapshot()
	if s.tags.now == nil {
		return nil, errNoTags
	}
	return s.compareTags(ctx)
}

func (s snapshot) compareTags(ctx context.Context) (*tagDiffAnswer, error) {
	a := &tagDiffAnswer{Rev: s.rev, Same: s.tags.now.text == s.tags.saved.text, Gains: []tagPart{}, Losses: []tagPart{}, Unproven: [][]string{}, Sessions: []sessionChange{}}
	was, err := s.tags.saved.Config()
	if err != nil {
		a.Old, was = err.Error(), nil
	}
	is, err := s.tags.now.Config()
	if err != nil {
		a.New, is = err.Error(), nil
	}
	result, err := diff.Tags(was, is)
	if err != nil {
		return nil, &Problem{Code: "too-hard", Text: err.Error()}
	}
	sides, err := json.Marshal([]any{was, is})
	if err != nil {
		return nil, err
	}
	a.Gains, a.Losses = tagParts(sides, "gain", result.Gains), tagParts(sides, "loss", result.Losses)
	a.Unproven = append(a.Unproven, result.Unproven...)
	for i, keys := range a.Unproven { // cannot be ruled out
		a.Gains = append(a.Gains, tagPart{ID: partID(sides, "unproven", i), Keys: keys, Tags: []tagProbe{}})
	}
	return a, s.compareSessions(ctx, was, is, a)
}

// partID names a part of a comparison. An example stands for more rows after another
// edit, or for others, so that a name holds for these two configurations only.
func partID(sides []byte, kind string, i int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s", kind, i, sides))
	return hex.EncodeToString(sum[:12])
}

func tagParts(sides []byte, kind string, parts []diff.TagPart) []tagPart {
	out := []tagPart{}
	for i, p := range parts {
		part := tagPart{partID(sides, kind, i), append([]string{}, p.Keys...), []tagProbe{}, p.Witness, p.Keys == nil}
		for _, probe := range p.Tags {
			part.Tags = append(part.Tags, tagProbe(probe))
		}
		out = append(out, part)
	}
	return out
}

// compareSessions counts the rows that named sessions gain and lose.
func (s snapshot) compareSessions(ctx context.Context, was, is *tagrules.Config, a *tagDiffAnswer) error {
	opts := &diff.Options{Samples: 3, Effort: effort(ctx)}
	var columns []string
	for _, c := range []*tagrules.Config{was, is} {
		if c != nil {
			columns = append(columns, c.Columns()...)
		}
	}
	if s.data == nil || s.data.fits(columns) != nil {
		return nil
	}
	r, err := s.data.reader(ctx)
	if err != nil {
		return err
	}
	defer r.Release()
	opts.Data, a.HasData, a.Rows = r, true, s.data.rows
	var names []string
	var tags []tagrules.Tags
	for _, x := range s.sessions {
		ok := true
		for _, c := range []*tagrules.Config{was, is} {
			if c != nil {
				_, err := c.For(x.Tags...)
				ok = ok && err == nil
			}
		}
		if ok {
			names, tags = append(names, x.Name), append(tags, tagrules.Tags(x.Tags))
		}
	}
	result, err := diff.Sessions(was, is, tags, opts)
	if err != nil {
		return &Problem{Code: "too-hard", Text: err.Error()}
	}
	for _, c := range result.Changes {
		a.Sessions = append(a.Sessions, sessionChange{names[c.Session-1], c.Gained, c.Lost, rowSamples(c.GainedRows), rowSamples(c.LostRows)})
	}
	return nil
}

// saveTags writes the edited tag rules. No session gains rows that nobody
// accepted.
func (e *Engine) saveTags(ctx context.Context, q saveQuestion) (*saveAnswer, error) {
	s := e.snapshot()
	switch {
	case s.tags.now == nil:
		return nil, errNoTags
	case q.Rev != s.rev:
		return nil, errStale
	}
	changes, err := s.compareTags(ctx)
	if err != nil && !q.Unchecked {
		return nil, err
	}
	if _, err := s.tags.now.Config(); err != nil && !q.Refused {
		return nil, &Problem{Code: "refused-tags", Text: err.Error()}
	}
	if !q.Unchecked && slices.ContainsFunc(changes.Gains, func(p tagPart) bool { return !slices.Contains(q.Accept, p.ID) }) {
		return nil, &Problem{Code: "gains", Text: "a session gains rows that nobody has accepted", Detail: changes}
	}
	text := s.tags.now.text
	a, err := e.write(s.files.Tags, s.files.Tags, s.tags.content, text)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	if e.files.Tags == s.files.Tags && e.tags.saved == s.tags.saved { // no other file was opened meanwhile
		e.tags.saved, e.tags.content = s.tags.now, []byte(text)
		e.rev++
	}
	e.mu.Unlock()
	a.State = e.newState()
	return a, nil
}

// place finds the rule and the field, or the list, that a finding is about. Rows
// are rules, and columns their fields.
func (f tagFile) place(pos tagrules.Position, p *pageFinding) {
	t := f.now
	if t == nil || t.config == nil || pos.Line == 0 {
		return
	}
	for i := range t.config.TagRules {
		for c, field := range tagFields {
			if t.at(fmt.Sprintf("%s[%d].%s", rulesName, i, field.name)) == pos && pos != t.at(rulesName) {
				p.Row, p.Col = i, c
				return
			}
		}
	}
	for i := range t.config.TagRuleConfigurations {
		for k := range t.config.TagRuleConfigurations[i] {
			if t.at(fmt.Sprintf("%s[%d][%d]", listsName, i, k)) == pos {
				p.List = i + 1
				return
			}
		}
		if t.at(fmt.Sprintf("%s[%d]", listsName, i)) == pos {
			p.List = i + 1
			return
		}
	}
}
