package spice

import (
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/tagrules"
)

// Permissions are the user rules of a dataset, which has one permission dataset
// (V3). The rules come from Rules, from Source, or from a permission dataset of
// this store that Arn names.
type Permissions struct {
	// Settings are the API object RowLevelPermissionDataSet (U17). Arn names a
	// dataset of this store. If Rules or Source is set, Arn and
	// PermissionPolicy may be left out. Of these settings, only Status applies
	// to Rules and Source, because they were read with their own Namespace and
	// FormatVersion.
	Settings rls.PermissionDataSet
	// Options say how to read the cells of a permission dataset of this store.
	// Attach sets File and Settings.
	Options *rls.Options
	// Rules are the rules themselves. They are not stored: after [Open] the
	// dataset shows no row until rules are attached again.
	Rules *rls.Rules
	// Source returns the rules at every read. It is not stored either.
	Source RulesSource
	// DenyStale hides all rows if the last refresh of the permission dataset
	// failed. Without it, the rules of the last successful refresh apply.
	DenyStale bool
}

// Attach replaces the user rules of the dataset with p (V3). If the rules
// cannot be read or do not fit the columns, Attach returns an error and the old
// rules stay in force.
func (d *Dataset) Attach(ctx context.Context, p Permissions) error {
	return d.fail("attach rules", d.attach(ctx, p))
}

func (d *Dataset) attach(ctx context.Context, p Permissions) error {
	a := attachment{Settings: p.Settings, DenyStale: p.DenyStale, Live: p.Rules != nil || p.Source != nil}
	if p.Options != nil {
		a.Options = *p.Options
	}
	a.Options.File, a.Options.Settings = "", nil
	if p.Rules != nil && p.Source != nil {
		return fmt.Errorf("%w: both Rules and Source are set", ErrInput)
	}
	if a.Live {
		switch a.Settings.Status {
		case "", rls.Enabled, rls.Disabled:
		default:
			return fmt.Errorf("%w: Status: got %q, want %s or %s", ErrInput, a.Settings.Status, rls.Enabled, rls.Disabled)
		}
		if pp := a.Settings.PermissionPolicy; pp != "" && pp != rls.GrantAccess {
			return fmt.Errorf("%w: %w", ErrInput, rls.ErrDenyAccess)
		}
	} else if err := d.findRules(&a); err != nil {
		return err
	}
	use := audit.Use{Name: audit.UpdateDataSet, Change: "RowLevelPermissionDataSet"}
	err := d.update(ctx, use, nil, func(b *body) error {
		b.Serial++
		a.Serial = b.Serial
		if b.UseAs == RLSRules {
			return fmt.Errorf("%w: a permission dataset has no rules", ErrInput)
		}
		if err := d.checkRules(ctx, b, &a, p); err != nil {
			return err
		}
		b.Rules = &a
		if a.Live {
			// Before the state says so: until then nobody asks for this serial.
			d.mu.Lock()
			d.live[a.Serial] = &live{p.Rules, p.Source}
			d.mu.Unlock()
		}
		return nil
	})
	if err == nil {
		d.keepLive(a.Serial)
	}
	return err
}

// findRules finds the permission dataset that the settings of a name.
func (d *Dataset) findRules(a *attachment) error {
	if err := a.Settings.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInput, err)
	}
	arn, err := namespace.ParseARN(a.Settings.Arn)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInput, err)
	}
	if !arn.Same(d.store.arn(arn.Name)) {
		return fmt.Errorf("%w: Arn: %s is not a dataset of this store", ErrInput, arn)
	}
	from, err := d.store.dataset(arn.Name)
	if err != nil {
		return fmt.Errorf("permission dataset %q: %w", arn.Name, err)
	}
	a.Dataset, a.UID = from.id, from.uid
	return nil
}

// checkRules reads rules before they are attached, and compares them with the
// columns, if those are known.
func (d *Dataset) checkRules(ctx context.Context, b *body, a *attachment, p Permissions) error {
	rules := p.Rules
	switch {
	case p.Source != nil:
		var err error
		if rules, err = p.Source.Rules(ctx); err != nil {
			return fmt.Errorf("%w: %w", ErrRules, err)
		}
		if rules == nil {
			return ErrNoRules
		}
	case rules == nil:
		from, err := d.store.byUID(a.Dataset, a.UID)
		if err != nil {
			return err
		}
		snap, err := from.current(ctx)
		if err != nil {
			return err
		}
		if snap.body.UseAs != RLSRules {
			return fmt.Errorf("%w: dataset %q is not for rules: create it with UseAs %s", ErrInput, from.id, RLSRules)
		}
		if rules, _, err = d.rulesOf(ctx, a); err != nil {
			return err
		}
	}
	return d.checkColumns(ctx, rules.Columns())
}

// checkColumns reports which columns that rules name the dataset lacks, or has
// not as text. What is not known yet, the refresh or the read reports.
func (d *Dataset) checkColumns(ctx context.Context, columns []string) error {
	l, root, err := d.columnsOf(ctx)
	if err != nil || l == nil {
		return err
	}
	return fits(columns, l.columns, root)
}

// columnsOf returns the columns of the dataset, and nothing if they are not
// known.
func (d *Dataset) columnsOf(ctx context.Context) (*level, *arrow.Schema, error) {
	levels, err := d.line(ctx)
	if err != nil {
		return nil, nil, err
	}
	if levels, err = withRows(levels); err != nil {
		return nil, nil, err
	}
	root, err := levels[0].schema(ctx)
	if err != nil {
		return nil, nil, ctx.Err()
	}
	if err := bind(levels, root); err != nil {
		return nil, nil, err
	}
	return levels[len(levels)-1], root, nil
}

// Detach removes the user rules. Every viewer with access then sees every row,
// unless the dataset has tag rules (V1).
func (d *Dataset) Detach(ctx context.Context) error {
	use := audit.Use{Name: audit.UpdateDataSet, Change: "RowLevelPermissionDataSet"}
	return d.fail("detach rules", d.update(ctx, use, nil, func(b *body) error {
		b.Rules = nil
		return nil
	}))
}

// SetTagRules replaces the tag rules of the dataset with c. A nil configuration
// is an error, because tag rules that could not be read must not open the
// dataset; see [Dataset.RemoveTagRules]. opts are the options that c was parsed
// with. They are stored with c, because they affect which rows are visible.
func (d *Dataset) SetTagRules(ctx context.Context, c *tagrules.Config, opts *tagrules.Options) error {
	if c == nil {
		return d.fail("set tag rules", fmt.Errorf("%w: no tag configuration; RemoveTagRules takes tag rules off", ErrInput))
	}
	return d.fail("set tag rules", d.setTagRules(ctx, c, opts))
}

// RemoveTagRules removes the tag rules of the dataset. If the dataset has user
// rules, anonymous sessions then see no row. Without user rules, every viewer
// with access sees every row (V1).
func (d *Dataset) RemoveTagRules(ctx context.Context) error {
	return d.fail("remove tag rules", d.setTagRules(ctx, nil, nil))
}

func (d *Dataset) setTagRules(ctx context.Context, c *tagrules.Config, opts *tagrules.Options) error {
	var t *tagSetting
	if c != nil {
		t = new(tagSetting)
		if opts != nil {
			t.Options = *opts
			t.Options.File = ""
		}
		if err := c.Validate(); err != nil {
			return fmt.Errorf("%w: %w", ErrInput, err)
		}
		if readsOtherwise(c, &t.Options) {
			return fmt.Errorf("%w: the tag rules were parsed with options: pass them", ErrInput)
		}
		// A copy: what the caller does to c must not change who sees what.
		t.Config = &tagrules.Config{Status: c.Status, TagRules: slices.Clone(c.TagRules)}
		for _, keys := range c.TagRuleConfigurations {
			t.Config.TagRuleConfigurations = append(t.Config.TagRuleConfigurations, slices.Clone(keys))
		}
	}
	use := audit.Use{Name: audit.UpdateDataSet, Change: "RowLevelPermissionTagConfiguration"}
	return d.update(ctx, use, nil, func(b *body) error {
		b.Serial++
		if t != nil {
			t.Serial = b.Serial
			if b.UseAs == RLSRules {
				return fmt.Errorf("%w: a permission dataset has no rules", ErrInput)
			}
			if err := d.checkColumns(ctx, t.Config.Columns()); err != nil {
				return err
			}
		}
		b.Tags = t
		return nil
	})
}

// readsOtherwise reports whether lists of values have another meaning with opts
// than with the options that c was parsed with.
func readsOtherwise(c *tagrules.Config, opts *tagrules.Options) bool {
	own, given := c.Options(), opts
	if given == nil {
		given = &tagrules.Options{}
	}
	spaces, matchAll := own.LiteralSpaces != given.LiteralSpaces, own.MatchAllInList != given.MatchAllInList
	return slices.ContainsFunc(c.TagRules, func(r tagrules.Rule) bool {
		return r.TagMultiValueDelimiter != "" && (spaces || matchAll && r.MatchAllValue != "")
	})
}

// SetColumnRules replaces the column-level permissions (V6). Without arguments
// it removes them.
func (d *Dataset) SetColumnRules(ctx context.Context, rules ...ColumnRule) error {
	err := checkColumnRules(rules)
	if err == nil {
		use := audit.Use{Name: audit.UpdateDataSet, Change: "ColumnLevelPermissionRules"}
		err = d.update(ctx, use, nil, func(b *body) error {
			b.ColumnRules = cloneColumnRules(rules)
			return d.checkNames(ctx, rules)
		})
	}
	return d.fail("set column rules", err)
}

// checkNames reports which columns that column rules name the dataset lacks.
func (d *Dataset) checkNames(ctx context.Context, rules []ColumnRule) error {
	l, _, err := d.columnsOf(ctx)
	if err != nil || l == nil {
		return err
	}
	return l.hasNamed(rules)
}
