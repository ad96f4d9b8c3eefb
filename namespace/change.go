package namespace

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An op is what a change does.
type op string

const (
	opReset           op = "reset" // forget everything: a snapshot follows
	opNamespace       op = "namespace"
	opDeleteNamespace op = "-namespace"
	opUser            op = "user"
	opDeleteUser      op = "-user"
	opGroup           op = "group"
	opDeleteGroup     op = "-group"
	opMember          op = "member"
	opDeleteMember    op = "-member"
	opAsset           op = "asset"
	opDeleteAsset     op = "-asset"
	opPlace           op = "place" // an asset into a folder
	opDeletePlace     op = "-place"
	opGrant           op = "grant" // what a principal may do from now on; nothing: no more
	opLink            op = "link"  // the same by the link of a dashboard
)

// A change is one step of a directory's history, as a [Log] keeps it in JSON: a
// record is a list of changes that happen together.
type change struct {
	Op      op           `json:"op"`
	Account string       `json:"account,omitempty"` // reset
	NS      string       `json:"ns,omitempty"`
	Name    string       `json:"name,omitempty"`  // of a namespace, user, group or asset
	Group   string       `json:"group,omitempty"` // member
	ID      uint64       `json:"id,omitempty"`    // user, group, namespace; reset: the last one given
	Email   string       `json:"email,omitempty"`
	Role    Role         `json:"role,omitempty"`
	Type    IdentityType `json:"type,omitempty"`
	More    *userMore    `json:"more,omitempty"`
	Text    string       `json:"text,omitempty"`   // description of a group, name of an asset
	Asset   Kind         `json:"asset,omitempty"`  // kind of asset
	Folder  string       `json:"folder,omitempty"` // place: its id
	To      Kind         `json:"to,omitempty"`     // kind of principal: NS and Group name it
	Actions []string     `json:"actions,omitempty"`
}

func encode(changes []change) ([]byte, error) { return json.Marshal(changes) }

func decode(number uint64, record []byte) (changes []change, err error) {
	if err := json.Unmarshal(record, &changes); err != nil {
		return nil, fmt.Errorf("record %d: %w", number, err)
	}
	return changes, nil
}

var errDamaged = errors.New("the record does not fit the earlier records")

// apply makes changes happen. They were checked before they came to be, so that
// an error means that the log was damaged.
func (s *state) apply(changes []change) error {
	for i := range changes {
		if err := s.applyOne(&changes[i]); err != nil {
			return fmt.Errorf("change %d, %q: %w", i+1, changes[i].Op, err)
		}
	}
	return nil
}

func (s *state) applyOne(c *change) error {
	if c.Op == opReset {
		*s = *newState()
		s.account, s.last = c.Account, c.ID
		return nil
	}
	if s.account == "" {
		return errDamaged // a log begins with a reset
	}
	switch c.Op {
	case opNamespace, opDeleteNamespace:
		return s.applyNamespace(c)
	case opAsset, opDeleteAsset, opGrant, opLink, opPlace, opDeletePlace:
		return s.applyAsset(c)
	}
	sp, ok := s.spaces.Get(c.NS)
	if !ok {
		return errDamaged
	}
	switch c.Op {
	case opUser:
		s.putUser(sp, c)
	case opGroup:
		s.putGroup(sp, c)
	case opDeleteUser:
		u, ok := sp.users.Get(c.Name)
		if !ok {
			return errDamaged
		}
		for _, g := range u.groups {
			g.members.Remove(u.name)
		}
		sp.users.Remove(u.name)
		s.size -= 1 + len(u.groups)
		s.revokeAll(func(g grantee) bool { return g == grantee{KindUser, c.NS, c.Name} })
	case opDeleteGroup:
		g, ok := sp.groups.Get(c.Name)
		if !ok {
			return errDamaged
		}
		for u := range g.members.All() {
			u.leave(g)
		}
		sp.groups.Remove(g.name)
		s.size -= 1 + g.members.Len()
		s.revokeAll(func(g grantee) bool { return g == grantee{KindGroup, c.NS, c.Name} })
	case opMember, opDeleteMember:
		g, okGroup := sp.groups.Get(c.Group)
		u, okUser := sp.users.Get(c.Name)
		if !okGroup || !okUser || g.members.Has(u.name) == (c.Op == opMember) {
			return errDamaged
		}
		if c.Op == opMember {
			g.members.Put(u)
			u.join(g)
			s.size++
		} else {
			g.members.Remove(u.name)
			u.leave(g)
			s.size--
		}
	default:
		return errDamaged
	}
	return nil
}

func (s *state) applyNamespace(c *change) error {
	if s.spaces.Has(c.Name) == (c.Op == opNamespace) {
		return errDamaged
	}
	if c.Op == opNamespace {
		s.spaces.Put(&space{name: c.Name, id: c.ID})
		s.last = max(s.last, c.ID)
		s.size++
		return nil
	}
	sp, _ := s.spaces.Get(c.Name)
	s.size -= 1 + sp.users.Len() + sp.groups.Len()
	for g := range sp.groups.All() {
		s.size -= g.members.Len()
	}
	s.spaces.Remove(c.Name)
	s.revokeAll(func(g grantee) bool { return g.ns == c.Name })
	return nil
}

func (s *state) putUser(sp *space, c *change) {
	u, ok := sp.users.Get(c.Name)
	if !ok {
		u = &user{name: c.Name, id: c.ID}
		sp.users.Put(u)
		s.last = max(s.last, c.ID)
		s.size++
	}
	u.email, u.role, u.typ, u.more = c.Email, c.Role, c.Type, c.More
}

func (s *state) putGroup(sp *space, c *change) {
	g, ok := sp.groups.Get(c.Name)
	if !ok {
		g = &group{name: c.Name, id: c.ID}
		sp.groups.Put(g)
		s.last = max(s.last, c.ID)
		s.size++
	}
	g.description = c.Text
}

func (s *state) applyAsset(c *change) error {
	assets, ok := s.assets[c.Asset]
	if !ok {
		return errDamaged
	}
	a, ok := assets.Get(c.Name)
	if ok == (c.Op == opAsset) {
		return errDamaged
	}
	switch c.Op {
	case opAsset:
		assets.Put(&asset{kind: c.Asset, id: c.Name, name: c.Text, grants: make(map[grantee][]string), links: make(map[grantee][]string)})
		s.size++
	case opDeleteAsset:
		if a.folders > 0 || a.holds.Len() > 0 {
			return errDamaged
		}
		for len(a.in) > 0 {
			s.displace(a, a.in[0])
		}
		assets.Remove(c.Name)
		s.size -= 1 + len(a.grants) + len(a.links)
	case opPlace, opDeletePlace:
		return s.applyPlace(a, c)
	case opGrant, opLink:
		g, grants := grantee{c.To, c.NS, c.Group}, a.grants
		if c.Op == opLink {
			grants = a.links
		}
		if !s.knows(g) {
			return errDamaged
		}
		s.size -= len(grants)
		if len(c.Actions) == 0 {
			delete(grants, g)
		} else {
			grants[g] = c.Actions
		}
		s.size += len(grants)
	}
	return nil
}

// applyPlace puts an asset into a folder, or takes it out.
func (s *state) applyPlace(a *asset, c *change) error {
	f, ok := s.assets[KindFolder].Get(c.Folder)
	if !ok || slices.Contains(a.in, f) == (c.Op == opPlace) {
		return errDamaged
	}
	if c.Op == opDeletePlace {
		s.displace(a, f)
		return nil
	}
	if a.kind == KindFolder {
		if len(a.in) > 0 || slices.Contains(slices.Collect(f.above()), a) {
			return errDamaged // folders in a circle have no top
		}
		f.folders++
	} else {
		f.holds.Put(held{a})
	}
	i, _ := slices.BinarySearchFunc(a.in, f.id, byID)
	a.in = slices.Insert(a.in, i, f)
	s.size++
	return nil
}

func (s *state) displace(a, f *asset) {
	if a.kind == KindFolder {
		f.folders--
	} else {
		f.holds.Remove(held{a}.Key())
	}
	if i, ok := slices.BinarySearchFunc(a.in, f.id, byID); ok {
		a.in = slices.Delete(a.in, i, i+1)
		s.size--
	}
}

func byID(a *asset, id string) int { return strings.Compare(a.id, id) }

func (u *user) join(g *group) {
	i, _ := slices.BinarySearchFunc(u.groups, g.name, byName)
	u.groups = slices.Insert(u.groups, i, g)
}

func (u *user) leave(g *group) {
	if i, ok := slices.BinarySearchFunc(u.groups, g.name, byName); ok {
		u.groups = slices.Delete(u.groups, i, i+1)
	}
}

func byName(g *group, name string) int { return strings.Compare(g.name, name) }

// snapshotRecord is how many changes a record of a snapshot holds.
const snapshotRecord = 4096

// snapshot returns records that give the state again.
func (s *state) snapshot() (records [][]byte, err error) {
	batch := []change{{Op: opReset, Account: s.account, ID: s.last}}
	flush := func() {
		record, e := encode(batch)
		err = errors.Join(err, e)
		records = append(records, record)
		batch = batch[:0]
	}
	add := func(c change) {
		if batch = append(batch, c); len(batch) >= snapshotRecord {
			flush()
		}
	}
	for sp := range s.spaces.All() {
		add(change{Op: opNamespace, Name: sp.name, ID: sp.id})
		for u := range sp.users.All() {
			add(u.change(sp.name))
		}
		for g := range sp.groups.All() {
			add(g.change(sp.name))
			for u := range g.members.All() {
				add(change{Op: opMember, NS: sp.name, Group: g.name, Name: u.name})
			}
		}
	}
	for _, k := range assetKinds {
		for a := range s.assets[k.kind].All() {
			add(change{Op: opAsset, Asset: a.kind, Name: a.id, Text: a.name})
			for _, g := range sorted(a.grants) {
				add(a.change(opGrant, g, a.grants[g]))
			}
			for _, g := range sorted(a.links) {
				add(a.change(opLink, g, a.links[g]))
			}
		}
	}
	for _, k := range assetKinds { // every folder is there now
		for a := range s.assets[k.kind].All() {
			for _, f := range a.in {
				add(change{Op: opPlace, Asset: a.kind, Name: a.id, Folder: f.id})
			}
		}
	}
	flush()
	return records, err
}

func (u *user) change(ns string) change {
	return change{Op: opUser, NS: ns, Name: u.name, ID: u.id, Email: u.email, Role: u.role, Type: u.typ, More: u.more}
}

func (g *group) change(ns string) change {
	return change{Op: opGroup, NS: ns, Name: g.name, ID: g.id, Text: g.description}
}

func (a *asset) change(op op, g grantee, actions []string) change {
	return change{Op: op, Asset: a.kind, Name: a.id, To: g.kind, NS: g.ns, Group: g.name, Actions: actions}
}
