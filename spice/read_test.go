package spice

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/randrecords"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// readRows returns the rows of a Read, each as its cells joined by "|", and the
// records' schema, which must be one.
func readRows(t *testing.T, d *Dataset, s Session, opts *ReadOptions) (rows []string, err error) {
	t.Helper()
	for rec, err := range d.Read(t.Context(), s, opts) {
		if err != nil {
			return rows, err
		}
		require.Empty(t, batchtest.Leftovers(rec))
		for i := range int(rec.NumRows()) {
			var cells []string
			for _, c := range rec.Columns() {
				if c.IsNull(i) {
					cells = append(cells, "-")
				} else {
					cells = append(cells, strings.Clone(c.ValueStr(i)))
				}
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
	return rows, nil
}

// wantRows is the oracle: cells of the rows that the rules and the filter of the
// viewer match, in the order of the table.
func wantRows(t table, columns []string, limit int, ps ...predicate.Predicate) (rows []string) {
	for _, row := range t[1:] {
		keep := true
		for _, p := range ps {
			keep = keep && p.Match(func(column string) (string, bool) {
				at := slices.Index(t[0], column)
				return row[at], row[at] != "-"
			})
		}
		if !keep || limit > 0 && len(rows) == limit {
			continue
		}
		var cells []string
		for _, name := range columns {
			cells = append(cells, row[slices.Index(t[0], name)])
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows
}

// randomWhere returns a filter of a viewer on columns of the table.
func randomWhere(rnd *rand.Rand, depth int) predicate.Predicate {
	texts := []string{"EMEA", "US", "APAC", "emea", "Enterprise", "SMB", "customer 1", "x' OR 1=1"}
	column := []string{"Region", "Segment", "Customer"}[rnd.IntN(3)]
	switch k := rnd.IntN(6); {
	case k == 0:
		return predicate.All()
	case k == 1:
		return predicate.HasValue(column)
	case k == 2 && depth > 0:
		return predicate.And(randomWhere(rnd, depth-1), randomWhere(rnd, depth-1))
	case k == 3 && depth > 0:
		return predicate.Or(randomWhere(rnd, depth-1), randomWhere(rnd, depth-1))
	}
	var values []string
	for range 1 + rnd.IntN(3) {
		values = append(values, texts[rnd.IntN(len(texts))])
	}
	return predicate.In(column, values...)
}

// TestRead compares random reads of every kind of dataset with the oracle.
func TestRead(t *testing.T) {
	w := newWorld(t)
	rules := w.rules("rules", "UserName,Region,Segment\nanna,EMEA,\nben,US,SMB\nben,APAC,Enterprise;SMB\nroot,,\n")
	of := map[string]predicate.Predicate{
		"anna": predicate.In("Region", "EMEA"),
		"ben":  predicate.MustParse(`Region in ("US") and Segment in ("SMB") or Region in ("APAC") and Segment in ("Enterprise", "SMB")`),
		"root": predicate.All(),
		"carl": {},
	}
	open := w.create("open", sales())
	ruled := w.create("ruled", sales())
	w.attach(ruled, rules)
	direct, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: "direct", ImportMode: DirectQuery, Direct: hostileTable(sales())})
	require.NoError(t, err)
	w.attach(direct, rules)
	rnd := rand.New(rand.NewPCG(3, 18))
	rowsRead, cut := 0, 0
	for range 1500 {
		d := []*Dataset{open, ruled, direct}[rnd.IntN(3)]
		name := []string{"anna", "ben", "root", "carl"}[rnd.IntN(4)]
		p := of[name]
		if d == open {
			p = predicate.All()
		}
		opts := &ReadOptions{Where: randomWhere(rnd, 2)}
		columns := sales()[0]
		if rnd.IntN(4) > 0 {
			columns = slices.Clone(columns)
			rnd.Shuffle(4, func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
			columns = columns[:1+rnd.IntN(4)]
			opts.Columns = columns
		}
		if rnd.IntN(3) == 0 {
			opts.Limit = int64(1 + rnd.IntN(5))
		}
		got, err := readRows(t, d, user(name), opts)
		require.NoError(t, err)
		what := fmt.Sprintf("%s of %s, %v where %s limit %d", name, d.ID(), opts.Columns, opts.Where, opts.Limit)
		require.Equal(t, wantRows(sales(), columns, int(opts.Limit), p, opts.Where), got, what)
		rowsRead += len(got)
		if opts.Limit > 0 && int64(len(got)) == opts.Limit {
			cut++
		}

		few := &ReadOptions{Where: opts.Where, Limit: opts.Limit}
		n, err := d.CountOptions(t.Context(), user(name), few)
		require.NoError(t, err)
		require.Equal(t, int64(len(got)), n, what)
		texts, err := d.DistinctOptions(t.Context(), user(name), "Customer", few)
		require.NoError(t, err)
		all := slices.Compact(slices.Sorted(slices.Values(wantRows(sales(), []string{"Customer"}, 0, p, opts.Where))))
		if opts.Limit > 0 {
			all = all[:min(int(opts.Limit), len(all))]
		}
		require.Equal(t, append([]string{}, all...), append([]string{}, texts...), what)
	}
	require.Greater(t, rowsRead, 1000)
	require.Greater(t, cut, 100)
	got, err := readRows(t, ruled, user("ben"), nil)
	require.NoError(t, err)
	require.Equal(t, wantRows(sales(), sales()[0], 0, of["ben"]), got, "nil options are all visible rows")
	got, err = readRows(t, open, user("root"), &ReadOptions{Columns: []string{"id"}})
	require.NoError(t, err)
	require.Empty(t, got, "the zero Where selects no row")
}

// hostileTable is a table as a data source that does not filter.
func hostileTable(t table) *hostileSource {
	rec := t.record(false)
	return &hostileSource{rec.Schema(), []arrow.Record{rec}}
}

// A Where is refused for what it names, never for what a hidden row holds, and a
// hidden column looks like one that does not exist.
func TestReadRefused(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", twoUsers))
	boss := user("boss").Principal.User.ARN
	require.NoError(t, d.SetColumnRules(t.Context(), ColumnRule{ColumnNames: []string{"Customer"}, Principals: []namespace.ARN{boss}}))
	all := predicate.All()
	texts := make(map[string]bool)
	for _, tt := range []struct {
		reason string
		opts   ReadOptions
		is     error
	}{
		{"a hidden column", ReadOptions{Columns: []string{"Customer"}, Where: all}, ErrNoColumn},
		{"a column that is not there", ReadOptions{Columns: []string{"Custumer"}, Where: all}, ErrNoColumn},
		{"a filter on a hidden column", ReadOptions{Where: predicate.In("Customer", "customer 0")}, ErrNoColumn},
		{"the same with another value", ReadOptions{Where: predicate.In("Customer", "nobody")}, ErrNoColumn},
		{"one wildcard on a hidden column", ReadOptions{Where: all.Restrict("Customer")}, ErrNoColumn},
		{"no column", ReadOptions{Columns: []string{}, Where: all}, ErrInput},
		{"a column twice", ReadOptions{Columns: []string{"id", "id"}, Where: all}, ErrInput},
		{"a negative limit", ReadOptions{Where: all, Limit: -1}, ErrInput},
	} {
		got, err := readRows(t, d, user("anna"), &tt.opts)
		require.ErrorIs(t, err, tt.is, tt.reason)
		require.ErrorIs(t, err, ErrInput, tt.reason)
		require.Empty(t, got, tt.reason)
		require.NotContains(t, err.Error(), "customer 0", tt.reason)
		texts[strings.ReplaceAll(err.Error(), "Custumer", "Customer")] = true
		last := w.audit.Records()[len(w.audit.Records())-1]
		require.Equal(t, "InvalidParameterValueException", last.ErrorCode, tt.reason)
	}
	require.Len(t, texts, 5, "hidden and missing columns have the same text, whatever the value")
	_, err := d.CountOptions(t.Context(), user("anna"), &ReadOptions{Columns: []string{"id"}, Where: all})
	require.ErrorIs(t, err, ErrInput)
	err = func() error {
		_, err := readRows(t, d, user("anna"), &ReadOptions{Columns: []string{"a", "b"}, Where: predicate.In("c", "x")})
		return err
	}()
	for _, name := range []string{`"a"`, `"b"`, `"c"`} {
		require.ErrorContains(t, err, name, "every problem is reported")
	}
}

// chunksOf counts the chunks that a read would decrypt.
func chunksOf(d *data) (n int) {
	for {
		if _, ok := d.seek(); !ok {
			return n
		}
		n++
	}
}

// A filter of a viewer does not decide which chunks are decrypted if rules hide
// rows: how long it takes would tell what hidden rows hold.
func TestWhereSkipsNoChunks(t *testing.T) {
	w := newWorld(t)
	rows := table{{"tenant", "secret"}}
	for i := range 3 * spicefile.ChunkRows {
		rows = append(rows, []string{fmt.Sprint("t", i%2), fmt.Sprint("s", i/spicefile.ChunkRows)})
	}
	d := w.create("d", rows)
	free := w.create("free", rows)
	w.attach(d, w.rules("rules", "UserName,tenant\nanna,t1\n"))
	chunks := func(d *Dataset, where predicate.Predicate) int {
		q, err := asked(&ReadOptions{Where: where})
		require.NoError(t, err)
		_, data, err := d.open(t.Context(), user("anna"), ActionQuery, q)
		require.NoError(t, err)
		defer data.close()
		return chunksOf(data)
	}
	for _, secret := range []string{"s0", "s1", "nowhere"} {
		require.Equal(t, 3, chunks(d, predicate.In("secret", secret)))
	}
	require.Equal(t, 1, chunks(free, predicate.In("secret", "s1")), "without rules, all rows are visible")
	require.Equal(t, 0, chunks(free, predicate.In("secret", "nowhere")))
	got, err := readRows(t, d, user("anna"), &ReadOptions{Columns: []string{"secret"}, Where: predicate.In("secret", "s1")})
	require.NoError(t, err)
	require.Len(t, got, spicefile.ChunkRows/2)
	require.Zero(t, w.store.Stats().Misses-int64(w.store.Stats().Filters), "no filter was pushed out")
	before := w.store.Stats().Filters
	for i := range 50 {
		_, err := d.CountOptions(t.Context(), user("anna"), &ReadOptions{Where: predicate.In("secret", fmt.Sprint(i))})
		require.NoError(t, err)
	}
	require.Equal(t, before, w.store.Stats().Filters, "filters of viewers are not kept")
}

// The rules of a child's parents and its renamed columns (V5) hold for a Where,
// which has the names that the viewer sees.
func TestReadOfAChild(t *testing.T) {
	w := newWorld(t)
	parent, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: "parent", ImportMode: DirectQuery, Direct: hostileTable(sales())})
	require.NoError(t, err)
	w.attach(parent, w.rules("rules", twoUsers))
	child, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: "child", ImportMode: DirectQuery, Parent: "parent",
		Columns: []Column{{Name: "Region", From: "Segment"}, {Name: "id"}}})
	require.NoError(t, err)
	got, err := readRows(t, child, user("anna"), &ReadOptions{Where: predicate.In("Region", "SMB"), Columns: []string{"id", "Region"}})
	require.NoError(t, err)
	require.Equal(t, wantRows(sales(), []string{"id", "Segment"}, 0, predicate.In("Region", "EMEA"), predicate.In("Segment", "SMB")), got)
	require.NotEmpty(t, got)
	_, err = readRows(t, child, user("anna"), &ReadOptions{Where: predicate.In("Segment", "SMB")})
	require.ErrorIs(t, err, ErrNoColumn, "the name of the parent")
}

// TestReadLeavesNothingOver reads parts of random nested data: what is handed out
// holds its rows and nothing else (S3).
func TestReadLeavesNothingOver(t *testing.T) {
	w := newWorld(t)
	w.opts.Allocator = new(batch.Pool)
	w.open(spicefile.Disk{})
	rules := w.rules("rules", "UserName,"+randrecords.Column+"\nanna,"+randrecords.Ours+"\nroot,\n")
	rnd := rand.New(rand.NewPCG(44, 45))
	rows := 0
	for round := range 40 {
		types := []arrow.DataType{randrecords.Type(rnd, 1, randrecords.Flat), randrecords.Type(rnd, 2, randrecords.Any)}
		source := newHostile(rnd, types)
		d, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: fmt.Sprint("d", round), ImportMode: DirectQuery, Direct: source})
		require.NoError(t, err)
		w.attach(d, rules)
		for _, name := range []string{"anna", "root"} {
			opts := &ReadOptions{Columns: []string{"x0"}, Where: predicate.In(randrecords.Column, randrecords.Ours), Limit: int64(rnd.IntN(9))}
			for rec, err := range d.Read(t.Context(), user(name), opts) {
				if err != nil {
					require.ErrorIs(t, err, ErrSchema)
					break
				}
				require.Equal(t, int64(1), rec.NumCols())
				require.Empty(t, batchtest.Leftovers(rec), "%s", source.schema)
				require.Empty(t, batchtest.Find(rec, []byte(randrecords.Secret)))
				rows += int(rec.NumRows())
			}
		}
	}
	require.Greater(t, rows, 100)
}

// The audit record names columns, and no value.
func TestReadIsRecorded(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	opts := &ReadOptions{Columns: []string{"id", "Region"}, Where: predicate.In("Segment", "SMB"), Limit: 2}
	_, err := readRows(t, d, user("anna"), opts)
	require.NoError(t, err)
	last := w.audit.Records()[len(w.audit.Records())-1]
	require.Equal(t, audit.ReadDataSet, last.EventName)
	require.Equal(t, []string{"id", "Region"}, last.ServiceEventDetails.EventRequestDetails.Columns)
	require.Equal(t, []string{"Segment"}, last.ServiceEventDetails.EventRequestDetails.FilterColumns)
	require.Equal(t, int64(2), *last.ServiceEventDetails.EventResponseDetails.Rows)
	require.NotContains(t, fmt.Sprintf("%+v", last.ServiceEventDetails.EventRequestDetails), "SMB")

	_, err = d.Distinct(t.Context(), user("anna"), "Region")
	require.NoError(t, err)
	last = w.audit.Records()[len(w.audit.Records())-1]
	require.Equal(t, []string{"Region"}, last.ServiceEventDetails.EventRequestDetails.Columns)
}
