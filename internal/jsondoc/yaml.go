package jsondoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/rowsight/rowsight/internal/plain"
)

// Function is the kind of a value that a template computes: !Ref, !Sub. What it
// will be is not known here.
const Function Kind = "a function of a template"

// ErrAlias is why a YAML document with anchors is refused.
var ErrAlias = errors.New("YAML aliases are not read: write the value out")

var yamlLine = regexp.MustCompile(`line ([0-9]+)`)

// yaml reads a YAML document, whose root must be a mapping, or a list of mappings
// as the AWS command line writes with --output yaml-stream. ok is false if the text
// is none.
func (d *Document) yaml() (ok bool, err error) {
	dec := yaml.NewDecoder(strings.NewReader(d.text))
	var root yaml.Node
	switch err := dec.Decode(&root); {
	case err != nil && strings.Contains(d.text, ":"):
		line := 1
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil { // the rest of it may quote a value
			line, _ = strconv.Atoi(m[1])
		}
		return false, &Error{Pos: Position{File: d.file, Line: max(line, 1), Column: 1}, Err: errYAML}
	case err != nil || len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode && !mappings(root.Content[0]):
		return false, nil
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return false, &Error{Pos: Position{File: d.file, Line: 1, Column: 1}, Err: fmt.Errorf("%w: several YAML documents, want one", ErrSyntax)}
	}
	d.Template = true
	d.Root = (&places{d: d}).node(root.Content[0], "")
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

var errYAML = fmt.Errorf("%w: neither JSON nor YAML", ErrSyntax)

// Places find where nodes stand. Nodes come in the order of the text, and many may
// stand in one line, so each is looked for from the one before.
type places struct {
	d                *Document
	line, column, at int
}

// node turns a node into a value.
func (p *places) node(n *yaml.Node, field string) *Value {
	d := p.d
	v := &Value{at: p.offset(n)}
	switch {
	case n.Kind == yaml.AliasNode:
		v.Kind = Null
		d.Fail(v, field, ErrAlias)
	case strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!"):
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
			switch {
			case n.Content[i].Kind != yaml.ScalarNode || n.Content[i].Tag == "!!merge":
				d.add(at, field, ErrAlias)
			case seen[name]:
				d.add(at, Join(field, plain.Abridge(name, maxShown)), ErrTwice)
			}
			seen[name] = true
			v.Members = append(v.Members, Member{name, p.node(n.Content[i+1], Join(field, plain.Abridge(name, maxShown))), at})
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
		case "!!binary":
			v.Kind = Function
		}
	}
	return v
}

// offset is where a node stands. Columns of a node count characters.
func (p *places) offset(n *yaml.Node) int {
	starts := p.d.starts()
	if n.Line < 1 || n.Line > len(starts) {
		return 0
	}
	if n.Line != p.line || n.Column < p.column {
		p.line, p.column, p.at = n.Line, 1, starts[n.Line-1]
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
