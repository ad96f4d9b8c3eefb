package jsondoc

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/plain"
)

// A Kind is what a value is. Messages print it.
type Kind string

// The kinds.
const (
	Object Kind = "an object"
	List   Kind = "a list"
	Text   Kind = "a string"
	Number Kind = "a number"
	Bool   Kind = "true or false"
	Null   Kind = "null"
	Date   Kind = "a date" // of [ReadYAML]
)

// A Value is one value of a document.
type Value struct {
	Kind    Kind
	Text    string // of Text its characters, of Number and Bool as it stands, of a Function its name
	Items   []*Value
	Members []Member

	Argument *Value // of a Function: what it is given. Nothing that walks a document visits it.

	at, end int
	name    int // where the name of the member stands whose value it is
}

// Name returns the name of the member whose value v is, to say where it stands.
func (v *Value) Name() *Value { return &Value{Kind: Text, at: v.name, end: v.name} }

// Span returns the bytes of a document, less a byte order mark, that v takes; of
// YAML only if v is no string, list or object.
func (v *Value) Span() (from, to int) { return v.at, max(v.at, v.end) }

// A Member is one field of an object.
type Member struct {
	Name  string
	Value *Value

	at int
}

// Member returns the member of an object with that very name, or nil.
func (v *Value) Member(name string) *Value {
	for _, m := range v.Members {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// token returns the next token and where it starts. The text is known to be
// JSON, so there is one.
func (d *Document) token(dec *json.Decoder) (json.Token, int, string) {
	rest := d.text[dec.InputOffset():]
	at := len(d.text) - len(strings.TrimLeft(rest, " \t\r\n,:"))
	tok, _ := dec.Token()
	return tok, at, d.text[at:dec.InputOffset()]
}

// tree reads the next value.
func (d *Document) tree(dec *json.Decoder, field string) *Value {
	tok, at, literal := d.token(dec)
	v := &Value{at: at}
	switch tok := tok.(type) {
	case json.Delim:
		if tok == '[' {
			v.Kind = List
			for dec.More() {
				v.Items = append(v.Items, d.tree(dec, item(field, len(v.Items))))
			}
		} else {
			v.Kind = Object
			d.members(v, dec, field)
		}
		_, _ = dec.Token() // the closing bracket
	case string:
		v.Kind, v.Text = Text, tok
		if halfSurrogate(tok, literal) {
			d.Fail(v, field, fmt.Errorf("%w: incomplete surrogate pair", ErrEncoding))
		}
	case json.Number:
		v.Kind, v.Text = Number, tok.String()
	case bool:
		v.Kind, v.Text = Bool, strconv.FormatBool(tok)
	default:
		v.Kind = Null
	}
	v.end = int(dec.InputOffset())
	return v
}

func (v *Value) add(m Member) {
	m.Value.name = m.at
	v.Members = append(v.Members, m)
}

// Raw returns the text of v as it stands in the document: see [Value.Span].
func (d *Document) Raw(v *Value) string {
	from, to := v.Span()
	return d.text[from:to]
}

func (d *Document) members(v *Value, dec *json.Decoder, field string) {
	seen := make(map[string]bool)
	for dec.More() {
		tok, at, literal := d.token(dec)
		name, _ := tok.(string)
		switch {
		case halfSurrogate(name, literal):
			d.add(at, field, fmt.Errorf("%w: incomplete surrogate pair", ErrEncoding))
		case seen[name]:
			d.add(at, Join(field, plain.Abridge(name, maxShown)), ErrTwice)
		}
		seen[name] = true
		v.add(Member{name, d.tree(dec, Join(field, plain.Abridge(name, maxShown))), at})
	}
}

// halfSurrogate reports whether a string has an escape that is no character:
// the decoder has replaced it, and so changed the text.
func halfSurrogate(text, literal string) bool {
	if !strings.ContainsRune(text, utf8.RuneError) {
		return false
	}
	code := func(at int) rune {
		n, _ := strconv.ParseUint(literal[at:at+4], 16, 16) // it is JSON, so they are there
		return rune(n)
	}
	for i := 0; i < len(literal); i++ {
		if literal[i] != '\\' {
			continue
		}
		i++
		if literal[i] != 'u' || !utf16.IsSurrogate(code(i+1)) {
			continue
		}
		if !strings.HasPrefix(literal[i+5:], `\u`) || utf16.DecodeRune(code(i+1), code(i+7)) == utf8.RuneError {
			return true
		}
		i += 10
	}
	return false
}

// maxPath bounds a path: those of a document that is 10,000 levels deep would be
// larger together than its square.
const maxPath = 1 << 10

// Join is the path of a member of field. A path that is too long ends with an
// ellipsis.
func Join(field, name string) string {
	if field == "" {
		return name
	}
	return deeper(field, "."+name)
}

// item is the path of an item of field.
func item(field string, i int) string { return deeper(field, fmt.Sprintf("[%d]", i)) }

func deeper(field, step string) string {
	switch {
	case len(field) <= maxPath:
		return field + step
	case strings.HasSuffix(field, "…"):
		return field
	}
	return field + "…"
}

// maxShown is how many characters of a name messages show: names of fields come
// from the document, too.
const maxShown = 128
