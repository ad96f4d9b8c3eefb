package iam

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/jsondoc"
)

// Options say how a policy is written. A nil *Options is plain JSON.
type Options struct {
	File string // in messages

	// Comments takes // and /* */ for white space, as examples have them.
	Comments bool

	// Placeholders are filled in for {{name}} in resources. A value may hold
	// letters, digits, ".", "_" and "-" only: a tenant called * must not become
	// all tenants. A placeholder without a value is an error.
	Placeholders map[string]string
}

// Parse reads an identity policy. Every problem is reported, in order of
// position, and the Policy then is zero and allows nothing.
func Parse(r io.Reader, opts *Options) (Policy, error) {
	statements, err := parse(r, opts, false)
	return Policy{statements}, err
}

// ParseTrust reads the trust policy of a role, which has principals where
// others have resources.
func ParseTrust(r io.Reader, opts *Options) (Trust, error) {
	statements, err := parse(r, opts, true)
	return Trust{statements}, err
}

type parser struct {
	*jsondoc.Document
	opts  Options
	trust bool
}

func parse(r io.Reader, opts *Options, trust bool) ([]statement, error) {
	p := parser{trust: trust}
	if opts != nil {
		p.opts = *opts
	}
	var err error
	if p.Document, err = jsondoc.Read(r, p.opts.File, &jsondoc.Options{Comments: p.opts.Comments}); err != nil {
		return nil, err
	}
	var statements []statement
	p.Object(p.Root, "", []jsondoc.Field{
		{Name: "Version", Decode: func(v *jsondoc.Value, f string) {
			// The old version has no variables, and we refuse them anyway.
			p.oneOf(v, f, "2012-10-17", "2008-10-17")
		}},
		{Name: "Id", Decode: func(v *jsondoc.Value, f string) { p.String(v, f) }},
		{Name: "Statement", Must: true, Decode: func(v *jsondoc.Value, f string) {
			p.oneOrMany(v, f, func(v *jsondoc.Value, f string) { statements = append(statements, p.statement(v, f)) })
			if v.Kind == jsondoc.List && len(v.Items) == 0 {
				p.Fail(v, f, ErrNoStatement)
			}
		}},
	})
	if err := p.Err(); err != nil {
		return nil, err
	}
	return statements, nil
}

func (p parser) statement(v *jsondoc.Value, field string) statement {
	s := statement{pos: p.Pos(v)}
	refuse := func(v *jsondoc.Value, f string) { p.Fail(v, f, ErrUnsupported) }
	fields := []jsondoc.Field{
		{Name: "Sid", Decode: func(v *jsondoc.Value, f string) { s.sid = p.String(v, f) }},
		{Name: "Effect", Must: true, Decode: func(v *jsondoc.Value, f string) { s.allow = p.oneOf(v, f, "Allow", "Deny") == "Allow" }},
		{Name: "Action", Must: true, Decode: func(v *jsondoc.Value, f string) { s.actions = p.texts(v, f, p.action) }},
		{Name: "Condition", Decode: func(v *jsondoc.Value, f string) { s.conditions = p.conditions(v, f) }},
		{Name: "NotAction", Decode: refuse},
		{Name: "NotResource", Decode: refuse},
		{Name: "NotPrincipal", Decode: refuse},
	}
	if p.trust {
		fields = append(fields, jsondoc.Field{Name: "Principal", Must: true, Decode: func(v *jsondoc.Value, f string) { s.principals = p.principals(v, f) }})
	} else {
		fields = append(fields, jsondoc.Field{Name: "Resource", Must: true, Decode: func(v *jsondoc.Value, f string) { s.resources = p.texts(v, f, p.resource) }})
	}
	p.Object(v, field, fields)
	return s
}

// oneOrMany decodes a value that may stand alone or in a list.
func (p parser) oneOrMany(v *jsondoc.Value, field string, decode func(v *jsondoc.Value, field string)) {
	if v.Kind != jsondoc.List {
		decode(v, field)
		return
	}
	p.Each(v, field, func(_ int, v *jsondoc.Value, f string) { decode(v, f) })
}

// texts decodes one text or a list of at least one, and checks each.
func (p parser) texts(v *jsondoc.Value, field string, check func(v *jsondoc.Value, field string) string) (texts []string) {
	p.oneOrMany(v, field, func(v *jsondoc.Value, f string) {
		if p.Want(v, f, jsondoc.Text) {
			texts = append(texts, check(v, f))
		}
	})
	if v.Kind == jsondoc.List && len(v.Items) == 0 {
		p.Fail(v, field, fmt.Errorf("%w: got no entry, want at least one", ErrValue))
	}
	return texts
}

func (p parser) oneOf(v *jsondoc.Value, field string, values ...string) string {
	text := p.String(v, field)
	if v.Kind == jsondoc.Text && !slices.Contains(values, text) {
		p.Fail(v, field, fmt.Errorf("%w: got %q, want %s", ErrValue, text, strings.Join(values, " or ")))
	}
	return text
}

// action checks a pattern such as s3:Get*.
func (p parser) action(v *jsondoc.Value, field string) string {
	service, name, ok := strings.Cut(v.Text, ":")
	word := func(s string) bool {
		return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*?-") == ""
	}
	if v.Text != "*" && (!ok || !word(service) || !word(name)) {
		p.Fail(v, field, fmt.Errorf("%w of actions: %q, want service:Action or *", ErrPattern, v.Text))
	}
	return v.Text
}

// resource checks a pattern and fills in the placeholders.
func (p parser) resource(v *jsondoc.Value, field string) string {
	text, err := fill(v.Text, p.opts.Placeholders)
	parts, n := arn.Parts(text)
	switch {
	case err != nil:
		p.Fail(v, field, err)
	case strings.Contains(text, "${"):
		p.Fail(v, field, fmt.Errorf("%w: %q", ErrVariable, text))
	case text == "*":
	case parts[0] != "arn" || n < 3 || parts[2] == "":
		p.Fail(v, field, fmt.Errorf("%w of resources: %q, want an ARN or *", ErrPattern, text))
	case strings.ContainsAny(parts[2], "*?"):
		p.Fail(v, field, fmt.Errorf("%w of resources: %q has a wildcard in the service", ErrPattern, text))
	default:
		return complete(text)
	}
	return text
}

// fill puts the values in for {{name}}.
func fill(text string, values map[string]string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		value, ok := values[name]
		switch {
		case !closed || !ok:
			return "", fmt.Errorf("%w: the placeholder {{%s}}", ErrVariable, name)
		case value == "" || strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "":
			return "", fmt.Errorf("%w: {{%s}} is %q, want letters, digits, \".\", \"_\" and \"-\"", ErrVariable, name, value)
		}
		b.WriteString(value)
		text = after
	}
}

func (p parser) principals(v *jsondoc.Value, field string) (all []Principal) {
	if v.Kind == jsondoc.Text {
		if v.Text != "*" {
			p.Fail(v, field, fmt.Errorf("%w: got %q, want *, or an object such as {\"Service\": …}", ErrValue, v.Text))
		}
		return []Principal{everybody}
	}
	kinds := []string{"Service", "AWS", "Federated", "CanonicalUser"}
	fields := make([]jsondoc.Field, len(kinds))
	for i, kind := range kinds {
		fields[i] = jsondoc.Field{Name: kind, Decode: func(v *jsondoc.Value, f string) {
			for _, id := range p.texts(v, f, func(v *jsondoc.Value, _ string) string { return v.Text }) {
				switch {
				case id == "*" && kind == "AWS":
					all = append(all, everybody)
				case id == "" || strings.ContainsAny(id, "*?") || strings.Contains(id, "${"):
					p.Fail(v, f, fmt.Errorf("%w: %q is no principal; there are no patterns here", ErrValue, id))
				default:
					all = append(all, Principal{kind, id})
				}
			}
		}}
	}
	p.Object(v, field, fields)
	if v.Kind == jsondoc.Object && len(v.Members) == 0 {
		p.Fail(v, field, fmt.Errorf("%w: got no entry, want at least one", ErrValue))
	}
	return all
}

func (p parser) conditions(v *jsondoc.Value, field string) (all []condition) {
	if !p.Want(v, field, jsondoc.Object) {
		return nil
	}
	for _, operator := range v.Members {
		in := jsondoc.Join(field, operator.Name)
		c, ok := cutOperator(operator.Name)
		if !ok {
			p.Fail(operator.Value, in, fmt.Errorf("%w: this condition operator", ErrUnsupported))
			continue
		}
		if !p.Want(operator.Value, in, jsondoc.Object) {
			continue
		}
		for _, key := range operator.Value.Members {
			c.key, c.values = strings.ToLower(key.Name), nil
			at := jsondoc.Join(in, key.Name)
			p.oneOrMany(key.Value, at, func(v *jsondoc.Value, f string) {
				switch {
				case v.Kind == jsondoc.Bool || v.Kind == jsondoc.Number: // IAM takes them for their text
				case !p.Want(v, f, jsondoc.Text):
				case strings.Contains(v.Text, "${"):
					p.Fail(v, f, ErrVariable)
				}
				c.values = append(c.values, v.Text)
			})
			if len(c.values) == 0 {
				p.Fail(key.Value, at, fmt.Errorf("%w: got no entry, want at least one", ErrValue))
			}
			all = append(all, c)
		}
	}
	return all
}
