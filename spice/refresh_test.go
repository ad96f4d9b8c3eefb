package spice

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/audit"
)

func TestRefresh(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d, err := w.store.CreateDataset(ctx, DatasetInput{ID: "sales", ImportMode: SPICE})
	require.NoError(t, err)
	refused(t, d, user("anna"), ErrNotIngested)
	_, err = d.Refresh(ctx, sales(), RefreshIncremental)
	require.ErrorIs(t, err, ErrNotIngested)

	first, err := d.Refresh(ctx, sales(), RefreshFull)
	require.NoError(t, err)
	require.Equal(t, Completed, first.Status)
	require.Equal(t, int64(15), first.RowsIngested)
	require.Equal(t, int64(15), first.TotalRowsInDataset)
	require.Equal(t, int64(1), first.Version)
	require.Positive(t, first.IngestionSizeInBytes)

	more, err := d.Refresh(ctx, table{sales()[0], {"100", "EMEA", "SMB", "new"}}, RefreshIncremental)
	require.NoError(t, err)
	require.Equal(t, int64(1), more.RowsIngested)
	require.Equal(t, int64(16), more.TotalRowsInDataset)
	require.Len(t, see(t, d, user("anna")), 16)
	_, err = d.Refresh(ctx, table{{"id", "Other"}, {"1", "x"}}, RefreshIncremental)
	require.ErrorIs(t, err, ErrSchema)

	_, err = d.Refresh(ctx, failing{sales()}, RefreshFull)
	require.ErrorIs(t, err, errSource)
	require.Len(t, see(t, d, user("anna")), 16, "the old version stays")
	_, err = d.Refresh(ctx, table{{"id", "id"}, {"1", "x"}}, RefreshFull)
	require.ErrorIs(t, err, ErrSchema)

	again, err := d.Refresh(ctx, sales()[:4], RefreshFull)
	require.NoError(t, err)
	require.Equal(t, int64(3), again.TotalRowsInDataset)
	require.Len(t, see(t, d, user("anna")), 3)

	w.open(w.store.disk)
	d, err = w.store.Dataset("sales")
	require.NoError(t, err)
	require.Len(t, see(t, d, user("anna")), 3)
	all, err := d.Ingestions(ctx)
	require.NoError(t, err)
	require.Len(t, all, 7)
	require.Equal(t, again.ID, all[0].ID)
	require.Equal(t, Failed, all[1].Status)
	require.Contains(t, all[2].Error, errSource.Error())
	files, err := filepath.Glob(filepath.Join(w.dir, "datasets", "*", "*"))
	require.NoError(t, err)
	require.Len(t, files, 4, "a state and one segment of three files: %v", files)
}

// V7: cut at characters, never inside one, and counted.
func TestTruncation(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	for _, max := range []int{MaxRunes, MaxRunesNew} {
		d, err := w.store.CreateDataset(ctx, DatasetInput{ID: fmt.Sprint("cut", max), ImportMode: SPICE, MaxRunes: max})
		require.NoError(t, err)
		long := func(unit string, n int) string { return strings.Repeat(unit, n) }
		rows := table{{"id", "text", "other"},
			{"fits", long("x", max), "a"},
			{"ascii", long("x", max+1), "a"},
			{"two bytes", long("é", max+7), "a"},
			{"astral", long("x", max-1) + "𝄞𝄞", "a"},
			{"combining", long("e\u0301", max), "a"},
			{"short", "x", "a"},
		}
		for _, dict := range []bool{false, true} {
			result, err := d.Refresh(ctx, same{rows.record(dict)}, RefreshFull)
			require.NoError(t, err)
			require.Equal(t, map[string]int64{"text": 4}, result.Truncated)
			for rec, err := range d.Records(ctx, user("anna")) {
				require.NoError(t, err)
				for i := range int(rec.NumRows()) {
					id, got := rec.Column(0).ValueStr(i), rec.Column(1).ValueStr(i)
					require.True(t, utf8.ValidString(got), id)
					require.LessOrEqual(t, utf8.RuneCountInString(got), max, id)
					for _, row := range rows[1:] {
						if row[0] == id {
							require.True(t, strings.HasPrefix(row[1], got), id)
							require.Equal(t, min(utf8.RuneCountInString(row[1]), max), utf8.RuneCountInString(got), id)
						}
					}
				}
			}
		}
	}
	_, err := w.store.CreateDataset(ctx, DatasetInput{ID: "x", ImportMode: SPICE, MaxRunes: 100})
	require.ErrorIs(t, err, ErrInput)
}

// Two texts that the cut makes equal are reported if a rule names what they
// became, and only then (V7).
func TestCollisions(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	base := strings.Repeat("k", MaxRunes)
	rows := table{{"id", "Region"}, {"1", base + "a"}, {"2", base + "b"}, {"3", "US"}}
	d := w.create("sales", rows)
	named := w.rules("rules", "UserName,Region\nanna,"+base+"\n")
	w.attach(d, named)
	result, err := d.Refresh(ctx, rows, RefreshFull)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"Region": 1}, result.Collisions)
	require.Equal(t, []string{"1", "2"}, see(t, d, user("anna")), "which is why it is reported")

	result, err = d.Refresh(ctx, rows[:2], RefreshFull)
	require.NoError(t, err)
	require.Nil(t, result.Collisions, "one text is no collision")
	w.attach(d, w.rules("other", "UserName,Region\nanna,US\n"))
	result, err = d.Refresh(ctx, rows, RefreshFull)
	require.NoError(t, err)
	require.Nil(t, result.Collisions, "no rule names it")
	result, err = d.Refresh(ctx, table{rows[0], {"1", base}, {"2", base + "b"}}, RefreshFull)
	require.NoError(t, err)
	require.Nil(t, result.Collisions)
	w.attach(d, named)
	result, err = d.Refresh(ctx, table{rows[0], {"1", base}, {"2", base + "b"}}, RefreshFull)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"Region": 1}, result.Collisions, "one of the two is the cut text itself")
}

func TestDropped(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	rows := table{{"id", "Region"}, {"1", "EMEA"}, {"2", "a\xff"}, {"3", "US"}, {"4", "a\xff"}}
	for _, dict := range []bool{false, true} {
		d, err := w.store.CreateDataset(ctx, DatasetInput{ID: fmt.Sprint("d", dict), ImportMode: SPICE})
		require.NoError(t, err)
		result, err := d.Refresh(ctx, same{rows.record(dict)}, RefreshFull)
		require.NoError(t, err)
		require.Equal(t, int64(2), result.RowsIngested)
		require.Equal(t, int64(2), result.RowsDropped)
		require.Equal(t, []string{"1", "3"}, see(t, d, user("anna")))
	}
	rules, err := w.store.CreateDataset(ctx, DatasetInput{ID: "rules", ImportMode: SPICE, UseAs: RLSRules})
	require.NoError(t, err)
	_, err = rules.Refresh(ctx, rows, RefreshFull)
	require.ErrorIs(t, err, ErrEncoding, "rules are taken as they are or not at all")
	_, err = rules.Refresh(ctx, table{{"UserName", "Region"}, {"anna", strings.Repeat("x", MaxRunes+1)}}, RefreshFull)
	require.ErrorIs(t, err, ErrTooLong)
}

// Every type that is stored comes back as it was; others are refused by name.
func TestTypes(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	types := []arrow.DataType{
		arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Uint64, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
		arrow.FixedWidthTypes.Float16, arrow.FixedWidthTypes.Date32, arrow.FixedWidthTypes.Date64, arrow.FixedWidthTypes.Time32s, arrow.FixedWidthTypes.Time64ns,
		arrow.FixedWidthTypes.Timestamp_us, arrow.FixedWidthTypes.Duration_ms, arrow.FixedWidthTypes.MonthInterval, arrow.FixedWidthTypes.DayTimeInterval,
		arrow.FixedWidthTypes.MonthDayNanoInterval, &arrow.Decimal128Type{Precision: 20, Scale: 2}, &arrow.Decimal256Type{Precision: 40, Scale: 2},
		&arrow.FixedSizeBinaryType{ByteWidth: 5}, arrow.BinaryTypes.Binary, arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString,
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String},
	}
	const values = `[null, %s]`
	samples := map[arrow.Type]string{arrow.BOOL: "true", arrow.DATE32: `"2026-01-02"`, arrow.DATE64: `"2026-01-02"`, arrow.TIME32: `"10:11:12"`, arrow.TIME64: `"10:11:12"`,
		arrow.TIMESTAMP: `"2026-01-02 10:11:12"`, arrow.DURATION: `"5ms"`, arrow.INTERVAL_MONTHS: `{"months":3}`, arrow.INTERVAL_DAY_TIME: `{"days":1,"milliseconds":2}`,
		arrow.INTERVAL_MONTH_DAY_NANO: `{"months":1,"days":2,"nanoseconds":3}`, arrow.DECIMAL128: `"12.34"`, arrow.DECIMAL256: `"12.34"`,
		arrow.FIXED_SIZE_BINARY: `"YWJjZGU="`, arrow.BINARY: `"YWJj"`, arrow.STRING: `"text"`, arrow.LARGE_STRING: `"text"`, arrow.DICTIONARY: `"text"`}
	var fields []arrow.Field
	var columns []arrow.Array
	for i, typ := range types {
		sample, ok := samples[typ.ID()]
		if !ok {
			sample = "7"
		}
		arr, _, err := array.FromJSON(memory.NewGoAllocator(), typ, strings.NewReader(fmt.Sprintf(values, sample)))
		require.NoError(t, err, typ)
		fields = append(fields, arrow.Field{Name: fmt.Sprint("c", i), Type: typ, Nullable: true})
		columns = append(columns, arr)
	}
	meta := arrow.NewMetadata([]string{"pandas"}, []string{"knows of rows"})
	rec := array.NewRecord(arrow.NewSchema(fields, &meta), columns, 2)
	d, err := w.store.CreateDataset(ctx, DatasetInput{ID: "types", ImportMode: SPICE})
	require.NoError(t, err)
	_, err = d.Refresh(ctx, same{rec}, RefreshFull)
	require.NoError(t, err)
	rows := 0
	for got, err := range d.Records(ctx, user("anna")) {
		require.NoError(t, err)
		require.Zero(t, got.Schema().Metadata().Len(), "metadata may tell of rows")
		for i := range types {
			for row := range 2 {
				require.Equal(t, columns[i].ValueStr(row), got.Column(i).ValueStr(row), "%s row %d", types[i], row)
			}
		}
		rows += int(got.NumRows())
	}
	require.Equal(t, 2, rows)

	list := arrow.ListOf(arrow.BinaryTypes.String)
	bad := arrow.NewSchema([]arrow.Field{{Name: "a", Type: list}, {Name: "b", Type: arrow.BinaryTypes.LargeBinary}}, nil)
	r, err := array.NewRecordReader(bad, nil)
	require.NoError(t, err)
	_, err = d.Refresh(ctx, readerSource{r}, RefreshFull)
	require.ErrorIs(t, err, ErrSchema)
	require.ErrorContains(t, err, `"a"`)
	require.ErrorContains(t, err, `"b"`)
}

type readerSource struct{ r array.RecordReader }

func (s readerSource) Records(context.Context) (array.RecordReader, error) { return s.r, nil }

// Rows of many chunks and runs, clustered and not, in several refreshes: every
// viewer gets what the oracle says, and the rest is not read.
func TestLargerThanAChunk(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	rows := table{{"id", "tenant", "note"}}
	for i := range 30_000 {
		rows = append(rows, []string{fmt.Sprintf("%05d", i), fmt.Sprint("tenant", i*7%50), fmt.Sprint("note", i)})
	}
	rows[100][1], rows[200][1] = "-", ""
	d, err := w.store.CreateDataset(ctx, DatasetInput{ID: "big", ImportMode: SPICE, Cluster: []string{"tenant"}})
	require.NoError(t, err)
	half := append(table{rows[0]}, rows[15_001:]...)
	_, err = d.Refresh(ctx, rows[:15_001], RefreshFull)
	require.NoError(t, err)
	_, err = d.Refresh(ctx, half, RefreshIncremental)
	require.NoError(t, err)
	w.attach(d, w.rules("rules", "UserName,tenant\nall,\none,tenant7\nthree,tenant1;tenant49;nobody\nnone,nobody\n"))
	for name, p := range map[string]predicate.Predicate{
		"all":   predicate.All(),
		"one":   predicate.In("tenant", "tenant7"),
		"three": predicate.In("tenant", "tenant1", "tenant49"),
		"none":  {},
	} {
		require.Equal(t, want(rows, p), see(t, d, user(name)), name)
	}
	v, data, err := d.open(ctx, user("one"), ActionQuery, everything())
	require.NoError(t, err)
	require.Equal(t, 2, chunksOf(data), "one of four chunks in each segment")
	require.NotNil(t, v)
	data.close()
	texts, err := d.Distinct(ctx, user("three"), "tenant")
	require.NoError(t, err)
	require.Equal(t, []string{"tenant1", "tenant49"}, texts)
}

// With the default options: keys beside the folder, an audit trail in it, and a
// second process that reads.
func TestDefaults(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "store")
	for range 2 {
		store, err := Open(dir, nil)
		require.NoError(t, err)
		d, err := store.Dataset("sales")
		if err != nil {
			d, err = store.CreateDataset(ctx, DatasetInput{ID: "sales", ImportMode: SPICE})
			require.NoError(t, err)
		}
		_, err = d.Refresh(ctx, sales(), RefreshFull)
		require.NoError(t, err)
		about, err := d.Describe(ctx)
		require.NoError(t, err)
		require.NotEmpty(t, about.KeyARN)
		reader, err := Open(dir, &Options{ReadOnly: true, Audit: new(audit.Memory)})
		require.NoError(t, err)
		r, err := reader.Dataset("sales")
		require.NoError(t, err)
		require.Len(t, see(t, r, user("anna")), 15)
		require.NoError(t, reader.Close())
		require.Len(t, see(t, d, user("anna")), 15)
		require.NoError(t, store.Close())
	}
	trail, err := os.Open(filepath.Join(dir, "audit.jsonl"))
	require.NoError(t, err)
	defer trail.Close()
	require.NoError(t, audit.Verify(trail))
}

func TestStoreFolder(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	_, err := Open(w.dir, &w.opts)
	require.ErrorIs(t, err, ErrLocked)
	_, err = w.store.CreateDataset(ctx, DatasetInput{ID: "sales", ImportMode: SPICE})
	require.ErrorIs(t, err, ErrExists)

	// A second process that only reads sees every change with its next read.
	opts := w.opts
	opts.ReadOnly = true
	reader, err := Open(w.dir, &opts)
	require.NoError(t, err)
	r, err := reader.Dataset("sales")
	require.NoError(t, err)
	require.Len(t, see(t, r, user("anna")), 15)
	w.attach(d, w.rules("rules", twoUsers))
	require.Len(t, see(t, r, user("anna")), 3)
	_, err = d.Refresh(ctx, sales()[:4], RefreshFull)
	require.NoError(t, err)
	require.Equal(t, see(t, d, user("anna")), see(t, r, user("anna")))
	for rec, err := range r.Records(ctx, user("anna")) {
		require.NoError(t, err)
		_, err := d.Refresh(ctx, sales(), RefreshFull)
		require.NoError(t, err)
		require.NotZero(t, rec.NumRows())
	}
	_, err = r.Refresh(ctx, sales(), RefreshFull)
	require.ErrorIs(t, err, ErrReadOnly)
	require.ErrorIs(t, r.Detach(ctx), ErrReadOnly)
	require.NoError(t, w.store.DeleteDataset(ctx, "rules"))
	refused(t, r, user("anna"), ErrNoRules)
	require.NoError(t, w.store.DeleteDataset(ctx, "sales"))
	refused(t, r, user("anna"), ErrNoDataset)
	refused(t, d, user("anna"), ErrNoDataset)
	w.create("sales", sales())
	refused(t, r, user("anna"), ErrNoDataset)
	require.NoError(t, reader.Close())
	refused(t, r, user("anna"), ErrClosed)
	opts.Audit = nil
	_, err = Open(w.dir, &opts)
	require.ErrorIs(t, err, ErrInput)

	about, err := w.store.Dataset("sales")
	require.NoError(t, err)
	names := []string{"sales"}
	for d := range w.store.Datasets() {
		require.Equal(t, names[0], d.ID())
		names = names[1:]
	}
	require.Empty(t, names)
	name := "Sales Pipeline"
	w.clock.add(time.Hour)
	require.NoError(t, about.Update(ctx, DatasetUpdate{Name: &name}))
	desc, err := about.Describe(ctx)
	require.NoError(t, err)
	require.Equal(t, name, desc.Name)
	require.Equal(t, time.Hour, desc.LastUpdatedTime.Sub(desc.CreatedTime))
	require.Equal(t, "arn:aws:quicksight:us-east-1:111122223333:dataset/sales", desc.ARN.String())

	for _, in := range []DatasetInput{
		{ID: "a/b", ImportMode: SPICE}, {ID: "x"}, {ID: "x", ImportMode: "FLAT"}, {ID: "x", ImportMode: SPICE, UseAs: "ROWS"},
		{ID: "x", ImportMode: SPICE, Columns: []Column{{Name: "a"}}}, {ID: "x", Parent: "nope"},
	} {
		_, err := w.store.CreateDataset(ctx, in)
		require.ErrorIs(t, err, ErrInput, "%+v", in)
	}
	folders, err := os.ReadDir(filepath.Join(w.dir, "datasets"))
	require.NoError(t, err)
	require.Len(t, folders, 1)
}
