package quicksight

import (
	"context"
	"reflect"
	"time"

	"github.com/rowsight/rowsight/spice"
)

// updateDataSet replaces the definition of a data set. While rules and rows are
// changed, and after a failure between the two, nobody reads the data set: a
// viewer must not get the rows of one definition with the columns of the other.
func updateDataSet(c *call, in *dataSetInput) (any, error) {
	c.s.awaitRules(c.ctx(), in.RowLevelPermissionDataSet)
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	before, err := c.s.dataSet(in.DataSetId)
	if err != nil {
		return nil, err
	}
	if in.UseAs == "" {
		in.UseAs = before.UseAs
	}
	doc, err := c.document(in)
	if err != nil {
		return nil, err
	}
	doc.CreatedTime = before.CreatedTime
	switch {
	case doc.ImportMode != before.ImportMode:
		return nil, refuse(invalidParameter, "ImportMode: it cannot be changed: create another data set")
	case doc.UseAs != before.UseAs:
		return nil, refuse(invalidParameter, "UseAs: it cannot be changed: create another data set")
	case (doc.Plan.Parent != "" || before.Plan.Parent != "") && !reflect.DeepEqual(doc.Plan, before.Plan):
		return nil, refuse(invalidParameter, "LogicalTableMap: the columns of a data set that is made of another cannot be changed: create another data set")
	}
	if err := c.replace(in.DataSetId, before, doc); err != nil {
		return nil, err
	}
	return c.ingested(in, "EDIT")
}

// replace puts a new definition in the place of the one before.
func (c *call) replace(id string, before, doc dataSetDoc) error {
	ctx := context.WithoutCancel(c.ctx())
	d, err := c.s.store.Dataset(id)
	if err != nil {
		return err
	}
	c.s.stop(id, errReplaced) // rows of before must not come after rules of now
	held := before
	held.Updating = true
	if err := c.s.records.put(ctx, kindDataSet, id, held); err != nil {
		return err
	}
	restored := before.Rules
	if before.Updating {
		restored = dataSetRules{} // what the store has is not known
	}
	if !reflect.DeepEqual(doc.Plan, before.Plan) || before.Updating {
		// New columns: rows of before and rules of after need not fit. The rules
		// are taken off, the rows replaced, and the new rules put on.
		none := dataSetRules{}
		if err := none.apply(ctx, d, allRules(before.Rules)); err != nil {
			return err
		}
		if doc.Plan.direct(doc.ImportMode) {
			if err := d.Connect(c.s.connection(doc.Plan)); err != nil {
				return err
			}
		}
		if doc.ImportMode == "SPICE" {
			// Other changes wait for this one: a source that does not answer must not
			// keep them waiting for ever.
			within, cancel := context.WithTimeout(ctx, maxEdit)
			stop := context.AfterFunc(c.s.ctx, cancel)
			_, err := d.Refresh(within, c.s.source(doc.Plan), spice.RefreshFull)
			stop()
			cancel()
			if err != nil {
				return c.restore(id, d, before, refuse(invalidParameter, "the rows of the new definition cannot be read: %s", reasonOf(err)))
			}
		}
		if err := doc.Rules.apply(ctx, d, none); err != nil {
			return err // the rows are new, and the rules of before may not fit: nobody reads
		}
	} else if err := doc.Rules.apply(ctx, d, restored); err != nil {
		return c.restore(id, d, before, err)
	}
	if err := d.Update(ctx, spice.DatasetUpdate{Name: &doc.Name}); err != nil {
		return err
	}
	return c.s.records.put(ctx, kindDataSet, id, doc)
}

// maxEdit bounds how long an update reads the rows of a new definition.
const maxEdit = 10 * time.Minute

// allRules returns rules that differ from none in every respect, so that
// taking them off takes everything off.
func allRules(r dataSetRules) dataSetRules {
	return dataSetRules{
		RowLevelPermissionDataSet:          orEmpty(r.RowLevelPermissionDataSet),
		RowLevelPermissionTagConfiguration: []byte("{}"),
		ColumnLevelPermissionRules:         []columnRule{{}},
	}
}

func orEmpty[T any](p *T) *T {
	if p == nil {
		p = new(T)
	}
	return p
}

// restore puts the rules of before back after a change that failed, and returns
// why it failed. If that fails too, nobody reads the data set.
func (c *call) restore(id string, d *spice.Dataset, before dataSetDoc, why error) error {
	ctx := context.WithoutCancel(c.ctx())
	if before.Updating {
		return why
	}
	none := dataSetRules{}
	var err error
	if before.Plan.direct(before.ImportMode) {
		err = d.Connect(c.s.connection(before.Plan))
	}
	if err == nil {
		err = before.Rules.apply(ctx, d, none)
	}
	if err == nil {
		// apply took nothing off: do so now, and only now.
		err = before.Rules.apply(ctx, d, allRules(before.Rules))
	}
	if err == nil {
		err = c.s.records.put(ctx, kindDataSet, id, before)
	}
	if err != nil {
		c.s.opts.Logger.ErrorContext(ctx, "quicksight: a data set shows no row until it is updated again", "id", id, "error", err)
	}
	return why
}
