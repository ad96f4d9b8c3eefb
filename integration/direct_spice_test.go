package integration

import (
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/direct"
)

// TestDirectDataset reads a dataset in DIRECT_QUERY mode, whose rows and rules
// are in the database, as several viewers and while the rules change.
func TestDirectDataset(t *testing.T) {
	for name, s := range tableEngines {
		t.Run(name, func(t *testing.T) {
			owner, viewer := s.open(t)
			s.fill(t, owner, owner != viewer)
			exec := func(statement string) {
				_, err := owner.Exec(statement)
				require.NoError(t, err)
			}
			quote := func(name string) string { q, _ := s.dialect.Quote(name); return q }
			exec("CREATE TABLE rules (" + quote("UserName") + " varchar(100), " + quote("region") + " varchar(100))")
			exec("INSERT INTO rules VALUES ('al', 'EMEA'), ('bo', NULL), ('cy', 'US ')")

			store, err := spice.Open(filepath.Join(t.TempDir(), "store"), nil)
			require.NoError(t, err)
			defer func() { require.NoError(t, store.Close()) }()
			d, err := store.CreateDataset(t.Context(), spice.DatasetInput{
				ID: "sales", ImportMode: spice.DirectQuery, Direct: &direct.Table{DB: viewer, Dialect: s.dialect, Table: "sales"},
			})
			require.NoError(t, err)
			require.NoError(t, d.Attach(t.Context(), spice.Permissions{Source: &direct.Rules{DB: owner, Query: "SELECT * FROM rules"}}))

			see := func(user string) (ids []int64) {
				for rec, err := range d.Records(t.Context(), spice.Session{Principal: namespace.Named(user)}) {
					require.NoError(t, err)
					ids = append(ids, rec.Column(0).(*array.Int64).Int64Values()...)
				}
				return ids
			}
			// A tenth of the rows holds NULL, and each region a quarter: rows 9, 19
			// and so on are odd, which only the second and fourth region are.
			require.Len(t, see("al"), directRows/4)
			require.Len(t, see("bo"), directRows)
			require.Len(t, see("cy"), directRows/4-directRows/20)
			require.Empty(t, see("AL"))
			require.Empty(t, see("nobody"))
			for _, id := range see("al") {
				require.Zero(t, id%4)
			}

			exec("UPDATE rules SET " + quote("region") + " = 'emea' WHERE " + quote("UserName") + " = 'al'")
			require.Len(t, see("al"), directRows/4-directRows/20, "at the next read")
			exec("DROP TABLE rules")
			for rec, err := range d.Records(t.Context(), spice.Session{Principal: namespace.Named("bo")}) {
				require.Error(t, err, "without rules nobody sees a row")
				require.Nil(t, rec)
			}
		})
	}
}
