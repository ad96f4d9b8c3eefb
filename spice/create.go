package spice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/audit"
)

// Limits of the API and of this package.
const (
	MaxID       = 512   // characters of an id
	MaxName     = 128   // characters of a name
	MaxDepth    = 3     // parent, child, grandchild (V5)
	MaxRunes    = 2047  // characters of a text field (V7)
	MaxRunesNew = 65534 // the same in the new data preparation
)

// CreateDataset creates a dataset. A new dataset has no rows and no rules, and
// uses the current default key (K1). CreateDataset reports every problem of the
// input.
func (s *Store) CreateDataset(ctx context.Context, in DatasetInput) (*Dataset, error) {
	d, err := s.create(ctx, in)
	if err != nil {
		return nil, &Error{Dataset: in.ID, Op: "create", Err: err}
	}
	return d, nil
}

func (s *Store) create(ctx context.Context, in DatasetInput) (*Dataset, error) {
	if err := s.writable(); err != nil {
		return nil, err
	}
	b := body{
		ID: in.ID, UID: newUID(), Name: in.Name, ImportMode: in.ImportMode, UseAs: in.UseAs,
		Parent: in.Parent, Columns: slices.Clone(in.Columns), Owners: slices.Clone(in.Owners),
		ColumnRules: cloneColumnRules(in.ColumnRules), MaxRunes: in.MaxRunes, Cluster: slices.Clone(in.Cluster),
		CreatedTime: s.opts.Now().UTC(), Next: 1,
	}
	b.Name = cmp.Or(b.Name, b.ID)
	b.UpdatedTime = b.CreatedTime
	errs := []error{checkInput(in, &b)}
	if b.Parent != "" {
		errs = append(errs, s.checkParent(ctx, &b))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	dir := s.folderPath(in.ID)

	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.find(folder(in.ID)); !errors.Is(err, ErrNoDataset) {
		return nil, errors.Join(ErrExists, err)
	}
	if err := errors.Join(s.held(), s.unborn(dir)); err != nil {
		return nil, err
	}
	h := header{ID: b.ID, UID: b.UID, ARN: s.arn(b.ID).String()}
	key, err := s.newKey(ctx, h.ARN)
	if err != nil {
		return nil, err
	}
	defer key.wipe()
	h.KeyARN, h.Key = key.arn, key.wrapped
	if err := s.record(ctx, audit.Use{Name: audit.CreateDataSet, DataSet: h.ARN, Who: s.operator(), Key: key.arn}); err != nil {
		return nil, err
	}
	if h.GrantID, err = s.grant(ctx, h.ARN, "", "", key.arn); err != nil {
		return nil, err
	}
	d := newDataset(s, dir, h)
	d.direct = in.Direct
	err = s.disk.MkdirAll(dir)
	if err == nil {
		err = d.write(ctx, h, b, key)
	}
	if err == nil {
		err = s.disk.SyncDir(filepath.Dir(dir))
	}
	if errors.Is(err, ErrLocked) || errors.Is(err, ErrRollback) {
		return nil, err // whatever is there is not ours to remove
	}
	if err != nil {
		_, retireErr := s.grant(ctx, h.ARN, key.arn, h.GrantID, "")
		return nil, errors.Join(err, retireErr, s.removeFolder(dir))
	}
	s.datasets[folder(in.ID)] = d
	return d, nil
}

// checkInput reports every problem of what is to be created, but those that
// have to do with a parent.
func checkInput(in DatasetInput, b *body) error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: %s: %s", ErrInput, field, fmt.Sprintf(format, args...)))
	}
	if !validID(b.ID) {
		bad("ID", "got %q, want 1 to %d of A-Z a-z 0-9 - _", b.ID, MaxID)
	}
	if n := utf8.RuneCountInString(b.Name); n > MaxName || !utf8.ValidString(b.Name) {
		bad("Name", "got %d characters, want at most %d", n, MaxName)
	}
	switch b.ImportMode {
	case SPICE, DirectQuery:
	case "":
		if b.Parent != "" {
			b.ImportMode = DirectQuery
			break
		}
		fallthrough
	default:
		bad("ImportMode", "got %q, want %s or %s", b.ImportMode, SPICE, DirectQuery)
	}
	if in.Direct != nil && (b.ImportMode != DirectQuery || b.Parent != "") {
		bad("Direct", "want it with %s and without a Parent only", DirectQuery)
	}
	switch b.UseAs {
	case "":
	case RLSRules:
		if b.Parent != "" {
			bad("UseAs", "a permission dataset has no Parent")
		}
	default:
		bad("UseAs", "got %q, want %s or nothing", b.UseAs, RLSRules)
	}
	if n := b.MaxRunes; n != 0 && n != MaxRunes && n != MaxRunesNew {
		bad("MaxRunes", "got %d, want %d or %d", n, MaxRunes, MaxRunesNew)
	}
	if b.Parent == "" && len(b.Columns) > 0 {
		bad("Columns", "want them with a Parent only")
	}
	errs = append(errs, checkOwners(b.Owners), checkColumnRules(b.ColumnRules))
	return errors.Join(errs...)
}

func validID(id string) bool {
	for _, r := range id {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return len(id) > 0 && len(id) <= MaxID
}

func checkOwners(owners []namespace.ARN) error {
	var errs []error
	for _, o := range owners {
		if o.Kind != namespace.KindUser && o.Kind != namespace.KindGroup {
			errs = append(errs, fmt.Errorf("%w: Owners: got %q, want the ARN of a user or a group", ErrInput, o))
		}
	}
	return errors.Join(errs...)
}

// A DatasetUpdate holds changes of a dataset. A nil field leaves the setting
// unchanged.
type DatasetUpdate struct {
	Name    *string
	Owners  *[]namespace.ARN
	Cluster *[]string // applies from the next refresh
}

// Update changes the dataset. See [Dataset.Attach], [Dataset.SetTagRules] and
// [Dataset.SetColumnRules] for rules.
func (d *Dataset) Update(ctx context.Context, u DatasetUpdate) error {
	return d.fail("update", d.update(ctx, audit.Use{Name: audit.UpdateDataSet, Change: "DataSet"}, nil, func(b *body) error {
		if u.Name != nil {
			b.Name = *u.Name
			if n := utf8.RuneCountInString(b.Name); n == 0 || n > MaxName || !utf8.ValidString(b.Name) {
				return fmt.Errorf("%w: Name: got %d characters, want 1 to %d", ErrInput, n, MaxName)
			}
		}
		if u.Owners != nil {
			if err := checkOwners(*u.Owners); err != nil {
				return err
			}
			b.Owners = slices.Clone(*u.Owners)
		}
		if u.Cluster != nil {
			b.Cluster = slices.Clone(*u.Cluster)
		}
		return nil
	}))
}

// DeleteDataset deletes a dataset and its rows. It does not need the key of the
// dataset. Open streams continue. Datasets that use it as their permission
// dataset stay restricted and show no row (V4). The same is true of its
// children.
func (s *Store) DeleteDataset(ctx context.Context, id string) error {
	if err := s.delete(ctx, id); err != nil {
		return &Error{Dataset: id, Op: "delete", Err: err}
	}
	return nil
}

func (s *Store) delete(ctx context.Context, id string) error {
	if err := s.writable(); err != nil {
		return err
	}
	dir := s.folderPath(id)
	d, err := s.dataset(id)
	if err != nil && !errors.Is(err, ErrCorrupt) {
		return err
	}
	if err := s.record(ctx, audit.Use{Name: audit.DeleteDataSet, DataSet: s.arn(id).String(), Who: s.operator()}); err != nil {
		return err
	}
	if d == nil {
		lost := &Dataset{store: s, id: id, dir: dir}
		return lost.goes(ctx, func() error { return s.removeFolder(dir) })
	}
	d.change.Lock()
	defer d.change.Unlock()
	defer turn(dir)()
	if err := s.held(); err != nil {
		return err
	}
	file, err := s.disk.ReadFile(statePath(dir))
	if err != nil {
		return err
	}
	err = d.goes(ctx, func() error { return s.disk.Rename(statePath(dir), filepath.Join(dir, tombstone)) })
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.deleted = true
	s.kept.forgetDataset(d.uid, nil)
	for v, seg := range d.segments {
		delete(d.segments, v)
		d.bury(seg)
	}
	d.mu.Unlock()
	s.mu.Lock()
	delete(s.datasets, folder(id))
	s.mu.Unlock()
	var retired error
	if h, err := decodeHeader(file); err == nil && h.KeyARN != "" {
		_, retired = s.grant(ctx, h.ARN, h.KeyARN, h.GrantID, "")
	}
	return errors.Join(retired, s.removeFolder(dir))
}
