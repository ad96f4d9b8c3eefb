package spice

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate/batch"
)

func TestStats(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", "GroupName,Region\nemea,EMEA\nus,US\n"))
	require.Zero(t, w.store.Stats())
	for range 10 {
		for name, group := range map[string]string{"anna": "emea", "bob": "emea", "carl": "us"} {
			for _, err := range d.Records(t.Context(), user(name, group)) {
				require.NoError(t, err)
			}
		}
	}
	stats := w.store.Stats()
	require.Positive(t, stats.Bytes)
	stats.Bytes = 0
	require.Equal(t, batch.CacheStats{Hits: 28, Misses: 2, Filters: 2}, stats, "three viewers, two predicates, thirty reads")
	require.Len(t, see(t, d, user("anna", "emea")), 3)
	require.EqualValues(t, 2, w.store.Stats().Misses, "see counts, too, with the same filter: it is of the columns of the rules only")
}
