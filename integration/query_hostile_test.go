package integration

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice/direct"
)

// TestQuestionsShadowed: a user defines the functions and operators of the SQL anew,
// in a schema that is searched first. Answers stay the same. The control is the same
// SQL without schemas, whose results change.
func TestQuestionsShadowed(t *testing.T) {
	for _, tt := range []struct {
		engine  string
		shadows []string
		naive   func(sql string) string
	}{
		{"PostgreSQL", postgresShadows(), naivePostgres},
		{"DuckDB", []string{"CREATE MACRO sum(x) AS 0", "CREATE MACRO min(x) AS NULL", "CREATE MACRO count(x) AS 7", "CREATE MACRO max(x) AS NULL",
			"CREATE MACRO date_trunc(a, b) AS NULL::TIMESTAMP", "CREATE MACRO make_timestamp(x) AS NULL::TIMESTAMP", "CREATE MACRO epoch_us(x) AS 0"},
			func(sql string) string { return strings.ReplaceAll(sql, "system.main.", "") }},
	} {
		t.Run(tt.engine, func(t *testing.T) {
			e := questionEngines()[tt.engine]
			owner, viewer := e.open(t)
			viewer.SetMaxOpenConns(1)
			rnd := rand.New(rand.NewPCG(18, 8))
			rows := questions.Rows(rnd, 100)
			for _, text := range e.prepare {
				_, err := owner.Exec(text)
				require.NoError(t, err)
			}
			e.fill(t, owner, "questions", rows)
			if tt.engine == "PostgreSQL" {
				for _, text := range []string{"GRANT SELECT ON questions TO viewer", "CREATE SCHEMA evil AUTHORIZATION viewer"} {
					_, err := owner.Exec(text)
					require.NoError(t, err)
				}
				_, err := viewer.Exec("SET search_path = evil, public, pg_catalog")
				require.NoError(t, err)
			}
			source := e.table(viewer, "questions")
			schema, err := source.Schema(t.Context())
			require.NoError(t, err)
			for _, text := range tt.shadows {
				_, err := viewer.Exec(text)
				require.NoError(t, err, text)
			}
			visible := predicate.In("tenant", "t1", "T1")
			fooled, asked := 0, 0
			for range 300 {
				q := questions.Random(rnd, e.can)
				q.Totals = false
				plan, err := q.Check(eval.Columns(schema))
				require.NoError(t, err)
				got, err := source.Answer(t.Context(), visible, plan, nil)
				if errors.Is(err, query.ErrDialect) || errors.Is(err, direct.ErrCell) {
					continue
				}
				require.NoError(t, err)
				want, _ := questions.Answer(q, rows, visible)
				require.Equal(t, want, questions.Read(got.Rows), "%s", q.Shape())
				got.Release()
				asked++
				if !sameWithout(t, source, plan, visible, tt.naive) {
					fooled++
				}
			}
			t.Logf("%d questions, %d fooled without schemas", asked, fooled)
			require.Greater(t, asked, 200)
			require.Greater(t, fooled, 50, "without schemas, the objects of the user are found")
		})
	}
}

// sameWithout reports whether a question has as many and the same first cells
// without the schemas of names.
func sameWithout(t *testing.T, source *direct.Table, plan query.Plan, visible predicate.Predicate, naive func(string) string) bool {
	t.Helper()
	s, _, err := plan.SQL(source.Dialect, visible, "SELECT * FROM questions", nil)
	require.NoError(t, err)
	read := func(sql string) (text string, err error) {
		rows, err := source.DB.QueryContext(t.Context(), sql, s.Args...)
		if err != nil {
			return "", err
		}
		defer rows.Close()
		cells := make([]any, len(s.Columns))
		for i := range cells {
			cells[i] = new(any)
		}
		for rows.Next() {
			if err := rows.Scan(cells...); err != nil {
				return "", err
			}
			for _, c := range cells {
				text += fmt.Sprint(*c.(*any), "|")
			}
		}
		return text, rows.Err()
	}
	exact, err := read(s.SQL)
	require.NoError(t, err)
	other, err := read(naive(s.SQL))
	return err == nil && exact == other
}

// postgresShadows define functions and operators of the types that questions use.
func postgresShadows() (all []string) {
	for _, typ := range []string{"int8", "numeric", "float8", "text", "date", "timestamp"} {
		all = append(all,
			fmt.Sprintf("CREATE FUNCTION evil.never(%s, %[1]s) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'", typ),
			fmt.Sprintf("CREATE FUNCTION evil.first(%s, %[1]s) RETURNS %[1]s LANGUAGE sql IMMUTABLE AS 'SELECT $1'", typ))
		for _, op := range []string{"=", "<", ">=", "<=", "<>"} {
			all = append(all, fmt.Sprintf("CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %[2]s, FUNCTION = evil.never)", op, typ))
		}
		for _, op := range []string{"+", "-", "*"} {
			all = append(all, fmt.Sprintf("CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %[2]s, FUNCTION = evil.first)", op, typ))
		}
		for _, name := range []string{"sum", "min", "max"} {
			all = append(all, fmt.Sprintf("CREATE AGGREGATE evil.%s(%s) (SFUNC = evil.first, STYPE = %[2]s)", name, typ))
		}
	}
	return append(all, "CREATE FUNCTION evil.date_trunc(text, timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE AS 'SELECT NULL::timestamp'",
		"CREATE FUNCTION evil.div(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 0::numeric'",
		"CREATE FUNCTION evil.sign(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 0::numeric'")
}
