package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/plain"
)

// Why a request is refused.
var (
	ErrLimit   = errors.New("outside the limits")
	ErrPattern = errors.New("not of the pattern")
	ErrValue   = errors.New("not one of the values")
	ErrRefused = errors.New("not supported by this service")
	ErrUnion   = errors.New("want exactly one member")
)

// MaxBody bounds the body of a request, in bytes.
const MaxBody = 4 << 20

const maxShown = 64

// Decode checks a request against the shapes of an operation and returns it as
// one JSON object with the parameters of path, query and body. A null is a field
// that is not there. Every problem is reported, with the path of its field and
// never with a value.
func (m *Model) Decode(op *Operation, path map[string]string, query url.Values, body []byte) (json.RawMessage, error) {
	input := m.shapes[op.Input]
	if input == nil {
		return nil, fmt.Errorf("%s: %w", op.Name, ErrRefused)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	doc, err := jsondoc.Read(bytes.NewReader(body), "", &jsondoc.Options{Max: MaxBody})
	if err != nil {
		return nil, err
	}
	d := decoder{Document: doc, model: m}
	out := make(map[string]any)
	if d.Want(doc.Root, "", jsondoc.Object) {
		d.body(input, out)
	}
	d.outside(input, path, query, out)
	d.required(input, "", out)
	if err := errors.Join(append([]error{doc.Err()}, d.problems...)...); err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// A decoder checks one request.
type decoder struct {
	*jsondoc.Document
	model    *Model
	problems []error // of fields outside of the body, and of fields that are missing
}

func (d *decoder) problem(field string, err error) {
	d.problems = append(d.problems, &jsondoc.Error{Field: field, Err: err})
}

func (d *decoder) body(input *shape, out map[string]any) {
	for _, field := range d.Root.Members {
		m := input.Members[field.Name]
		switch {
		case m == nil || m.In == "query":
			d.AddName(field, plain.Abridge(field.Name, maxShown), jsondoc.ErrField)
		case field.Value.Kind == jsondoc.Null:
		case m.In == "path":
			// Some clients repeat a parameter of the path. It must be the same.
			out["body "+field.Name] = field.Value.Text
		default:
			out[field.Name] = d.value(d.model.shapes[m.Shape], field.Value, field.Name)
		}
	}
}

// outside takes the fields that are in the path and in the query.
func (d *decoder) outside(input *shape, path map[string]string, query url.Values, out map[string]any) {
	known := make(map[string]bool)
	for name, m := range input.Members {
		var texts []string
		switch m.In {
		case "path":
			texts = []string{path[m.As]}
			if again, ok := out["body "+name]; ok && again != path[m.As] {
				d.problem(name, fmt.Errorf("%w: the path of the request has another one", ErrValue))
			}
			delete(out, "body "+name)
		case "query":
			known[m.As] = true
			texts = query[m.As]
		}
		if len(texts) == 0 {
			continue
		}
		s := d.model.shapes[m.Shape]
		if s.Type == "list" {
			d.count(s, len(texts), name, nil)
			var items []any
			for _, text := range texts {
				items = append(items, d.text(d.model.shapes[s.Item], text, name))
			}
			out[name] = items
			continue
		}
		if len(texts) > 1 {
			d.problem(name, jsondoc.ErrTwice)
		}
		out[name] = d.text(s, texts[0], name)
	}
	for name := range query {
		if !known[name] && !strings.HasPrefix(name, "X-Amz-") {
			d.problem(plain.Abridge(name, maxShown), jsondoc.ErrField)
		}
	}
}

// text turns a parameter of path or query into a value.
func (d *decoder) text(s *shape, text, field string) any {
	fail := func(err error) any {
		d.problem(field, err)
		return nil
	}
	switch s.Type {
	case "string":
		if err := s.checkText(text); err != nil {
			return fail(err)
		}
		return text
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err == nil {
			err = s.checkNumber(float64(n))
		} else {
			err = fmt.Errorf("%w: want an integer", jsondoc.ErrType)
		}
		if err != nil {
			return fail(err)
		}
		return n
	case "boolean":
		if text != "true" && text != "false" {
			return fail(fmt.Errorf("%w: want true or false", jsondoc.ErrType))
		}
		return text == "true"
	}
	return fail(ErrRefused)
}

// required reports the members that are missing.
func (d *decoder) required(s *shape, field string, got map[string]any) {
	var names []string
	for name, m := range s.Members {
		if _, there := got[name]; m.Required && !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		d.problem(jsondoc.Join(field, name), jsondoc.ErrMissing)
	}
}

// value checks one value of the body and returns it for encoding/json.
func (d *decoder) value(s *shape, v *jsondoc.Value, field string) any {
	switch s.Type {
	case "refused":
		d.Fail(v, field, ErrRefused)
	case "document":
		if d.Want(v, field, jsondoc.Object) {
			return plainValue(v)
		}
	case "string":
		if !d.Want(v, field, jsondoc.Text) {
			return nil
		}
		if err := s.checkText(v.Text); err != nil {
			d.Fail(v, field, err)
		}
		return v.Text
	case "boolean":
		if d.Want(v, field, jsondoc.Bool) {
			return v.Text == "true"
		}
	case "integer", "number":
		return d.number(s, v, field)
	case "timestamp":
		if v.Kind == jsondoc.Text {
			return v.Text
		}
		if d.Want(v, field, jsondoc.Number) {
			return json.Number(v.Text)
		}
	case "list":
		return d.list(s, v, field)
	case "map":
		return d.mapping(s, v, field)
	case "structure":
		return d.structure(s, v, field)
	}
	return nil
}

func (d *decoder) number(s *shape, v *jsondoc.Value, field string) any {
	if !d.Want(v, field, jsondoc.Number) {
		return nil
	}
	n, err := strconv.ParseFloat(v.Text, 64)
	if err != nil || s.Type == "integer" && (n != math.Trunc(n) || math.Abs(n) > 1<<53) {
		d.Fail(v, field, fmt.Errorf("%w: want an integer", jsondoc.ErrType))
		return nil
	}
	if err := s.checkNumber(n); err != nil {
		d.Fail(v, field, err)
	}
	if s.Type == "integer" {
		return int64(n)
	}
	return json.Number(v.Text)
}

func (d *decoder) list(s *shape, v *jsondoc.Value, field string) any {
	if !d.Want(v, field, jsondoc.List) {
		return nil
	}
	d.count(s, len(v.Items), field, v)
	items := make([]any, 0, len(v.Items))
	for i, item := range v.Items {
		at := fmt.Sprintf("%s[%d]", field, i)
		if item.Kind == jsondoc.Null {
			d.Fail(item, at, jsondoc.ErrMissing)
			continue
		}
		items = append(items, d.value(d.model.shapes[s.Item], item, at))
	}
	return items
}

func (d *decoder) mapping(s *shape, v *jsondoc.Value, field string) any {
	if !d.Want(v, field, jsondoc.Object) {
		return nil
	}
	d.count(s, len(v.Members), field, v)
	out := make(map[string]any)
	for _, m := range v.Members {
		if err := d.model.shapes[s.Key].checkText(m.Name); err != nil {
			d.AddName(m, field, err)
		}
		at := jsondoc.Join(field, plain.Abridge(m.Name, maxShown))
		if m.Value.Kind == jsondoc.Null {
			d.Fail(m.Value, at, jsondoc.ErrMissing)
			continue
		}
		out[m.Name] = d.value(d.model.shapes[s.Value], m.Value, at)
	}
	return out
}

func (d *decoder) structure(s *shape, v *jsondoc.Value, field string) any {
	if !d.Want(v, field, jsondoc.Object) {
		return nil
	}
	out := make(map[string]any)
	for _, m := range v.Members {
		at := jsondoc.Join(field, plain.Abridge(m.Name, maxShown))
		known := s.Members[m.Name]
		switch {
		case known == nil:
			d.AddName(m, at, jsondoc.ErrField)
		case m.Value.Kind != jsondoc.Null:
			out[m.Name] = d.value(d.model.shapes[known.Shape], m.Value, at)
		}
	}
	if s.Union && len(out) != 1 && !d.Bad(v) {
		d.Fail(v, field, ErrUnion)
	}
	d.required(s, field, out)
	return out
}

// count checks the number of entries of a list or map.
func (d *decoder) count(s *shape, n int, field string, v *jsondoc.Value) {
	if s.Min != nil && float64(n) < *s.Min || s.Max != nil && float64(n) > *s.Max {
		err := fmt.Errorf("%w: got %d entries, want %s", ErrLimit, n, s.bounds())
		if v == nil {
			d.problem(field, err)
			return
		}
		d.Fail(v, field, err)
	}
}

func (s *shape) checkText(text string) error {
	n := utf8.RuneCountInString(text)
	switch {
	case s.Min != nil && float64(n) < *s.Min || s.Max != nil && float64(n) > *s.Max:
		return fmt.Errorf("%w: got %d characters, want %s", ErrLimit, n, s.bounds())
	case s.pattern != nil && !s.pattern.MatchString(text):
		return fmt.Errorf("%w: want %s", ErrPattern, s.Pattern)
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, text):
		return fmt.Errorf("%w: want %s", ErrValue, strings.Join(s.Enum, ", "))
	}
	return nil
}

func (s *shape) checkNumber(n float64) error {
	if s.Min != nil && n < *s.Min || s.Max != nil && n > *s.Max {
		return fmt.Errorf("%w: want %s", ErrLimit, s.bounds())
	}
	return nil
}

func (s *shape) bounds() string {
	switch {
	case s.Min == nil && s.Max == nil:
		return "any number"
	case s.Max == nil:
		return fmt.Sprintf("at least %g", *s.Min)
	case s.Min == nil:
		return fmt.Sprintf("at most %g", *s.Max)
	}
	return fmt.Sprintf("%g to %g", *s.Min, *s.Max)
}

// plainValue returns a value as encoding/json has it.
func plainValue(v *jsondoc.Value) any {
	switch v.Kind {
	case jsondoc.Object:
		out := make(map[string]any, len(v.Members))
		for _, m := range v.Members {
			out[m.Name] = plainValue(m.Value)
		}
		return out
	case jsondoc.List:
		out := make([]any, len(v.Items))
		for i, item := range v.Items {
			out[i] = plainValue(item)
		}
		return out
	case jsondoc.Text:
		return v.Text
	case jsondoc.Number:
		return json.Number(v.Text)
	case jsondoc.Bool:
		return v.Text == "true"
	}
	return nil
}
