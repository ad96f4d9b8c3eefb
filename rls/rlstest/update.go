package rlstest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/rls"
)

// A Change is one expectation that an update rewrites.
type Change struct {
	Pos      rls.Position
	Case     string
	Old, New string // as in the file: all: true, count: 12
}

// String returns the change on one line.
func (c Change) String() string {
	return fmt.Sprintf("%s: %s: %s becomes %s", c.Pos, c.Case, c.Old, c.New)
}

// An Updated is the new text of a case file, with its changes.
type Updated struct {
	Text    []byte
	Changes []Change
	Left    []*Error // failing expectations that an update does not change; each wraps ErrNotUpdated
}

// Update runs every case and returns the case file with the actual numbers: it
// replaces a wrong or empty count, and a wrong all or none becomes a count. All
// other bytes stay unchanged, including comments and layout. Update writes no
// file.
//
// The checks only, rows, hidden and error are the purpose of a case. Rewriting
// them could turn a leak into an expectation, so Update lists them and leaves
// them unchanged. The error is the error of ctx, or wraps ErrNotUpdated if a
// count cannot be edited in place. It comes with the zero Updated.
func (s *Suite) Update(ctx context.Context, opts *Options) (Updated, error) {
	o := *cmp.Or(opts, new(Options))
	o.Mutate, o.RequireKilled, o.Lenient = false, false, true
	report, err := s.Run(ctx, &o)
	if err != nil {
		return Updated{}, err
	}
	var u Updated
	if s.Len() == 0 {
		return u, nil
	}
	var edits []replacement
	for i, c := range s.cases {
		for _, reason := range report.Results[i].Reasons {
			switch reason.Check {
			case "count", "all", "none":
				e := s.edit(c.exact, report.Results[i].Visible)
				edits = append(edits, e)
				u.Changes = append(u.Changes, Change{
					Pos: c.exact.at, Case: c.name, Old: e.said, New: "count: " + strconv.Itoa(report.Results[i].Visible),
				})
			default:
				u.Left = append(u.Left, &Error{Pos: reason.Pos, Field: c.name, Err: fmt.Errorf("%s %w: want %s, got %s", reason.Check, ErrNotUpdated, reason.Expected, reason.Got)})
			}
		}
	}
	text := bytes.TrimPrefix(s.content, []byte(bom)) // offsets do not count it
	u.Text = replace(text, edits, s.content[:len(s.content)-len(text)])
	if !s.updated(u.Text, report.Results) {
		return Updated{}, &Error{Pos: textpos.At(s.file, 1, 1), Err: fmt.Errorf("the file %w: write counts as count: 12", ErrNotUpdated)}
	}
	return u, nil
}

// updated reads the new text back and reports whether it has the same cases, and
// their numbers are those that came out. YAML has more ways to write a key and
// its value than the edits below know of.
func (s *Suite) updated(text []byte, results []Result) bool {
	d, err := newDecoder(s.file, text)
	if err != nil {
		return false
	}
	cases := d.file().cases
	if d.Err() != nil || len(cases) != len(s.cases) {
		return false
	}
	for i, c := range cases {
		old := s.cases[i]
		failed := slices.ContainsFunc(results[i].Reasons, func(r Reason) bool { return r.Check == "error" })
		right := failed || c.exact.how == old.exact.how || c.exact.how == howCount
		switch c.exact.how {
		case howCount:
			right = right && (failed || c.exact.n == results[i].Visible)
		case howUnset:
			right = right && failed
		}
		if !right || c.name != old.name {
			return false
		}
	}
	return true
}

// replacement is a stretch of the file and what takes its place.
type replacement struct {
	from, to  int
	new, said string
}

// edit returns the edit that makes a case expect n rows. The name and the value
// are plain scalars on one line, because they were read as such.
func (s *Suite) edit(e exact, n int) replacement {
	text := bytes.TrimPrefix(s.content, []byte(bom))
	number, value := strconv.Itoa(n), string(text[e.from:e.to])
	switch {
	case e.name != "count": // what stands between all or none and true is dropped
		return replacement{e.start, e.to, "count: " + number, e.name + ": " + value}
	case value == "":
		colon := e.start + bytes.IndexByte(text[e.start:], ':') + 1
		return replacement{colon, colon, " " + number, "count:"}
	}
	return replacement{e.from, e.to, number, "count: " + value}
}

const bom = "\uFEFF"

// replace returns a text with edits, behind what is already out.
func replace(text []byte, edits []replacement, out []byte) []byte {
	slices.SortFunc(edits, func(a, b replacement) int { return a.from - b.from })
	out = slices.Clone(out)
	at := 0
	for _, e := range edits {
		out = append(append(out, text[at:e.from]...), e.new...)
		at = e.to
	}
	return append(out, text[at:]...)
}
