package spicefile

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/internal/seal"
)

func newBox(t testing.TB) *seal.Box {
	t.Helper()
	box, err := seal.NewBox(make([]byte, seal.KeySize), "arn", 7)
	require.NoError(t, err)
	return box
}

// TestZero: what is not known rules nothing out, and what was never written
// does not open.
func TestZero(t *testing.T) {
	require.True(t, ChunkInfo{}.MayMatch(predicate.In("a", "x")), "statistics that are missing cost time and no row")
	require.False(t, ChunkInfo{}.MayMatch(predicate.Predicate{}))
	_, err := Open(Disk{}, t.TempDir(), 7, newBox(t), Tag{})
	require.Error(t, err)
	_, err = Delivered(arrow.NewSchema(nil, nil))
	require.ErrorIs(t, err, ErrNoColumns)
}

// texts is a record of columns of text that repeats, text that does not, and
// numbers; NULL and "" among them.
func texts(rng *rand.Rand, rows int, dict bool) arrow.Record {
	var repeated arrow.DataType = arrow.BinaryTypes.String
	if dict {
		repeated = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
	}
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema([]arrow.Field{
		{Name: "tenant", Type: repeated, Nullable: true}, {Name: "note", Type: arrow.BinaryTypes.LargeString, Nullable: true}, {Name: "n", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	}, nil))
	defer b.Release()
	for range rows {
		tenant := fmt.Sprintf("tenant %02d", rng.IntN(40))
		if rng.IntN(20) == 0 {
			tenant = ""
		}
		switch f := b.Field(0).(type) {
		case *array.StringBuilder:
			if rng.IntN(20) == 0 {
				f.AppendNull()
			} else {
				f.Append(tenant)
			}
		case *array.BinaryDictionaryBuilder:
			if rng.IntN(20) == 0 {
				f.AppendNull()
			} else {
				_ = f.AppendString(tenant)
			}
		}
		b.Field(1).(*array.LargeStringBuilder).Append(strings.Repeat("é", rng.IntN(20)) + fmt.Sprint(rng.Int64()))
		if rng.IntN(3) == 0 {
			b.Field(2).AppendNull()
		} else {
			b.Field(2).(*array.Int32Builder).Append(rng.Int32())
		}
	}
	return b.NewRecord()
}

// rowsOf returns the rows of a record as text.
func rowsOf(rec arrow.Record) (rows []string) {
	for i := range int(rec.NumRows()) {
		row := ""
		for _, c := range rec.Columns() {
			if c.IsNull(i) {
				row += "NULL|"
			} else {
				row += fmt.Sprintf("%q|", c.ValueStr(i))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// Whatever is written, in whatever records and runs, clustered or not, comes
// back: the same rows, those of one run in the order of the cluster.
func TestRoundTrip(t *testing.T) {
	ctx := context.Background()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for seed := range uint64(16) {
		rng := rand.New(rand.NewPCG(seed, 1))
		dict := seed%2 == 0
		opts := &WriteOptions{RunRows: 1 + rng.IntN(20_000)}
		if seed%4 < 2 {
			opts.Cluster = []string{"tenant", "n", "nope"}
		}
		dir := t.TempDir()
		first := texts(rng, 1, dict)
		schema, err := Delivered(first.Schema())
		require.NoError(t, err)
		w, err := NewWriter(Disk{}, dir, 7, newBox(t), schema, opts)
		require.NoError(t, err)
		var want []string
		for range rng.IntN(4) {
			rec := texts(rng, rng.IntN(12_000), dict)
			want = append(want, rowsOf(rec)...)
			require.NoError(t, w.Append(ctx, rec))
		}
		result, err := w.Close()
		require.NoError(t, err)
		require.Equal(t, int64(len(want)), result.Rows)

		s, err := Open(Disk{}, dir, 7, newBox(t), result.Tag)
		require.NoError(t, err)
		r, err := s.Reader(newBox(t), schema, mem)
		require.NoError(t, err)
		var got []string
		for n, info := range s.Chunks() {
			rec, err := r.Chunk(n)
			require.NoError(t, err)
			out := Deliver(rec, []int{0, 1, 2}, schema, mem)
			require.True(t, out.Schema().Equal(schema))
			checkStats(t, info, out)
			got = append(got, rowsOf(out)...)
			out.Release()
			rec.Release()
		}
		if opts.Cluster == nil {
			require.Equal(t, want, got, "seed %d", seed)
		}
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got, "seed %d", seed)
		require.NoError(t, s.Close())
	}
}

// checkStats holds what the index says against every row.
func checkStats(t *testing.T, info ChunkInfo, rec arrow.Record) {
	t.Helper()
	require.Equal(t, int(rec.NumRows()), info.Rows)
	for i, column := range []string{"tenant", "note"} {
		blank := true
		for row := range int(rec.NumRows()) {
			if v := rec.Column(i).ValueStr(row); rec.Column(i).IsValid(row) && v != "" {
				require.True(t, info.MayMatch(predicate.In(column, v)))
				blank = false
			}
		}
		require.Equal(t, blank, info.Stats[column].Blank)
		require.False(t, info.MayMatch(predicate.In(column, "\U0010fffd is in no row")))
	}
}

// Clustered rows of one value are in few chunks.
func TestCluster(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	rec := texts(rng, 60_000, false)
	schema, err := Delivered(rec.Schema())
	require.NoError(t, err)
	for cluster, most := range map[string]int{"tenant": 2, "": 15} {
		dir := t.TempDir()
		w, err := NewWriter(Disk{}, dir, 7, newBox(t), schema, &WriteOptions{Cluster: []string{cluster}})
		require.NoError(t, err)
		require.NoError(t, w.Append(context.Background(), rec))
		result, err := w.Close()
		require.NoError(t, err)
		s, err := Open(Disk{}, dir, 7, newBox(t), result.Tag)
		require.NoError(t, err)
		n := 0
		for _, c := range s.Chunks() {
			if c.MayMatch(predicate.In("tenant", "tenant 07")) {
				n++
			}
		}
		require.Len(t, s.Chunks(), 15)
		require.LessOrEqual(t, n, most)
		require.Positive(t, n)
		require.NoError(t, s.Close())
	}
}

// A segment of the same version, sealed under the same key at another time, is
// another one.
func TestAnotherAttempt(t *testing.T) {
	rec := texts(rand.New(rand.NewPCG(1, 1)), 30, false)
	schema, err := Delivered(rec.Schema())
	require.NoError(t, err)
	dir := t.TempDir()
	var tags []Tag
	for range 2 {
		w, err := NewWriter(Disk{}, dir, 7, newBox(t), schema, nil)
		require.NoError(t, err)
		require.NoError(t, w.Append(context.Background(), rec))
		result, err := w.Close()
		require.NoError(t, err)
		tags = append(tags, result.Tag)
	}
	_, err = Open(Disk{}, dir, 7, newBox(t), tags[0])
	require.ErrorIs(t, err, ErrCorrupt)
	s, err := Open(Disk{}, dir, 7, newBox(t), tags[1])
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

func TestWriterRefuses(t *testing.T) {
	rec := texts(rand.New(rand.NewPCG(1, 1)), 3, false)
	schema, err := Delivered(rec.Schema())
	require.NoError(t, err)
	dir := t.TempDir()
	w, err := NewWriter(Disk{}, dir, 7, newBox(t), schema, nil)
	require.NoError(t, err)
	part := rec.NewSlice(0, 1)
	other := array.NewRecord(arrow.NewSchema(rec.Schema().Fields()[:2], nil), part.Columns()[:2], 1)
	require.ErrorIs(t, w.Append(context.Background(), other), ErrSchema)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, w.Append(ctx, rec), context.Canceled)
	w.Abort()
	names, err := Disk{}.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, names)
}

// publishing is a disk on which a segment is published just after its manifest was
// looked for under the published name.
type publishing struct {
	memDisk
	manifest string
}

func (d publishing) ReadFile(path string) ([]byte, error) {
	b, err := d.memDisk.ReadFile(path)
	if sealed, ok := d.memDisk[d.manifest+unpublished]; ok && path == d.manifest {
		d.memDisk[d.manifest] = sealed
		delete(d.memDisk, d.manifest+unpublished)
	}
	return b, err
}

// TestPublishedMeanwhile: a segment opens at every moment of its publication.
func TestPublishedMeanwhile(t *testing.T) {
	disk, tag, _ := segment(t)
	_, _, manifest := Names("", 7)
	disk[manifest+unpublished] = disk[manifest]
	delete(disk, manifest)
	s, err := Open(publishing{disk, manifest}, "", 7, newBox(t), tag)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.NotContains(t, disk, manifest+unpublished, "it was published meanwhile")
}
