package where

import (
	"fmt"
	"strings"
)

// A Dialect is the SQL of one engine. The zero Dialect is none, and nothing can
// be written in it.
type Dialect uint8

// The dialects there are. Athena is Trino with other limits, Databricks is
// Spark, and MariaDB is MySQL.
const (
	PostgreSQL Dialect = iota + 1
	Redshift
	Trino
	Athena
	Spark // version 4.0 and later: before, there is no COLLATE
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

	// A text is compared as left + column + right with argLeft + value + argRight.
	// They see to it that it is compared exactly. Objects of the engine are named
	// with their schema wherever one of a user could be found in their place (S8).
	left, right, argLeft, argRight string
	hasValue                       [2]string

	constants  [2]string // no row and every row; empty strings are 1 = 0 and 1 = 1
	equals     string    // between a column and a value; "" is " = "
	list       [2]string // around values, which stand bare in it; empty strings are IN
	superset   superset  // the plain comparison in front of the exact one
	text, uuid string    // what a value is cast to; the second takes the place of the first; "" if the engine has none

	// encode returns how a value is bound where the session could change it on its
	// way; nil binds it as it is.
	encode func(v string) (arg, left, right string)

	// From few values on, one argument holds all: left + column + right, then
	// packed, with the argument at its %s.
	few, fewInline int
	packed         func(longest int) string // bytes of the longest value
	pack           func(b []byte, values []string) []byte

	// Where many lists make an engine plan for long, each is one argument that is
	// gone through for every row: first %s, the argument, then %c, left + column +
	// right.
	scanned string

	cases bool   // an OR of many operands is a CASE
	apart string // begins what compiles an OR apart from those beside it; ) ends it

	limits Limits
	temp   *temp
	fence  fence
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

// spec returns nil if there is no such dialect.
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

// DialectNamed returns the dialect of a name, which may be in any case:
// postgresql, redshift, trino, athena, spark, databricks, mysql, mariadb, sqlite,
// duckdb, clickhouse, snowflake, bigquery, sqlserver, and some other names that
// are in use, like postgres and mssql. For any other name the error is
// [ErrDialect].
func DialectNamed(name string) (Dialect, error) {
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

// String returns the name of d, in lower case; that of the zero Dialect is
// "none".
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

// UnmarshalText reads what [DialectNamed] knows. On error d is none.
func (d *Dialect) UnmarshalText(text []byte) (err error) {
	*d, err = DialectNamed(string(text))
	return err
}

// Placeholder returns what stands for argument n, counted from 1: $1, ?, @p1.
// For the zero Dialect it is "".
func (d Dialect) Placeholder(n int) string {
	s := d.spec()
	if s == nil {
		return ""
	}
	return string(s.placeholder(nil, n))
}

// Quote returns a name as an identifier, or several, such as those of a schema
// and a table, joined by dots. The name is taken as it is: a dot in it is part
// of it. A name that is empty, not valid UTF-8 or holds NUL is an error.
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

// Literal returns a text as a literal that means exactly this text, whatever
// the settings of the session. A text that is not valid UTF-8 or holds NUL is an
// error, which does not repeat it.
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

// Limits returns what the engine takes in one statement, as far as it is known.
func (d Dialect) Limits() Limits {
	if s := d.spec(); s != nil {
		return s.limits
	}
	return Limits{}
}
