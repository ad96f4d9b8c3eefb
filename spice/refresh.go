package spice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/recovered"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/observe"
)

// Refresh reads src into the dataset and returns the result. how says whether
// the new rows replace the old rows or are added. Readers see the old version
// until the new one is complete and on the disk. A crash leaves one of the two.
// One refresh runs at a time; rules can change meanwhile. Each incremental
// refresh adds files that every read opens; a full refresh replaces all files.
//
// Text is truncated to MaxRunes characters, and rows with text that is not
// valid UTF-8 are dropped (V7). A refresh fails, and the old version stays, if
// a column cannot be stored, if the attached rules do not fit the new columns,
// or if src fails ([ErrSource]). A refresh of a permission dataset fails
// instead of truncating or dropping, and it fails if a dataset that uses it
// could not read the rules.
//
// A SPICE child reads the rows of its parent, which must not be restricted; src
// is then nil (V5).
func (d *Dataset) Refresh(ctx context.Context, src Source, how IngestionType) (Ingestion, error) {
	if err := d.store.writable(); err != nil {
		return Ingestion{}, d.fail("refresh", err)
	}
	d.ingest.Lock()
	defer d.ingest.Unlock()
	start := d.store.opts.Now()
	result := Ingestion{ID: newUID(), Type: how, CreatedTime: start.UTC(), Status: Completed}
	ctx, ended := observe.Start(ctx, d.store.opts.Observer, observe.Operation{Kind: observe.Refresh, Name: audit.CreateIngestion, Dataset: d.arn.String()})
	err := d.refresh(ctx, src, &result)
	if err == nil {
		ended(observe.Result{Rows: result.RowsIngested})
		return result, nil
	}
	ended(observe.Ended(err, ingestionCode(err)))
	if !errors.Is(err, errUncertain) && !errors.Is(err, errUnknown) {
		result = Ingestion{ID: result.ID, Type: how, CreatedTime: result.CreatedTime, Status: Failed, Error: err.Error()}
		result.Duration = d.store.opts.Now().Sub(start)
		use := audit.Use{Name: audit.CreateIngestion, Change: string(how), Code: ingestionCode(err)}
		// That it failed is worth remembering, and no reason to fail otherwise.
		_ = d.update(context.WithoutCancel(ctx), use, nil, func(b *body) error {
			b.remember(result)
			return nil
		})
	}
	return result, d.fail("refresh", err)
}

// Ingestions returns at most 100 refreshes of the dataset, the newest first.
func (d *Dataset) Ingestions(ctx context.Context) ([]Ingestion, error) {
	snap, err := d.current(ctx)
	if err != nil {
		return nil, d.fail("ingestions", err)
	}
	all := slices.Clone(snap.body.Ingestions)
	slices.Reverse(all)
	return all, nil
}

func (d *Dataset) refresh(ctx context.Context, src Source, result *Ingestion) error {
	snap, err := d.current(ctx)
	if err != nil {
		return err
	}
	switch {
	case snap.body.ImportMode != SPICE:
		return fmt.Errorf("%w: a %s dataset has no rows of its own", ErrImportMode, snap.body.ImportMode)
	case result.Type != RefreshFull && result.Type != RefreshIncremental:
		return fmt.Errorf("%w: got %q, want %s or %s", ErrInput, result.Type, RefreshFull, RefreshIncremental)
	case result.Type == RefreshIncremental && snap.schema == nil:
		return fmt.Errorf("%w: the dataset has no rows to add to", ErrNotIngested)
	case (src == nil) != (snap.body.Parent != ""):
		return fmt.Errorf("%w: want a source, and for a child none", ErrInput)
	}
	var key dataKey
	if result.Type == RefreshFull {
		key, err = d.store.newKey(ctx, d.arn.String())
	} else {
		key, err = d.store.unwrap(ctx, snap.head)
	}
	if err != nil {
		return err
	}
	defer key.wipe()
	var r array.RecordReader
	if src == nil {
		r, err = parentRows{d}.Records(ctx)
	} else if r, err = src.Records(ctx); err != nil {
		err = fmt.Errorf("%w: %w", ErrSource, err)
	}
	if err != nil {
		return err
	}
	if r == nil {
		return fmt.Errorf("%w: the source has no reader", ErrInput)
	}
	defer r.Release()
	return d.ingestRecords(ctx, r, snap, key, result)
}

// ingestRecords writes the rows of r as a segment, and makes it known.
func (d *Dataset) ingestRecords(ctx context.Context, r array.RecordReader, snap *snapshot, key dataKey, result *Ingestion) error {
	schema, err := spicefile.Delivered(r.Schema())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSchema, err)
	}
	if result.Type == RefreshIncremental && !schema.Equal(snap.schema) {
		return fmt.Errorf("%w: an incremental refresh has the columns of the dataset", ErrSchema)
	}
	version := snap.body.Next
	box, err := segmentBox(key.plain, d.arn.String(), version)
	if err != nil {
		return err
	}
	w, err := spicefile.NewWriter(d.store.disk, d.dir, version, box, schema, &spicefile.WriteOptions{
		MaxRunes: cmp.Or(snap.body.MaxRunes, MaxRunes),
		Cluster:  d.cluster(ctx, snap),
		Strict:   snap.body.UseAs == RLSRules,
	})
	if err != nil {
		return err
	}
	written, err := copyRecords(ctx, r, w)
	if err != nil {
		return err
	}
	err = d.publish(ctx, version, schema, written, key, result)
	if err == nil {
		_ = spicefile.Publish(d.store.disk, d.dir, version) // or the next start does
	}
	if err != nil && !errors.Is(err, errUncertain) && !errors.Is(err, errUnknown) && d.store.held() == nil {
		spicefile.Remove(d.store.disk, d.dir, version)
	}
	return err
}

// copyRecords writes all records of r. A source may hand out anything: what
// panics on the way is an error.
func copyRecords(ctx context.Context, r array.RecordReader, w *spicefile.Writer) (result spicefile.Result, err error) {
	closed := false
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: the source has a malformed record: %w", ErrInput, recovered.Error(p, nil))
		}
		if err != nil && !closed {
			w.Abort()
		}
	}()
	for r.Next() {
		if err := w.Append(ctx, r.Record()); err != nil {
			return spicefile.Result{}, err
		}
	}
	if err := r.Err(); err != nil {
		return spicefile.Result{}, fmt.Errorf("%w: %w", ErrSource, err)
	}
	if err := ctx.Err(); err != nil {
		return spicefile.Result{}, err
	}
	closed = true
	return w.Close()
}

// cluster returns the columns to put rows together by.
func (d *Dataset) cluster(ctx context.Context, snap *snapshot) []string {
	if snap.body.Cluster != nil {
		return snap.body.Cluster
	}
	var names []string
	if a := snap.body.Rules; a != nil {
		// Rules that cannot be read are reported by whoever reads rows.
		if rules, _, err := d.rulesOf(ctx, a); err == nil {
			names = rules.Columns()
		}
	}
	if t := snap.body.Tags; t != nil {
		for _, c := range t.Config.Columns() {
			if !slices.Contains(names, c) {
				names = append(names, c)
			}
		}
	}
	return names
}

// publish makes a segment part of the dataset: from here on it is read.
func (d *Dataset) publish(ctx context.Context, version uint64, schema *arrow.Schema, written spicefile.Result, key dataKey, result *Ingestion) error {
	encoded, err := encodeSchema(schema)
	if err != nil {
		return err
	}
	info := segmentInfo{version, written.Tag, written.Rows}
	rows := written.Rows
	use := audit.Use{Name: audit.CreateIngestion, Change: string(result.Type), Rows: &rows}
	return d.update(ctx, use, &key, func(b *body) error {
		if result.Type == RefreshFull {
			b.Segments = nil
		}
		b.Segments = append(b.Segments, info)
		b.Schema = encoded
		b.Version++
		b.Next = version + 1
		if err := d.checkNew(ctx, b, schema, key); err != nil {
			return err
		}
		result.RowsIngested, result.RowsDropped = written.Rows, written.Dropped
		result.Truncated, result.IngestionSizeInBytes = written.Truncated, written.Bytes
		result.Collisions = d.collisions(ctx, b, written.Collided)
		for _, s := range b.Segments {
			result.TotalRowsInDataset += s.Rows
		}
		result.Version = b.Version
		result.Duration = d.store.opts.Now().Sub(result.CreatedTime)
		b.remember(*result)
		return nil
	})
}

// checkNew holds the rules of now against new columns, and a new permission
// dataset against the datasets it is attached to.
func (d *Dataset) checkNew(ctx context.Context, b *body, schema *arrow.Schema, key dataKey) error {
	if b.UseAs == RLSRules {
		return d.checkNewRules(ctx, b, schema, key)
	}
	l := &level{d: d, snap: &snapshot{body: *b, schema: schema}}
	if err := bind([]*level{l}, schema); err != nil {
		return err
	}
	var errs []error
	if b.Rules != nil {
		if rules, _, err := d.rulesOf(ctx, b.Rules); err == nil {
			errs = append(errs, fits(rules.Columns(), l.columns, schema))
		}
	}
	if b.Tags != nil {
		errs = append(errs, fits(b.Tags.Config.Columns(), l.columns, schema))
	}
	return errors.Join(append(errs, l.hasNamed(b.ColumnRules))...)
}

// checkNewRules reads new rules as every dataset they are attached to will.
func (d *Dataset) checkNewRules(ctx context.Context, b *body, schema *arrow.Schema, key dataKey) error {
	var errs []error
	for _, f := range schema.Fields() {
		if !spicefile.IsText(f.Type) {
			errs = append(errs, fmt.Errorf("column %q: %w: %s; a permission dataset holds text only", f.Name, ErrNotText, f.Type))
		}
	}
	if errs != nil {
		return errors.Join(errs...)
	}
	for other := range d.store.Datasets() {
		snap, err := other.current(ctx)
		if err != nil || snap.body.Rules == nil || snap.body.Rules.UID != d.uid {
			continue
		}
		data, err := d.newData(b, schema, key)
		if err != nil {
			return err
		}
		rules, err := readRules(ctx, data, snap.body.Rules, d.id)
		data.close()
		if err == nil {
			err = other.checkColumns(ctx, rules.Columns())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%w: as the rules of dataset %q: %w", ErrRules, other.id, err))
		}
	}
	return errors.Join(errs...)
}

// newData opens segments that are not published yet.
func (d *Dataset) newData(b *body, schema *arrow.Schema, key dataKey) (*data, error) {
	t := &data{store: d.store, d: d, root: schema, seeks: predicate.All(), head: header{ARN: d.arn.String(), KeyARN: key.arn, Key: key.wrapped}}
	for _, info := range b.Segments {
		seg := &segment{info: info, refs: 1, dead: true}
		t.own = append(t.own, seg)
		if err := t.openSegment(seg, key); err != nil {
			t.close()
			return nil, err
		}
	}
	return t, nil
}

// collisions counts the texts that a cut made equal and that a rule names.
func (d *Dataset) collisions(ctx context.Context, b *body, collided map[string][]string) map[string]int64 {
	if len(collided) == 0 || b.Rules == nil {
		return nil
	}
	rules, _, err := d.rulesOf(ctx, b.Rules)
	if err != nil {
		return nil
	}
	counts := make(map[string]int64)
	for _, column := range rules.Columns() {
		for _, text := range collided[column] {
			if named(rules, column, text) {
				counts[column]++
			}
		}
	}
	if len(counts) == 0 {
		return nil
	}
	return counts
}

// named reports whether a rule names a text.
func named(rules *rls.Rules, column, text string) bool {
	for r := range rules.All() {
		for v := range r.Values(column) {
			if v == text {
				return true
			}
		}
	}
	return false
}

// parentRows are the rows of the parent of a SPICE child.
type parentRows struct{ d *Dataset }

// Records opens the rows of the parent if no rule restricts them.
func (p parentRows) Records(ctx context.Context) (array.RecordReader, error) {
	levels, err := p.d.line(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := withRows(levels); err != nil {
		return nil, err
	}
	above, err := withRows(levels[:len(levels)-1])
	if err != nil {
		return nil, err
	}
	child := levels[len(levels)-1]
	root, err := above[0].schema(ctx)
	if err != nil {
		return nil, err
	}
	if err := bind(append(slices.Clone(above), child), root); err != nil {
		return nil, err
	}
	t, err := p.d.store.openData(ctx, above[0], predicate.All(), nil, false)
	if err != nil {
		return nil, err
	}
	return t.renamed(ctx, child.columns), nil
}
