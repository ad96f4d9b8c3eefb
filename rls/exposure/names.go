package exposure

import (
	"fmt"
	"iter"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
)

// shortNames write the ARNs of one account and namespace as the names in them.
// The page says once which account and namespace that is. An ARN of another
// one, and an ARN whose name is also written without an ARN, stay whole.
type shortNames struct {
	of    namespace.ARN // without Region, kind and name; zero if names stay as they are
	plain map[string]bool
}

func newShortNames(viewers []Viewer) shortNames {
	count := make(map[namespace.ARN]int)
	s := shortNames{plain: make(map[string]bool)}
	for v := range named(viewers) {
		a, err := namespace.ParseARN(v)
		if err != nil {
			s.plain[v] = true
			continue
		}
		of := owner(a)
		count[of]++
		if n := count[of]; n > count[s.of] || n == count[s.of] && of.String() < s.of.String() {
			s.of = of
		}
	}
	return s
}

// named visits the names of viewers and of their groups.
func named(viewers []Viewer) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, v := range viewers {
			if !yield(v.Name) {
				return
			}
			for _, g := range v.Groups {
				if !yield(g) {
					return
				}
			}
		}
	}
}

// owner returns the account and the namespace of an ARN.
func owner(a namespace.ARN) namespace.ARN {
	a.Region, a.Kind, a.Name = "", namespace.KindUser, "*"
	return a
}

// name returns how the page writes a name.
func (s shortNames) name(name string) string {
	if a, err := namespace.ParseARN(name); err == nil && owner(a) == s.of && !s.plain[a.Name] {
		return plain.Text(a.Name)
	}
	return plain.Text(name)
}

// note says which names are short; "" if none is.
func (s shortNames) note(viewers []Viewer) string {
	if s.of == (namespace.ARN{}) {
		return ""
	}
	others := false
	for name := range named(viewers) {
		others = others || s.name(name) == plain.Text(name)
	}
	text := fmt.Sprintf("All users and groups belong to account %s, namespace %s.", s.of.Account, s.of.Namespace)
	if others {
		text = fmt.Sprintf("Users and groups of account %s, namespace %s, are written by name. All others are as the roster or the rules write them.", s.of.Account, s.of.Namespace)
	}
	return text
}
