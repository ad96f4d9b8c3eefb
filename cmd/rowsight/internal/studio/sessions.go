package studio

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/tagrules"
)

// A session is the tags of an anonymous viewer, under the name that somebody
// gave them. It is kept in memory only, because tag values are secrets.
type session struct {
	Name string         `json:"name"`
	Tags []tagrules.Tag `json:"tags"`
}

// maxSessions is how many sessions are kept.
const maxSessions = 200

type sessionList struct {
	Sessions []session `json:"sessions"`
	More     bool      `json:"more,omitempty"` // the data has more
}

func (e *Engine) listSessions(context.Context, struct{}) (*sessionList, error) {
	return &sessionList{Sessions: append([]session{}, e.snapshot().sessions...)}, nil
}

// addSession keeps a session, in the place of one of its name.
func (e *Engine) addSession(_ context.Context, q session) (*state, error) {
	if q.Name = strings.TrimSpace(q.Name); q.Name == "" {
		return nil, &Problem{Code: "no-name", Text: "give the session a name"}
	}
	if c, err := e.snapshot().tags.config(); err != nil {
		return nil, err
	} else if _, err := c.For(q.Tags...); err != nil {
		return nil, &Problem{Code: "bad-viewer", Text: err.Error()}
	}
	if !e.keepSession(q) {
		return nil, &Problem{Code: "too-many-sessions", Text: "no more sessions can be kept"}
	}
	return e.newState(), nil
}

func (e *Engine) keepSession(q session) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.IndexFunc(e.sessions, func(s session) bool { return s.Name == q.Name })
	switch {
	case i >= 0:
		e.sessions = slices.Clone(e.sessions)
		e.sessions[i] = q
	case len(e.sessions) == maxSessions:
		return false
	default:
		e.sessions = append(slices.Clone(e.sessions), q)
	}
	e.rev++
	return true
}

func (e *Engine) dropSession(_ context.Context, q struct {
	Name string `json:"name"`
}) (*state, error) {
	e.mu.Lock()
	e.sessions = slices.DeleteFunc(slices.Clone(e.sessions), func(s session) bool { return s.Name == q.Name })
	e.rev++
	e.mu.Unlock()
	return e.newState(), nil
}

// maxFound is how many sessions are made of the data.
const maxFound = 50

// findSessions keeps a session for each combination of values that the data has
// in the columns of a list of keys, the most frequent ones first.
func (e *Engine) findSessions(ctx context.Context, _ struct{}) (*sessionList, error) {
	s := e.snapshot()
	c, err := s.tags.config()
	if err != nil {
		return nil, err
	}
	if s.data == nil {
		return nil, errNoData
	}
	if err := s.data.fits(c.Columns()); err != nil {
		return nil, err
	}
	out := &sessionList{Sessions: []session{}}
	for _, rules := range keyLists(c) {
		found, more, err := e.combinations(ctx, s.data, c, rules)
		if err != nil {
			return nil, err
		}
		out.More = out.More || more
		for _, x := range found {
			if len(out.Sessions) == maxFound || !e.keepSession(x) {
				out.More = true
				return out, nil
			}
			out.Sessions = append(out.Sessions, x)
		}
	}
	return out, nil
}

// keyLists returns the rules of each list of keys.
func keyLists(c *tagrules.Config) (lists [][]tagrules.Rule) {
	if len(c.TagRuleConfigurations) == 0 {
		return [][]tagrules.Rule{c.TagRules}
	}
	for _, keys := range c.TagRuleConfigurations {
		var rules []tagrules.Rule
		for _, r := range c.TagRules {
			if slices.Contains(keys, r.TagKey) {
				rules = append(rules, r)
			}
		}
		lists = append(lists, rules)
	}
	return lists
}

// combinations returns the sessions that one list of keys admits to rows.
func (e *Engine) combinations(ctx context.Context, d *dataset, c *tagrules.Config, rules []tagrules.Rule) (found []session, more bool, err error) {
	columns := make([]*coded, len(rules))
	for i, r := range rules {
		if columns[i], err = e.code(ctx, d, r.ColumnName); err != nil {
			return nil, false, err
		}
	}
	type group struct {
		codes []int32
		rows  int
	}
	groups := make(map[string]*group)
	key := make([]byte, 0, 4*len(rules))
	for row := range d.rows {
		key = key[:0]
		codes := make([]int32, 0, len(rules))
		for _, col := range columns {
			n := col.codes[row]
			if n == 0 {
				break // no tag can name it (T6)
			}
			codes = append(codes, n)
			key = append(key, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		}
		if len(codes) < len(rules) {
			continue
		}
		if g := groups[string(key)]; g != nil {
			g.rows++
		} else if len(groups) < maxDistinct {
			groups[string(key)] = &group{codes, 1}
		} else {
			more = true
		}
	}
	order := func(a, b *group) int { return cmp.Or(b.rows-a.rows, slices.Compare(a.codes, b.codes)) }
	for _, g := range slices.SortedFunc(maps.Values(groups), order) {
		if len(found) == maxFound {
			return found, true, nil
		}
		b := c.NewTags()
		var names []string
		for i, r := range rules {
			value := columns[i].values[g.codes[i]]
			b.One(r.TagKey, value)
			names = append(names, value)
		}
		if tags, err := b.Tags(); err == nil { // values that no tag can name are left out
			found = append(found, session{strings.Join(names, " · "), tags})
		}
	}
	return found, more, nil
}

// A coded column has a number for each row: 0 for no value, and otherwise the
// place of the value.
type coded struct {
	values []string
	codes  []int32
}

// code numbers the values of a column of text.
func (e *Engine) code(ctx context.Context, d *dataset, column string) (*coded, error) {
	at := d.schema.FieldIndices(column)
	if len(at) != 1 {
		return nil, d.fits([]string{column})
	}
	c := &coded{values: []string{""}, codes: make([]int32, 0, d.rows)}
	known := map[string]int32{"": 0}
	for text, err := range e.column(d, at[0]) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		n, ok := known[text]
		if !ok {
			n = int32(len(c.values))
			known[text], c.values = n, append(c.values, text)
		}
		c.codes = append(c.codes, n)
	}
	return c, nil
}

// sessionsOf returns the names of the sessions that see a row of the data.
func (e *Engine) sessionsOf(s snapshot, row int) ([]string, error) {
	names := []string{}
	config, err := s.tags.config()
	if err != nil || s.data.fits(config.Columns()) != nil {
		return names, nil // the page says elsewhere why
	}
	values, err := e.named(s.data, row, config.Columns())
	if err != nil {
		return nil, err
	}
	for _, x := range s.sessions {
		p, err := config.For(x.Tags...)
		if err == nil && p.Match(func(column string) (string, bool) { return values[column], values[column] != "" }) {
			names = append(names, x.Name)
		}
	}
	return names, nil
}
