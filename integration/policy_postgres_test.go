package integration

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls/policy"
)

// Roles with names that end quotes, hold dollar tags or are words.
var (
	policyUsers  = []string{"al", "Al", `b"o`, "c'y", "dé", "$rowsight$", "e f", "all", "user", `\`, "--"}
	policyGroups = []string{"sales", "group", "$1", `"`}
)

// policyRow is a row of the table that the policies protect.
type policyRow struct {
	id              int64
	region, segment *string
}

func (r policyRow) value(column string) (string, bool) {
	cell := r.region
	if column == "Segment" {
		cell = r.segment
	}
	if cell == nil {
		return "", false
	}
	return *cell, true
}

// randomRows are rows of hostile texts, each of them there.
func randomRows(r *rand.Rand, texts []string) []policyRow {
	rows := make([]policyRow, 2*len(texts))
	for i := range rows {
		rows[i].id = int64(i + 1)
		rows[i].region = &texts[i%len(texts)]
		if r.IntN(9) > 0 {
			rows[i].segment = &texts[r.IntN(len(texts))]
		}
	}
	return rows
}

// randomPredicate is a union of boxes, as rules are.
func randomPredicate(r *rand.Rand, texts []string) predicate.Predicate {
	in := func(column string) predicate.Predicate {
		values := make([]string, 1+r.IntN(8))
		for i := range values {
			values[i] = texts[r.IntN(len(texts))]
		}
		return predicate.In(column, values...)
	}
	boxes := make([]predicate.Predicate, 1+r.IntN(4))
	for i := range boxes {
		switch r.IntN(8) {
		case 0:
			boxes[i] = predicate.And(in("Region"), predicate.HasValue("Segment"))
		case 1, 2:
			boxes[i] = in("Segment")
		case 3:
			boxes[i] = predicate.And(in("Segment"), in("Region"))
		default:
			boxes[i] = in("Region")
		}
	}
	return predicate.Or(boxes...)
}

// as asks on one connection as a role, which can only do what the role can.
func as(ctx context.Context, db *sql.DB, role, query string) ([]int64, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	quoted, err := where.PostgreSQL.Quote(role)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SET ROLE "+quoted); err != nil {
		return nil, err
	}
	defer conn.ExecContext(ctx, "RESET ROLE")
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := []int64{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// TestPolicyPostgreSQL installs generated policies and asks as every role they
// name. The roles are bound by row security; the test drops it and must fail.
func TestPolicyPostgreSQL(t *testing.T) {
	owner, viewer := postgresViewer(t)
	ctx := t.Context()
	exec := func(statement string, args ...any) {
		t.Helper()
		_, err := owner.ExecContext(ctx, statement, args...)
		require.NoError(t, err, "%.1000s", statement)
	}
	r := rand.New(rand.NewPCG(1, 7))
	texts := slices.DeleteFunc(suite.HostileTexts(), func(s string) bool { return s == "" })
	rows := randomRows(r, append([]string{""}, texts...))
	exec(`CREATE TABLE "Sa""les" (id bigint, "Region" text, "Segment" text)`)
	for _, row := range rows {
		exec(`INSERT INTO "Sa""les" VALUES ($1, $2, $3)`, row.id, row.region, row.segment)
	}
	const ask = `SELECT id FROM "Sa""les" ORDER BY id`
	table := policy.Table{Name: []string{"public", `Sa"les`}}
	install := func(grants []policy.Grant) error {
		script, err := policy.Script(policy.PostgreSQL, policy.Policy{Table: table, Grants: grants}, &policy.Options{CreateRoles: true})
		require.NoError(t, err)
		_, err = owner.ExecContext(ctx, string(script))
		return err
	}
	quote := func(role string) string {
		s, err := where.PostgreSQL.Quote(role)
		require.NoError(t, err)
		return s
	}

	members := make(map[string][]string) // user -> groups
	rounds, compared, some := 30, 0, 0
	if testing.Short() {
		rounds = 5
	}
	var grants []policy.Grant
	expected := func(user string) []int64 {
		ids := []int64{}
		for _, row := range rows {
			if slices.ContainsFunc(grants, func(g policy.Grant) bool {
				mine := g.Kind == policy.User && g.Name == user || g.Kind == policy.Group && slices.Contains(members[user], g.Name)
				return mine && g.Rows.Match(row.value)
			}) {
				ids = append(ids, row.id)
			}
		}
		return ids
	}
	for round := range rounds {
		grants = nil
		for _, name := range policyUsers {
			grants = append(grants, policy.Grant{Kind: policy.User, Name: name, Rows: randomPredicate(r, texts)})
		}
		for _, name := range policyGroups {
			grants = append(grants, policy.Grant{Kind: policy.Group, Name: name, Rows: randomPredicate(r, texts)})
		}
		grants[0].Rows = predicate.Predicate{}
		require.NoError(t, install(grants))
		if round == 0 {
			for _, user := range policyUsers {
				exec("GRANT " + quote(user) + " TO viewer")
				for _, group := range policyGroups {
					if r.IntN(3) == 0 {
						exec("GRANT " + quote(group) + " TO " + quote(user))
						members[user] = append(members[user], group)
					}
				}
			}
			require.NotEmpty(t, members)
			exec("CREATE ROLE outsider")
			exec("GRANT outsider TO viewer")
			exec("CREATE ROLE reader")
			exec("GRANT reader TO viewer")
			exec(`GRANT SELECT ON "Sa""les" TO reader`)
		}
		for _, user := range policyUsers {
			got, err := as(ctx, viewer, user, ask)
			require.NoError(t, err)
			require.Equal(t, expected(user), got, "round %d, user %q", round, user)
			compared++
			if n := len(got); n > 0 && n < len(rows) {
				some++
			}
		}
	}
	require.Equal(t, rounds*len(policyUsers), compared)
	require.Greater(t, some, compared/2, "most users see some rows")

	t.Run("whom no policy names", func(t *testing.T) {
		_, err := as(ctx, viewer, "outsider", ask)
		require.ErrorContains(t, err, "permission denied")
		got, err := as(ctx, viewer, "reader", ask)
		require.NoError(t, err)
		require.Empty(t, got)
	})
	t.Run("nothing but reading", func(t *testing.T) {
		for _, statement := range []string{`DELETE FROM "Sa""les" RETURNING id`, `UPDATE "Sa""les" SET id = 0 RETURNING id`, `INSERT INTO "Sa""les" VALUES (0) RETURNING id`} {
			_, err := as(ctx, viewer, "dé", statement)
			require.ErrorContains(t, err, "permission denied")
		}
	})
	t.Run("no expression runs on a hidden row", func(t *testing.T) {
		exec(`CREATE FUNCTION leak(s bigint) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE EXCEPTION 'saw %', s; END $$`)
		hidden := int64(1)
		for slices.Contains(expected("dé"), hidden) {
			hidden++
		}
		got, err := as(ctx, viewer, "dé", fmt.Sprintf(`SELECT id FROM "Sa""les" WHERE id <> %d OR leak(id)`, hidden))
		require.NoError(t, err)
		require.ElementsMatch(t, expected("dé"), got)
		_, err = owner.ExecContext(ctx, fmt.Sprintf(`SELECT id FROM "Sa""les" WHERE id <> %d OR leak(id)`, hidden))
		require.ErrorContains(t, err, "saw", "the function leaks where it runs")
	})
	t.Run("a superuser of the table is no measure", func(t *testing.T) {
		var n int
		require.NoError(t, owner.QueryRowContext(ctx, `SELECT count(*) FROM "Sa""les"`).Scan(&n))
		require.Equal(t, len(rows), n, "a superuser bypasses policies, so no test may ask as one")
	})
	t.Run("roles that policies cannot hold", func(t *testing.T) {
		exec("CREATE ROLE bypasses BYPASSRLS")
		exec("CREATE ROLE becomes")
		exec("GRANT bypasses TO becomes")
		for _, role := range []string{"bypasses", "becomes", "rowsight"} {
			err := install([]policy.Grant{{Kind: policy.User, Name: role, Rows: predicate.In("Region", "x")}})
			require.ErrorContains(t, err, "sees every row", role)
		}
		got, err := as(ctx, viewer, "dé", ask)
		require.NoError(t, err)
		require.Equal(t, expected("dé"), got, "a script that fails changes nothing")
	})
	t.Run("the owner", func(t *testing.T) {
		exec(`CREATE ROLE landlord`)
		exec(`CREATE ROLE tenant`)
		exec(`GRANT landlord TO tenant`)
		exec(`CREATE TABLE house (id bigint, "Region" text)`)
		exec(`INSERT INTO house VALUES (1, 'x')`)
		exec(`ALTER TABLE house OWNER TO landlord`)
		script, err := policy.Script(policy.PostgreSQL, policy.Policy{Table: policy.Table{Name: []string{"house"}},
			Grants: []policy.Grant{{Kind: policy.User, Name: "tenant", Rows: predicate.All()}}}, nil)
		require.NoError(t, err)
		_, err = owner.ExecContext(ctx, string(script))
		require.ErrorContains(t, err, "owns the table")
		script, err = policy.Script(policy.PostgreSQL, policy.Policy{Table: policy.Table{Name: []string{"house"}}}, nil)
		require.NoError(t, err)
		_, err = owner.ExecContext(ctx, string(script))
		require.NoError(t, err)
		exec(`GRANT landlord TO viewer`)
		got, err := as(ctx, viewer, "landlord", `SELECT id FROM house`)
		require.NoError(t, err)
		require.Empty(t, got, "row security is forced on the owner")
	})
	t.Run("policies of others", func(t *testing.T) {
		exec(`CREATE POLICY wide ON "Sa""les" USING (true)`)
		require.ErrorContains(t, install(grants), "policy wide")
		exec(`DROP POLICY wide ON "Sa""les"`)
	})
	t.Run("an earlier script is replaced", func(t *testing.T) {
		all := grants
		grants = []policy.Grant{{Kind: policy.User, Name: "dé", Rows: predicate.In("Region", "EMEA")}}
		require.NoError(t, install(grants))
		got, err := as(ctx, viewer, "e f", ask)
		require.NoError(t, err)
		require.Empty(t, got)
		got, err = as(ctx, viewer, "dé", ask)
		require.NoError(t, err)
		require.Equal(t, expected("dé"), got)
		require.NotEmpty(t, got)
		grants = all
		require.NoError(t, install(grants))
	})

	// The negative controls: without the policies the comparison fails, both ways
	// in which they can be gone.
	differ := func() (n int) {
		for _, user := range policyUsers {
			got, err := as(ctx, viewer, user, ask)
			require.NoError(t, err)
			if !slices.Equal(expected(user), got) {
				n++
			}
		}
		return n
	}
	require.Zero(t, differ())
	exec(`ALTER TABLE "Sa""les" DISABLE ROW LEVEL SECURITY`)
	require.Equal(t, len(policyUsers), differ(), "row security is off: everybody sees too much")
	exec(`ALTER TABLE "Sa""les" ENABLE ROW LEVEL SECURITY`)
	require.Zero(t, differ())
	for i := range 1 + len(grants) {
		exec(fmt.Sprintf(`DROP POLICY IF EXISTS "rowsight %d" ON "Sa""les"`, i))
	}
	require.GreaterOrEqual(t, differ(), len(policyUsers)-1, "the policies are dropped: nobody sees a row")
}

// RowsEnv names the environment variable with the rows of TestPolicySpeed.
const RowsEnv = "ROWSIGHT_ROWS"

// TestPolicySpeed compares, on the same rows: PostgreSQL with our policy, asked
// as the viewer; PostgreSQL with our condition; and Arrow. The rows must be the
// same, and the times are printed.
func TestPolicySpeed(t *testing.T) {
	n := 100_000
	if s := os.Getenv(RowsEnv); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err, RowsEnv)
	}
	owner, viewer := postgresViewer(t)
	ctx := t.Context()
	exec := func(statement string, args ...any) {
		t.Helper()
		_, err := owner.ExecContext(ctx, statement, args...)
		require.NoError(t, err)
	}
	cell := func(prefix string, i, step, mod int) *string {
		if i%13 == 0 {
			return nil
		}
		s := ""
		if i%17 != 0 {
			s = prefix + strconv.Itoa(i*step%mod)
		}
		return &s
	}
	exec(`CREATE TABLE open (id bigint, "Region" text, "Segment" text)`)
	exec(fmt.Sprintf(`INSERT INTO open SELECT i,
		CASE WHEN i %% 13 = 0 THEN NULL WHEN i %% 17 = 0 THEN '' ELSE 'r' || i * 7919 %% 997 END,
		CASE WHEN i %% 13 = 0 THEN NULL WHEN i %% 17 = 0 THEN '' ELSE 's' || i * 104729 %% 211 END
		FROM generate_series(1::bigint, %d) AS i`, n))
	exec(`CREATE TABLE sales AS SELECT * FROM open`)

	boxes := make([]predicate.Predicate, 50)
	for i := range boxes {
		boxes[i] = predicate.And(
			predicate.In("Region", "r"+strconv.Itoa(i*5), "r"+strconv.Itoa(i*5+1), "r"+strconv.Itoa(i*5+2)),
			predicate.In("Segment", "s"+strconv.Itoa(i), "s"+strconv.Itoa((i+50)%211), "s"+strconv.Itoa((i+100)%211)))
	}
	boxes = append(boxes, predicate.In("Region", "r3", "r333"))
	p := predicate.Or(boxes...)

	script, err := policy.Script(policy.PostgreSQL, policy.Policy{
		Table:  policy.Table{Name: []string{"public", "sales"}},
		Grants: []policy.Grant{{Kind: policy.User, Name: "viewer", Rows: p}},
	}, nil)
	require.NoError(t, err)
	exec(string(script))
	exec(`ANALYZE`)
	condition, err := where.Lower(p, where.PostgreSQL, nil)
	require.NoError(t, err)
	exec(`GRANT SELECT ON open TO viewer`)

	read := func(rows *sql.Rows, err error) []int64 {
		require.NoError(t, err)
		defer rows.Close()
		ids := make([]int64, 0, n)
		for rows.Next() {
			var id int64
			require.NoError(t, rows.Scan(&id))
			ids = append(ids, id)
		}
		require.NoError(t, rows.Err())
		return ids
	}
	timed := func(what string, f func() []int64) []int64 {
		f() // a first time, for caches
		start := time.Now()
		ids := f()
		t.Logf("%-36s %d of %d rows in %v", what, len(ids), n, time.Since(start).Round(100*time.Microsecond))
		slices.Sort(ids)
		return ids
	}
	byPolicy := timed("PostgreSQL, policy", func() []int64 { return read(viewer.QueryContext(ctx, `SELECT id FROM sales`)) })
	byWhere := timed("PostgreSQL, where", func() []int64 {
		return read(viewer.QueryContext(ctx, `SELECT id FROM open WHERE `+condition.SQL(), condition.Args()...))
	})

	alloc := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer alloc.AssertSize(t, 0)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "Region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "Segment", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(alloc, schema)
	defer b.Release()
	text := func(field int, s *string) {
		if s == nil {
			b.Field(field).AppendNull()
		} else {
			b.Field(field).(*array.StringBuilder).Append(*s)
		}
	}
	for i := 1; i <= n; i++ {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		text(1, cell("r", i, 7919, 997))
		text(2, cell("s", i, 104729, 211))
	}
	rec := b.NewRecord()
	defer rec.Release()
	filter, err := batch.Bind(p, schema, &batch.Options{Allocator: alloc})
	require.NoError(t, err)
	byArrow := timed("Arrow", func() []int64 {
		visible, err := filter.Apply(rec)
		require.NoError(t, err)
		defer visible.Release()
		return slices.Clone(visible.Column(0).(*array.Int64).Int64Values())
	})
	require.NotEmpty(t, byArrow)
	require.Less(t, len(byArrow), n/2)
	require.Equal(t, byArrow, byPolicy)
	require.Equal(t, byArrow, byWhere)

	// The negative control.
	exec(`ALTER TABLE sales DISABLE ROW LEVEL SECURITY`)
	require.NotEqual(t, len(byArrow), len(read(viewer.QueryContext(ctx, `SELECT id FROM sales`))))
	require.False(t, strings.Contains(condition.SQL(), "r333"), "values are bound")
}
