package where_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// rules999 is what 999 rules of three fields become.
func rules999() predicate.Predicate {
	ps := make([]predicate.Predicate, 999)
	for i := range ps {
		ps[i] = predicate.And(
			predicate.In("Region", fmt.Sprint("region ", i%50)),
			predicate.In("Segment", fmt.Sprint("segment ", i%31), fmt.Sprint("segment ", i%17)),
			predicate.In("Product", fmt.Sprint("product ", i), fmt.Sprint("product ", i+1)))
	}
	return predicate.Or(ps...)
}

func values(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("account %07d", i)
	}
	return list
}

// fits holds that a clause keeps the limits of its dialect.
func fits(t *testing.T, c where.Clause, first int) {
	t.Helper()
	d := c.Dialect()
	limits := d.Limits()
	keeps := func(sql string, args []any, first int) {
		size := len(sql)
		for _, a := range args {
			if limits.Arg > 0 {
				require.LessOrEqual(t, len(a.(string)), limits.Arg, d)
			}
			if limits.Bound {
				size += len(a.(string))
			}
		}
		if limits.Text > 0 {
			require.LessOrEqual(t, size, limits.Text, d)
		}
		if limits.Args > 0 {
			require.LessOrEqual(t, len(args)+first-1, limits.Args, d)
		}
	}
	keeps(c.SQL(), c.Args(), first)
	for _, s := range c.Setup() {
		keeps(s.SQL, s.Args, 1)
	}
}

func TestBudget(t *testing.T) {
	// Too much for one statement of these, and nowhere to put it.
	refuse := map[where.Dialect]bool{
		where.Trino: true, where.Athena: true, where.ClickHouse: true,
	}
	many := predicate.In("Account", values(192_000)...)
	for _, d := range where.Dialects() {
		c, err := where.Lower(many, d, nil)
		require.Equal(t, refuse[d], err != nil, "%s: %v", d, err)
		if err == nil {
			require.Empty(t, c.Setup())
			fits(t, c, 1)
		} else {
			var budget *where.BudgetError
			require.ErrorAs(t, err, &budget)
			require.ErrorIs(t, err, where.ErrBudget)
			require.Equal(t, d, budget.Dialect)
			require.Greater(t, budget.Got, budget.Max)
			require.Equal(t, denies(d), c.SQL(), "an error comes with no row")
			require.NotContains(t, err.Error(), "account 0")
		}
		for _, inline := range []bool{false, true} {
			if inline && testing.Short() {
				continue
			}
			c, err = where.Lower(many, d, &where.Options{Temp: []string{"t%s%k%t"}, Inline: inline})
			if d == where.Athena || inline && (d == where.Snowflake || d == where.BigQuery) {
				require.ErrorIs(t, err, where.ErrBudget, d)
				continue
			}
			require.NoError(t, err, d)
			fits(t, c, 1)
			require.Equal(t, len(c.Setup()) > 0, len(c.Teardown()) > 0)
			total := 0
			for _, s := range c.Setup() {
				total += strings.Count(s.SQL, "account ")
				require.Contains(t, s.SQL, "t%s%k%t")
				for _, a := range s.Args {
					total += strings.Count(a.(string), "account ")
				}
			}
			if len(c.Setup()) > 0 {
				require.Equal(t, 192_000, total, "%s: every value is sent once", d)
			}
		}
	}
}

// TestManyRules: what 999 rules become fits every engine and is small.
func TestManyRules(t *testing.T) {
	p := rules999()
	for _, d := range where.Dialects() {
		for _, o := range []where.Options{{}, {Inline: true}, {FirstArg: 30}} {
			start := time.Now()
			c, err := where.Lower(p, d, &o)
			took := time.Since(start)
			if d == where.Athena && o.Inline == false && err != nil {
				require.ErrorIs(t, err, where.ErrBudget)
				continue
			}
			require.NoError(t, err, d)
			fits(t, c, max(o.FirstArg, 1))
			t.Logf("%-10s inline %-5v %6d bytes, %4d arguments, %v", d, o.Inline, len(c.SQL()), len(c.Args()), took)
		}
	}
}

// TestDeep: nothing grows with the power of how deep a predicate is.
func TestDeep(t *testing.T) {
	p := predicate.In("A", "x")
	size := 0
	for depth := range 40 {
		p = predicate.Or(predicate.And(p, predicate.In(fmt.Sprint("B", depth), "y")), predicate.And(predicate.In(fmt.Sprint("C", depth), "z"), predicate.In("D", "w")))
		c, err := where.Lower(p, where.PostgreSQL, nil)
		require.NoError(t, err)
		require.Less(t, len(c.SQL())-size, 600, "each level adds the same")
		size = len(c.SQL())
	}
}

// TestWide: no parenthesis holds a chain that a parser would nest too deep.
func TestWide(t *testing.T) {
	c, err := where.Lower(rules999(), where.SQLite, nil)
	require.NoError(t, err)
	depth, chain, deepest := 0, make([]int, 1000), 0
	sql := c.SQL()
	for i := range sql {
		switch {
		case sql[i] == '(':
			depth++
			chain[depth] = 0
		case sql[i] == ')':
			depth--
		case strings.HasPrefix(sql[i:], " OR "):
			chain[depth]++
			deepest = max(deepest, chain[depth])
		}
	}
	require.Zero(t, depth)
	require.Less(t, deepest, 32)
	require.Positive(t, deepest)
}

func TestOptions(t *testing.T) {
	_, err := where.Lower(predicate.All(), where.SQLite, &where.Options{FirstArg: -1})
	require.ErrorIs(t, err, where.ErrOptions)
	_, err = where.Lower(predicate.In("A", values(192_000)...), where.Trino, &where.Options{Temp: []string{"a", "b\x00"}})
	require.ErrorIs(t, err, where.ErrOptions)
	// Every problem is reported.
	p := predicate.Or(predicate.And(predicate.In("A", "x", "secret\x00"), predicate.In("", "x")), predicate.In("B", "\xff", "z"))
	c, err := where.Lower(p, where.SQLite, nil)
	require.ErrorIs(t, err, where.ErrNUL)
	require.ErrorIs(t, err, where.ErrEncoding)
	require.ErrorIs(t, err, where.ErrColumn)
	require.Equal(t, "1 = 0", c.SQL())
	var value *where.ValueError
	require.ErrorAs(t, err, &value)
	require.NotContains(t, err.Error(), "secret", "values are for nobody who reads errors (S7)")
	// An engine with other settings.
	c, err = where.Lower(predicate.In("A", values(192_000)...), where.Trino, &where.Options{Limits: &where.Limits{Text: 1 << 24}})
	require.NoError(t, err)
	require.Empty(t, c.Setup())
	var budget *where.BudgetError
	_, err = where.Lower(predicate.In("A", values(100)...), where.Trino, &where.Options{Limits: &where.Limits{Text: 1000}})
	require.True(t, errors.As(err, &budget), "arguments count as text whatever the limits")
}

func BenchmarkLower(b *testing.B) {
	for _, c := range []struct {
		name string
		p    predicate.Predicate
	}{
		{"rules=1", predicate.MustParse(`Region in ("US") and Segment in ("SMB")`)},
		{"rules=999", rules999()},
		{"values=192000", predicate.In("Account", values(192_000)...)},
	} {
		for _, d := range []where.Dialect{where.PostgreSQL, where.MariaDB, where.SQLite, where.DuckDB, where.Spark, where.SQLServer} {
			b.Run(c.name+"/"+d.String(), func(b *testing.B) {
				for b.Loop() {
					clause, err := where.Lower(c.p, d, nil)
					require.NoError(b, err)
					b.ReportMetric(float64(len(clause.SQL())), "bytes")
				}
			})
		}
	}
}
