package spice

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
)

// A level is a dataset in the line of a child and its parents, at one moment.
type level struct {
	d       *Dataset
	snap    *snapshot
	columns []levelColumn // in order; filled in by bind
	root    *arrow.Schema // what a database said its columns are: one answer holds for the whole read
}

// levelColumn is a column of a level, and where it is in the data.
type levelColumn struct {
	name string
	root int // index in the schema of the dataset that has the rows
}

// line returns d and its parents, the one that has the rows first. The line of
// a SPICE dataset is the dataset alone: it has its own rows.
func (d *Dataset) line(ctx context.Context) ([]*level, error) {
	var levels []*level
	for at := d; ; {
		snap, err := at.current(ctx)
		if err != nil {
			if at != d && (errors.Is(err, ErrNoDataset)) {
				err = ErrNoParent
			}
			return nil, err
		}
		levels = append([]*level{{d: at, snap: snap}}, levels...)
		if len(levels) > MaxDepth {
			return nil, ErrDepth
		}
		if snap.body.Parent == "" {
			return levels, nil
		}
		parent, err := d.store.byUID(snap.body.Parent, snap.body.ParentUID)
		if err != nil {
			if errors.Is(err, ErrNoDataset) {
				err = ErrNoParent
			}
			return nil, err
		}
		at = parent
	}
}

// restricted reports whether anything keeps rows or columns of the dataset from
// anybody.
func (s *snapshot) restricted() bool {
	return s.body.Rules != nil || s.body.Tags != nil || len(s.body.ColumnRules) > 0
}

// withRows cuts a line down to the dataset that has the rows and what is made
// of it. A SPICE child has rows of its own, which no rule of its parents was
// ever held against: if one is restricted now, nobody sees them.
func withRows(levels []*level) ([]*level, error) {
	for i := len(levels) - 1; i > 0; i-- {
		if levels[i].snap.body.ImportMode != SPICE {
			continue
		}
		for _, above := range levels[:i] {
			if above.snap.restricted() {
				return nil, ErrSpiceChild
			}
		}
		return levels[i:], nil
	}
	return levels, nil
}

// bind finds the columns of every level in the schema of the rows. levels[0]
// has the rows.
func bind(levels []*level, root *arrow.Schema) error {
	seen := make(map[string]bool)
	levels[0].columns = make([]levelColumn, root.NumFields())
	for i, f := range root.Fields() {
		if seen[f.Name] {
			return fmt.Errorf("%w: several columns are %q", ErrSchema, f.Name)
		}
		seen[f.Name] = true
		levels[0].columns[i] = levelColumn{f.Name, i}
	}
	for i, l := range levels[1:] {
		parent := levels[i]
		if l.snap.body.Columns == nil {
			l.columns = parent.columns
			continue
		}
		for _, c := range l.snap.body.Columns {
			from, ok := parent.column(c.from())
			if !ok {
				return fmt.Errorf("%w: the parent has no column %q", ErrSchema, c.from())
			}
			l.columns = append(l.columns, levelColumn{c.Name, from})
		}
	}
	return nil
}

// column returns where a column of the level is in the rows.
func (l *level) column(name string) (root int, ok bool) {
	for _, c := range l.columns {
		if c.name == name {
			return c.root, true
		}
	}
	return 0, false
}

func (c Column) from() string {
	if c.From == "" {
		return c.Name
	}
	return c.From
}

// checkParent checks what a child is to be made of, and fills in which parent
// is meant.
func (s *Store) checkParent(ctx context.Context, b *body) error {
	parent, err := s.dataset(b.Parent)
	if err != nil {
		return fmt.Errorf("%w: Parent %q: %w", ErrInput, b.Parent, err)
	}
	b.ParentUID = parent.uid
	levels, err := parent.line(ctx)
	if err != nil {
		return fmt.Errorf("%w: Parent %q: %w", ErrInput, b.Parent, err)
	}
	var errs []error
	if len(levels) >= MaxDepth {
		errs = append(errs, ErrDepth)
	}
	if last := levels[len(levels)-1]; last.snap.body.UseAs == RLSRules {
		errs = append(errs, fmt.Errorf("%w: Parent %q: a permission dataset has no children", ErrInput, b.Parent))
	}
	if b.ImportMode == SPICE {
		for _, l := range levels {
			if l.snap.restricted() {
				errs = append(errs, fmt.Errorf("%w: parent %q", ErrSpiceChild, l.d.id))
			}
		}
	}
	seen := make(map[string]bool)
	for i, c := range b.Columns {
		if c.Name == "" || seen[c.Name] {
			errs = append(errs, fmt.Errorf("%w: Columns[%d]: got %q, want a name, once", ErrInput, i, c.Name))
		}
		seen[c.Name] = true
	}
	if b.Columns != nil && len(b.Columns) == 0 {
		errs = append(errs, fmt.Errorf("%w: Columns: none", ErrInput))
	}
	// A parent without rows yet has no columns to compare with; the read does.
	if below, err := withRows(levels); err == nil {
		if root, err := below[0].schema(ctx); err == nil && bind(below, root) == nil {
			last := below[len(below)-1]
			for i, c := range b.Columns {
				if _, ok := last.column(c.from()); !ok {
					errs = append(errs, fmt.Errorf("%w: Columns[%d]: the parent has no column %q", ErrInput, i, c.from()))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// schema returns the columns of the dataset that has the rows.
func (l *level) schema(ctx context.Context) (*arrow.Schema, error) {
	if l.snap.body.ImportMode == SPICE {
		if l.snap.schema == nil {
			return nil, ErrNotIngested
		}
		return l.snap.schema, nil
	}
	if l.root != nil {
		return l.root, nil
	}
	direct, err := l.d.connected()
	if err != nil {
		return nil, err
	}
	schema, err := direct.Schema(ctx)
	if err != nil {
		return nil, err
	}
	if schema == nil {
		return nil, fmt.Errorf("%w: the source has no schema", ErrSchema)
	}
	l.root, err = bareSchema(schema)
	return l.root, err
}
