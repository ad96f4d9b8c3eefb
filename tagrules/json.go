package tagrules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDocument bounds what is read of a document, in bytes. The largest real
// ones, descriptions of datasets with hundreds of columns, are below 1 MiB.
const maxDocument = 16 << 20

// A document is a JSON text as a tree that knows where everything stands, and
// the problems found in it. encoding/json alone would take fields in any case,
// keep the last of two, and put U+FFFD for what is not a character.
type document struct {
	problems
	file string
	text string
	root *value
	bad  map[*value]bool // has a problem already, directly or inside
}

type kind string

const (
	kindObject kind = "an object"
	kindList   kind = "a list"
	kindText   kind = "a string"
	kindNumber kind = "a number"
	kindBool   kind = "true or false"
	kindNull   kind = "null"
)

type value struct {
	kind    kind
	at      int // offset in the text
	text    string
	items   []*value
	members []member
}

type member struct {
	name  string
	at    int
	value *value
}

// readDocument reads a whole document. What makes a tree impossible is the
// error; what is wrong inside the tree is among the problems.
func readDocument(r io.Reader, file string) (*document, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, &Error{Pos: Position{File: file}, Err: err}
	}
	if len(data) > maxDocument {
		return nil, &Error{Pos: Position{File: file}, Err: fmt.Errorf("%w: want at most %d bytes", ErrTooLarge, maxDocument)}
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF")) // some editors put it there
	d := &document{file: file, text: string(data), bad: make(map[*value]bool)}
	d.doc = d
	if i := invalidAt(d.text); i >= 0 {
		return nil, &Error{Pos: d.position(i), Err: ErrEncoding}
	}
	// The messages of encoding/json quote what stands there, perhaps a secret.
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, &Error{Pos: d.position(syntaxAt(err, len(data))), Err: ErrSyntax}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	d.root = d.tree(dec, "")
	return d, nil
}

// syntaxAt returns the offset of what is not JSON. encoding/json reports the
// byte after it, and no byte of its own if the document just ends.
func syntaxAt(err error, size int) int {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || syntax.Error() == "unexpected end of JSON input" {
		return size
	}
	return max(int(syntax.Offset)-1, 0)
}

// invalidAt returns the offset of the first byte of s that is not UTF-8, or -1.
func invalidAt(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// position returns where offset at is, and the zero Position without a
// document.
func (d *document) position(at int) Position {
	if d == nil {
		return Position{}
	}
	before := d.text[:min(at, len(d.text))]
	return Position{
		File:   d.file,
		Line:   1 + strings.Count(before, "\n"),
		Column: len(before) - strings.LastIndexByte(before, '\n'),
	}
}

// token returns the next token and where it starts. The text is known to be
// JSON, so there is one.
func (d *document) token(dec *json.Decoder) (json.Token, int, string) {
	rest := d.text[dec.InputOffset():]
	at := len(d.text) - len(strings.TrimLeft(rest, " \t\r\n,:"))
	tok, _ := dec.Token()
	return tok, at, d.text[at:dec.InputOffset()]
}

// tree reads the next value.
func (d *document) tree(dec *json.Decoder, field string) *value {
	tok, at, literal := d.token(dec)
	v := &value{at: at}
	switch tok := tok.(type) {
	case json.Delim:
		if tok == '[' {
			v.kind = kindList
			for dec.More() {
				v.items = append(v.items, d.tree(dec, fmt.Sprintf("%s[%d]", field, len(v.items))))
			}
		} else {
			v.kind = kindObject
			d.members(v, dec, field)
		}
		_, _ = dec.Token() // the closing bracket
	case string:
		v.kind, v.text = kindText, tok
		if halfSurrogate(tok, literal) {
			d.fail(v, field, fmt.Errorf("%w: half a surrogate pair", ErrEncoding))
		}
	case json.Number:
		v.kind = kindNumber
	case bool:
		v.kind = kindBool
	default:
		v.kind = kindNull
	}
	return v
}

func (d *document) members(v *value, dec *json.Decoder, field string) {
	seen := make(map[string]bool)
	for dec.More() {
		tok, at, literal := d.token(dec)
		name, _ := tok.(string)
		switch {
		case halfSurrogate(name, literal):
			d.add(at, field, fmt.Errorf("%w: half a surrogate pair", ErrEncoding))
		case seen[name]:
			d.add(at, join(field, short(name)), ErrTwice)
		}
		seen[name] = true
		v.members = append(v.members, member{name, at, d.tree(dec, join(field, short(name)))})
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

// fail reports a problem of v.
func (d *document) fail(v *value, field string, err error) {
	d.bad[v] = true
	d.add(v.at, field, err)
}

// want reports whether v is of kind k, and a problem if it is not.
func (d *document) want(v *value, field string, k kind) bool {
	if v.kind != k {
		d.fail(v, field, fmt.Errorf("%w: found %s, want %s", ErrType, v.kind, k))
		return false
	}
	return true
}

func (d *document) string(v *value, field string) string {
	d.want(v, field, kindText)
	return v.text
}

// A fieldOf is a field that an object may have, or must.
type fieldOf struct {
	name   string
	must   bool
	decode func(v *value, field string)
}

// object decodes v field by field and reports fields that are unknown or
// missing. Names are compared exactly.
func (d *document) object(v *value, field string, fields []fieldOf) {
	if !d.want(v, field, kindObject) {
		return
	}
	names := make([]string, len(fields))
	missing := make(map[string]bool)
	for i, f := range fields {
		names[i] = f.name
		missing[f.name] = f.must
	}
	for _, m := range v.members {
		i := slices.Index(names, m.name)
		if i < 0 {
			d.bad[v] = true
			want := suggest(m.name, names)
			missing[want] = false // it is there, by another name
			d.add(m.at, field, fmt.Errorf("%w %q, want %s", ErrField, short(m.name), want))
			continue
		}
		missing[m.name] = false
		fields[i].decode(m.value, join(field, m.name))
		d.bad[v] = d.bad[v] || d.bad[m.value]
	}
	for _, name := range names {
		if missing[name] {
			d.fail(v, join(field, name), ErrMissing)
		}
	}
}

// suggest returns the name that differs from got in case only, or all names.
func suggest(got string, names []string) string {
	for _, name := range names {
		if strings.EqualFold(got, name) {
			return name
		}
	}
	return strings.Join(names, ", ")
}

// member returns the member of an object with a name, or nil, and reports those
// whose name differs in case only.
func (v *value) member(d *document, field, name string) *value {
	var found *value
	for _, m := range v.members {
		switch {
		case m.name == name:
			found = m.value
		case strings.EqualFold(m.name, name):
			d.add(m.at, field, fmt.Errorf("%w %q, want %s", ErrField, m.name, name))
		}
	}
	return found
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}
