package spice

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// A keptText is a text that a program holds on to, and a copy of what it was.
type keptText struct{ held, was string }

func keep(kept []keptText, rec arrow.Record) []keptText {
	for _, column := range rec.Columns() {
		if d, ok := column.(*array.Dictionary); ok {
			column = d.Dictionary()
		}
		text := column.(*array.String)
		for i := range text.Len() {
			kept = append(kept, keptText{text.Value(i), strings.Clone(text.Value(i))})
		}
	}
	return kept
}

// dictionaries is a Source whose columns are dictionaries.
type dictionaries struct{ table }

func (d dictionaries) Records(context.Context) (array.RecordReader, error) {
	rec := d.record(true)
	defer rec.Release()
	return array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
}

// TestKeptTexts keeps every text of every stream of one viewer, as programs do
// that put them into a list, and lets all other viewers read: none of the texts
// may turn into another. The memory is that of the default.
func TestKeptTexts(t *testing.T) {
	ctx := context.Background()
	store, err := Open(t.TempDir()+"/store", nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	w := &world{t: t, store: store}
	rows := table{{"id", "Tenant", "Segment"}}
	csv := "UserName,Tenant\nall,\n"
	for viewer := range 26 {
		name := string(rune('a' + viewer))
		csv += name + "," + strings.Repeat(name, 20) + "\n"
		for i := range 150 {
			rows = append(rows, []string{fmt.Sprintf("%s-%d", name, i), strings.Repeat(name, 20), fmt.Sprint("segment of ", name)})
		}
	}
	rules := w.rules("rules", csv)
	for id, source := range map[string]Source{"plain": rows, "dictionary": dictionaries{rows}} {
		d, err := store.CreateDataset(ctx, DatasetInput{ID: id, ImportMode: SPICE})
		require.NoError(t, err)
		_, err = d.Refresh(ctx, source, RefreshFull)
		require.NoError(t, err)
		w.attach(d, rules)
		direct, err := store.CreateDataset(ctx, DatasetInput{ID: id + "-direct", ImportMode: DirectQuery, Direct: recordsOf{source}})
		require.NoError(t, err)
		w.attach(direct, rules)
		for _, d := range []*Dataset{d, direct} {
			for _, first := range []string{"a", "all"} { // some rows, and the path for all of them
				var kept []keptText
				for rec, err := range d.Records(ctx, user(first)) {
					require.NoError(t, err)
					kept = keep(kept, rec)
				}
				require.Greater(t, len(kept), 150)
				for viewer := range 26 {
					for rec, err := range d.Records(ctx, user(string(rune('z'-viewer)))) {
						require.NoError(t, err)
						_ = keep(nil, rec)
					}
				}
				changed := 0
				for _, k := range kept {
					if k.held != k.was {
						changed++
					}
				}
				require.Zero(t, changed, "%s, %s: of %d texts that were kept", d.ID(), first, len(kept))
			}
		}
	}
}

// recordsOf is a database that has the rows of a Source.
type recordsOf struct{ Source }

func (r recordsOf) Schema(ctx context.Context) (*arrow.Schema, error) {
	in, err := r.Source.Records(ctx)
	if err != nil {
		return nil, err
	}
	defer in.Release()
	return in.Schema(), nil
}

func (r recordsOf) Records(ctx context.Context, _ predicate.Predicate, _ []string) (array.RecordReader, error) {
	return r.Source.Records(ctx)
}
