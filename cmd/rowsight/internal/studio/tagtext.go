package studio

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tailscale/hujson"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/tagrules"
)

// A TagText is the text of a document with a tag configuration. It never
// changes: an edit makes another one, in which all that the edit does not name
// keeps its bytes. The zero TagText is a document without a configuration.
type TagText struct {
	text   string
	file   string
	config *tagrules.Config // what can be read of it; nil if there is none
	at     func(field string) tagrules.Position
	err    error // why it is refused
}

// NewTagText reads a document. What is wrong with it is no error: see
// [TagText.Err].
func NewTagText(file, text string) *TagText {
	t := &TagText{text: text, file: file}
	t.config, t.at, t.err = tagrules.Inspect(strings.NewReader(text), &tagrules.Options{File: file})
	return t
}

// Text returns the text of the document.
func (t *TagText) Text() string { return t.text }

// Config returns the configuration that sessions are tried with.
func (t *TagText) Config() (*tagrules.Config, error) {
	if t.err != nil {
		return nil, t.err
	}
	return t.config, nil
}

// A TagOp is one edit of a TagText. Rules and lists count from 0.
type TagOp struct {
	Op    string   `json:"op"` // status, set, add, remove, list, addlist, removelist
	Rule  int      `json:"rule"`
	List  int      `json:"list"`
	Field string   `json:"field"` // of a rule, as the API names it
	Text  string   `json:"text"`
	Keys  []string `json:"keys"` // of a list
}

// The names of the API that are written.
const (
	statusName = "Status"
	rulesName  = "TagRules"
	listsName  = "TagRuleConfigurations"
)

// tagFields are the fields of a rule, and which of them a rule may lack.
var tagFields = []struct {
	name     string
	optional bool
	of       func(*tagrules.Rule) *string
}{
	{"TagKey", false, func(r *tagrules.Rule) *string { return &r.TagKey }},
	{"ColumnName", false, func(r *tagrules.Rule) *string { return &r.ColumnName }},
	{"TagMultiValueDelimiter", true, func(r *tagrules.Rule) *string { return &r.TagMultiValueDelimiter }},
	{"MatchAllValue", true, func(r *tagrules.Rule) *string { return &r.MatchAllValue }},
}

// EmptyTags is a configuration without a rule, to begin with.
const EmptyTags = "{\n  \"Status\": \"ENABLED\",\n  \"TagRules\": []\n}\n"

// Apply returns the document after edits. An edit whose result would be read in
// another way than it was meant is refused.
func (t *TagText) Apply(ops ...TagOp) (*TagText, error) {
	for _, op := range ops {
		next, err := t.apply(op)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOp, err)
		}
		t = next
	}
	return t, nil
}

func (t *TagText) apply(op TagOp) (*TagText, error) {
	if !utf8.ValidString(op.Text) || slices.ContainsFunc(op.Keys, func(k string) bool { return !utf8.ValidString(k) }) {
		return nil, errors.New("the text is not UTF-8")
	}
	doc, object, err := t.parse()
	if err != nil {
		return nil, err
	}
	want := tagModel{t.config.Status, slices.Clone(t.config.TagRules), cloneLists(t.config.TagRuleConfigurations)}
	if err := want.apply(op); err != nil {
		return nil, err
	}
	e := tagEditor{unit: indentUnit(t.text), object: object}
	if err := e.write(want); err != nil {
		return nil, err
	}
	mark, _ := cutMark(t.text)
	next := NewTagText(t.file, mark+string(doc.Pack()))
	if errors.Is(next.err, tagrules.ErrAmbiguous) {
		return nil, errors.New("the configuration stands in the document several times: edit its text")
	}
	if next.config == nil || next.config.Status != want.status || !slices.Equal(next.config.TagRules, want.rules) || !reflect.DeepEqual(cloneLists(next.config.TagRuleConfigurations), want.lists) {
		return nil, errors.New("the document would be read in another way: edit its text")
	}
	return next, nil
}

// Editable returns why the rules of the document can be edited as text only; nil
// if they can be edited one by one.
func (t *TagText) Editable() error {
	_, _, err := t.parse()
	return err
}

// parse returns the document as a tree, and the object that is the configuration
// in it.
func (t *TagText) parse() (doc *hujson.Value, object *hujson.Object, err error) {
	if t.config == nil {
		return nil, nil, errors.New("the document has no tag configuration that can be read")
	}
	_, body := cutMark(t.text)
	root, err := hujson.Parse([]byte(body))
	if err != nil || !root.IsStandard() {
		return nil, nil, errors.New("the document is not plain JSON")
	}
	at := t.at("")
	offset := 0
	for range at.Line - 1 {
		offset += strings.IndexByte(body[offset:], '\n') + 1
	}
	offset += at.Column - 1
	for v := range root.All() {
		if o, ok := v.Value.(*hujson.Object); ok && v.StartOffset == offset {
			for _, m := range o.Members {
				if name := m.Name.Value.(hujson.Literal).String(); name == "tag_rules" || name == "tag_rule_configurations" {
					return nil, nil, errors.New("the document is one that Terraform writes")
				}
			}
			return &root, o, nil
		}
	}
	return nil, nil, errors.New("the document has no tag configuration that can be read")
}

func cutMark(text string) (mark, body string) {
	if body, ok := strings.CutPrefix(text, byteOrderMark); ok {
		return byteOrderMark, body
	}
	return "", text
}

// A tagModel is what a configuration says.
type tagModel struct {
	status tagrules.Status
	rules  []tagrules.Rule
	lists  [][]string
}

// cloneLists returns a copy; no list and an empty one are the same.
func cloneLists(lists [][]string) [][]string {
	out := make([][]string, 0, len(lists))
	for _, l := range lists {
		out = append(out, append([]string{}, l...))
	}
	return out
}

func (m *tagModel) apply(op TagOp) error {
	if slices.Contains([]string{"set", "remove"}, op.Op) && (op.Rule < 0 || op.Rule >= len(m.rules)) {
		return fmt.Errorf("got tag rule %d, want one of %d", op.Rule, len(m.rules))
	}
	if slices.Contains([]string{"list", "removelist"}, op.Op) && (op.List < 0 || op.List >= len(m.lists)) {
		return fmt.Errorf("got list %d, want one of %d", op.List, len(m.lists))
	}
	switch op.Op {
	case "status":
		m.status = tagrules.Status(op.Text)
	case "set":
		for _, f := range tagFields {
			if f.name == op.Field {
				r := &m.rules[op.Rule]
				old := r.TagKey
				*f.of(r) = op.Text
				if f.name == "TagKey" {
					m.rename(old, op.Text)
				}
				return nil
			}
		}
		return fmt.Errorf("got the field %q of a tag rule", plain.Abridge(op.Field, 40))
	case "add":
		m.rules = append(m.rules, tagrules.Rule{TagKey: op.Text})
		if op.Keys != nil { // and its column
			m.rules[len(m.rules)-1].ColumnName = strings.Join(op.Keys, "")
		}
	case "remove":
		key := m.rules[op.Rule].TagKey
		m.rules = slices.Delete(m.rules, op.Rule, op.Rule+1)
		if m.named(key) {
			return nil
		}
		for i := range m.lists {
			m.lists[i] = slices.DeleteFunc(m.lists[i], func(k string) bool { return k == key })
		}
		m.lists = slices.DeleteFunc(m.lists, func(l []string) bool { return len(l) == 0 })
	case "list":
		m.lists[op.List] = append([]string{}, op.Keys...)
	case "addlist":
		m.lists = append(m.lists, append([]string{}, op.Keys...))
	case "removelist":
		m.lists = slices.Delete(m.lists, op.List, op.List+1)
	default:
		return fmt.Errorf("got the edit %q", plain.Abridge(op.Op, 40))
	}
	return nil
}

// named reports whether a rule has a key.
func (m *tagModel) named(key string) bool {
	return slices.ContainsFunc(m.rules, func(r tagrules.Rule) bool { return r.TagKey == key })
}

// rename gives a key its new name in the lists, if no other rule has the old one.
func (m *tagModel) rename(old, name string) {
	if old == "" || m.named(old) {
		return
	}
	for _, l := range m.lists {
		for i := range l {
			if l[i] == old {
				l[i] = name
			}
		}
	}
}

// indentUnit returns the blanks by which the document indents.
func indentUnit(text string) string {
	for line := range strings.Lines(text) {
		if blank := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; blank != "" {
			return blank
		}
	}
	if bytes.ContainsRune([]byte(strings.TrimSpace(text)), '\n') {
		return ""
	}
	return "  "
}
