package explain

import (
	"fmt"
	"maps"
	"slices"

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
	texts := map[namespace.Kind]map[string]bool{namespace.KindUser: {}, namespace.KindGroup: {}}
	for rule := range rs.All() {
		texts[namespace.KindUser][rule.User()] = true
		texts[namespace.KindGroup][rule.Group()] = true
	}
	arns := rs.FormatVersion() == rls.Version2
	users := newNearing(namespace.KindUser, texts[namespace.KindUser], arns)
	found := users.of(p.User)
	groups := newNearing(namespace.KindGroup, texts[namespace.KindGroup], arns)
	for _, g := range p.Groups {
		found = append(found, groups.of(g)...)
	}
	return found
}

// A nearing finds near misses among the users, or the groups, that rules name.
type nearing struct {
	kind  namespace.Kind
	arns  bool
	texts []string // as rules write them, sorted
	who   []namespace.ARN
	named map[string]bool        // names; in rules of names
	byARN map[namespace.ARN]bool // without Regions; in rules of ARNs
	index *lookalike.Index
	steps int // names that were compared
}

func newNearing(kind namespace.Kind, texts map[string]bool, arns bool) *nearing {
	delete(texts, "")
	n := &nearing{kind: kind, arns: arns, named: texts, byARN: make(map[namespace.ARN]bool)}
	names := make([]string, 0, len(texts))
	for _, text := range slices.Sorted(maps.Keys(texts)) {
		a, _ := namespace.ParseARN(text)
		n.texts, n.who = append(n.texts, text), append(n.who, a)
		name := text
		if arns {
			name = a.Name
		}
		names = append(names, name)
		n.byARN[region(a)] = true
	}
	n.index = lookalike.NewIndex(names)
	return n
}

// region returns an ARN without the Region, which is not compared.
func region(a namespace.ARN) namespace.ARN {
	a.Region = ""
	return a
}

// of returns the near misses of one user or group.
func (n *nearing) of(id namespace.Identity) []NearMiss {
	if id.IsZero() {
		return nil
	}
	if n.arns && !id.ARN.IsZero() && n.byARN[region(id.ARN)] || !n.arns && n.named[id.Name] {
		return nil // a rule names it
	}
	found := make(map[int]string)
	for _, list := range n.index.Alike(id.Name) {
		count := 0
		for _, i := range list {
			n.steps++
			name := n.texts[i]
			if n.arns {
				name = n.who[i].Name
			}
			if why := n.why(id, name, n.who[i]); why != "" {
				found[i] = why
				if count++; count == maxNear {
					break
				}
			}
		}
	}
	var misses []NearMiss
	for _, i := range slices.Sorted(maps.Keys(found)) {
		if len(misses) < maxNear {
			misses = append(misses, NearMiss{n.kind, id.Name, n.texts[i], found[i]})
		}
	}
	return misses
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
	return lookalike.Names(name, id.Name)
}
