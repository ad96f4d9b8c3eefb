package jsondoc

// Unknown is the kind of a value of a Terraform plan that is known only after the
// plan is applied. What it will be is not known here.
const Unknown Kind = "a value that Terraform knows only after apply"

// Planned returns the values that a document of Terraform plans or holds: those of
// planned_values, else those of values; nil if it has neither. The plan leaves out
// what it does not know yet, and says so elsewhere: such a value is there as an
// [Unknown], so that nobody takes it for one that is not set.
func Planned(root *Value) *Value {
	if v := root.Member("planned_values"); v != nil {
		unknown := make(map[string][]*Value) // a deposed object has the address of the one that is planned
		if changes := root.Member("resource_changes"); changes != nil {
			for _, c := range changes.Items {
				address, change := c.Member("address"), c.Member("change")
				if address == nil || change == nil {
					continue
				}
				if after := change.Member("after_unknown"); after != nil {
					unknown[address.Text] = append(unknown[address.Text], after)
				}
			}
		}
		if module := v.Member("root_module"); module != nil {
			markModule(module, unknown)
		}
		return v
	}
	return root.Member("values")
}

func markModule(module *Value, unknown map[string][]*Value) {
	if list := module.Member("resources"); list != nil {
		for _, r := range list.Items {
			address, values := r.Member("address"), r.Member("values")
			if address == nil || values == nil {
				continue
			}
			for _, after := range unknown[address.Text] {
				mark(values, after)
			}
		}
	}
	if list := module.Member("child_modules"); list != nil {
		for _, child := range list.Items {
			markModule(child, unknown)
		}
	}
}

// holdsUnknown reports whether a value of after_unknown names anything.
func holdsUnknown(v *Value) bool {
	if v.Kind == Bool {
		return v.Text == "true"
	}
	for _, item := range v.Items {
		if holdsUnknown(item) {
			return true
		}
	}
	for _, m := range v.Members {
		if holdsUnknown(m.Value) {
			return true
		}
	}
	return false
}

// mark makes what after_unknown names unknown in a value. Where the two have
// different shapes, the whole value is unknown. Marking twice changes nothing.
func mark(v, after *Value) {
	switch {
	case !holdsUnknown(after):
	case after.Kind == Object && v.Kind == Object:
		for _, m := range after.Members {
			inner := v.Member(m.Name)
			if inner == nil {
				if !holdsUnknown(m.Value) {
					continue
				}
				inner = &Value{Kind: Null, at: v.at, end: v.at}
				v.Members = append(v.Members, Member{m.Name, inner, v.at})
			}
			mark(inner, m.Value)
		}
	case after.Kind == List && v.Kind == List && len(after.Items) == len(v.Items):
		for i, item := range after.Items {
			mark(v.Items[i], item)
		}
	default:
		*v = Value{Kind: Unknown, at: v.at, end: v.end}
	}
}
