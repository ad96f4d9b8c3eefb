package compact

import (
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// A principal is whom rules name together: a user, a group, both or nobody.
// Rules that name both stay apart from those of either, which keeps them right
// whatever a rule that names both means (U9); so do those that name nobody,
// which grant nothing here, but may elsewhere (U7).
type principal struct {
	key
	user, group string // as they were written first
	rules       []rls.Rule
}

// A key tells principals apart: names, or ARNs without their Region (U16).
type key struct{ user, group string }

// principals returns the principals of rules, with the rules that count, in the
// order of the file.
func principals(rs *rls.Rules) []*principal {
	known := make(map[key]*principal)
	seen := make(map[string]bool)
	var list []*principal
	for rule := range rs.All() {
		p := rule.Predicate()
		if p.Op() == predicate.OpNone {
			continue // empty (U6)
		}
		k := key{identity(rs, rule.User()), identity(rs, rule.Group())}
		text := fingerprint(k, rule, rs.Columns())
		if seen[text] {
			continue // repeated (U13)
		}
		seen[text] = true
		if known[k] == nil {
			known[k] = &principal{key: k, user: rule.User(), group: rule.Group()}
			list = append(list, known[k])
		}
		known[k].rules = append(known[k].rules, rule)
	}
	return list
}

func identity(rs *rls.Rules, name string) string {
	if a, err := namespace.ParseARN(name); err == nil && rs.FormatVersion() == rls.Version2 {
		a.Region = ""
		return a.String()
	}
	return name
}

// fingerprint is the same for rules of one principal with the same cell texts.
func fingerprint(k key, rule rls.Rule, columns []string) string {
	var b []byte
	for _, s := range []string{k.user, k.group} {
		b = appendText(b, s)
	}
	for _, column := range columns {
		b = appendText(b, rule.Text(column))
	}
	return string(b)
}

// appendText appends a text so that two sequences of texts are never the same
// bytes.
func appendText(b []byte, s string) []byte {
	for n := len(s); ; n >>= 7 {
		b = append(b, byte(n&127)|128)
		if n < 128 {
			break
		}
	}
	return append(append(b, 0), s...)
}

// boxes returns what the rules accept, one by one.
func (p *principal) boxes() []predicate.Predicate {
	rows := make([]predicate.Predicate, len(p.rules))
	for i, rule := range p.rules {
		rows[i] = rule.Predicate()
	}
	return slices.Clip(rows)
}
