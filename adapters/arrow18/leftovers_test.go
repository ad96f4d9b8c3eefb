package arrow18_test

import (
	"math/rand/v2"
	"testing"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/internal/testkit/randrecords"
	"github.com/rowsight/rowsight/predicate"
	filter "github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/batch/batchtest"
)

// TestNothingIsLeftOver filters random records and sends them to v18 and back:
// no buffer reaches further on either side than what the filter gave (S3). Then
// it brings unfiltered records from v18 and filters them.
func TestNothingIsLeftOver(t *testing.T) {
	rnd := rand.New(rand.NewPCG(51, 52))
	rows, crossed := 0, 0
	for range 800 {
		rec, _ := randrecords.Record(rnd, []v15.DataType{randrecords.Type(rnd, rnd.IntN(5), randrecords.Any)})
		f, err := filter.Bind(predicate.In(randrecords.Column, randrecords.Ours), rec.Schema(), nil)
		require.NoError(t, err)
		visible, err := f.Apply(rec)
		require.NoError(t, err)
		rows += int(visible.NumRows())

		there, err := arrow18.FromRecord(visible)
		require.NoError(t, err)
		for _, c := range there.Columns() {
			nothingHidden(t, c.Data())
		}
		back, err := arrow18.Record(there)
		require.NoError(t, err)
		require.Empty(t, batchtest.Leftovers(back), "%s", rec.Schema())

		// From v18, where the extension is not known, and so comes as its storage.
		whole, err := arrow18.FromRecord(rec)
		require.NoError(t, err)
		again, err := arrow18.Record(whole)
		require.NoError(t, err)
		require.NotEmpty(t, again.Columns())
		f, err = filter.Bind(predicate.In(randrecords.Column, randrecords.Ours), again.Schema(), nil)
		require.NoError(t, err)
		visible, err = f.Apply(array15.NewRecord(again.Schema(), again.Columns(), again.NumRows()))
		require.NoError(t, err)
		require.Empty(t, batchtest.Leftovers(visible), "%s", rec.Schema())
		require.Empty(t, batchtest.Find(visible, []byte(randrecords.Secret)))
		crossed++
	}
	require.Positive(t, rows)
	require.Positive(t, crossed)
}

// nothingHidden searches what v18 can reach for the secret.
func nothingHidden(t *testing.T, d v18.ArrayData) {
	t.Helper()
	for _, b := range d.Buffers() {
		if b != nil {
			all := b.Buf()
			require.NotContains(t, string(all[:cap(all)]), randrecords.Secret)
			require.Nil(t, b.Parent())
		}
	}
	for _, c := range d.Children() {
		nothingHidden(t, c)
	}
	if d.DataType().ID() == v18.DICTIONARY {
		nothingHidden(t, d.Dictionary())
	}
}
