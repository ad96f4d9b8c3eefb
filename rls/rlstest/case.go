package rlstest

import (
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// testCase is one item of cases: who looks, and what they must see.
type testCase struct {
	name, because string
	pos           rls.Position
	value         *jsondoc.Value

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
	how  how
	n    int
	name string       // count, all or none
	at   rls.Position // of the name

	start, from, to int // bytes of the file: where the name begins, and the value
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

// testCase reads one item of cases.
func (d *decoder) testCase(v *jsondoc.Value, field string) *testCase {
	c := &testCase{value: v, pos: d.Pos(v)}
	d.Object(v, field, d.caseFields(c))
	if v.Kind != jsondoc.Object {
		return c
	}
	switch tags := v.Member("tags"); {
	case tags != nil && v.Member("who") != nil:
		d.fail(tags.Name(), field, "who and tags %w: a viewer is registered or anonymous", ErrConflict)
	case tags == nil && v.Member("who") == nil:
		d.fail(v, field, "%w: want who or tags", ErrMissing)
	}
	asks := slices.ContainsFunc(v.Members, func(m jsondoc.Member) bool {
		return slices.Contains([]string{"count", "all", "none", "only", "rows", "hidden"}, m.Name)
	})
	switch err := v.Member("error"); {
	case err != nil && asks:
		d.fail(err.Name(), field, "error and what is seen %w: with an error nothing is", ErrConflict)
	case err == nil && !asks:
		d.fail(v, field, "%w: want what is seen, one of count, all, none, only, rows, hidden, error", ErrMissing)
	}
	return c
}

func (d *decoder) caseFields(c *testCase) []jsondoc.Field {
	exact := func(name string, read func(v *jsondoc.Value, at string) (how, int)) jsondoc.Field {
		return jsondoc.Field{Name: name, Decode: func(v *jsondoc.Value, at string) {
			if c.exact.how != howNot && c.exact.name != name {
				d.fail(v.Name(), at, "%s and %s %w", c.exact.name, name, ErrConflict)
			}
			c.exact.how, c.exact.n = read(v, at)
			c.exact.name, c.exact.at = name, d.Pos(v.Name())
			c.exact.start, _ = v.Name().Span()
			c.exact.from, c.exact.to = v.Span()
		}}
	}
	return []jsondoc.Field{
		{Name: "name", Must: true, Decode: func(v *jsondoc.Value, at string) { c.name = d.nonEmpty(v, at) }},
		{Name: "who", Decode: func(v *jsondoc.Value, at string) { c.who = d.who(v, at) }},
		{Name: "tags", Decode: func(v *jsondoc.Value, at string) { c.tags = d.tags(v, at) }},
		{Name: "because", Decode: func(v *jsondoc.Value, at string) { c.because = d.nonEmpty(v, at) }},
		exact("count", func(v *jsondoc.Value, at string) (how, int) {
			if v.Kind == jsondoc.Null {
				return howUnset, 0
			}
			return howCount, d.number(v, at, 0)
		}),
		exact("all", func(v *jsondoc.Value, at string) (how, int) { return d.yes(v, at, howAll), 0 }),
		exact("none", func(v *jsondoc.Value, at string) (how, int) { return d.yes(v, at, howNone), 0 }),
		{Name: "only", Decode: func(v *jsondoc.Value, at string) { c.only, c.onlyAt = d.condition(v, at), d.Pos(v.Name()) }},
		{Name: "rows", Decode: func(v *jsondoc.Value, at string) { c.rows = d.wanted(v, at) }},
		{Name: "hidden", Decode: func(v *jsondoc.Value, at string) { c.hidden = d.wanted(v, at) }},
		{Name: "error", Decode: func(v *jsondoc.Value, at string) { c.err, c.errAt = d.nonEmpty(v, at), d.Pos(v.Name()) }},
	}
}

// yes returns what a value of true stands for.
func (d *decoder) yes(v *jsondoc.Value, field string, means how) how {
	if d.Bool(v, field) {
		return means
	}
	if v.Kind == jsondoc.Bool {
		d.fail(v, field, "%w: got false, want true, or the key left out", ErrValue)
	}
	return howUnknown
}

// who reads a viewer: the name or ARN of a user, or an object. Texts that begin
// with "arn:" are ARNs.
func (d *decoder) who(v *jsondoc.Value, field string) *namespace.Principal {
	p := &namespace.Principal{}
	if v.Kind != jsondoc.Object {
		p.User = d.identity(v, field, namespace.KindUser)
		return p
	}
	d.Object(v, field, d.whoFields(p))
	if v.Member("user") == nil && v.Member("groups") == nil {
		d.fail(v, field, "%w: want user or groups", ErrMissing)
	}
	at := v.Member("namespace")
	if at == nil {
		return p
	}
	// A namespace goes with names; an ARN has its own.
	named := []*namespace.Identity{&p.User}
	for i := range p.Groups {
		named = append(named, &p.Groups[i])
	}
	for _, id := range named {
		if !id.ARN.IsZero() {
			d.fail(at, field+".namespace", "a namespace and the ARN of a %s %w", id.ARN.Kind, ErrConflict)
			break
		}
		if id.Name != "" {
			id.Namespace = at.Text
		}
	}
	return p
}

func (d *decoder) whoFields(p *namespace.Principal) []jsondoc.Field {
	return []jsondoc.Field{
		{Name: "user", Decode: func(v *jsondoc.Value, at string) { p.User = d.identity(v, at, namespace.KindUser) }},
		{Name: "groups", Decode: func(v *jsondoc.Value, at string) {
			d.list(v, at, func(v *jsondoc.Value, at string) {
				p.Groups = append(p.Groups, d.identity(v, at, namespace.KindGroup))
			})
		}},
		{Name: "namespace", Decode: func(v *jsondoc.Value, at string) {
			if err := namespace.CheckNamespace(d.nonEmpty(v, at)); err != nil && !d.Bad(v) {
				d.fail(v, at, "%w", err)
			}
		}},
	}
}

// identity reads the name or ARN of a user or a group.
func (d *decoder) identity(v *jsondoc.Value, field string, kind namespace.Kind) namespace.Identity {
	s := d.nonEmpty(v, field)
	if !strings.HasPrefix(s, "arn:") {
		return namespace.Identity{Name: s}
	}
	arn, err := namespace.ParseARN(s)
	switch {
	case err != nil:
		d.fail(v, field, "%w", err)
	case arn.Kind != kind:
		d.fail(v, field, "%w: got the ARN of a %s, want that of a %s", ErrValue, arn.Kind, kind)
	case kind == namespace.KindUser:
		return namespace.ForARN(arn).User
	default:
		return namespace.ForARN(namespace.ARN{}, arn).Groups[0]
	}
	return namespace.Identity{}
}

// tags reads the tags of a session. Values are secrets: no error shows one (T8).
func (d *decoder) tags(v *jsondoc.Value, field string) tagrules.Tags {
	var tags tagrules.Tags
	d.mapping(v, field, func(key string, v *jsondoc.Value, field string) {
		value, ok := d.text(v, field)
		if ok && value.null {
			d.fail(v, field, "%w: found null, want text; write \"\" for an empty tag", ErrType)
		}
		tags = append(tags, tagrules.Tag{Key: key, Value: value.s})
	})
	return tags
}

// wanted reads a list of rows. An item that is no object is the value of
// the id column; Load knows which that is.
func (d *decoder) wanted(v *jsondoc.Value, field string) (all []wanted) {
	d.list(v, field, func(v *jsondoc.Value, field string) {
		w := wanted{at: d.Pos(v)}
		switch v.Kind {
		case jsondoc.Object, jsondoc.List:
			w.condition = *d.condition(v, field)
		case jsondoc.Null:
			d.fail(v, field, "%w: found null, want the id of a row, or an object of columns and values", ErrType)
			return
		default:
			id, _ := d.text(v, field)
			w.tests = []test{{at: v, values: []text{id}}} // without a name
		}
		all = append(all, w)
	})
	return all
}
