package namespace

// An Identity is one user or one group. The zero Identity is nobody.
type Identity struct {
	Namespace string // "" is [Default]
	Name      string // "" is nobody
	ARN       ARN    // zero matches no rule that names ARNs
}

// InNamespace returns the namespace of the identity, with [Default] for "".
func (id Identity) InNamespace() string {
	if id.Namespace == "" {
		return Default
	}
	return id.Namespace
}

// IsZero reports whether the identity is nobody: it has neither name nor ARN.
func (id Identity) IsZero() bool { return id.Name == "" && id.ARN.IsZero() }

// String returns the ARN if there is one, and otherwise the name, behind its
// namespace unless that is [Default]. Nobody is "nobody".
func (id Identity) String() string {
	switch {
	case !id.ARN.IsZero():
		return id.ARN.String()
	case id.Name == "":
		return "nobody"
	case id.InNamespace() == Default:
		return id.Name
	default:
		return id.Namespace + "/" + id.Name
	}
}

// A Principal is one viewer: a user, and the groups the user is in. Either may
// be missing. The zero Principal is nobody.
//
// Groups may belong to other namespaces than the user; rules compare each
// identity on its own.
type Principal struct {
	User   Identity
	Groups []Identity
}

// IsZero reports whether p is nobody: no user and no group with a name or ARN.
func (p Principal) IsZero() bool {
	for _, g := range p.Groups {
		if !g.IsZero() {
			return false
		}
	}
	return p.User.IsZero()
}

// Named returns the viewer of that name in the namespace [Default], in groups
// of these names. It matches rules of version 1, which name names, and none of
// version 2, which name ARNs: see [ForARN].
func Named(user string, groups ...string) Principal {
	p := Principal{User: Identity{Name: user}}
	for _, g := range groups {
		p.Groups = append(p.Groups, Identity{Name: g})
	}
	return p
}

// ForARN returns the viewer with that ARN, in groups with these ARNs. It
// matches rules of version 2 by ARN, and rules of version 1 by the name and
// namespace that the ARNs hold. An ARN that is not of a user, or not of a group
// in groups, stands for nobody.
func ForARN(user ARN, groups ...ARN) Principal {
	p := Principal{User: identity(user, KindUser)}
	for _, g := range groups {
		p.Groups = append(p.Groups, identity(g, KindGroup))
	}
	return p
}

func identity(a ARN, want Kind) Identity {
	if a.Kind != want {
		return Identity{}
	}
	return Identity{Namespace: a.Namespace, Name: a.Name, ARN: a}
}
