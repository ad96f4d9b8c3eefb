package embed

import (
	"encoding/json"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/tagrules"
)

// A grant is what a code, and then its session, stands for. [Codes] keep it
// encrypted; nothing of it is in a URL or in a bearer token.
type grant struct {
	Namespace   string
	NamespaceID uint64 `json:",omitempty"` // of then: a namespace of the same name that is created later is another one
	Resources   []namespace.ARN
	Experience  Experience
	Minutes     int
	Tags        []tagrules.Tag `json:"-"` // secrets (T8)
	Domains     []string
	Label       string `json:",omitempty"`

	// The registered user of the session; "" for an anonymous one. PrincipalID is
	// the id that the user had then: a user of the same name that is registered
	// later is another one.
	User        string `json:",omitempty"`
	PrincipalID string `json:",omitempty"`
}

// registered reports whether the viewer is a registered user.
func (g grant) registered() bool { return g.User != "" }

// storedGrant has tags as pairs: the JSON of a tag is read by a strict parser
// for what people write, and a grant is read at every request.
type storedGrant struct {
	grant
	Pairs [][2]string
}

func (g grant) marshal() ([]byte, error) {
	stored := storedGrant{grant: g}
	for _, t := range g.Tags {
		stored.Pairs = append(stored.Pairs, [2]string{t.Key, t.Value})
	}
	return json.Marshal(stored)
}

// unmarshal reads what marshal wrote and nobody could change since: it was
// authenticated.
func unmarshal(b []byte) (grant, error) {
	var stored storedGrant
	if err := json.Unmarshal(b, &stored); err != nil {
		return grant{}, ErrTampered
	}
	g := stored.grant
	if g.Namespace == "" || (g.User == "") != (g.PrincipalID == "") || g.Minutes < MinLifetime || g.Minutes > MaxLifetime {
		return grant{}, ErrTampered
	}
	for _, p := range stored.Pairs {
		g.Tags = append(g.Tags, tagrules.Tag{Key: p[0], Value: p[1]})
	}
	return g, nil
}

// names reports whether the request named a resource.
func (g grant) names(resource namespace.ARN) bool { return slices.Contains(g.Resources, resource) }
