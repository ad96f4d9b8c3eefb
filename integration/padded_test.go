package integration

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls/policy"
)

// TestPaddedText: what SECURITY.md says of char(n) in PostgreSQL. A condition
// compares the text without its padding, and no row is selected whose text is
// another one. Policies and package direct refuse such a column.
func TestPaddedText(t *testing.T) {
	db := postgres(t)
	_, err := db.Exec(`CREATE DOMAIN code AS char(5); CREATE DOMAIN region AS code;
		CREATE TABLE sales (id bigint, plain text, "pad\ded" char(5), domain region);`)
	require.NoError(t, err)
	texts := []string{"US", "us", "US ", " US", "", "     ", "US\t", "USA", "éé", "x    "}
	for i, s := range texts {
		_, err := db.Exec(`INSERT INTO sales VALUES ($1, $2, $3, $4)`, i, s, s, s)
		require.NoError(t, err)
	}
	var shown string
	require.NoError(t, db.QueryRow(`SELECT "pad\ded" FROM sales WHERE id = 0`).Scan(&shown))
	require.Equal(t, "US   ", shown, "readers see the padding")
	for _, column := range []string{`pad\ded`, "domain"} {
		for _, p := range []predicate.Predicate{predicate.In(column, "US"), predicate.In(column, "US ", "x    "), predicate.In(column, "x", "éé", " US"), predicate.HasValue(column)} {
			for _, inline := range []bool{false, true} {
				c, err := where.Lower(p, where.PostgreSQL, &where.Options{Inline: inline})
				require.NoError(t, err)
				var want []int64
				for i, s := range texts {
					if p.Match(func(string) (string, bool) { return strings.TrimRight(s, " "), true }) {
						want = append(want, int64(i))
					}
				}
				require.Equal(t, want, selectIDs(t, db, "SELECT id FROM sales WHERE "+c.SQL(), c.Args()), "%s", p)
			}
		}
	}
	for column, refused := range map[string]bool{"plain": false, `pad\ded`: true, "domain": true} {
		for _, rows := range []predicate.Predicate{predicate.In(column, "US"), predicate.All().Restrict(column)} {
			script, err := policy.Script(policy.PostgreSQL, policy.Policy{
				Table:  policy.Table{Name: []string{"public", "sales"}},
				Grants: []policy.Grant{{Kind: policy.User, Name: "viewer", Rows: rows}},
			}, &policy.Options{CreateRoles: true})
			require.NoError(t, err)
			_, err = db.Exec(string(script))
			if !refused {
				require.NoError(t, err)
				continue
			}
			require.ErrorContains(t, err, "column "+column+" is of type char(n)")
			_, err = db.Exec("ROLLBACK")
			require.NoError(t, err)
		}
	}
}
