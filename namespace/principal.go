package namespace

// An Identity is one user or one group. The zero Identity is nobody.
type Identity struct {
	Namespace string // "" is [Default]
	Name      string // "" is nobody
	ARN       ARN    // if zero, no rule with ARNs matches
}

// InNamespace returns the namespace of the identity, with [Default] for "".
func (id Identity) InNamespace() string {
	return orDefault(id.Namespace)
}

// IsZero reports whether the identity is nobody: it has neither name nor ARN.
func (id Identity) IsZero() bool { return id.Name == "" && id.ARN.IsZero() }

// String returns the ARN, if set. Otherwise it returns the name, after its
// namespace unless that is [Default]. The zero Identity is "nobody".
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

// Named returns the viewer with a name in the namespace [Default] and with
// groups of these names. Only rules of version 1 apply to it, which contain
// names. For rules of version 2, which contain ARNs, see [ForARN].
func Named(user string, groups ...string) Principal {
	p := Principal{User: Identity{Name: user}}
	for _, g := range groups {
		p.Groups = append(p.Groups, Identity{Name: g})
	}
	return p
}

// ForARN returns the viewer with an ARN and with groups of these ARNs. Rules of
// version 2 apply to it by ARN, and rules of version 1 by the names and
// namespaces in the ARNs. user must be the ARN of a user, and groups must be
// ARNs of groups. No rule applies to an ARN of another kind.
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
