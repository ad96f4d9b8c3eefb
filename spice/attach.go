package spice

import (
	"context"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// Permissions are user rules for a dataset: the one permission dataset it has
// (V3). Rules, Source, or the Arn of a permission dataset of this store says
// where the rules come from.
type Permissions struct {
	// Settings are the API object RowLevelPermissionDataSet (U17). Arn names a
	// dataset of this store unless Rules or Source is set.
	Settings rls.PermissionDataSet
	// Options say how the cells of a permission dataset of this store are read;
	// File and Settings are filled in.
	Options *rls.Options
	// Rules hold as they are. They are not stored: after [Open] the dataset is
	// restricted and its rules are missing, until rules are attached again.
	Rules *rls.Rules
	// Source is asked at every read. It is not stored either.
	Source RulesSource
	// DenyStale shows nobody a row while the newest refresh of the permission
	// dataset is one that failed, and not the rules of the last good one.
	DenyStale bool
}

// Attach makes p the user rules of the dataset, in place of any it had (V3). It
// is refused if the rules cannot be read, or do not fit the columns: the old
// ones then go on holding.
func (d *Dataset) Attach(ctx context.Context, p Permissions) error { return errTodo }

// Detach takes the user rules off. Whoever has access then sees every row,
// unless there are tag rules (V1).
func (d *Dataset) Detach(ctx context.Context) error { return errTodo }

// SetTagRules makes c the tag rules of the dataset; nil takes them off.
func (d *Dataset) SetTagRules(ctx context.Context, c *tagrules.Config) error { return errTodo }

// SetColumnRules makes rules the column-level permissions (V6); none takes them
// off.
func (d *Dataset) SetColumnRules(ctx context.Context, rules ...ColumnRule) error { return errTodo }
