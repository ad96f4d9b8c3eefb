package diff

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/tagrules"
)

// A SessionResult lists what changes for given sessions. The zero SessionResult
// has no change.
type SessionResult struct {
	Sessions int // how many were compared
	Changes  []SessionChange
	Rows     int  // of the data
	HasData  bool // rows were counted
}

// A SessionChange lists what changes for one session. It contains no tag value (T8).
type SessionChange struct {
	Session    int // its number, from 1
	Gain, Loss bool
	Columns    []string // that the session is restricted by, on either side

	// Numbers of rows of the data gained and lost, and the first of these rows.
	Gained, Lost         int
	GainedRows, LostRows []Sample
}

// HasGain reports whether a session gains a row.
func (r *SessionResult) HasGain() bool {
	return slices.ContainsFunc(r.Changes, func(c SessionChange) bool { return c.Gain })
}

// HasLoss reports whether a session loses a row.
func (r *SessionResult) HasLoss() bool {
	return slices.ContainsFunc(r.Changes, func(c SessionChange) bool { return c.Loss })
}

// Sessions compares exactly what each of the given sessions sees with the old
// and the new configuration. [Tags] compares all possible sessions. Of the
// options it uses Data, Samples and Effort; the data must have every column
// that either configuration restricts.
//
// A nil configuration stands for none: with it, no session sees a row. Invalid
// configurations and tags are errors, each with the number of its session.
// After an error there is no result.
func Sessions(old, new *tagrules.Config, sessions []tagrules.Tags, opts *Options) (*SessionResult, error) {
	o := *cmp.Or(opts, &Options{})
	o.Samples = cmp.Or(o.Samples, 3)
	for _, c := range []*tagrules.Config{old, new} {
		if c == nil {
			continue
		}
		if err := c.Validate(); err != nil {
			return nil, err
		}
	}
	c := &comparer{samples: o.Samples}
	if err := c.read(o.Data, slices.Concat(old.Columns(), new.Columns())); err != nil {
		return nil, err
	}
	r := &SessionResult{Sessions: len(sessions), Rows: c.table.Rows(), HasData: o.Data != nil}
	var problems []error
	effort := o.effort()
	for i, tags := range sessions {
		was, err := show(old, tags)
		is, err2 := show(new, tags)
		if err := cmp.Or(err, err2); err != nil {
			problems = append(problems, fmt.Errorf("session %d: %w", i+1, err))
			continue
		}
		noGain, err := effort.Implies(is, was)
		if err != nil {
			return nil, fmt.Errorf("session %d: %w", i+1, err)
		}
		noLoss, err := effort.Implies(was, is)
		if err != nil {
			return nil, fmt.Errorf("session %d: %w", i+1, err)
		}
		change := SessionChange{Session: i + 1, Gain: !noGain, Loss: !noLoss}
		if !change.Gain && !change.Loss {
			continue
		}
		change.Columns = slices.Concat(was.Columns(), is.Columns())
		slices.Sort(change.Columns)
		change.Columns = slices.Compact(change.Columns)
		change.Gained, change.Lost, change.GainedRows, change.LostRows = c.count(was, is)
		r.Changes = append(r.Changes, change)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return r, nil
}

// String returns the result as lines of text. It contains no tag value; samples
// are rows of the data.
func (r *SessionResult) String() string { return string(r.AppendTo(nil)) }

// AppendTo appends [SessionResult.String] to b.
func (r *SessionResult) AppendTo(b []byte) []byte {
	if len(r.Changes) == 0 {
		return append(b, "no difference\n"...)
	}
	for _, c := range r.Changes {
		what := "gains and loses"
		switch {
		case !c.Loss:
			what = "gains"
		case !c.Gain:
			what = "loses"
		}
		b = fmt.Appendf(b, "session %d: %s rows", c.Session, what)
		if len(c.Columns) > 0 {
			b = append(append(b, " by "...), strings.Join(c.Columns, ", ")...)
		}
		b = append(b, '\n')
		if r.HasData {
			b = appendCounts(b, r.Rows, c.Gained, c.Lost, c.GainedRows, c.LostRows)
		}
	}
	return b
}

// MarshalJSON writes the result as an object. It contains no tag value.
func (r *SessionResult) MarshalJSON() ([]byte, error) {
	type change struct {
		Session    int          `json:"session"`
		Gain       bool         `json:"gain"`
		Loss       bool         `json:"loss"`
		Columns    []string     `json:"columns"`
		Gained     *int         `json:"gained,omitempty"`
		Lost       *int         `json:"lost,omitempty"`
		GainedRows []jsonSample `json:"gainedRows,omitempty"`
		LostRows   []jsonSample `json:"lostRows,omitempty"`
	}
	out := struct {
		Sessions int      `json:"sessions"`
		Rows     *int     `json:"rows,omitempty"`
		Changes  []change `json:"changes"`
	}{Sessions: r.Sessions, Changes: make([]change, len(r.Changes))}
	if r.HasData {
		out.Rows = &r.Rows
	}
	for i, c := range r.Changes {
		out.Changes[i] = change{Session: c.Session, Gain: c.Gain, Loss: c.Loss, Columns: c.Columns,
			GainedRows: jsonSamples(c.GainedRows), LostRows: jsonSamples(c.LostRows)}
		if r.HasData {
			out.Changes[i].Gained, out.Changes[i].Lost = &c.Gained, &c.Lost
		}
	}
	return json.Marshal(out)
}

// show returns the rows that a session sees by a configuration; none without
// one.
func show(c *tagrules.Config, tags []tagrules.Tag) (predicate.Predicate, error) {
	if c == nil {
		return predicate.Predicate{}, nil
	}
	return c.For(tags...)
}
