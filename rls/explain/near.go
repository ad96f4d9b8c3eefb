package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// A NearMiss is a user or a group that rules name and that looks like the
// viewer, or like a group of the viewer, and is not the same (U4, U16, U20).
type NearMiss struct {
	Kind   namespace.Kind // of both
	Viewer string         // the name of the viewer, or of one of its groups
	Rule   string         // the name or ARN in the rules
	Why    string         // the difference, such as "case"
}

// String returns: the rules name user "Bob", not "bob": they differ in case.
func (n NearMiss) String() string {
	return fmt.Sprintf("the rules name %s %q, not %q: they differ in %s", n.Kind, n.Rule, n.Viewer, n.Why)
}

// maxNear is how many near misses of one name [Near] returns.
const maxNear = 3

// Near returns the near misses of a viewer and its groups, at most three for
// each. A name that stands in a rule exactly has none. A near miss may explain
// why a viewer sees too few rows. Check it before you change a rule: two
// similar names may belong to two people.
func Near(rs *rls.Rules, p namespace.Principal) []NearMiss {
	arns := rs.FormatVersion() == rls.Version2
	named := map[namespace.Kind]map[string]namespace.ARN{namespace.KindUser: {}, namespace.KindGroup: {}}
	add := func(kind namespace.Kind, text string) {
		if text == "" || named[kind] == nil {
			return
		}
		a, _ := namespace.ParseARN(text)
		named[kind][text] = a
	}
	for rule := range rs.All() {
		add(namespace.KindUser, rule.User())
		add(namespace.KindGroup, rule.Group())
	}
	n := nearing{fold: lookalike.NewFolder(), arns: arns}
	n.of(namespace.KindUser, p.User, named[namespace.KindUser])
	for _, g := range p.Groups {
		n.of(namespace.KindGroup, g, named[namespace.KindGroup])
	}
	return n.found
}

// A nearing collects near misses.
type nearing struct {
	fold  *lookalike.Folder
	arns  bool
	found []NearMiss
}

func (n *nearing) of(kind namespace.Kind, id namespace.Identity, named map[string]namespace.ARN) {
	if id.IsZero() {
		return
	}
	var misses []NearMiss
	for text, a := range named {
		name := text
		if n.arns {
			if name = a.Name; !id.ARN.IsZero() && a.Same(id.ARN) {
				return // a rule names it
			}
		} else if text == id.Name {
			return
		}
		if why := n.why(id, name, a); why != "" {
			misses = append(misses, NearMiss{kind, id.Name, text, why})
		}
	}
	slices.SortFunc(misses, func(a, b NearMiss) int { return strings.Compare(a.Rule, b.Rule) })
	n.found = append(n.found, misses[:min(len(misses), maxNear)]...)
}

// why says in what the name of an identity and one that a rule names differ; ""
// if they are not alike.
func (n *nearing) why(id namespace.Identity, name string, a namespace.ARN) string {
	switch {
	case n.arns && name == id.Name && id.ARN.IsZero():
		return "form: the rules want an ARN"
	case n.arns && name == id.Name && a.Namespace != id.ARN.Namespace:
		return "namespace"
	case n.arns && name == id.Name:
		return "account or partition"
	}
	return n.fold.Names(name, id.Name)
}
