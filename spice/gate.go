package spice

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

// view is what one session may see of a dataset at one moment: the gate that
// every read goes through. What is not in it is not visible.
type view struct {
	d      *Dataset
	s      Session
	levels []*level // levels[0] has the rows
	used   []*level // whatever decided: the whole line, and permission datasets
	root   *arrow.Schema

	rows    predicate.Predicate // in terms of root
	columns []levelColumn       // that are visible, of the last level
	out     *arrow.Schema       // of columns, as delivered
	rules   string              // which rules that was, for audit records

	wanted       predicate.Predicate // rows, and what the viewer's Where leaves of them
	narrowed     bool                // there is a Where
	picked       []levelColumn       // the columns that are asked for
	pickedSchema *arrow.Schema       // of picked
	limit        int64               // of rows
	plan         query.Plan          // of a question
}

// retries is how often a read begins again because the dataset changed while
// it looked. Each time somebody else got something done.
const retries = 100

// open decides what s may see, and opens the rows. The caller closes the data.
func (d *Dataset) open(ctx context.Context, s Session, action string, q request) (*view, *data, error) {
	for range retries {
		v, err := d.look(ctx, s, action)
		if err == nil {
			err = v.ask(q)
		}
		if err == nil {
			var t *data
			if t, err = d.store.openData(ctx, v.levels[0], v.sought(), v.needs(), q.question != nil); err == nil {
				err = errStale
				if v.holds(ctx) {
					if err = v.vouched(ctx); err == nil {
						return v, t, nil
					}
				}
				t.close()
			}
		}
		if !errors.Is(err, errStale) {
			return v, nil, err
		}
	}
	return nil, nil, errStale
}

// holds reports whether everything that the view was made of is still so, now
// that the rows are open. Then there was a moment when all of it held at once:
// rows of before a change are not shown by rules of after it, nor the other way
// round (V3).
func (v *view) holds(ctx context.Context) bool {
	return !slices.ContainsFunc(v.used, func(l *level) bool {
		snap, err := l.d.current(ctx)
		return err != nil || snap != l.snap // why, the next look says
	})
}

// look decides what s may see. Every error is a refusal.
func (d *Dataset) look(ctx context.Context, s Session, action string) (*view, error) {
	k, err := s.kind()
	if err != nil {
		return nil, err
	}
	levels, err := d.line(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.admit(ctx, s, action, levels[len(levels)-1].snap); err != nil {
		return nil, err
	}
	used := slices.Clone(levels)
	if levels, err = withRows(levels); err != nil {
		return nil, err
	}
	for _, l := range levels[1:] { // that of levels[0] opens the rows
		if err := d.store.checkKey(ctx, l.snap.head); err != nil {
			return nil, err
		}
	}
	root, err := levels[0].schema(ctx)
	if err != nil {
		return nil, err
	}
	if err := bind(levels, root); err != nil {
		return nil, err
	}
	v := &view{d: d, s: s, levels: levels, used: used, root: root}
	if k == nobody {
		v.out = arrow.NewSchema(nil, nil)
		return v, nil
	}
	if err := v.judgeRows(ctx, action); err != nil {
		return nil, err
	}
	if err := v.judgeColumns(); err != nil {
		return nil, err
	}
	return v, nil
}

// admit decides whether s may open the dataset at all.
func (d *Dataset) admit(ctx context.Context, s Session, action string, snap *snapshot) error {
	if s.expired(d.store) {
		return ErrExpired
	}
	if action == ActionPrepare {
		if !slices.ContainsFunc(snap.body.Owners, s.is) {
			return ErrNotOwner
		}
	} else if snap.body.UseAs == RLSRules {
		return ErrNotVisible
	}
	if access := d.store.opts.Access; access != nil {
		if err := access.Allow(ctx, s, action, d.arn); err != nil {
			return fmt.Errorf("%w: %w", ErrAccess, err)
		}
	}
	return nil
}

func (s Session) expired(store *Store) bool {
	return !s.Expires.IsZero() && !store.opts.Now().Before(s.Expires)
}

// judgeRows ANDs the rules of all levels (V5). An owner who prepares data is
// held against the rules of the parents only (V2).
func (v *view) judgeRows(ctx context.Context, action string) error {
	rows := predicate.All()
	last := len(v.levels) - 1
	for i, l := range v.levels {
		if action == ActionPrepare && i == last {
			break
		}
		p, by, err := l.visible(ctx, v.s, v.root)
		if err != nil {
			return err
		}
		if by.from != nil {
			v.used = append(v.used, by.from)
		}
		if p, err = l.inRows(p, v.root); err != nil {
			return err
		}
		rows = predicate.And(rows, p)
		if i < last && by.name != "" {
			by.name = "parent " + l.d.id + ": " + by.name
		}
		v.rules = listed(v.rules, by.name)
	}
	v.rows = rows
	return nil
}

// judgeColumns leaves out the columns that column rules of any level keep from
// the session (V6). A child's column is hidden where the parent's is. A rule for
// a column that is not there, or not any more, is an error: it may have another
// name now.
func (v *view) judgeColumns() error {
	kept := make(map[string]bool) // columns of the level above that are hidden
	for i, l := range v.levels {
		if err := l.hasNamed(l.snap.body.ColumnRules); err != nil {
			return fmt.Errorf("%w: %w", ErrRules, err)
		}
		here := make(map[string]bool)
		for j, c := range l.columns {
			from := c.name
			if i > 0 && l.snap.body.Columns != nil {
				from = l.snap.body.Columns[j].from()
			}
			here[c.name] = hidden(l.snap.body.ColumnRules, c.name, v.s) || i > 0 && kept[from]
		}
		kept = here
	}
	var fields []arrow.Field
	for _, c := range v.levels[len(v.levels)-1].columns {
		if !kept[c.name] {
			v.columns = append(v.columns, c)
			fields = append(fields, arrow.Field{Name: c.name, Type: v.root.Field(c.root).Type, Nullable: true})
		}
	}
	v.out = arrow.NewSchema(fields, nil)
	return nil
}

// needs returns the names of the columns, as the rows have them, that it takes
// to filter them, and then those that are asked for. A database is asked for those that
// wildcards leave open, too.
func (v *view) needs() []string {
	names := slices.Clone(v.wanted.Columns())
	if v.levels[0].snap.body.ImportMode == DirectQuery {
		names = slices.Clone(v.wanted.Restricted())
	}
	for _, c := range v.picked {
		if name := v.root.Field(c.root).Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Predicate returns the rows of the dataset that s sees, under the rules of the
// dataset and of all its parents, with the column names of the topmost parent
// (V1, V5). On an error it returns the predicate that selects no row.
func (d *Dataset) Predicate(s Session) (predicate.Predicate, error) {
	v, t, err := d.open(context.Background(), s, ActionQuery, everything())
	if err != nil {
		return predicate.Predicate{}, d.fail("", err)
	}
	t.close()
	return v.rows, nil
}

// Schema returns the columns that s sees (V6). It does not depend on any row
// (V8).
func (d *Dataset) Schema(ctx context.Context, s Session) (*arrow.Schema, error) {
	for range retries {
		v, err := d.look(ctx, s, ActionQuery)
		if err == nil {
			err = d.store.checkKey(ctx, v.levels[0].snap.head)
		}
		if err != nil {
			return nil, d.fail("", err)
		}
		if v.holds(ctx) { // or column rules of before a change would count after it
			return v.out, nil
		}
	}
	return nil, d.fail("", errStale)
}

// project returns rec with those of its columns that the view needs.
func project(rec arrow.Record, names []string) (arrow.Record, error) {
	fields := make([]arrow.Field, len(names))
	columns := make([]arrow.Array, len(names))
	for i, name := range names {
		at := rec.Schema().FieldIndices(name)
		if len(at) != 1 {
			return nil, fmt.Errorf("%w: %d columns are %q, want one", ErrSchema, len(at), name)
		}
		fields[i], columns[i] = rec.Schema().Field(at[0]), rec.Column(at[0])
	}
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, rec.NumRows()), nil
}
