package rlstest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoder walks the nodes of a case file and collects every problem. It is used
// in place of decoding into structs because that reports no columns, takes 12
// for the text "12", and silently keeps one of two keys.
type decoder struct {
	*source
	errs []*Error
}

// fail reports a problem of a node.
func (d *decoder) fail(n *yaml.Node, field, format string, args ...any) {
	d.errs = append(d.errs, &Error{Pos: d.pos(n), Field: field, Err: fmt.Errorf(format, args...)})
}

// plain reports whether a node is free of what this format has no use for.
// Aliases could build documents larger than memory, and tags would let a number
// pass for a text.
func (d *decoder) plain(n *yaml.Node, field string) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		d.fail(n, field, "an alias is %w", ErrYAML)
	case n.Anchor != "":
		d.fail(n, field, "an anchor is %w", ErrYAML)
	case n.Style&yaml.TaggedStyle != 0:
		d.fail(n, field, "a tag is %w", ErrYAML)
	default:
		return true
	}
	return false
}

// of reports whether a node has the kind that is wanted.
func (d *decoder) of(n *yaml.Node, field string, kind yaml.Kind, want string) bool {
	if !d.plain(n, field) {
		return false
	}
	if n.Kind != kind {
		d.fail(n, field, "%w: got %s, want %s", ErrType, describe(n), want)
		return false
	}
	return true
}

// describe names the kind of a node and never its text, which may be the value
// of a tag.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	}
	switch n.ShortTag() {
	case "!!null":
		return "no value"
	case "!!bool":
		return "a truth value"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	default:
		return "text"
	}
}

// mapping calls each for the values of a mapping, in order; keys that are not
// known, not text, or given twice are reported. If known is nil, all keys are.
func (d *decoder) mapping(n *yaml.Node, field string, known []string, each func(key string, k, v *yaml.Node)) bool {
	if !d.of(n, field, yaml.MappingNode, "a mapping") {
		return false
	}
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if !d.of(k, field, yaml.ScalarNode, "a key") {
			continue
		}
		switch first := seen[k.Value]; {
		case k.ShortTag() == "!!null":
			d.fail(k, field, "%w: got %s, want a key; put it in quotes", ErrType, describe(k))
		case known != nil && !slices.Contains(known, k.Value):
			d.fail(k, field, "%w %q%s", ErrKey, k.Value, nearest(k.Value, known))
		case first != nil:
			d.fail(k, field, "%q is %w, first in line %d", k.Value, ErrTwice, d.pos(first).Line)
		default:
			seen[k.Value] = k
			each(k.Value, k, v)
		}
	}
	return true
}

// nearest is the hint behind an unknown key.
func nearest(key string, known []string) string {
	for _, k := range known {
		if strings.EqualFold(strings.Trim(k, " s"), strings.Trim(key, " s")) {
			return fmt.Sprintf(", did you mean %q?", k)
		}
	}
	return ", want one of " + strings.Join(known, ", ")
}

// list calls each for the items of a list that must not be empty.
func (d *decoder) list(n *yaml.Node, field string, each func(field string, item *yaml.Node)) bool {
	if !d.of(n, field, yaml.SequenceNode, "a list") {
		return false
	}
	if len(n.Content) == 0 {
		d.fail(n, field, "%w: got an empty list, want at least one item", ErrValue)
		return false
	}
	for i, item := range n.Content {
		each(field+"["+strconv.Itoa(i)+"]", item)
	}
	return true
}

// name returns a text that must be a text to YAML and not be empty.
func (d *decoder) name(n *yaml.Node, field string) string {
	if !d.of(n, field, yaml.ScalarNode, "text") {
		return ""
	}
	if n.ShortTag() != "!!str" && n.ShortTag() != "!!merge" {
		d.fail(n, field, "%w: got %s, want text; put it in quotes", ErrType, describe(n))
		return ""
	}
	if n.Value == "" {
		d.fail(n, field, "%w: got an empty text", ErrValue)
	}
	return n.Value
}

// text is what a cell of the data holds: NULL, or a text.
type text struct {
	s    string
	null bool
}

func (t text) String() string {
	if t.null {
		return "NULL"
	}
	return strconv.Quote(t.s)
}

// text returns the value of a cell. All columns are text, so that a number or
// a date is taken as it is written: 007 is the text 007. Only the absence of a
// value and the words null and ~ are NULL.
func (d *decoder) text(n *yaml.Node, field string) (t text, ok bool) {
	if !d.of(n, field, yaml.ScalarNode, "text or null") {
		return text{null: true}, false
	}
	if n.ShortTag() == "!!null" {
		return text{null: true}, true
	}
	return text{s: n.Value}, true
}

// truth returns a truth value.
func (d *decoder) truth(n *yaml.Node, field string) bool {
	if d.of(n, field, yaml.ScalarNode, "true or false") {
		if n.ShortTag() == "!!bool" && (n.Value == "true" || n.Value == "false") {
			return n.Value == "true"
		}
		d.fail(n, field, "%w: got %s, want true or false", ErrType, describe(n))
	}
	return false
}

// number returns a whole number written in plain decimal digits, which is the
// form that an update writes.
func (d *decoder) number(n *yaml.Node, field string, least int) int {
	if !d.of(n, field, yaml.ScalarNode, "a whole number") {
		return 0
	}
	i, err := strconv.Atoi(n.Value)
	if n.ShortTag() != "!!int" || err != nil || strconv.Itoa(i) != n.Value {
		d.fail(n, field, "%w: got %s, want a whole number", ErrType, describe(n))
		return 0
	}
	if i < least {
		d.fail(n, field, "%w: got %d, want at least %d", ErrValue, i, least)
		return 0
	}
	return i
}

// oneOf returns a text that must be one of several.
func (d *decoder) oneOf(n *yaml.Node, field string, known ...string) string {
	s := d.name(n, field)
	if s != "" && !slices.Contains(known, s) {
		d.fail(n, field, "%w: got %q, want one of %s", ErrValue, s, strings.Join(known, ", "))
	}
	return s
}
