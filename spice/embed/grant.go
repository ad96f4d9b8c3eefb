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
	Namespace  string
	Resources  []namespace.ARN
	Experience Experience
	Minutes    int
	Tags       []tagrules.Tag // secrets (T8)
	Domains    []string
}

func (g grant) marshal() ([]byte, error) { return json.Marshal(g) }

// unmarshal reads what marshal wrote and nobody could change since: it was
// authenticated.
func unmarshal(b []byte) (g grant, err error) {
	if err := json.Unmarshal(b, &g); err != nil || g.Namespace == "" || g.Minutes < MinLifetime || g.Minutes > MaxLifetime {
		return grant{}, ErrTampered
	}
	return g, nil
}

// names reports whether the request named a resource.
func (g grant) names(resource namespace.ARN) bool { return slices.Contains(g.Resources, resource) }
