package integration

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/policy"
)

// TestHostilePolicy installs a policy in a session whose search_path begins with
// the schema of an attacker, who has defined every operator, type and collation
// that the script names, and asks as the role in sessions like it, through
// functions of the owner and of the role too.
func TestHostilePolicy(t *testing.T) {
	owner, viewer := postgresViewer(t)
	exec := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			_, err := owner.Exec(statement)
			require.NoError(t, err, "%.500s", statement)
		}
	}
	exec("CREATE SCHEMA evil", "GRANT USAGE ON SCHEMA evil TO viewer",
		"CREATE TABLE public.sales (id bigint, tenant varchar, region text)",
		"INSERT INTO public.sales VALUES (1, 'us', 'a'), (2, 'US', 'b'), (3, NULL, ''), (4, 'x', 'a')",
		"CREATE TABLE evil.sales AS SELECT * FROM public.sales",
		"CREATE ROLE landlord", "ALTER TABLE public.sales OWNER TO landlord", "GRANT USAGE, CREATE ON SCHEMA public TO landlord",
		`CREATE COLLATION evil."C" (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,
		"CREATE DOMAIN evil.text AS pg_catalog.varchar(1)", "CREATE DOMAIN evil.name AS pg_catalog.varchar(1)", "CREATE DOMAIN evil.regclass AS pg_catalog.int4")
	types := []string{"varchar", "pg_catalog.text", "pg_catalog.name", "oid", "int4", "pg_catalog.regclass", "pg_catalog.bpchar"}
	for _, left := range types {
		for _, right := range types {
			exec(fmt.Sprintf(`CREATE FUNCTION evil.yes(%s, %s) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'`, left, right))
			for _, operator := range []string{"=", "<>"} {
				exec(fmt.Sprintf(`CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.yes)`, operator, left, right))
			}
		}
	}
	script, err := policy.Script(policy.PostgreSQL, policy.Policy{
		Table: policy.Table{Name: []string{"public", "sales"}},
		Grants: []policy.Grant{{Kind: policy.User, Name: "viewer", Rows: predicate.Or(
			predicate.In("tenant", "US"), predicate.And(predicate.In("tenant", "x", "y"), predicate.HasValue("region")))}},
	}, nil)
	require.NoError(t, err)
	install, err := owner.Conn(t.Context())
	require.NoError(t, err)
	defer install.Close()
	const path = "SET search_path = evil, public, pg_catalog"
	for _, statement := range []string{path, string(script)} {
		_, err = install.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	exec("GRANT CREATE ON SCHEMA public TO viewer")
	const ask = "SELECT id FROM public.sales"
	for _, before := range []string{path, "SET search_path = pg_catalog", "SET search_path = ''"} {
		_, err := viewer.Exec(before)
		require.NoError(t, err)
		require.Equal(t, []int64{2, 4}, ids(t, viewer, ask), before)
	}
	// Functions that run with the rights of the owner: row security is forced on
	// the owner, whom no policy names.
	for _, setting := range []string{"", "SET search_path = evil, public, pg_catalog", "SET row_security = on"} {
		exec("SET ROLE landlord", "CREATE OR REPLACE FUNCTION public.all_sales() RETURNS SETOF bigint LANGUAGE sql SECURITY DEFINER "+setting+" AS 'SELECT id FROM public.sales'",
			"RESET ROLE", "GRANT EXECUTE ON FUNCTION public.all_sales() TO viewer")
		require.Empty(t, ids(t, viewer, "SELECT * FROM public.all_sales()"), setting)
	}
	// The control: the policy as most people write it shows every row.
	exec(`DROP POLICY "rowsight 1" ON public.sales`)
	_, err = install.ExecContext(t.Context(), `CREATE POLICY naive ON public.sales FOR SELECT TO viewer USING (tenant = 'US'::pg_catalog.text)`)
	require.NoError(t, err)
	require.Equal(t, []int64{1, 2, 3, 4}, ids(t, viewer, ask))

	// A temporary table in front of the one that is meant is an error.
	for _, statement := range []string{"SET search_path = public", "CREATE TEMP TABLE sales (id bigint)"} {
		_, err = install.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	script, err = policy.Script(policy.PostgreSQL, policy.Policy{Table: policy.Table{Name: []string{"sales"}}}, nil)
	require.NoError(t, err)
	_, err = install.ExecContext(t.Context(), string(script))
	require.ErrorContains(t, err, "temporary")
}
