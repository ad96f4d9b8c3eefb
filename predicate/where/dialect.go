package where

import (
	"fmt"
	"strings"
)

// A Dialect is the SQL of one engine. The zero Dialect is invalid.
type Dialect uint8

// The supported dialects. Athena is Trino with other limits, Databricks is
// Spark, and MariaDB is MySQL.
const (
	PostgreSQL Dialect = iota + 1
	Redshift
	Trino
	Athena
	Spark // version 4.0 and later; earlier versions have no COLLATE
	Databricks
	MySQL // version 8.0.4 and later
	MariaDB
	SQLite
	DuckDB
	ClickHouse
	Snowflake
	BigQuery
	SQLServer // version 2016 and later
)

// A spec says how a dialect writes things. They are never changed.
type spec struct {
	name    string
	aliases []string

	quote       [2]byte                         // around a name; the second is doubled inside
	names       nameRules                       // what a name may be
	literal     func(b []byte, s string) []byte // s is valid UTF-8 without NUL
	placeholder func(b []byte, n int) []byte    // of argument n
	reuse       bool                            // one argument may have several placeholders

	brackets     brackets // around a name in a query
	replaced     string   // begins what the engine replaces in a query, in quotes, too; "" is nothing
	renamesBools bool     // a subquery renames columns called true and false

	// The exact comparison is left + column + right with argLeft + value + argRight.
	// Functions, types and collations carry their schema wherever the engine could
	// otherwise find an object of a user with the same name (S8).
	left, right, argLeft, argRight string
	hasValue                       string // the condition that column %c is a text other than ""

	constants  [2]string // no row and every row; empty strings are 1 = 0 and 1 = 1
	equals     string    // between a column and a value; "" is " = "
	list       [2]string // around values without argLeft and argRight; empty strings are IN
	superset   superset  // the plain comparison before the exact one
	text, uuid string    // types that values are cast to; uuid replaces text for a UUID column, "" if the engine has no such type

	// encode returns the argument and the SQL around it for a value that session
	// settings could change in transit; nil binds values unchanged.
	encode func(v string) (arg, left, right string)

	// A list of more than few values (fewInline as literals) is one argument: left +
	// column + right, then packed, which has the argument at %s.
	few, fewInline int
	packed         func(longest int) string // bytes of the longest value
	pack           func(b []byte, values []string) []byte

	// scanned is for engines that plan a condition with many lists for a long time.
	// Each list is one argument that the engine scans for every row: %s is the
	// argument, and %c after it is left + column + right.
	scanned string

	cases   bool   // an OR of many operands is a CASE
	isolate string // prefix of an OR that the engine compiles as a function of its own; ) ends it

	limits Limits
	temp   *temp
	fence  fence
}

// variant returns the spec of an engine that differs from that of s in its name and
// in what change sets.
func (s spec) variant(name string, change func(s *spec)) spec {
	s.name, s.aliases = name, nil
	change(&s)
	return s
}

var specs = [...]*spec{
	PostgreSQL: &postgreSQL,
	Redshift:   &redshift,
	Trino:      &trino,
	Athena:     &athena,
	Spark:      &spark,
	Databricks: &databricks,
	MySQL:      &mySQL,
	MariaDB:    &mariaDB,
	SQLite:     &sqlite,
	DuckDB:     &duckDB,
	ClickHouse: &clickHouse,
	Snowflake:  &snowflake,
	BigQuery:   &bigQuery,
	SQLServer:  &sqlServer,
}

// spec returns nil for an unknown dialect.
func (d Dialect) spec() *spec {
	if int(d) >= len(specs) {
		return nil
	}
	return specs[d]
}

// Dialects returns all dialects, in the order of their constants.
func Dialects() []Dialect {
	all := make([]Dialect, 0, len(specs))
	for d := range Dialect(len(specs)) {
		if d.spec() != nil {
			all = append(all, d)
		}
	}
	return all
}

// ParseDialect returns the dialect with a name, in any case: postgresql, redshift,
// trino, athena, spark, databricks, mysql, mariadb, sqlite, duckdb, clickhouse,
// snowflake, bigquery, sqlserver, or a common alias such as postgres or mssql. Any
// other name is an [ErrDialect].
func ParseDialect(name string) (Dialect, error) {
	lower := strings.ToLower(name)
	names := make([]string, 0, len(specs))
	for _, d := range Dialects() {
		s := d.spec()
		for _, n := range append([]string{s.name}, s.aliases...) {
			if n == lower {
				return d, nil
			}
		}
		names = append(names, s.name)
	}
	return 0, fmt.Errorf("%w: got %q, want %s", ErrDialect, name, strings.Join(names, ", "))
}

// String returns the name of d in lower case. The zero Dialect is "none".
func (d Dialect) String() string {
	if s := d.spec(); s != nil {
		return s.name
	}
	return "none"
}

// MarshalText writes the name of d. The zero Dialect has none: [ErrDialect].
func (d Dialect) MarshalText() ([]byte, error) {
	if d.spec() == nil {
		return nil, ErrDialect
	}
	return []byte(d.String()), nil
}

// UnmarshalText is [ParseDialect]. On an error it sets d to zero.
func (d *Dialect) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDialect(string(text))
	return err
}

// Placeholder returns the placeholder of argument n, counted from 1, such as $1, ?
// or @p1. It is "" for the zero Dialect.
func (d Dialect) Placeholder(n int) string {
	s := d.spec()
	if s == nil {
		return ""
	}
	return string(s.placeholder(nil, n))
}

// Quote returns a name as a quoted identifier. Several names, such as a schema
// and a table, are joined by dots. A dot inside a name is part of the name. A
// name that is empty, not valid UTF-8 or contains NUL is an error.
func (d Dialect) Quote(names ...string) (string, error) {
	s := d.spec()
	if s == nil {
		return "", ErrDialect
	}
	if len(names) == 0 {
		return "", fmt.Errorf("%w: the name is empty", ErrColumn)
	}
	var b []byte
	for i, name := range names {
		if i > 0 {
			b = append(b, '.')
		}
		var err error
		if b, err = s.appendName(b, name); err != nil {
			return "", err
		}
	}
	return string(b), nil
}

// Literal returns a text as a literal with exactly this value for all settings
// of a session. A text that is not valid UTF-8 or contains NUL is an error. The
// error does not contain the text.
func (d Dialect) Literal(text string) (string, error) {
	s := d.spec()
	if s == nil {
		return "", ErrDialect
	}
	if err := checkText(text); err != nil {
		return "", err
	}
	return string(s.literal(nil, text)), nil
}

// Limits returns the known limits of the engine for one statement.
func (d Dialect) Limits() Limits {
	if s := d.spec(); s != nil {
		return s.limits
	}
	return Limits{}
}
