package spice

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A Description describes a dataset to operators. It counts all rows, so never
// show it to viewers (V8).
type Description struct {
	ID, Name    string
	ARN         namespace.ARN
	ImportMode  ImportMode
	UseAs       UseAs
	Parent      string
	Columns     []Column
	Owners      []namespace.ARN
	ColumnRules []ColumnRule
	MaxRunes    int
	Cluster     []string

	// Restricted is true if user rules are attached, even if their permission
	// dataset has been deleted (V4).
	Restricted bool
	// RowLevelPermissionDataSet is the attached permission dataset; nil if none
	// is attached or its rules are missing.
	RowLevelPermissionDataSet *rls.PermissionDataSet
	// TagRules is true if tag rules are set. Their content is secret.
	TagRules bool

	// KeyARN is the key that encrypts the dataset, or "" if it is not
	// encrypted.
	KeyARN          string
	Version         int64 // counts refreshes that changed the rows; 0 before the first
	Rows            int64 // of a SPICE dataset
	CreatedTime     time.Time
	LastUpdatedTime time.Time
}

// Describe describes the dataset to operators. If the key of the dataset is not
// usable, Describe works only if the store has described or read the dataset
// before.
func (d *Dataset) Describe(ctx context.Context) (Description, error) {
	snap, err := d.current(ctx)
	if err != nil {
		return Description{}, d.fail("describe", err)
	}
	b := &snap.body
	out := Description{
		ID: b.ID, Name: b.Name, ARN: d.arn, ImportMode: b.ImportMode, UseAs: b.UseAs, Parent: b.Parent,
		Columns: slices.Clone(b.Columns), Owners: slices.Clone(b.Owners), ColumnRules: cloneColumnRules(b.ColumnRules),
		MaxRunes: cmp.Or(b.MaxRunes, MaxRunes), Cluster: slices.Clone(b.Cluster),
		Restricted: b.Rules != nil, TagRules: b.Tags != nil,
		KeyARN: snap.head.KeyARN, Version: b.Version, Rows: snap.rows(),
		CreatedTime: b.CreatedTime, LastUpdatedTime: b.UpdatedTime,
	}
	if b.Rules != nil && d.attached(b.Rules) {
		settings := b.Rules.Settings
		out.RowLevelPermissionDataSet = &settings
	}
	return out, nil
}

// attached reports whether the rules of an attachment are there.
func (d *Dataset) attached(a *attachment) bool {
	if a.Live {
		return d.liveRules(a.Serial) != nil
	}
	_, err := d.store.byUID(a.Dataset, a.UID)
	return err == nil
}

func cloneColumnRules(rules []ColumnRule) []ColumnRule {
	out := make([]ColumnRule, len(rules))
	for i, r := range rules {
		out[i] = ColumnRule{slices.Clone(r.ColumnNames), slices.Clone(r.Principals)}
	}
	return out
}
