package spice

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/randrecords"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// hostileSource is a source, direct or not, of random records that hold a secret
// wherever no visible value is. It does not filter.
type hostileSource struct {
	schema *arrow.Schema
	recs   []arrow.Record
}

func newHostile(rnd *rand.Rand, types []arrow.DataType) *hostileSource {
	h := new(hostileSource)
	fields := []arrow.Field{{Name: randrecords.Column, Type: arrow.BinaryTypes.String, Nullable: true}}
	for i, dt := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprint("x", i), Type: dt, Nullable: true})
	}
	for i := range fields {
		fields[i] = randrecords.NotedField(fields[i])
	}
	notes := fields[0].Metadata
	h.schema = arrow.NewSchema(fields, &notes)
	for range 3 {
		noted := make([]arrow.DataType, len(types))
		for i := range types {
			noted[i] = fields[i+1].Type
		}
		rec, _ := randrecords.Record(rnd, noted)
		h.recs = append(h.recs, array.NewRecord(h.schema, rec.Columns(), rec.NumRows()))
	}
	return h
}

func (h *hostileSource) reader() (array.RecordReader, error) {
	return array.NewRecordReader(h.schema, h.recs)
}

func (h *hostileSource) Schema(context.Context) (*arrow.Schema, error) { return h.schema, nil }

// Records implements Direct; asIngestion, Source.
func (h *hostileSource) Records(context.Context, predicate.Predicate, []string) (array.RecordReader, error) {
	return h.reader()
}

type asIngestion struct{ *hostileSource }

func (h asIngestion) Records(context.Context) (array.RecordReader, error) { return h.reader() }

// texts are the rows of the source that a viewer sees.
func (h *hostileSource) texts(all bool) (texts []string) {
	for _, rec := range h.recs {
		for row := range int(rec.NumRows()) {
			if all || rec.Column(0).(*array.String).Value(row) == randrecords.Ours {
				texts = append(texts, rowText(rec, row))
			}
		}
	}
	return texts
}

func rowText(rec arrow.Record, row int) (text string) {
	for _, c := range rec.Columns() {
		text += randrecords.Text(c, row) + "|"
	}
	return text
}

// TestNothingIsLeftOver reads random nested data through direct datasets, and
// random flat data through SPICE, by rules and without any. Whatever is handed
// out holds its rows and nothing else, in buffers, schemas and lists of values
// (S3, V8).
func TestNothingIsLeftOver(t *testing.T) {
	w := newWorld(t)
	w.opts.Allocator = new(batch.Pool) // whose memory is full of what was read before
	w.open(spicefile.Disk{})
	rules := w.rules("rules", "UserName,"+randrecords.Column+"\nanna,"+randrecords.Ours+"\nroot,\n")
	rnd := rand.New(rand.NewPCG(41, 42))
	rows, joined := 0, 0
	for round := range 60 {
		var types []arrow.DataType
		direct := round%2 == 0
		for range 1 + rnd.IntN(3) {
			if direct {
				types = append(types, randrecords.Type(rnd, rnd.IntN(5), randrecords.Any))
				continue
			}
			for {
				dt := randrecords.Type(rnd, 1, randrecords.Flat)
				if _, err := spicefile.Delivered(arrow.NewSchema([]arrow.Field{{Name: "x", Type: dt}}, nil)); err == nil {
					types = append(types, dt)
					break
				}
			}
		}
		types = append(types, &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String})
		source := newHostile(rnd, types)
		id := fmt.Sprint("d", round)
		in := DatasetInput{ID: id, ImportMode: SPICE}
		if direct {
			in.ImportMode, in.Direct = DirectQuery, source
		}
		d, err := w.store.CreateDataset(t.Context(), in)
		require.NoError(t, err)
		if !direct {
			_, err = d.Refresh(t.Context(), asIngestion{source}, RefreshFull)
			require.NoError(t, err)
		}
		w.attach(d, rules)
		for _, name := range []string{"anna", "root"} {
			schema, err := d.Schema(t.Context(), user(name))
			require.NoError(t, err)
			require.False(t, randrecords.HasNotes(schema.Fields()))
			require.False(t, schema.HasMetadata())
			wanted := source.texts(name == "root")
			got := 0
			for rec, err := range d.Records(t.Context(), user(name)) {
				if errors.Is(err, ErrSchema) {
					require.ErrorContains(t, err, "cannot be joined")
					got = len(wanted)
					joined++
					break
				}
				require.NoError(t, err, "%s", source.schema)
				for row := range int(rec.NumRows()) {
					require.Equal(t, wanted[got], rowText(rec, row), "row %d of %s", got, source.schema)
					got++
				}
				require.Empty(t, batchtest.Leftovers(rec), "%s", source.schema)
				require.False(t, randrecords.HasNotes(rec.Schema().Fields()))
				require.False(t, rec.Schema().HasMetadata())
				for _, c := range rec.Columns() {
					require.False(t, randrecords.HasNotes([]arrow.Field{{Type: c.DataType()}}), "the type of an array has fields, too")
				}
				if name == "anna" {
					require.Empty(t, batchtest.Find(rec, []byte(randrecords.Secret)))
				}
				rows += int(rec.NumRows())
			}
			require.Equal(t, len(wanted), got)
			texts, err := d.Distinct(t.Context(), user(name), fmt.Sprint("x", len(types)-1))
			require.NoError(t, err)
			seen := 0
			for _, rec := range source.recs {
				for row := range int(rec.NumRows()) {
					if text := randrecords.Text(rec.Column(len(types)), row); name == "root" && text == fmt.Sprintf("%q", randrecords.Secret) {
						seen++
					}
				}
			}
			if name == "anna" || seen == 0 {
				require.NotContains(t, texts, randrecords.Secret)
			}
		}
	}
	require.Greater(t, rows, 500)
	require.Less(t, joined, 30)
}

// TestUnusedValuesAreNotListed: a viewer who sees every row sees no value of a
// dictionary that no row uses.
func TestUnusedValuesAreNotListed(t *testing.T) {
	w := newWorld(t)
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	indices, values := array.NewInt8Builder(memory.DefaultAllocator), array.NewStringBuilder(memory.DefaultAllocator)
	indices.AppendValues([]int8{1, 1}, nil)
	values.AppendValues([]string{"unused", "used"}, nil)
	column := array.NewDictionaryArray(dt, indices.NewArray(), values.NewArray())
	schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: dt}}, nil)
	source := &hostileSource{schema, []arrow.Record{array.NewRecord(schema, []arrow.Array{column}, 2)}}
	d, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: "d", ImportMode: DirectQuery, Direct: source})
	require.NoError(t, err)
	texts, err := d.Distinct(t.Context(), user("anna"), "c")
	require.NoError(t, err)
	require.Equal(t, []string{"used"}, texts)
}
