package where_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// everyForm are predicates whose conditions take every form that there is.
func everyForm() []predicate.Predicate {
	ps := []predicate.Predicate{rules999(), predicate.In("A", values(5000)...), {}, predicate.All()}
	for _, c := range goldenCases {
		ps = append(ps, c.p)
	}
	return ps
}

var (
	quotedText = regexp.MustCompile(`E?'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"`)
	standard   = regexp.MustCompile("'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`")
	qualified  = regexp.MustCompile(`OPERATOR\(pg_catalog\.(?:=|<>)\)|pg_catalog\.[a-z]+|system\.main\.[a-z_]+`)
)

// TestQualified: in PostgreSQL no operator, type, collation or function stands
// without its schema, and in DuckDB no function and no operator but comparisons,
// which cannot be defined there.
func TestQualified(t *testing.T) {
	for _, p := range everyForm() {
		for _, o := range []where.Options{{}, {Inline: true}, {TwoValued: true}, {Limits: &where.Limits{Args: 3}}} {
			c, err := where.Lower(p, where.PostgreSQL, &o)
			require.NoError(t, err)
			bare := strings.ReplaceAll(c.SQL(), `pg_catalog."C"`, "pg_catalog.c")
			bare = qualified.ReplaceAllString(quotedText.ReplaceAllString(bare, " name "), "§")
			require.NotRegexp(t, `[=<>~!@#%^&|+*/-]`, strings.ReplaceAll(bare, "::", ""), "an operator of the search_path")
			require.Empty(t, regexp.MustCompile(`(?i)::\s*\w+|COLLATE\s+\w+|\w+\(`).FindAllString(strings.NewReplacer("ANY (", "", "ARRAY[", "").Replace(bare), -1), "%.300s", bare)
			require.NotContains(t, bare, " IN ")

			c, err = where.Lower(p, where.DuckDB, &o)
			require.NoError(t, err)
			bare = qualified.ReplaceAllString(standard.ReplaceAllString(c.SQL(), " name "), "§")
			require.NotRegexp(t, `[~!@#%^&|+*/-]`, bare)
			require.Empty(t, regexp.MustCompile(`[a-z_]\w*\(|::(?:[^V]|V[^A])`).FindAllString(bare, -1), "%.300s", bare)
		}
	}
	// SQLite finds a table of a function's name before the function.
	calls := regexp.MustCompile(`[a-zA-Z_]\w*\(`)
	for _, p := range everyForm() {
		for _, o := range []where.Options{{}, {Inline: true}, {TwoValued: true}, {Limits: &where.Limits{Args: 3}}} {
			c, err := where.Lower(p, where.SQLite, &o)
			require.NoError(t, err)
			require.Empty(t, calls.FindAllString(standard.ReplaceAllString(c.SQL(), ""), -1))
			// Spark finds a function that the program has registered. CAST is none, and
			// literals need no other.
			if o.Inline {
				for _, d := range []where.Dialect{where.Spark, where.Databricks} {
					c, err = where.Lower(p, d, &o)
					require.NoError(t, err)
					bare := strings.NewReplacer("CAST(", "").Replace(standard.ReplaceAllString(c.SQL(), ""))
					if !strings.Contains(bare, "array_contains") { // many lists of more than 8 values
						require.Empty(t, calls.FindAllString(bare, -1), "%s: %.300s", d, bare)
					}
				}
			}
			// Trino finds a function of the statement first: WITH FUNCTION.
			c, err = where.Lower(p, where.Trino, &o)
			if _, ok := errors.AsType[*where.BudgetError](err); ok {
				continue
			}
			require.NoError(t, err)
			bare := strings.NewReplacer("CAST(", "", "UNNEST(", "", "array(varchar)", "").Replace(standard.ReplaceAllString(c.SQL(), " name "))
			bare = regexp.MustCompile(`system\.builtin\.[a-z_]+`).ReplaceAllString(bare, "§")
			require.Empty(t, calls.FindAllString(bare, -1), "%.300s", bare)
		}
	}
}

// TestNames: a name that an engine would cut off, change or take for another is
// refused, in its unit, at its limit.
func TestNames(t *testing.T) {
	limits := map[where.Dialect]struct {
		most int
		text string // one unit of length
		over string // more than one
	}{
		where.PostgreSQL: {63, "a", "é"}, where.Redshift: {127, "a", "é"}, where.MySQL: {64, "é", ""}, where.MariaDB: {64, "é", ""},
		where.SQLServer: {128, "é", "😀"}, where.Snowflake: {255, "😀", ""}, where.BigQuery: {300, "é", ""}, where.Athena: {255, "é", ""}, where.Databricks: {255, "é", ""},
	}
	for _, d := range where.Dialects() {
		l, limited := limits[d]
		if !limited {
			_, err := d.Quote(strings.Repeat("é", 1000))
			require.NoError(t, err, d)
			continue
		}
		full := strings.Repeat(l.text, l.most)
		_, err := d.Quote(full)
		require.NoError(t, err, d)
		tooLong := []string{full + "a"}
		if l.over != "" {
			tooLong = append(tooLong, full[len(l.text):]+l.over)
		}
		for _, name := range tooLong {
			_, err = d.Quote(name)
			require.ErrorIs(t, err, where.ErrColumn, d)
			require.ErrorContains(t, err, "at most", d)
			c, err := where.Lower(predicate.In(name, "x"), d, nil)
			require.ErrorIs(t, err, where.ErrColumn, d)
			require.Equal(t, denies(d), c.SQL())
			_, err = where.Lower(predicate.In("A", "x"), d, &where.Options{Column: where.Known(d, name, "A")})
			require.ErrorIs(t, err, where.ErrColumn, "the name of the table, too")
		}
	}
	for _, name := range []string{"a😀", "a "} {
		_, err := where.MariaDB.Quote(name)
		require.ErrorIs(t, err, where.ErrColumn)
	}
	// Names that an engine takes for one.
	twins := predicate.And(predicate.In("Region", "US"), predicate.In("region", "x"))
	for _, d := range where.Dialects() {
		_, err := where.Lower(twins, d, nil)
		if d == where.PostgreSQL || d == where.Snowflake || d == where.ClickHouse {
			require.NoError(t, err, d)
		} else {
			require.ErrorIs(t, err, where.ErrColumn, "%s: set folded in its nameRules, or name it here if Region and region are two columns", d)
		}
	}
}

// TestKinds: a declaration takes a comparison away, and nothing else changes.
func TestKinds(t *testing.T) {
	lower := func(p predicate.Predicate, d where.Dialect, k where.Kind) (string, error) {
		c, err := where.Lower(p, d, &where.Options{Inline: true, Kind: func(string) where.Kind { return k }})
		return c.SQL(), err
	}
	p := predicate.In("a", "x")
	for _, d := range where.Dialects() {
		both, err := lower(p, d, where.Text)
		require.NoError(t, err)
		exact, err := lower(p, d, where.MixedText)
		require.NoError(t, err)
		plain, err := lower(p, d, where.ExactText)
		require.NoError(t, err)
		if both == exact { // the exact comparison is the plain one
			require.Equal(t, both, plain, d)
		} else {
			require.Equal(t, both, plain+" AND "+exact, d)
		}
		_, err = lower(p, d, where.UUID)
		require.Equal(t, d != where.PostgreSQL, err != nil, d)
		_, err = lower(p, d, where.UUID+1)
		require.ErrorIs(t, err, where.ErrOptions)
	}
	const id = "0b0e8400-e29b-41d4-a716-446655440000"
	for values, want := range map[string]string{
		id: `"a" OPERATOR(pg_catalog.=) '` + id + `'::pg_catalog.uuid`, strings.ToUpper(id): "FALSE", "x": "FALSE", strings.ReplaceAll(id, "-", ""): "FALSE", "{" + id + "}": "FALSE",
	} {
		got, err := lower(predicate.In("a", values), where.PostgreSQL, where.UUID)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := lower(predicate.HasValue("a"), where.PostgreSQL, where.UUID)
	require.NoError(t, err)
	require.Equal(t, `"a" IS NOT NULL`, got)
	for k, want := range map[where.Kind]string{where.Text: "text", where.ExactText: "exact text", where.MixedText: "mixed text", where.UUID: "uuid", 9: "kind 9"} {
		require.Equal(t, want, k.String())
	}
}
