package spice

import (
	"context"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// V5: what a child dropped or renamed, its parents' rules go on reading.
func TestChildren(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	parent := w.create("parent", sales())
	child, err := w.store.CreateDataset(ctx, DatasetInput{ID: "child", Parent: "parent", Columns: []Column{{Name: "id"}, {Name: "Area", From: "Region"}, {Name: "Segment"}, {Name: "Region", From: "Segment"}}})
	require.NoError(t, err)
	grandchild, err := w.store.CreateDataset(ctx, DatasetInput{ID: "grandchild", Parent: "child", Columns: []Column{{Name: "id"}, {Name: "Part", From: "Segment"}}})
	require.NoError(t, err)
	require.Len(t, see(t, grandchild, user("anna")), 15)

	emea := predicate.In("Region", "EMEA")
	w.attach(parent, w.rules("of-parent", "UserName,Region\nanna,EMEA;US\nben,EMEA\n"))
	for _, d := range []*Dataset{parent, child, grandchild} {
		require.Equal(t, want(sales(), predicate.In("Region", "EMEA", "US")), see(t, d, user("anna")), "the rule reads a column that the grandchild dropped")
		require.Empty(t, see(t, d, user("carl")))
		require.Empty(t, see(t, d, tagged()), "user rules of a parent hide everything from anonymous sessions")
	}
	// "Area" is the parent's Region, and the child's "Region" its Segment.
	w.attach(child, w.rules("of-child", "UserName,Area,Region\nanna,EMEA,\nben,,SMB\n"))
	require.Equal(t, want(sales(), predicate.In("Region", "EMEA", "US")), see(t, parent, user("anna")), "a child's rules are its own")
	require.Equal(t, want(sales(), emea), see(t, child, user("anna")))
	require.Equal(t, want(sales(), predicate.And(emea, predicate.In("Segment", "SMB"))), see(t, child, user("ben")))
	w.attach(grandchild, w.rules("of-grandchild", "UserName,Part\nanna,SMB\n"))
	both := predicate.And(emea, predicate.In("Segment", "SMB"))
	require.Equal(t, want(sales(), both), see(t, grandchild, user("anna")))
	require.Empty(t, see(t, grandchild, user("ben")), "the grandchild has no rule for ben")
	p, err := grandchild.Predicate(user("anna"))
	require.NoError(t, err)
	require.Equal(t, both.String(), p.String(), "in the columns of the parent")

	_, err = w.store.CreateDataset(ctx, DatasetInput{ID: "fourth", Parent: "grandchild"})
	require.ErrorIs(t, err, ErrDepth)
	_, err = w.store.CreateDataset(ctx, DatasetInput{ID: "copy", Parent: "child", ImportMode: SPICE})
	require.ErrorIs(t, err, ErrSpiceChild)
	_, err = w.store.CreateDataset(ctx, DatasetInput{ID: "other", Parent: "child", Columns: []Column{{Name: "Nope"}}})
	require.ErrorIs(t, err, ErrInput)
	_, err = child.Refresh(ctx, sales(), RefreshFull)
	require.ErrorIs(t, err, ErrImportMode)

	// Column rules of a parent hide the column under its new name.
	ann := user("anna").Principal.User.ARN
	require.NoError(t, parent.SetColumnRules(ctx, ColumnRule{[]string{"Segment"}, arns(ann)}))
	schema, err := child.Schema(ctx, user("ben"))
	require.NoError(t, err)
	require.Equal(t, []string{"id", "Area"}, names(schema))
	schema, err = grandchild.Schema(ctx, user("anna"))
	require.NoError(t, err)
	require.Equal(t, []string{"id", "Part"}, names(schema))

	// An owner who prepares a child is held against the parents' rules.
	owners := arns(ann)
	require.NoError(t, grandchild.Update(ctx, DatasetUpdate{Owners: &owners}))
	rows := int64(0)
	for rec, err := range grandchild.Prepare(ctx, user("anna")) {
		require.NoError(t, err)
		rows += rec.NumRows()
	}
	require.Equal(t, int64(3), rows, "EMEA, of every segment")

	require.NoError(t, w.store.DeleteDataset(ctx, "of-parent"))
	refused(t, grandchild, user("anna"), ErrNoRules)
	require.NoError(t, parent.Detach(ctx))
	require.Equal(t, want(sales(), both), see(t, grandchild, user("anna")))
	_, err = parent.Refresh(ctx, table{{"id", "Segment"}, {"1", "SMB"}}, RefreshFull)
	require.NoError(t, err)
	refused(t, child, user("anna"), ErrSchema)
	require.NoError(t, w.store.DeleteDataset(ctx, "parent"))
	refused(t, child, user("anna"), ErrNoParent)
	refused(t, grandchild, user("anna"), ErrNoParent)
	w.create("parent", sales())
	refused(t, child, user("anna"), ErrNoParent)
}

func names(s *arrow.Schema) (names []string) {
	for _, f := range s.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// A copy of rows that were open to all is not open any more once the parent is
// restricted.
func TestSpiceChild(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	parent := w.create("parent", sales())
	child, err := w.store.CreateDataset(ctx, DatasetInput{ID: "child", Parent: "parent", ImportMode: SPICE, Columns: []Column{{Name: "id"}, {Name: "Area", From: "Region"}}})
	require.NoError(t, err)
	_, err = child.Refresh(ctx, nil, RefreshFull)
	require.NoError(t, err)
	require.Len(t, see(t, child, user("anna")), 15)
	schema, err := child.Schema(ctx, user("anna"))
	require.NoError(t, err)
	require.Equal(t, []string{"id", "Area"}, names(schema))
	below, err := w.store.CreateDataset(ctx, DatasetInput{ID: "below", Parent: "child"})
	require.NoError(t, err)

	for reason, restrict := range map[string][2]func() error{
		"user rules": {func() error { return parent.Attach(ctx, permissions(w.rules("rules", twoUsers))) }, func() error { return parent.Detach(ctx) }},
		"tag rules":  {func() error { return parent.SetTagRules(ctx, regionTags(""), nil) }, func() error { return parent.RemoveTagRules(ctx) }},
		"column rules": {func() error {
			return parent.SetColumnRules(ctx, ColumnRule{[]string{"id"}, arns(user("x").Principal.User.ARN)})
		}, func() error { return parent.SetColumnRules(ctx) }},
	} {
		require.NoError(t, restrict[0](), reason)
		refused(t, child, user("anna"), ErrSpiceChild)
		refused(t, below, user("anna"), ErrSpiceChild)
		_, err = child.Refresh(ctx, nil, RefreshFull)
		require.ErrorIs(t, err, ErrSpiceChild, reason)
		require.NoError(t, restrict[1](), reason)
		require.Len(t, see(t, below, user("anna")), 15, reason)
	}
	require.NoError(t, w.store.DeleteDataset(ctx, "parent"))
	refused(t, child, user("anna"), ErrNoParent)
}

// database is a Direct over a table, which may show more than it is asked for.
type database struct {
	t       table
	sloppy  bool
	dict    bool // other types than the schema says
	asked   predicate.Predicate
	columns []string
	err     error
}

func (b *database) Schema(context.Context) (*arrow.Schema, error) {
	rec := b.t.record(false)
	defer rec.Release()
	return rec.Schema(), b.err
}

func (b *database) Records(ctx context.Context, p predicate.Predicate, columns []string) (array.RecordReader, error) {
	b.asked, b.columns = p, columns
	if b.err != nil {
		return nil, b.err
	}
	t := table{b.t[0]}
	for i, row := range b.t[1:] {
		if b.sloppy || p.Match(func(c string) (string, bool) {
			for j, name := range b.t[0] {
				if name == c {
					return row[j], row[j] != "-"
				}
			}
			return "", false
		}) {
			t = append(t, b.t[i+1])
		}
	}
	if b.dict {
		return same{t.record(true)}.Records(ctx)
	}
	return t.Records(ctx)
}

func TestDirectQuery(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	db := &database{t: sales()}
	d, err := w.store.CreateDataset(ctx, DatasetInput{ID: "direct", ImportMode: DirectQuery, Direct: db})
	require.NoError(t, err)
	require.Len(t, see(t, d, user("anna")), 15)
	w.attach(d, w.rules("rules", twoUsers))
	emea := predicate.In("Region", "EMEA")
	require.Equal(t, want(sales(), emea), see(t, d, user("anna")))
	require.True(t, emea.Restrict("Segment").Same(db.asked), "the database is asked for what is visible")
	require.Empty(t, see(t, d, user("carl")))
	db.sloppy = true
	require.Equal(t, want(sales(), emea), see(t, d, user("anna")), "a database that shows too much shows nothing more")
	require.Empty(t, see(t, d, user("carl")))
	db.sloppy = false

	require.NoError(t, d.SetColumnRules(ctx, ColumnRule{[]string{"Region", "Customer"}, arns(user("x").Principal.User.ARN)}))
	schema, err := d.Schema(ctx, user("anna"))
	require.NoError(t, err)
	require.Equal(t, []string{"id", "Segment"}, names(schema))
	require.Equal(t, want(sales(), emea), see(t, d, user("anna")))
	child, err := w.store.CreateDataset(ctx, DatasetInput{ID: "child", Parent: "direct", Columns: []Column{{Name: "id"}, {Name: "S", From: "Segment"}}})
	require.NoError(t, err)
	w.attach(child, w.rules("more", "UserName,S\nanna,SMB\n"))
	require.Equal(t, want(sales(), predicate.And(emea, predicate.In("Segment", "SMB"))), see(t, child, user("anna")))
	require.NotContains(t, db.columns, "Customer")

	db.err = errSource
	refused(t, d, user("anna"), errSource)
	db.err = nil
	db.dict = true
	ids, err := read1(d, user("anna"))
	require.ErrorIs(t, err, ErrSchema, "columns of other types than the schema says")
	require.Empty(t, ids)
	db.dict = false
	db.t = table{{"id"}, {"1"}}
	refused(t, d, user("anna"), ErrNoColumn)

	w.open(w.store.disk)
	d, err = w.store.Dataset("direct")
	require.NoError(t, err)
	refused(t, d, user("anna"), ErrNotDirect)
	require.NoError(t, d.Connect(&database{t: sales()}))
	require.Equal(t, want(sales(), emea), see(t, d, user("anna")))
}

// A permission dataset may be a direct query, too: it is read at every read.
func TestDirectRules(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	db := &database{t: csvTable(twoUsers)}
	rules, err := w.store.CreateDataset(ctx, DatasetInput{ID: "rules", ImportMode: DirectQuery, UseAs: RLSRules, Direct: db})
	require.NoError(t, err)
	w.attach(d, rules)
	require.Len(t, see(t, d, user("anna")), 3)
	db.t = csvTable("UserName,Region\nben,US\n")
	require.Empty(t, see(t, d, user("anna")))
	require.Len(t, see(t, d, user("ben")), 3)
	db.err = errSource
	refused(t, d, user("ben"), ErrRules)
}
