package jsondoc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
)

// A Field is a field that an object may have, or must.
type Field struct {
	Name   string
	Must   bool
	Decode func(v *Value, field string)

	// Alias is another spelling that is taken for Name; "" for none.
	Alias string

	// Unset reports whether a value leaves the field out, for writers that write
	// null or "" for what is not there: see [IsNull] and [IsEmpty]. Nil is never.
	Unset func(v *Value) bool
}

// Object decodes v field by field and reports fields that are unknown or
// missing. Names are compared exactly.
func (d *Document) Object(v *Value, field string, fields []Field) {
	if !d.Want(v, field, Object) {
		return
	}
	missing := make(map[string]bool)
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
		missing[f.Name] = f.Must
	}
	seen := make(map[string]string)
	for _, m := range v.Members {
		i := slices.IndexFunc(fields, func(f Field) bool { return m.Name == f.Name || f.Alias != "" && m.Name == f.Alias })
		if i < 0 {
			d.bad[v] = true
			want := suggest(m.Name, names)
			missing[want] = false // it is there, by another name
			d.add(m.at, field, fmt.Errorf("%w %q, want %s", ErrField, plain.Abridge(m.Name, maxShown), want))
			// A name in another case is refused. What it holds is checked, too.
			if i = slices.Index(names, want); i >= 0 && strings.EqualFold(m.Name, want) && v.Member(want) == nil && seen[want] == "" {
				seen[want] = m.Name
				fields[i].Decode(m.Value, Join(field, plain.Abridge(m.Name, maxShown)))
			}
			continue
		}
		name := fields[i].Name
		if other, ok := seen[name]; ok && other != m.Name {
			d.bad[v] = true
			d.add(m.at, Join(field, m.Name), fmt.Errorf("%w: also as %q", ErrTwice, other))
		}
		seen[name] = m.Name
		if unset := fields[i].Unset; unset != nil && unset(m.Value) {
			continue
		}
		missing[name] = false
		fields[i].Decode(m.Value, Join(field, name))
		d.bad[v] = d.bad[v] || d.bad[m.Value]
	}
	for _, name := range names {
		if missing[name] {
			d.Fail(v, Join(field, name), ErrMissing)
		}
	}
}

// suggest returns the name that differs from got in case only, or in a plural, or all
// names.
func suggest(got string, names []string) string {
	for _, end := range []string{"", "s"} {
		for _, name := range names {
			if strings.EqualFold(strings.TrimSuffix(got, end), strings.TrimSuffix(name, end)) {
				return name
			}
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// Want reports whether v is of kind k, and a problem if it is not, unless v has one
// already.
func (d *Document) Want(v *Value, field string, k Kind) bool {
	if v.Kind != k && !d.bad[v] {
		hint := ""
		if d.Template && k == Text && (v.Kind == Number || v.Kind == Bool || v.Kind == Date) {
			hint = "; put it in quotes"
		}
		d.Fail(v, field, fmt.Errorf("%w: found %s, want %s%s", ErrType, v.Kind, k, hint))
	}
	return v.Kind == k
}

// Each calls decode for the items of a list.
func (d *Document) Each(v *Value, field string, decode func(i int, v *Value, field string)) {
	if !d.Want(v, field, List) {
		return
	}
	for i, in := range v.Items {
		decode(i, in, item(field, i))
		d.bad[v] = d.bad[v] || d.bad[in]
	}
}

// String returns the text of v, "" after a problem.
func (d *Document) String(v *Value, field string) string {
	if !d.Want(v, field, Text) {
		return ""
	}
	return v.Text
}

// Strings returns the texts of a list.
func (d *Document) Strings(v *Value, field string) (texts []string) {
	d.Each(v, field, func(_ int, v *Value, field string) { texts = append(texts, d.String(v, field)) })
	return texts
}

// Int returns the integer v is, 0 after a problem.
func (d *Document) Int(v *Value, field string) int {
	if !d.Want(v, field, Number) {
		return 0
	}
	n, err := strconv.Atoi(v.Text)
	if err != nil || strconv.Itoa(n) != v.Text { // to YAML, 010 is 8
		d.Fail(v, field, fmt.Errorf("%w: found a number, want an integer", ErrType))
		return 0
	}
	return n
}

// Bool returns the truth value v is, false after a problem.
func (d *Document) Bool(v *Value, field string) bool {
	return d.Want(v, field, Bool) && v.Text == "true"
}
