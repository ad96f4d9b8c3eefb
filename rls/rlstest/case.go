package rlstest

import (
	"go.yaml.in/yaml/v3"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// testCase is one item of cases: who looks, and what they must see.
type testCase struct {
	name, because string
	pos           rls.Position
	node          *yaml.Node

	who  *namespace.Principal // nil for the session of an anonymous user
	tags tagrules.Tags        // of that session

	exact  exact
	only   *condition
	onlyAt rls.Position
	rows   []wanted // every one of them is visible
	hidden []wanted // no one of them is visible
	err    string   // what the error says; "" if there must be none
	errAt  rls.Position
}

// secret reports whether the values of the case must not be shown (T8): what a
// session sees is what its tags say.
func (c *testCase) secret() bool { return c.who == nil }

// wanted is an item of rows or hidden.
type wanted struct {
	condition
	at rls.Position
}

// exact is how many rows must be visible: the number in count, or all, or none.
type exact struct {
	how        how
	n          int
	key, value *yaml.Node
	at         rls.Position
}

// how says which of its keys a case has. The zero how asks for nothing.
type how uint8

const (
	howNot     how = iota
	howUnset       // count without a number, to be filled in by an update
	howCount       // count: 12
	howAll         // all: true
	howNone        // none: true
	howUnknown     // given, and wrong
)

var (
	caseKeys = []string{"name", "who", "tags", "because", "count", "all", "none", "only", "rows", "hidden", "error"}
	whoKeys  = []string{"user", "groups", "namespace"}
)

// testCase reads one item of cases.
func (d *decoder) testCase(n *yaml.Node, field string) *testCase {
	c := &testCase{node: n, pos: d.pos(n)}
	var who, tags, only *yaml.Node
	given := make(map[string]*yaml.Node)
	ok := d.mapping(n, field, caseKeys, func(key string, k, v *yaml.Node) {
		given[key] = k
		at := field + "." + key
		switch key {
		case "name":
			c.name = d.name(v, at)
		case "because":
			c.because = d.name(v, at)
		case "who":
			who = v
			c.who = d.who(v, at)
		case "tags":
			tags = v
			c.tags = d.tags(v, at)
		case "count", "all", "none":
			if c.exact.how != howNot {
				d.fail(k, at, "%s and %s %w", c.exact.key.Value, key, ErrConflict)
			}
			c.exact = d.exact(key, k, v, at)
		case "only":
			only, c.onlyAt = k, d.pos(k)
			c.only = d.condition(v, at)
		case "rows":
			c.rows = d.wanted(v, at)
		case "hidden":
			c.hidden = d.wanted(v, at)
		case "error":
			c.err, c.errAt = d.name(v, at), d.pos(k)
		}
	})
	if !ok {
		return c
	}
	if given["name"] == nil {
		d.fail(n, field+".name", "%w", ErrMissing)
	}
	switch {
	case who != nil && tags != nil:
		d.fail(given["tags"], field, "who and tags %w: a viewer is registered or anonymous", ErrConflict)
	case who == nil && tags == nil:
		d.fail(n, field, "who or tags is %w", ErrMissing)
	}
	asks := c.exact.how != howNot || only != nil || given["rows"] != nil || given["hidden"] != nil
	switch {
	case given["error"] != nil && asks:
		d.fail(given["error"], field, "error and what is seen %w: with an error nothing is", ErrConflict)
	case given["error"] == nil && !asks:
		d.fail(n, field, "what is seen is %w: want one of count, all, none, only, rows, hidden, error", ErrMissing)
	}
	return c
}

// exact reads the value of count, all or none.
func (d *decoder) exact(key string, k, v *yaml.Node, field string) exact {
	e := exact{key: k, value: v, at: d.pos(k)}
	if key == "count" {
		if v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null" && d.plain(v, field) {
			e.how = howUnset
			return e
		}
		e.how, e.n = howCount, d.number(v, field, 0)
		return e
	}
	e.how = howUnknown
	before := len(d.errs)
	switch yes := d.truth(v, field); {
	case !yes && len(d.errs) == before:
		d.fail(v, field, "%w: got false, want true, or the key left out", ErrValue)
	case yes && key == "all":
		e.how = howAll
	case yes:
		e.how = howNone
	}
	return e
}

// who reads a viewer: the name or ARN of a user, or a mapping. Texts that begin
// with "arn:" are ARNs.
func (d *decoder) who(n *yaml.Node, field string) *namespace.Principal {
	p := &namespace.Principal{}
	if n.Kind == yaml.ScalarNode {
		p.User, _ = d.identity(n, field, namespace.KindUser)
		return p
	}
	var ns string
	var named []*namespace.Identity
	var nsAt *yaml.Node
	seen := false
	ok := d.mapping(n, field, whoKeys, func(key string, k, v *yaml.Node) {
		at := field + "." + key
		switch key {
		case "user":
			seen = true
			p.User, _ = d.identity(v, at, namespace.KindUser)
		case "groups":
			seen = true
			d.list(v, at, func(at string, item *yaml.Node) {
				id, _ := d.identity(item, at, namespace.KindGroup)
				p.Groups = append(p.Groups, id)
			})
		case "namespace":
			nsAt = v
			ns = d.name(v, at)
			if err := namespace.CheckNamespace(ns); err != nil && ns != "" {
				d.fail(v, at, "%w", err)
			}
		}
	})
	if ok && !seen {
		d.fail(n, field, "user or groups is %w", ErrMissing)
	}
	if nsAt == nil {
		return p
	}
	// A namespace goes with names; an ARN has its own.
	named = append(named, &p.User)
	for i := range p.Groups {
		named = append(named, &p.Groups[i])
	}
	for _, id := range named {
		if !id.ARN.IsZero() {
			d.fail(nsAt, field+".namespace", "a namespace and the ARN of a %s %w", id.ARN.Kind, ErrConflict)
			break
		}
		if id.Name != "" {
			id.Namespace = ns
		}
	}
	return p
}

// identity reads the name or ARN of a user or a group.
func (d *decoder) identity(n *yaml.Node, field string, kind namespace.Kind) (namespace.Identity, bool) {
	s := d.name(n, field)
	if len(s) < 4 || s[:4] != "arn:" {
		return namespace.Identity{Name: s}, s != ""
	}
	arn, err := namespace.ParseARN(s)
	switch {
	case err != nil:
		d.fail(n, field, "%w", err)
	case arn.Kind != kind:
		d.fail(n, field, "%w: got the ARN of a %s, want that of a %s", ErrValue, arn.Kind, kind)
	case kind == namespace.KindUser:
		return namespace.ForARN(arn).User, true
	default:
		return namespace.ForARN(namespace.ARN{}, arn).Groups[0], true
	}
	return namespace.Identity{}, false
}

// tags reads the tags of a session. Values are secrets: no error shows one (T8).
func (d *decoder) tags(n *yaml.Node, field string) tagrules.Tags {
	var tags tagrules.Tags
	d.mapping(n, field, nil, func(key string, _, v *yaml.Node) {
		value, ok := d.text(v, field+"."+key)
		if ok && value.null {
			d.fail(v, field+"."+key, "%w: got no value, want text; write \"\" for an empty tag", ErrType)
		}
		tags = append(tags, tagrules.Tag{Key: key, Value: value.s})
	})
	return tags
}

// wanted reads a list of rows. An item that is not a mapping is the value of
// the id column; Load knows which that is.
func (d *decoder) wanted(n *yaml.Node, field string) (all []wanted) {
	d.list(n, field, func(field string, item *yaml.Node) {
		w := wanted{at: d.pos(item)}
		if item.Kind == yaml.ScalarNode {
			v, ok := d.text(item, field)
			if ok && v.null {
				d.fail(item, field, "%w: got no value, want the id of a row, or a mapping of columns to values", ErrType)
				return
			}
			w.tests = []test{{at: item, values: []text{v}}} // without a name
		} else {
			w.condition = *d.condition(item, field)
		}
		all = append(all, w)
	})
	return all
}
