package integration

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// The same rules, as a file and as rows of a table. NULL and "" are no value
// (U3), a list is a list, and the quotes in a cell are the list's own (U5).
const rulesCSV = `UserName,GroupName,Region,Segment
al,,EMEA,"SMB,Startup"
al,,US,
,sales,"""AWS,INC"",AWS",SMB
bo,,,
cy,, EMEA,"%_\'"
dé,,ZÜRICH,😀
,,,
`

var rulesRows = [][]any{
	{"al", nil, "EMEA", "SMB,Startup"},
	{"al", "", "US", nil},
	{nil, "sales", `"AWS,INC",AWS`, "SMB"},
	{"bo", nil, "", nil},
	{"cy", nil, " EMEA", `%_\'`},
	{"dé", nil, "ZÜRICH", "😀"},
	{nil, "", nil, ""},
}

// TestReadSQL reads rules from a table of each engine and compares what every
// viewer sees with the same rules from a file.
func TestReadSQL(t *testing.T) {
	want, err := rls.ReadCSV(strings.NewReader(rulesCSV), nil)
	require.NoError(t, err)
	viewers := []namespace.Principal{
		namespace.Named("al"), namespace.Named("al", "sales"), namespace.Named("bo"), namespace.Named("cy"),
		namespace.Named("dé"), namespace.Named("nobody", "sales"), namespace.Named("nobody"), {},
	}
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			_, err := db.Exec(`CREATE TABLE rules (id integer, "UserName" text, "GroupName" text, "Region" text, "Segment" text, year integer)`)
			require.NoError(t, err)
			for i, row := range rulesRows {
				_, err := db.Exec(`INSERT INTO rules VALUES ($1, $2, $3, $4, $5, $6)`, append(append([]any{i}, row...), 2024)...)
				require.NoError(t, err)
			}
			got, err := read(db, `SELECT "UserName", "GroupName", "Region", "Segment" FROM rules ORDER BY id`)
			require.NoError(t, err)
			require.Equal(t, want.Len(), got.Len())
			distinct := make(map[string]bool)
			for _, v := range viewers {
				p, err := want.For(v)
				require.NoError(t, err)
				q, err := got.For(v)
				require.NoError(t, err)
				require.True(t, p.Equal(q), "%v: %v from the table, %v from the file", v, q, p)
				distinct[q.String()] = true
			}
			require.Len(t, distinct, 7, "only two of the viewers, whom no rule names, see the same")

			// The negative control: another table gives other rules.
			_, err = db.Exec(`UPDATE rules SET "Region" = 'APAC' WHERE "UserName" = 'cy'`)
			require.NoError(t, err)
			changed, err := read(db, `SELECT "UserName", "GroupName", "Region", "Segment" FROM rules ORDER BY id`)
			require.NoError(t, err)
			p, err := changed.For(namespace.Named("cy"))
			require.NoError(t, err)
			require.Contains(t, p.String(), "APAC")

			// What is not text is refused, not turned into text.
			refused, err := read(db, `SELECT "UserName", year FROM rules ORDER BY id`)
			require.Error(t, err)
			require.Nil(t, refused)
			require.ErrorContains(t, err, `column "year"`)
		})
	}
}

// TestReadSQLCancelled ends a query while its rows are read: an error, and no
// rules that would be too few.
func TestReadSQLCancelled(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			_, err := db.Exec(`CREATE TABLE rules ("UserName" text, "Region" text)`)
			require.NoError(t, err)
			tx, err := db.Begin()
			require.NoError(t, err)
			for i := range 20_000 {
				_, err := tx.Exec(`INSERT INTO rules VALUES ($1, 'US')`, fmt.Sprint("user ", i))
				require.NoError(t, err)
			}
			require.NoError(t, tx.Commit())
			ctx, cancel := context.WithCancel(t.Context())
			rows, err := db.QueryContext(ctx, `SELECT "UserName", "Region" FROM rules`)
			require.NoError(t, err)
			defer rows.Close()
			require.True(t, rows.Next())
			cancel()
			rules, err := rls.ReadSQL(rows, nil)
			require.Error(t, err)
			require.Nil(t, rules)
		})
	}
}

func read(db *sql.DB, query string) (*rls.Rules, error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rls.ReadSQL(rows, nil)
}
