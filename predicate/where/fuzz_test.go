package where_test

import (
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// read is what an engine reads in a literal, written down apart from what writes
// it: the text, and what stands behind the literal.
func read(t *testing.T, d where.Dialect, s string) (text, rest string) {
	t.Helper()
	escapes := false
	switch d {
	case where.PostgreSQL:
		s, escapes = strings.CutPrefix(s, "E")
	case where.Redshift:
		return readRedshift(t, s)
	case where.Spark, where.Databricks:
		if after, ok := strings.CutPrefix(s, "CAST(X'"); ok {
			digits, rest, ok := strings.Cut(after, "' AS STRING)")
			require.True(t, ok)
			return unhex(t, digits), rest
		}
		require.NotContains(t, s, "${")
	case where.MySQL, where.MariaDB:
		if after, ok := strings.CutPrefix(s, "x'"); ok {
			digits, rest, ok := strings.Cut(after, "'")
			require.True(t, ok)
			return unhex(t, digits), rest
		}
		require.NotContains(t, s, `\`)
	case where.ClickHouse, where.Snowflake, where.BigQuery:
		escapes = true
	case where.SQLServer:
		var ok bool
		s, ok = strings.CutPrefix(s, "N")
		require.True(t, ok)
	case where.SQLite, where.DuckDB, where.Trino, where.Athena:
	default:
		require.FailNow(t, "say in read how this dialect reads a literal", "%s: %s", d, s)
	}
	// No engine that knows '' besides \' takes more than two of them for one.
	doubled := d != where.BigQuery
	require.True(t, strings.HasPrefix(s, "'"), "%s: %s", d, s)
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && escapes:
			i++
			switch e := s[i]; e {
			case 'x', 'u':
				n := map[byte]int{'x': 2, 'u': 4}[e]
				code, err := strconv.ParseUint(s[i+1:i+1+n], 16, 16)
				require.NoError(t, err)
				require.Less(t, code, uint64(0x80))
				b.WriteByte(byte(code))
				i += n
			default:
				require.Contains(t, `'\`, string(e))
				b.WriteByte(e)
			}
		case c == '\'' && doubled && i+1 < len(s) && s[i+1] == '\'':
			b.WriteByte(c)
			i++
		case c == '\'':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(c)
		}
	}
	require.FailNow(t, "the literal does not end", s)
	return "", ""
}

func readRedshift(t *testing.T, s string) (text, rest string) {
	inner, ok := strings.CutPrefix(s, "(")
	if !ok {
		inner = s
	}
	for {
		require.True(t, strings.HasPrefix(inner, "'"))
		i := 1
		for ; inner[i] != '\'' || strings.HasPrefix(inner[i:], "''"); i++ {
			require.NotEqual(t, byte('\\'), inner[i], "a backslash may be an escape")
			if inner[i] == '\'' {
				i++
			}
			text += inner[i : i+1]
		}
		inner = inner[i+1:]
		if !ok {
			return text, inner
		}
		if rest, done := strings.CutPrefix(inner, ")"); done {
			return text, rest
		}
		var more bool
		inner, more = strings.CutPrefix(inner, " || CHR(92) || ")
		require.True(t, more, inner)
		text += `\`
	}
}

func unhex(t *testing.T, digits string) string {
	data, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return string(data)
}

// FuzzLiteral: an engine reads a literal as the text that was written, and the
// statement goes on behind it; or the text is refused (S8).
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", "'", `\`, `\'`, `''\''`, "a\nb", "\x00", "\xff", "${x}", "$$", "é😀\x01\x7f", `'; DROP TABLE t; --`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range where.Dialects() {
			literal, err := d.Literal(s)
			if strings.Contains(s, "\x00") || !utf8.ValidString(s) {
				require.Error(t, err)
				require.Empty(t, literal)
				continue
			}
			require.NoError(t, err)
			text, rest := read(t, d, literal+" AND 1 = 1")
			require.Equal(t, s, text, "%s: %s", d, literal)
			require.Equal(t, " AND 1 = 1", rest, d)
		}
	})
}

// FuzzLower: any predicate becomes a condition or an error, with no row.
func FuzzLower(f *testing.F) {
	f.Add("Region", "US", "EMEA", 1)
	f.Add("a\"b", "O'Brien", "\x00", 0)
	f.Add("", "x", "\xff", -1)
	f.Fuzz(func(t *testing.T, column, a, b string, first int) {
		p := predicate.Or(predicate.And(predicate.In(column, a, b), predicate.HasValue(b)), predicate.In(b, a))
		for _, d := range where.Dialects() {
			for _, inline := range []bool{false, true} {
				c, err := where.Lower(p, d, &where.Options{FirstArg: first, Inline: inline})
				if err != nil {
					require.Equal(t, denies(d), c.SQL())
					require.Empty(t, c.Args())
					continue
				}
				require.NotEmpty(t, c.SQL())
				require.True(t, utf8.ValidString(c.SQL()))
				if inline {
					require.Empty(t, c.Args())
				}
			}
		}
	})
}

// FuzzWrap: whatever query is taken, it cannot end the parentheses around it:
// outside of quotes, they are balanced in each of its prefixes.
func FuzzWrap(f *testing.F) {
	// What ends a name that [ opens; none where [ opens no name.
	const none, first, doubled = "", "the first ]", "a ] that is not doubled"
	brackets := map[where.Dialect]string{
		where.PostgreSQL: none, where.Redshift: none, where.Trino: none, where.Athena: none, where.Spark: none, where.Databricks: none, where.MySQL: none,
		where.MariaDB: none, where.DuckDB: none, where.ClickHouse: none, where.Snowflake: none, where.BigQuery: none,
		where.SQLite: first, where.SQLServer: doubled,
	}
	for _, d := range where.Dialects() {
		require.Contains(f, brackets, d, "%s: say what [ means in it", d)
	}
	for _, s := range []string{"SELECT * FROM t", "SELECT (1", "a) OR (b", "'", "'')", "-- x", "/*", `"\"`, "$$ ) $$", "[)]", "`)`", "#", ";", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, d := range where.Dialects() {
			c, err := where.Lower(predicate.In("A", "x"), d, nil)
			require.NoError(t, err)
			sql, err := c.Wrap(query)
			if d == where.Snowflake || d == where.BigQuery {
				require.ErrorIs(t, err, where.ErrBarrier)
			} else if err != nil {
				require.ErrorIs(t, err, where.ErrQuery)
			}
			columns, columnsErr := c.WrapColumns(query, "A")
			require.Equal(t, err == nil, columnsErr == nil, "%s: %q", d, query)
			if err != nil {
				require.Empty(t, sql)
				require.Empty(t, columns)
				continue
			}
			require.Contains(t, columns, query, "%s", d)
			for _, bad := range []string{"--", "/*", ";", "$$"} {
				if i := strings.Index(query, bad); i >= 0 {
					require.NotZero(t, strings.Count(query[:i], "'")+strings.Count(query[:i], `"`)+strings.Count(query[:i], "`")+strings.Count(query[:i], "["), "%s: %q", d, query)
				}
			}
			depth := 0
			for i, quote := 0, byte(0); i < len(query); i++ {
				switch ch := query[i]; {
				case quote != 0:
					switch {
					case ch != quote:
					case ch == ']' && brackets[d] == doubled && i+1 < len(query) && query[i+1] == ']':
						i++ // doubled; two other quotes close and open
					default:
						quote = 0
					}
				case ch == '\'' || ch == '"' || ch == '`':
					quote = ch
				case ch == '[' && brackets[d] != none:
					quote = ']'
				case ch == '(':
					depth++
				case ch == ')':
					depth--
					require.GreaterOrEqual(t, depth, 0, "%s: %q", d, query)
				}
			}
			require.Zero(t, depth, "%s: %q", d, query)
		}
	})
}
