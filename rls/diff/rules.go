package diff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/distinct"
	"github.com/rowsight/rowsight/rls/roster"
)

// Options select the viewers and the data of a comparison. A nil *Options and
// the zero Options are the default.
type Options struct {
	// Roster lists the viewers. The users and groups that either side names and
	// the roster lacks are added; see [roster.Viewers]. Nil stands for all
	// users and groups that either side names, each user without groups and
	// each group on its own.
	Roster *roster.Roster

	// Data is the data for row counts and samples, or nil. It is read to its
	// end, and neither retained nor released.
	Data array.RecordReader

	// Effort bounds the comparison, for rules that are made to be hard to
	// compare. Nil is an effort of [predicate.MaxSteps].
	Effort *predicate.Effort

	// Samples is the number of rows gained and lost to show for each
	// difference. 0 means 3, a negative number none. Rows with equal values in
	// the restricted columns are one [Sample].
	Samples int
}

// A Result lists what changes for which viewers. The zero Result has no change.
type Result struct {
	Viewers     int // how many were compared
	Differences []Difference
	Rows        int  // of the data
	HasData     bool // rows were counted
}

// A Difference is one change, with the viewers who share it.
type Difference struct {
	Viewers []roster.Viewer // at least one, users before groups, by name
	Change

	// A viewer above a limit sees nothing (U14, U15). Old and New are the
	// errors of the two sides.
	Old, New error

	// Numbers of rows of the data gained and lost, and the first of these rows.
	Gained, Lost         int
	GainedRows, LostRows []Sample
}

// A Sample is a row of the data. It stands for every row with the same values in
// the restricted columns, because rules cannot tell them apart.
type Sample struct {
	Row    int               // the number of the first such row, from 1
	Values map[string]string // of the restricted columns; a column that is left out is NULL or ""
	Count  int               // how many such rows there are
}

// HasGain reports whether a viewer gains a row.
func (r *Result) HasGain() bool {
	return slices.ContainsFunc(r.Differences, func(d Difference) bool { return len(d.Gains) > 0 })
}

// HasLoss reports whether a viewer loses a row.
func (r *Result) HasLoss() bool {
	return slices.ContainsFunc(r.Differences, func(d Difference) bool { return len(d.Losses) > 0 })
}

// Rules compares the rows that old and new rules show to each viewer. Rules
// with names can be compared with rules with ARNs, because an ARN contains a
// name. If one side is not enforced, viewers that no rule names are compared
// too.
//
// Errors come from the roster or from the data, which must have the restricted
// columns of both sides, or name a viewer whose rules are too hard to compare.
// After an error there is no Result.
func Rules(old, new *rls.Rules, opts *Options) (*Result, error) {
	o := *cmp.Or(opts, &Options{})
	o.Samples = cmp.Or(o.Samples, 3)
	viewers, err := everybody(old, new, o.Roster)
	if err != nil {
		return nil, err
	}
	c := &comparer{samples: o.Samples, effort: o.effort(), result: &Result{Viewers: len(viewers), HasData: o.Data != nil}, known: make(map[string]Difference), place: make(map[string]int)}
	if err := c.read(o.Data, slices.Concat(old.Columns(), new.Columns())); err != nil {
		return nil, err
	}
	c.result.Rows = c.table.Rows()
	for _, v := range viewers {
		was, errOld := old.For(v.Principal)
		is, errNew := new.For(v.Principal)
		if err := c.add(v, was, is, errOld, errNew); err != nil {
			return nil, fmt.Errorf("%s: %w", v, err)
		}
	}
	return c.result, nil
}

// everybody returns whom to compare.
func everybody(old, new *rls.Rules, r *roster.Roster) ([]roster.Viewer, error) {
	viewers, err := roster.Viewers(r, old, new)
	if err != nil {
		return nil, err
	}
	viewers = dropNames(viewers)
	if old.Enforced() != new.Enforced() {
		viewers = append(viewers, anybody(viewers))
	}
	return viewers, nil
}

// dropNames drops those known by a name only of whom the ARN is known: they are
// named by rules of both versions and are one viewer.
func dropNames(viewers []roster.Viewer) []roster.Viewer {
	type key struct {
		kind            namespace.Kind
		namespace, name string
	}
	identity := func(v roster.Viewer) namespace.Identity {
		if v.Kind == namespace.KindGroup {
			return v.Principal.Groups[0]
		}
		return v.Principal.User
	}
	of := func(v roster.Viewer) key { id := identity(v); return key{v.Kind, id.InNamespace(), id.Name} }
	arns := make(map[key]bool)
	for _, v := range viewers {
		if !identity(v).ARN.IsZero() {
			arns[of(v)] = true
		}
	}
	return slices.DeleteFunc(viewers, func(v roster.Viewer) bool { return identity(v).ARN.IsZero() && arns[of(v)] })
}

// anybody returns a user whom nobody named.
func anybody(viewers []roster.Viewer) roster.Viewer {
	name := "anybody else"
	for slices.ContainsFunc(viewers, func(v roster.Viewer) bool { return v.Name == name }) {
		name += "!"
	}
	return roster.Viewer{Kind: namespace.KindUser, Name: name, Principal: namespace.Named(name)}
}

func (o *Options) effort() *predicate.Effort {
	if o.Effort == nil {
		return predicate.NewEffort(context.Background(), 0)
	}
	return o.Effort
}

// A comparer collects differences.
type comparer struct {
	effort  *predicate.Effort
	table   *distinct.Table
	samples int
	result  *Result
	known   map[string]Difference // by both predicates
	place   map[string]int        // of a difference, by key
}

// read reads the columns of data, if there is data to count rows in.
func (c *comparer) read(data array.RecordReader, columns []string) (err error) {
	if data == nil {
		return nil
	}
	slices.Sort(columns)
	if c.table, err = distinct.Read(data, slices.Compact(columns)); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	return nil
}

// add compares what a viewer saw and sees.
func (c *comparer) add(v roster.Viewer, old, new predicate.Predicate, errOld, errNew error) error {
	if old.Equal(new) {
		return nil
	}
	pair := old.String() + "\n" + new.String()
	d, ok := c.known[pair]
	if !ok {
		change, err := BetweenWithin(c.effort, old, new)
		if err != nil {
			return err
		}
		d = Difference{Change: change}
		d.Gained, d.Lost, d.GainedRows, d.LostRows = c.count(old, new)
		c.known[pair] = d
	}
	if d.IsZero() {
		return nil
	}
	d.Old, d.New = errOld, errNew
	key := d.key()
	i, ok := c.place[key]
	if !ok {
		i = len(c.result.Differences)
		c.place[key] = i
		c.result.Differences = append(c.result.Differences, d)
	}
	same := &c.result.Differences[i].Viewers
	*same = append(*same, v)
	return nil
}

// count counts the rows of the data that are gained and lost; none without data.
func (c *comparer) count(old, new predicate.Predicate) (gained, lost int, gainedRows, lostRows []Sample) {
	if c.table == nil {
		return 0, 0, nil, nil
	}
	was, is := c.table.Select(old), c.table.Select(new)
	more, less := slices.Clone(is), slices.Clone(was)
	more.Drop(was)
	less.Drop(is)
	return c.table.RowsOf(more), c.table.RowsOf(less), c.rows(more), c.rows(less)
}

// rows returns the first rows of the data in a set. All rows of a combination
// look the same, so that the first of each stands for them.
func (c *comparer) rows(set distinct.Set) (rows []Sample) {
	for combo := range set.All() {
		if len(rows) >= c.samples {
			break
		}
		s := Sample{Row: c.table.First(combo) + 1, Values: make(map[string]string), Count: c.table.Count(combo)}
		for i, name := range c.table.Columns() {
			if text := c.table.Text(combo, i); text != "" {
				s.Values[name] = text
			}
		}
		rows = append(rows, s)
	}
	return rows
}

// key is the same for differences that are one, but for the viewers.
func (d Difference) key() string {
	var b []byte
	for _, parts := range [][]Part{d.Gains, d.Losses} {
		for _, p := range parts {
			b = append(append(p.Rows.AppendTo(b), "; "...), row(p.Witness)...)
			b = append(b, '\n')
		}
		b = append(b, '\n')
	}
	for _, err := range []error{d.Old, d.New} {
		if limit, ok := errors.AsType[*rls.LimitError](err); ok {
			b = fmt.Appendf(b, "%q %d %d %v", limit.Column, limit.Got, limit.Max, limit.Err)
		}
		b = append(b, '\n')
	}
	b = fmt.Appendf(b, "%d %d", d.Gained, d.Lost)
	for _, s := range slices.Concat(d.GainedRows, d.LostRows) {
		b = fmt.Appendf(b, " %d", s.Row)
	}
	return string(b)
}
