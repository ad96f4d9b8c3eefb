package jsondoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/rowsight/rowsight/internal/plain"
)

// Function is the kind of a value that a template computes: !Ref, !Sub. What it
// will be is not known here.
const Function Kind = "a function of a template"

// alias is the kind of a value that was refused as one.
const alias Kind = "an alias"

// Why a YAML document is refused.
var (
	ErrNotYAML = errors.New("not YAML from here on")
	ErrYAML    = errors.New("not allowed") // anchors, aliases, tags, a second document
	ErrAlias   = fmt.Errorf("a YAML alias is %w: write the value out", ErrYAML)

	errYAML = fmt.Errorf("%w: neither JSON nor YAML", ErrSyntax)
)

// ReadYAML reads a YAML document that is written for this module. It may have what
// JSON has, and dates, which are no strings: anchors and aliases could build documents
// larger than memory, and tags would let a number pass for a string. The root of an
// empty document is a [Null]. max is the size in bytes, as in [Options].
func ReadYAML(r io.Reader, file string, max int64) (*Document, error) {
	d, _, err := load(r, file, Options{Max: max})
	if err != nil {
		return nil, err
	}
	p := newPlaces(d, ErrNotYAML)
	p.plain = true
	root, err := p.parse()
	if err != nil {
		return nil, err
	}
	d.Template = true
	d.Root = p.node(root, "")
	return d, nil
}

// yaml reads a YAML document, whose root must be a mapping, or a list of mappings
// as the AWS command line writes with --output yaml-stream. ok is false if the text
// is none.
func (d *Document) yaml() (ok bool, err error) {
	p := newPlaces(d, errYAML)
	root, err := p.parse()
	if err != nil && strings.Contains(d.text, ":") {
		return false, err
	}
	if err != nil || root.Kind != yaml.MappingNode && !mappings(root) {
		return false, nil
	}
	d.Template = true
	d.Root = p.node(root, "")
	return true, nil
}

func mappings(n *yaml.Node) bool {
	for _, item := range n.Content {
		if item.Kind != yaml.MappingNode {
			return false
		}
	}
	return n.Kind == yaml.SequenceNode && len(n.Content) > 0
}

// Places find where nodes stand. Nodes come in the order of the text, and many may
// stand in one line, so each is looked for from the one before.
type places struct {
	d     *Document
	wrong error // what is said of a text that is no YAML
	plain bool  // see ReadYAML
	lines []int // where each line begins, lines as YAML counts them

	line, column, at int
}

func newPlaces(d *Document, wrong error) *places {
	p := &places{d: d, wrong: wrong, lines: []int{0}}
	for i, r := range d.text {
		switch r {
		case '\r':
			if strings.HasPrefix(d.text[i:], "\r\n") {
				continue
			}
			fallthrough
		case '\n', '\u0085', '\u2028', '\u2029':
			p.lines = append(p.lines, i+utf8.RuneLen(r))
		}
	}
	return p
}

// parse returns the root of the only document of the text.
func (p *places) parse() (*yaml.Node, error) {
	dec := yaml.NewDecoder(strings.NewReader(p.d.text))
	var first, second yaml.Node
	switch err := dec.Decode(&first); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}, nil
	case err != nil:
		return nil, p.syntax(err)
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		return nil, p.refuse(p.offset(&second), fmt.Errorf("a second document is %w", ErrYAML))
	case !errors.Is(err, io.EOF):
		return nil, p.syntax(err)
	}
	return first.Content[0], nil
}

func (p *places) refuse(at int, why error) error {
	return &Error{Pos: p.d.position(at), Err: fmt.Errorf("%w: %w", p.wrong, why)}
}

var (
	yamlError     = regexp.MustCompile(`(?s)^(?:yaml: )?(?:line ([0-9]+): )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntax gives an error of the YAML package a position. It names the line, but for
// the first, and no column.
func (p *places) syntax(err error) error {
	m := yamlError.FindStringSubmatch(err.Error())
	if anchor := unknownAnchor.FindStringSubmatch(m[2]); anchor != nil { // whose name may be meant as a secret
		return p.refuse(max(0, strings.Index(p.d.text, "*"+anchor[1])), ErrAlias)
	}
	line, _ := strconv.Atoi(m[1])
	at := p.lines[min(max(line, 1), len(p.lines))-1]
	blanks := len(p.d.text[at:]) - len(strings.TrimLeft(p.d.text[at:], " "))
	return p.refuse(at+blanks, errors.New(m[2]))
}

// node turns a node into a value.
func (p *places) node(n *yaml.Node, field string) *Value {
	d := p.d
	v := &Value{at: p.offset(n)}
	if err := p.refused(n); err != nil {
		d.Fail(v, field, err)
	}
	switch {
	case n.Kind == yaml.AliasNode:
		v.Kind = alias
	case !p.plain && strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!"):
		v.Kind, v.Text = Function, n.Tag[1:]
		inner := *n
		inner.Tag = "" // what the function is given
		if n.Kind == yaml.ScalarNode {
			inner.Tag = "!!str"
		}
		v.Argument = p.node(&inner, field)
	case n.Kind == yaml.SequenceNode:
		v.Kind = List
		for i, inner := range n.Content {
			v.Items = append(v.Items, p.node(inner, item(field, i)))
		}
	case n.Kind == yaml.MappingNode:
		v.Kind = Object
		seen := make(map[string]bool)
		for i := 0; i+1 < len(n.Content); i += 2 {
			name, at := n.Content[i].Value, p.offset(n.Content[i])
			if err := p.noName(n.Content[i]); err != nil {
				d.add(at, field, err)
				continue
			}
			if seen[name] {
				d.add(at, Join(field, plain.Abridge(name, maxShown)), ErrTwice)
			}
			seen[name] = true
			v.add(Member{name, p.node(n.Content[i+1], Join(field, plain.Abridge(name, maxShown))), at})
		}
	default:
		v.Kind, v.Text = Text, n.Value
		switch n.Tag {
		case "!!null":
			v.Kind, v.Text = Null, ""
		case "!!bool":
			v.Kind, v.Text = Bool, strings.ToLower(n.Value)
		case "!!int", "!!float":
			v.Kind = Number
		case "!!timestamp":
			if p.plain {
				v.Kind = Date
			}
		case "!!binary":
			v.Kind = Function
		}
		if n.Style == 0 { // without quotes, on one line unless it is a string
			v.end = v.at + len(n.Value)
		}
	}
	return v
}

// refused returns why a node may not stand in the document.
func (p *places) refused(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode:
		return ErrAlias
	case p.plain && n.Anchor != "":
		return fmt.Errorf("an anchor is %w", ErrYAML)
	case p.plain && n.Style&yaml.TaggedStyle != 0:
		return fmt.Errorf("a tag is %w", ErrYAML)
	}
	return nil
}

// noName returns why a node cannot be the name of a member.
func (p *places) noName(n *yaml.Node) error {
	found := map[yaml.Kind]Kind{yaml.SequenceNode: List, yaml.MappingNode: Object}[n.Kind]
	if p.plain && n.Tag == "!!null" {
		found = Null
	}
	switch {
	case found != "":
		return fmt.Errorf("%w: found %s, want a name; put it in quotes", ErrType, found)
	case n.Tag == "!!merge":
		return ErrAlias
	}
	return p.refused(n)
}

// offset is where a node stands. Columns of a node count characters.
func (p *places) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(p.lines) {
		return 0
	}
	if n.Line != p.line || n.Column < p.column {
		p.line, p.column, p.at = n.Line, 1, p.lines[n.Line-1]
	}
	from := p.at
	for i := range p.d.text[from:] {
		if p.at = from + i; p.column >= n.Column {
			return p.at
		}
		p.column++
	}
	p.at = len(p.d.text)
	return p.at
}

// mayBeYAML reports whether a text that is no JSON does not begin as JSON does.
func mayBeYAML(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && !bytes.ContainsAny(data[:1], `{["`)
}
