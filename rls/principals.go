package rls

import (
	"fmt"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/internal/postings"
)

// principals is one principal column: the users, or the groups, that rules
// name. Number 0 is nobody.
//
// Rules of version 2 may write one principal in several ways, with other
// Regions or in the short form. Texts are numbered, and who says which texts
// mean one principal; in rules of version 1 each text is another.
type principals struct {
	interner
	name string // of the column, "" if there is none
	kind namespace.Kind
	of   []uint32 // text of each rule; nil if there is no column

	who   []uint32                 // principal that a text names
	byARN map[namespace.ARN]uint32 // principal with this ARN, Region cleared; version 2
	arns  bool                     // version 2

	rules postings.Lists[uint32] // that name each principal, in file order
}

func newPrincipals(name string, kind namespace.Kind, version FormatVersion) *principals {
	p := &principals{name: name, kind: kind, arns: version == Version2}
	p.add("")
	p.who = []uint32{0}
	if p.arns {
		p.byARN = make(map[namespace.ARN]uint32)
	}
	return p
}

// intern returns the number of the text that names a principal, or why it names
// none.
func (p *principals) intern(text string, null bool) (uint32, error) {
	if id, ok := p.find(text); ok {
		return id, nil
	}
	if null {
		p.who = append(p.who, 0)
		return p.add(text), nil
	}
	who := uint32(len(p.who))
	if p.arns {
		a, err := namespace.ParseARN(text)
		if err != nil {
			return 0, err
		}
		if a.Kind != p.kind {
			return 0, fmt.Errorf("%w: got a %s, want a %s", ErrKind, a.Kind, p.kind)
		}
		a.Region = ""
		if known, ok := p.byARN[a]; ok {
			who = known
		} else {
			p.byARN[a] = who
		}
	}
	p.who = append(p.who, who)
	return p.add(text), nil
}

// lookup returns the number of the principal that id is to these rules, and 0
// if they do not name it. ns is the namespace that names belong to.
func (p *principals) lookup(id namespace.Identity, ns string) uint32 {
	if p.arns {
		if id.ARN.IsZero() {
			return 0
		}
		a := id.ARN
		a.Region = ""
		return p.byARN[a]
	}
	if id.Name == "" || id.InNamespace() != ns {
		return 0
	}
	text, ok := p.ids[id.Name]
	if !ok {
		return 0
	}
	return p.who[text]
}

// ofRule returns the number of the principal that rule i names, 0 for none.
func (p *principals) ofRule(i uint32) uint32 {
	if p.of == nil {
		return 0
	}
	return p.who[p.of[i]]
}

// named returns the principal that rule i names, as it is written, or "".
func (p *principals) named(i uint32) string {
	if p.ofRule(i) == 0 {
		return ""
	}
	return p.texts[p.of[i]]
}

// identity returns whom rule i names, the zero Identity for none. ns is the
// namespace that names belong to.
func (p *principals) identity(i uint32, ns string) namespace.Identity {
	name := p.named(i)
	if name == "" || !p.arns {
		if name == "" {
			ns = ""
		}
		return namespace.Identity{Namespace: ns, Name: name}
	}
	a, _ := namespace.ParseARN(name) // it was one when it was read
	return namespace.Identity{Namespace: a.Namespace, Name: a.Name, ARN: a}
}

// rulesOf returns the rules that name principal who.
func (p *principals) rulesOf(who uint32) []uint32 {
	if who == 0 {
		return nil
	}
	return p.rules.Of(who)
}

// index sorts the rules by principal. skip says which rules name nobody here.
func (p *principals) index(n int, skip func(rule uint32) bool) {
	p.rules = postings.New(len(p.who), n, func(i uint32) (uint32, bool) {
		who := p.ofRule(i)
		return who, who != 0 && !skip(i)
	})
}
