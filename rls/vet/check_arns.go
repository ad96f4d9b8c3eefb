package vet

import (
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
)

// arnCells checks the ARNs of a principal column one by one.
func (v *vetting) arnCells(c *column) {
	v.eachRemark(c, func(id int, text string) []remark {
		if c.who[id] == 0 || !namespace.IsShort(text) {
			return nil
		}
		a, _ := namespace.ParseARN(text) // it is one
		return []remark{{"RS030", "write " + quote(a.String()),
			"the ARN " + quote(text) + " has no namespace, which is read as " + namespace.Default}}
	})
}

// An origin is where the principal of an ARN comes from.
type origin struct {
	name  string
	first int // rule
	c     *column
	rules int
}

// mixedARNs looks for ARNs of another namespace, account or partition than most
// of the file: each such is reported where it stands first.
func (v *vetting) mixedARNs() {
	v.mixed("RS031", "namespace", func(a namespace.ARN) string { return a.Namespace },
		"check that the names are those of the namespace; people of one namespace are not those of another")
	v.mixed("RS032", "account", func(a namespace.ARN) string {
		if a.Partition == "aws" {
			return a.Account
		}
		return a.Partition + ":" + a.Account
	}, "write the ARNs of the account that has the dataset: those of others match nobody")
}

func (v *vetting) mixed(id, what string, of func(namespace.ARN) string, suggestion string) {
	var origins []*origin // in order of appearance
	byName := make(map[string]*origin)
	for _, c := range v.table.principals() {
		if !c.arns {
			continue
		}
		from := make([]*origin, len(c.names))
		for who, name := range c.names {
			a, err := namespace.ParseARN(name)
			if who == 0 || err != nil {
				continue
			}
			o := byName[of(a)]
			if o == nil {
				o = &origin{name: of(a), first: -1, c: c}
				byName[o.name] = o
				origins = append(origins, o)
			}
			from[who] = o
		}
		for row := range v.lines {
			if o := from[c.named(row)]; o != nil {
				if o.rules++; o.first < 0 {
					o.first = row
				}
			}
		}
	}
	if len(origins) < 2 {
		return
	}
	most := origins[0]
	for _, o := range origins {
		if o.rules > most.rules {
			most = o
		}
	}
	for _, o := range origins {
		if o != most {
			v.add(id, v.pos(o.first, o.c), o.c.thing(), suggestion, "%s %s of the %s %s, most others of %s", plain.Count(o.rules, "ARN"), verb(o.rules, "is", "are"), what, quote(o.name), quote(most.name))
		}
	}
}

// verb returns the form of a verb that goes with n things.
func verb(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
