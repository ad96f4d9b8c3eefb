package roster

import (
	"slices"
	"sync"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// MaxNear is how many users [Roster.Near] returns at most.
const MaxNear = 10

// A similar finds the users with names similar to others. It is made when it is
// asked first, once for all questions.
type similar struct {
	mu    sync.Mutex
	index *lookalike.Index
	names []string        // of users, in ARNs those at their ends
	there map[string]bool // names and ARNs
	steps int             // names that were compared
}

// Near returns the users of the roster with names similar to a name that the
// roster lacks: in another case, with white space, with another role before a
// slash, or with another domain. They may be other people. It returns at most
// [MaxNear], in the order of the file.
func (r *Roster) Near(name string) []string {
	if r == nil {
		return nil
	}
	s := &r.near
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil {
		s.make(r.users)
	}
	if s.there[name] {
		return nil
	}
	var found []int
	for _, list := range s.index.Alike(name) {
		count := 0
		for _, i := range list {
			s.steps++
			if lookalike.Names(s.names[i], name) == "" {
				continue
			}
			found = append(found, i)
			if count++; count == MaxNear {
				break
			}
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	var near []string
	for _, i := range found[:min(len(found), MaxNear)] {
		near = append(near, r.users[i].name)
	}
	return near
}

func (s *similar) make(users []entry) {
	s.there = make(map[string]bool)
	s.names = make([]string, len(users))
	for i, u := range users {
		s.names[i] = u.name
		if a, err := namespace.ParseARN(u.name); err == nil {
			s.names[i] = a.Name
		}
		s.there[u.name], s.there[s.names[i]] = true, true
	}
	s.index = lookalike.NewIndex(s.names)
}
