package integration

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// TestDeepConditions sends conditions that a parser could nest deeper than an
// engine allows: rules that each have one column more, and rules of many columns.
// The columns of the predicate are few columns of the table.
func TestDeepConditions(t *testing.T) {
	const n = 990
	in := func(k int, value string) predicate.Predicate { return predicate.In(fmt.Sprint("c", k), value) }
	var stairs, wide []predicate.Predicate
	for i := range n {
		wide = append(wide, in(i, []string{"x", "y"}[i%2]))
		if i%3 == 0 { // the text of a condition of all of them is too long for some
			atoms := []predicate.Predicate{in(n, fmt.Sprint(i%7))}
			for k := range i + 1 {
				atoms = append(atoms, in(k, []string{"x", "y"}[k%2]))
			}
			stairs = append(stairs, predicate.And(atoms[0], atoms[1:]...))
		}
	}
	nested := predicate.In("c0", "z")
	for k := range 40 {
		nested = predicate.Or(in(k, "y"), predicate.And(in(n-1-k, "x"), nested))
	}
	predicates := map[string]predicate.Predicate{
		"stairs": predicate.Or(stairs...), "wide": predicate.And(wide[0], wide[1:]...), "nested": nested,
		"many": predicate.Or(predicate.And(in(0, "x"), in(1, "y")), predicate.And(wide[0], wide[1:]...), predicate.And(in(2, "z"), in(n, "3"))),
	}
	column := func(name string) string {
		var k int
		_, _ = fmt.Sscanf(name, "c%d", &k)
		if k == n {
			return "last"
		}
		return []string{"a", "b"}[k%2]
	}
	for name, open := range map[where.Dialect]func(t *testing.T) *sql.DB{
		where.SQLite: sqlite, where.DuckDB: duckdb, where.PostgreSQL: postgres,
		where.MariaDB: func(t *testing.T) *sql.DB { owner, _ := mariadb(t); return owner },
	} {
		t.Run(name.String(), func(t *testing.T) {
			db := open(t)
			_, err := db.Exec("CREATE TABLE deep (id integer, a varchar(9), b varchar(9), last varchar(9))")
			require.NoError(t, err)
			rows := [][3]string{{"x", "y", "3"}, {"x", "y", "9"}, {"y", "y", "3"}, {"x", "x", "3"}, {"z", "y", "3"}, {"z", "x", "4"}}
			for i, r := range rows {
				_, err := db.Exec(fmt.Sprintf("INSERT INTO deep VALUES (%d, '%s', '%s', '%s')", i, r[0], r[1], r[2]))
				require.NoError(t, err)
			}
			for reason, p := range predicates {
				c, err := where.Lower(p, name, &where.Options{Column: column, Inline: true})
				require.NoError(t, err, reason)
				var want []int64
				for i, r := range rows {
					if p.Match(func(name string) (string, bool) {
						return r[map[string]int{"a": 0, "b": 1, "last": 2}[column(name)]], true
					}) {
						want = append(want, int64(i))
					}
				}
				require.Equal(t, want, selectIDs(t, db, "SELECT id FROM deep WHERE "+c.SQL(), c.Args()), reason)
			}
		})
	}
}
