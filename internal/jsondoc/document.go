package jsondoc

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/textpos"
)

// DefaultMax bounds what is read of a document, in bytes, unless
// [Options.Max] says otherwise.
const DefaultMax = 16 << 20

// Options say how a document is written. A nil *Options is plain JSON.
type Options struct {
	// Comments takes // to the end of a line and /* … */ outside strings for
	// white space: examples in manuals have them.
	Comments bool

	// YAML reads a document that is no JSON as YAML, if its root is a mapping, as
	// that of a CloudFormation template, or a list of mappings. Aliases are refused.
	YAML bool

	// Sequence reads several JSON documents that follow one another, such as the
	// pages of a command: see [Document.All]. Without it, a second one is an error.
	Sequence bool

	// Max is the size of a document in bytes; 0 means [DefaultMax].
	Max int64
}

// A Document is a JSON text as a tree, and the problems found in it. It is not
// safe for concurrent use.
type Document struct {
	Root *Value
	All  []*Value // the Root, and what follows it in a sequence

	// Template says that the document is YAML: an object that is read stands in it
	// under its name, and is never the document itself.
	Template bool

	file     string
	text     string
	lines    []int // where each line starts, once it is asked for
	problems []*Error
	bad      map[*Value]bool // has a problem already, directly or inside
}

// Read reads a whole document. What makes a tree impossible is the error, and
// the Document then is nil; what is wrong inside the tree, a field given twice
// or half a character, is among the problems, see [Document.Err]. The name of
// the file may be empty.
func Read(r io.Reader, file string, opts *Options) (*Document, error) {
	o := *cmp.Or(opts, new(Options))
	d, data, err := load(r, file, o)
	if err != nil {
		return nil, err
	}
	// The messages of encoding/json quote what stands there, perhaps a secret.
	var whole json.RawMessage
	err = json.Unmarshal(data, &whole)
	if err != nil && o.Sequence {
		err = sequence(data)
	}
	if err != nil {
		if o.YAML && mayBeYAML(data) {
			switch ok, err := d.yaml(); {
			case err != nil:
				return nil, err
			case ok:
				d.All = []*Value{d.Root}
				return d, nil
			}
		}
		return nil, &Error{Pos: d.position(syntaxAt(err, len(data))), Err: ErrSyntax}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	for d.All == nil || dec.More() {
		d.All = append(d.All, d.tree(dec, ""))
	}
	d.Root = d.All[0]
	return d, nil
}

// load reads the text of a document, without a byte order mark, which some editors
// put before it.
func load(r io.Reader, file string, o Options) (*Document, []byte, error) {
	if o.Max <= 0 {
		o.Max = DefaultMax
	}
	data, err := io.ReadAll(io.LimitReader(r, o.Max+1))
	if err != nil {
		return nil, nil, &Error{Pos: Position{File: file}, Err: err}
	}
	if int64(len(data)) > o.Max {
		return nil, nil, &Error{Pos: Position{File: file}, Err: fmt.Errorf("%w: want at most %d bytes", ErrTooLarge, o.Max)}
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if o.Comments {
		blankComments(data)
	}
	d := &Document{file: file, text: string(data), bad: make(map[*Value]bool)}
	if i := invalidAt(d.text); i >= 0 {
		return nil, nil, &Error{Pos: d.position(i), Err: ErrEncoding}
	}
	return d, data, nil
}

// sequence returns what is wrong with documents that follow one another; there
// must be one.
func sequence(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	for n := 0; ; n++ {
		var one json.RawMessage
		switch err := dec.Decode(&one); {
		case err == io.EOF && n > 0:
			return nil
		case err != nil:
			return err
		}
	}
}

// blankComments turns comments into blanks, in place: positions stay.
func blankComments(b []byte) {
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		case bytes.HasPrefix(b[i:], []byte("//")):
			for ; i < len(b) && b[i] != '\n'; i++ {
				b[i] = ' '
			}
		case bytes.HasPrefix(b[i:], []byte("/*")):
			end := bytes.Index(b[i+2:], []byte("*/"))
			if end < 0 {
				return // and the slash is what is not JSON
			}
			for end += i + 4; i < end; i++ {
				if b[i] != '\n' {
					b[i] = ' '
				}
			}
			i--
		}
	}
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

func (d *Document) position(at int) Position {
	at = min(at, len(d.text))
	line, found := slices.BinarySearch(d.starts(), at)
	if !found {
		line--
	}
	return Position{File: d.file, Line: 1 + line, Column: 1 + at - d.lines[line]}
}

// starts returns where each line starts. A document of many problems asks for
// many positions.
func (d *Document) starts() []int {
	if d.lines == nil {
		d.lines = []int{0}
		for i := range len(d.text) {
			if d.text[i] == '\n' {
				d.lines = append(d.lines, i+1)
			}
		}
	}
	return d.lines
}

// Pos returns where v stands; the zero Position for a nil v.
func (d *Document) Pos(v *Value) Position {
	if d == nil || v == nil {
		return Position{}
	}
	return d.position(v.at)
}

// Fail reports a problem of v.
func (d *Document) Fail(v *Value, field string, err error) {
	d.bad[v] = true
	d.add(v.at, field, err)
}

// Add reports a problem as [Document.Fail] does, and leaves v good: what else is
// wrong with it is then reported, too.
func (d *Document) Add(v *Value, field string, err error) { d.add(v.at, field, err) }

// FailInside reports a problem of what stands a number of bytes behind the
// beginning of v.
func (d *Document) FailInside(v *Value, offset int, field string, err error) {
	d.bad[v] = true
	d.add(v.at+offset, field, err)
}

// AddName reports a problem of the name of a member of field.
func (d *Document) AddName(m Member, field string, err error) { d.add(m.at, field, err) }

// Bad reports whether a problem of v, or of something in it, is known already:
// what follows from it is no problem of its own.
func (d *Document) Bad(v *Value) bool { return d.bad[v] }

func (d *Document) add(at int, field string, err error) {
	d.problems = append(d.problems, &Error{Pos: d.position(at), Field: field, Err: err})
}

// MaxProblems is how many problems of a document are listed. The next one says
// how many more there are.
const MaxProblems = 100

// Err returns the problems, joined in order of position, at most [MaxProblems]
// and one that says how many more there are; nil if there is none.
func (d *Document) Err() error { return textpos.Join(d.problems, MaxProblems) }
