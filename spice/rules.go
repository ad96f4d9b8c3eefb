package spice

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/tagrules"
)

// parsed are the rules of a permission dataset of the store, as they were read
// last: by this attachment, with its options, from this state of the permission
// dataset, and by nothing that another could share by accident (S6).
type parsed struct {
	by    *attachment
	from  *snapshot
	rules *rls.Rules
}

// origin is where rules are from.
type origin struct {
	name string // in audit records: "user rules from dataset rules version 3 (setting 1); tag rules (setting 2)"
	from *level // the permission dataset of the store; nil if it is none
}

// listed returns what stands in an audit record with one more part.
func listed(all, more string) string {
	if all == "" || more == "" {
		return all + more
	}
	return all + "; " + more
}

// rulesOf returns the rules of an attachment, and where they are from. Whatever
// is wrong with them is an error: rules that cannot be read show nobody a row.
func (d *Dataset) rulesOf(ctx context.Context, a *attachment) (*rls.Rules, origin, error) {
	if a.Live {
		l := d.liveRules(a.Serial)
		switch {
		case l == nil:
			return nil, origin{}, ErrNoRules
		case l.source == nil:
			return l.rules, origin{name: fmt.Sprintf("user rules from the program (setting %d)", a.Serial)}, nil
		}
		rules, err := l.source.Rules(ctx)
		if err != nil {
			return nil, origin{}, fmt.Errorf("%w: %w", ErrRules, err)
		}
		if rules == nil {
			return nil, origin{}, ErrNoRules
		}
		return rules, origin{name: fmt.Sprintf("live user rules from the program (setting %d)", a.Serial)}, nil
	}
	from, err := d.store.byUID(a.Dataset, a.UID)
	if errors.Is(err, ErrNoDataset) {
		return nil, origin{}, ErrNoRules // deleted, and perhaps created again (V4)
	}
	if err != nil {
		return nil, origin{}, fmt.Errorf("%w: %w", ErrRules, err)
	}
	rules, of, err := d.stored(ctx, from, a)
	if errors.Is(err, ErrNoDataset) {
		return nil, origin{}, ErrNoRules
	}
	if err != nil {
		return nil, origin{}, fmt.Errorf("%w: permission dataset %q: %w", ErrRules, a.Dataset, err)
	}
	return rules, of, nil
}

// stored returns the rules of a permission dataset of the store. Its key is
// asked for even if the rules are known.
func (d *Dataset) stored(ctx context.Context, from *Dataset, a *attachment) (*rls.Rules, origin, error) {
	levels, err := from.line(ctx)
	if err != nil {
		return nil, origin{}, err
	}
	snap := levels[0].snap
	if n := len(snap.body.Ingestions); a.DenyStale && n > 0 && snap.body.Ingestions[n-1].Status == Failed {
		return nil, origin{}, errors.New("the newest refresh failed")
	}
	data, err := d.store.openData(ctx, levels[0], predicate.All(), nil, false)
	if err != nil {
		return nil, origin{}, err
	}
	defer data.close()
	live := snap.body.ImportMode == DirectQuery
	d.mu.Lock()
	p := d.parsed
	d.mu.Unlock()
	of := origin{fmt.Sprintf("user rules from dataset %s version %d (setting %d)", from.id, snap.body.Version, a.Serial), levels[0]}
	if !live && p != nil && p.by == a && p.from == snap {
		return p.rules, of, nil
	}
	rules, err := readRules(ctx, data, a, from.id)
	if err != nil {
		return nil, origin{}, err
	}
	if !live {
		d.mu.Lock()
		d.parsed = &parsed{a, snap, rules}
		d.mu.Unlock()
	}
	return rules, of, nil
}

// readRules reads rules from the rows of a permission dataset.
func readRules(ctx context.Context, data *data, a *attachment, file string) (*rls.Rules, error) {
	opts := a.Options
	opts.File = file
	settings := a.Settings
	opts.Settings = &settings
	r := data.reader(ctx)
	defer r.Release()
	rules, err := rls.Read(batch.NewRows(r), &opts)
	if err != nil {
		return nil, err
	}
	return rules, nil
}

// fits reports which columns that are restricted a table has not once and as text (U2).
func fits(restricted []string, columns []levelColumn, root *arrow.Schema) error {
	table := make([]predicate.Column, len(columns))
	for i, c := range columns {
		t := root.Field(c.root).Type
		table[i] = predicate.Column{Name: c.name, Type: t.String(), Text: spicefile.IsText(t)}
	}
	return predicate.CheckColumns(table, restricted...)
}

// visible returns which rows of a level s sees by the level's own rules (V1),
// in terms of the level's columns:
//
//	                 registered      anonymous
//	no rules         all             all
//	user rules       by user rules   none
//	tag rules        none            by tags
//	both             by user rules   by tags
//
// Rules that are DISABLED count as none (U17, T10). Rules that are missing show
// nobody a row (V4), and so does every error. Whoever sees a row does so only if the
// level has all columns that its rules restrict (U2), disabled ones too.
func (l *level) visible(ctx context.Context, s Session, root *arrow.Schema) (predicate.Predicate, origin, error) {
	p, columns, by, err := l.admitted(ctx, s)
	if err != nil || p.Op() == predicate.OpNone {
		return predicate.Predicate{}, by, err
	}
	p = p.Restrict(columns...)
	if err := fits(p.Restricted(), l.columns, root); err != nil {
		return predicate.Predicate{}, by, fmt.Errorf("%w: %w", ErrRules, err)
	}
	return p, by, nil
}

// admitted returns what [level.visible] does, and the columns that the rules of
// the level restrict, not yet checked.
func (l *level) admitted(ctx context.Context, s Session) (p predicate.Predicate, columns []string, by origin, err error) {
	var users *rls.Rules
	if a := l.snap.body.Rules; a != nil {
		rules, of, err := l.d.rulesOf(ctx, a)
		if err != nil {
			return predicate.Predicate{}, nil, origin{}, err
		}
		by, columns = of, rules.Columns()
		if rules.Enforced() && a.Settings.Status != rls.Disabled {
			users = rules
		} else {
			by.name += ", disabled"
		}
	}
	var tags *tagSetting
	if t := l.snap.body.Tags; t != nil {
		columns = append(columns, t.Config.Columns()...)
		name := fmt.Sprintf("tag rules (setting %d)", t.Serial)
		if t.Config.Status != tagrules.Disabled {
			tags = t
		} else {
			name += ", disabled"
		}
		by.name = listed(by.name, name)
	}
	k, err := s.kind()
	switch {
	case err != nil || k == nobody:
		return predicate.Predicate{}, nil, by, err
	case k == anonymous && l.snap.body.Tags != nil:
		// Bad tags are an error under rules that are disabled, too.
		t := l.snap.body.Tags
		if p, err = t.Config.ForOptions(&t.Options, s.Tags...); err != nil {
			return predicate.Predicate{}, nil, by, fmt.Errorf("%w: %w", ErrSession, err)
		}
		if tags != nil {
			return p, columns, by, nil
		}
	case k == registered && users != nil:
		if p, err = users.For(s.Principal); err != nil {
			return predicate.Predicate{}, nil, by, fmt.Errorf("%w: %w", ErrRules, err)
		}
		return p, columns, by, nil
	}
	if users == nil && tags == nil {
		return predicate.All(), columns, by, nil
	}
	return predicate.Predicate{}, nil, by, nil
}

// inRows returns p, which is about columns of the level, in terms of the
// columns of the rows: what a child renamed has its old name again (V5).
func (l *level) inRows(p predicate.Predicate, root *arrow.Schema) (predicate.Predicate, error) {
	var err error
	q := p.Rename(func(column string) string {
		at, ok := l.column(column)
		if !ok {
			err = fmt.Errorf("%w: column %q: %w", ErrRules, column, ErrNoColumn)
			return ""
		}
		return root.Field(at).Name
	})
	if err != nil {
		return predicate.Predicate{}, err
	}
	return q, nil
}
