package jsondoc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
)

// A Scope is where a member stands in a document.
type Scope struct {
	Path  string   // of the member
	Outer string   // name of the object that has the member; "" in a list
	Names []string // of the dataset around it: ids, names and logical ids, innermost last
}

// Walk visits the members of all objects, from the outside to the inside, until
// visit returns false: then what is inside of that member is passed over.
//
// Of the output of terraform show -json it visits the values that hold, or are
// planned, and neither those from before nor the copies that say which are
// sensitive. What a plan does not know yet is an [Unknown].
func (d *Document) Walk(visit func(m Member, in Scope) bool) {
	root := d.Root
	if root.Member("terraform_version") != nil {
		if v := Planned(root); v != nil {
			name := "values"
			if root.Member("planned_values") != nil {
				name = "planned_values"
			}
			d.walk(v, Scope{Path: name, Outer: name}, visit)
			return
		}
	}
	d.walk(root, Scope{}, visit)
}

// maxNames is how many names of the datasets around a member are kept, the
// innermost ones: datasets do not nest.
const maxNames = 64

func (d *Document) walk(v *Value, in Scope, visit func(m Member, in Scope) bool) {
	for i, inner := range v.Items {
		d.walk(inner, Scope{item(in.Path, i), "", in.Names}, visit)
	}
	names := slices.Clip(in.Names[max(0, len(in.Names)-maxNames):])
	for _, name := range []string{"address", "Name", "name", "DataSetId", "data_set_id"} {
		if m := v.Member(name); m != nil && m.Kind == Text && m.Text != "" {
			names = append(names, m.Text)
		}
	}
	for _, m := range v.Members {
		at := Scope{Join(in.Path, plain.Abridge(m.Name, maxShown)), in.Outer, names}
		if in.Outer == "Resources" { // of a CloudFormation template
			at.Names = append(slices.Clip(names), m.Name)
		}
		if m.Name != "sensitive_values" && visit(m, at) {
			d.walk(m.Value, Scope{at.Path, m.Name, at.Names}, visit)
		}
	}
}

// Choose returns the places that belong to the dataset of a name. Without a name
// it returns all. own are the names of each place.
func Choose(name string, own [][]string) (chosen []int) {
	for i, names := range own {
		if name == "" || slices.Contains(names, name) {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// Listed returns the names of places for a message, those that tell them apart
// first.
func Listed(own [][]string) string {
	shared := make(map[string]int) // places with a name
	for _, names := range own {
		for i, name := range names {
			if !slices.Contains(names[:i], name) {
				shared[name]++
			}
		}
	}
	var all []string
	for i, names := range own {
		if len(all) == maxListed {
			all = append(all, fmt.Sprintf("… (%d more)", len(own)-i))
			break
		}
		var apart []string
		for _, name := range names {
			if shared[name] == 1 {
				apart = append(apart, fmt.Sprintf("%q", plain.Abridge(name, maxShown)))
			}
		}
		if apart = slices.Compact(apart); len(apart) > 0 {
			all = append(all, strings.Join(apart, " or "))
		}
	}
	if len(all) == 0 {
		return "none has a name of its own"
	}
	return strings.Join(all, ", ")
}

// maxListed is how many places a message names.
const maxListed = 20

// Snake returns a name of the API as Terraform writes it: tag_key for TagKey.
func Snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Snakes makes the fields of an object take the names of Terraform, too, if it is
// one of Terraform.
func Snakes(terraform bool, fields []Field) []Field {
	for i := range fields {
		if terraform {
			fields[i].Alias = Snake(fields[i].Name)
		}
	}
	return fields
}

// Block returns the object of a block of Terraform, which writes a list of one,
// nil for none, and any other value as it is.
func Block(v *Value) *Value {
	switch {
	case v.Kind == Null || v.Kind == List && len(v.Items) == 0:
		return nil
	case v.Kind == List && len(v.Items) == 1:
		return v.Items[0]
	}
	return v
}

// IsNull is [Field.Unset] for fields that null leaves out.
func IsNull(v *Value) bool { return v.Kind == Null }

// IsEmpty is [Field.Unset] for fields that null, an empty string, an empty list
// or an empty object leaves out.
func IsEmpty(v *Value) bool {
	switch v.Kind {
	case Null:
		return true
	case Text:
		return v.Text == ""
	case List:
		return len(v.Items) == 0
	case Object:
		return len(v.Members) == 0
	}
	return false
}
