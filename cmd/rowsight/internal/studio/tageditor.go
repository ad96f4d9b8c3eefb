package studio

import (
	"errors"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/rowsight/rowsight/tagrules"
)

// A tagEditor writes a configuration over the object that it was read from.
// Where the object says what is wanted, nothing of it changes.
type tagEditor struct {
	object *hujson.Object
	unit   string // by which the document indents
}

var errShape = errors.New("the configuration has another form than the API: edit its text")

func (e *tagEditor) write(want tagModel) error {
	setText(e.object, statusName, string(want.status), true)
	rules, err := e.list(e.object, rulesName, true)
	if err != nil {
		return err
	}
	// One edit adds a rule at the end, takes one out, or changes some fields.
	if n := len(rules.Elements); n > len(want.rules) {
		i := 0
		for i < len(want.rules) && sayRule(rules.Elements[i], want.rules[i]) {
			i++
		}
		take(rules, i)
	}
	for i, r := range want.rules {
		if i == len(rules.Elements) {
			e.grow(rules, newRule(rules))
		}
		object, ok := rules.Elements[i].Value.(*hujson.Object)
		if !ok {
			return errShape
		}
		for _, f := range tagFields {
			setText(object, f.name, *f.of(&r), f.optional)
		}
	}
	return e.writeLists(want.lists)
}

func (e *tagEditor) writeLists(want [][]string) error {
	if len(want) == 0 {
		drop(e.object, listsName)
		return nil
	}
	lists, err := e.list(e.object, listsName, true)
	if err != nil {
		return err
	}
	for n := len(lists.Elements); n > len(want); n-- {
		i := 0
		for i < len(want) && slices.Equal(texts(lists.Elements[i]), want[i]) {
			i++
		}
		take(lists, i)
	}
	for i, keys := range want {
		if i == len(lists.Elements) {
			e.grow(lists, &hujson.Array{})
		}
		list, ok := lists.Elements[i].Value.(*hujson.Array)
		if !ok {
			return errShape
		}
		if len(list.Elements) == len(keys) { // a key has another name
			for k, key := range keys {
				if texts(lists.Elements[i])[k] != key {
					list.Elements[k].Value = hujson.String(key)
				}
			}
			continue
		}
		for k := len(list.Elements) - 1; k >= 0; k-- {
			if !slices.Contains(keys, texts(lists.Elements[i])[k]) {
				take(list, k)
			}
		}
		for k, key := range keys {
			switch have := texts(lists.Elements[i]); {
			case k < len(have) && have[k] == key:
			case k >= len(have):
				extra := hujson.Extra(" ")
				if k == 0 {
					extra = nil
				} else if k > 1 {
					extra = slices.Clone(list.Elements[k-1].BeforeExtra)
				}
				list.Elements = append(list.Elements, hujson.Value{BeforeExtra: extra, Value: hujson.String(key)})
			default:
				list.Elements[k].Value = hujson.String(key)
			}
		}
	}
	return nil
}

// texts returns the texts of a list; a value that is none is "".
func texts(v hujson.Value) (out []string) {
	list, ok := v.Value.(*hujson.Array)
	if !ok {
		return nil
	}
	for _, item := range list.Elements {
		text := ""
		if l, ok := item.Value.(hujson.Literal); ok && l.Kind() == '"' {
			text = l.String()
		}
		out = append(out, text)
	}
	return out
}

// sayRule reports whether an element of the document is a rule.
func sayRule(v hujson.Value, r tagrules.Rule) bool {
	object, ok := v.Value.(*hujson.Object)
	if !ok {
		return false
	}
	for _, f := range tagFields {
		text, _ := textOf(object, f.name)
		if text != *f.of(&r) {
			return false
		}
	}
	return true
}

// textOf returns the text of a member; "" if it is no text.
func textOf(object *hujson.Object, name string) (text string, ok bool) {
	i := find(object, name)
	if i < 0 {
		return "", false
	}
	if l, is := object.Members[i].Value.Value.(hujson.Literal); is && l.Kind() == '"' {
		return l.String(), true
	}
	return "", true
}

// find returns the last member of a name, or -1: the last one counts where a
// name stands twice.
func find(object *hujson.Object, name string) int {
	for i, m := range slices.Backward(object.Members) {
		if m.Name.Value.(hujson.Literal).String() == name {
			return i
		}
	}
	return -1
}

// setText makes a member say a text. An optional one without a text is taken out.
func setText(object *hujson.Object, name, text string, optional bool) {
	was, ok := textOf(object, name)
	switch {
	case ok && was == text && (text != "" || !optional), !ok && text == "" && optional:
	case text == "" && optional:
		drop(object, name)
	case ok:
		object.Members[find(object, name)].Value.Value = hujson.String(text)
	default:
		add(object, name, hujson.String(text))
	}
}

// add appends a member, spaced as the one before it.
func add(object *hujson.Object, name string, value hujson.ValueTrimmed) {
	m := hujson.ObjectMember{Name: hujson.Value{Value: hujson.String(name)}, Value: hujson.Value{BeforeExtra: hujson.Extra(" "), Value: value}}
	if n := len(object.Members); n > 0 {
		last := object.Members[n-1]
		m.Name.BeforeExtra, m.Value.BeforeExtra = slices.Clone(last.Name.BeforeExtra), slices.Clone(last.Value.BeforeExtra)
		if n == 1 && m.Name.BeforeExtra == nil && m.Value.BeforeExtra != nil {
			m.Name.BeforeExtra = hujson.Extra(" ")
		}
	}
	object.Members = append(object.Members, m)
}

// drop takes out every member of a name.
func drop(object *hujson.Object, name string) {
	for i := find(object, name); i >= 0; i = find(object, name) {
		first := object.Members[0].Name.BeforeExtra
		object.Members = slices.Delete(object.Members, i, i+1)
		if i == 0 && len(object.Members) > 0 {
			object.Members[0].Name.BeforeExtra = first
		}
	}
}

// take takes an element out. The next one stands where it stood.
func take(list *hujson.Array, i int) {
	extra := list.Elements[i].BeforeExtra
	list.Elements = slices.Delete(list.Elements, i, i+1)
	if i == 0 && len(list.Elements) > 0 {
		list.Elements[0].BeforeExtra = extra
	}
}

// list returns the list that a member is, and makes it if it is not there.
func (e *tagEditor) list(object *hujson.Object, name string, make bool) (*hujson.Array, error) {
	i := find(object, name)
	if i < 0 && make {
		add(object, name, &hujson.Array{})
		i = len(object.Members) - 1
	}
	if i < 0 {
		return nil, errShape
	}
	list, ok := object.Members[i].Value.Value.(*hujson.Array)
	if !ok { // null is a list that is not there
		if l, is := object.Members[i].Value.Value.(hujson.Literal); !is || l.Kind() != 'n' {
			return nil, errShape
		}
		list = &hujson.Array{}
		object.Members[i].Value.Value = list
	}
	return list, nil
}

// grow appends an element to a list of the configuration, spaced as the others.
func (e *tagEditor) grow(list *hujson.Array, value hujson.ValueTrimmed) {
	v := hujson.Value{Value: value}
	switch n := len(list.Elements); {
	case n > 1 || n == 1 && strings.Contains(string(list.Elements[0].BeforeExtra), "\n"):
		v.BeforeExtra = slices.Clone(list.Elements[n-1].BeforeExtra)
	case n == 1:
		v.BeforeExtra = hujson.Extra(" ")
	default:
		if line := e.line(); line != "" {
			v.BeforeExtra, list.AfterExtra = hujson.Extra(line+e.unit), hujson.Extra(line)
		} else {
			list.AfterExtra = nil
		}
	}
	list.Elements = append(list.Elements, v)
}

// line is the line end and the blanks before the members of the configuration;
// "" if they stand on one line.
func (e *tagEditor) line() string {
	if len(e.object.Members) == 0 {
		return ""
	}
	extra := string(e.object.Members[0].Name.BeforeExtra)
	if i := strings.LastIndexByte(extra, '\n'); i > 0 && extra[i-1] == '\r' {
		return extra[i-1:]
	} else if i >= 0 {
		return extra[i:]
	}
	return ""
}

// newRule returns a rule without texts, spaced as the last one of the list.
func newRule(list *hujson.Array) *hujson.Object {
	object := &hujson.Object{}
	var spaced *hujson.Object
	if n := len(list.Elements); n > 0 {
		spaced, _ = list.Elements[n-1].Value.(*hujson.Object)
	}
	add(object, tagFields[0].name, hujson.String(""))
	if spaced != nil && len(spaced.Members) > 0 {
		object.AfterExtra = slices.Clone(spaced.AfterExtra)
		object.Members[0].Name.BeforeExtra = slices.Clone(spaced.Members[0].Name.BeforeExtra)
		object.Members[0].Value.BeforeExtra = slices.Clone(spaced.Members[0].Value.BeforeExtra)
	}
	add(object, tagFields[1].name, hujson.String(""))
	if spaced != nil && len(spaced.Members) > 1 {
		object.Members[1].Name.BeforeExtra = slices.Clone(spaced.Members[1].Name.BeforeExtra)
	}
	return object
}
