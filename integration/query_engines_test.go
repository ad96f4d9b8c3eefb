package integration

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/spice/direct"
)

// A questionEngine is an engine that computes answers.
type questionEngine struct {
	dialect where.Dialect
	open    func(t *testing.T) (owner, viewer *sql.DB)
	types   map[string]string // of the columns of the table
	can     questions.Can
	prepare []string // of the owner: collations without case
	setup   []string // of the session of the viewer, to disturb the comparison

	typed  bool                      // literals carry their type
	arrow  map[string]arrow.DataType // of columns whose type the driver does not tell
	schema string                    // in front of names of tables
	lower  bool                      // names of columns are kept in lower case
	slow   int                       // it is asked so many times less

	parallel int // questions at a time; 0 is 1
}

// questionEngines are those that this test starts. Trino and Spark run elsewhere.
func questionEngines() map[string]questionEngine {
	all := questions.All()
	noAverages := all
	noAverages.OrderByAvg = false
	wall := noAverages
	wall.Wall = true
	return map[string]questionEngine{
		"PostgreSQL": {dialect: where.PostgreSQL, open: postgresViewer, types: map[string]string{"qty": "smallint", "big": "bigint", "price": "numeric(12,2)", "rate": "double precision",
			"day": "date", "at": "timestamptz", "flag": "boolean", "Region": "varchar(100) COLLATE caseless", "": "text"}, can: all,
			prepare: []string{"CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"}},
		"DuckDB": {dialect: where.DuckDB, open: func(t *testing.T) (owner, viewer *sql.DB) { db := duckdb(t); db.SetMaxOpenConns(1); return db, db },
			types: map[string]string{"qty": "integer", "big": "bigint", "price": "decimal(12,2)", "rate": "double",
				"day": "date", "at": "timestamptz", "flag": "boolean", "": "varchar"}, can: noAverages, setup: []string{"SET default_collation = 'NOCASE'"}},
		"SQLite": {dialect: where.SQLite, open: func(t *testing.T) (owner, viewer *sql.DB) { db := sqlite(t); return db, db },
			types: map[string]string{"qty": "integer", "big": "integer", "rate": "double", "Region": "text COLLATE NOCASE", "": "text"},
			can:   questions.Can{Columns: []string{"tenant", "Region", "name'\"; --", "qty", "big", "rate"}, Ranks: true, Tops: true}},
		"MariaDB": {dialect: where.MariaDB, open: mariadb, types: map[string]string{"qty": "smallint", "big": "bigint", "price": "decimal(12,2)", "rate": "double",
			"day": "date", "at": "datetime(6)", "flag": "boolean", "Region": "varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
			"tenant": "text CHARACTER SET utf16 COLLATE utf16_general_ci", "": "text CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"}, can: wall,
			arrow: map[string]arrow.DataType{"flag": arrow.FixedWidthTypes.Boolean}, slow: 3, parallel: 2},
	}
}

// trinoQuestions and sparkQuestions are engines on a cluster.
func trinoQuestions() questionEngine {
	can := questionEngines()["DuckDB"].can
	return questionEngine{dialect: where.Trino, types: map[string]string{"qty": "integer", "big": "bigint", "price": "decimal(12,2)", "rate": "double",
		"day": "date", "at": "timestamp(6) with time zone", "flag": "boolean", "": "varchar"}, can: can, typed: true, lower: true, slow: 7, parallel: 6}
}

func sparkQuestions() questionEngine {
	can := questionEngines()["DuckDB"].can
	return questionEngine{dialect: where.Spark, types: map[string]string{"qty": "int", "big": "bigint", "price": "decimal(12,2)", "rate": "double",
		"day": "date", "at": "timestamp", "flag": "boolean", "Region": "string COLLATE UTF8_LCASE", "": "string"}, can: can, typed: true,
		arrow: map[string]arrow.DataType{"at": arrow.FixedWidthTypes.Timestamp_us}, schema: "default.", slow: 10, parallel: 6}
}

// table returns the source of a table.
func (e questionEngine) table(db *sql.DB, name string) *direct.Table {
	if e.lower { // a query gives them their names
		var columns []string
		for _, c := range questions.Columns() {
			quoted, _ := e.dialect.Quote(c.Name)
			columns = append(columns, quoted+" AS "+quoted)
		}
		return &direct.Table{DB: db, Dialect: e.dialect, Query: "SELECT " + strings.Join(columns, ", ") + " FROM " + name, Types: e.arrow}
	}
	return &direct.Table{DB: db, Dialect: e.dialect, Table: e.schema + name, Types: e.arrow}
}

// fill makes a table of rows.
func (e questionEngine) fill(t *testing.T, db *sql.DB, table string, rows []questions.Row) {
	t.Helper()
	var columns []string
	for _, c := range questions.Columns() {
		if !slices.Contains(e.can.Columns, c.Name) {
			continue
		}
		name, err := e.dialect.Quote(c.Name)
		require.NoError(t, err)
		columns = append(columns, name+" "+e.typeOf(c))
	}
	_, err := db.Exec("CREATE TABLE " + e.schema + table + " (" + strings.Join(columns, ", ") + ")")
	require.NoError(t, err)
	for part := range slices.Chunk(rows, 100) {
		var lines []string
		for _, row := range part {
			var cells []string
			for i, c := range questions.Columns() {
				if slices.Contains(e.can.Columns, c.Name) {
					cells = append(cells, e.literal(t, row[i], c))
				}
			}
			lines = append(lines, "("+strings.Join(cells, ", ")+")")
		}
		_, err := db.Exec("INSERT INTO " + e.schema + table + " VALUES " + strings.Join(lines, ", "))
		require.NoError(t, err)
	}
}

func (e questionEngine) typeOf(c query.Column) string {
	if typ := e.types[c.Name]; typ != "" {
		return typ
	}
	return e.types[""]
}

func (e questionEngine) literal(t *testing.T, v any, c query.Column) string {
	text := fmt.Sprint(v)
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool:
		return text
	case float64:
		return e.cast(text, c)
	case int64:
		switch c.Kind {
		case query.Decimal:
			return e.cast(decimalText(v), c)
		case query.Date:
			text = time.Unix(v*86400, 0).UTC().Format(time.DateOnly)
		case query.Time:
			text = time.UnixMicro(v).UTC().Format("2006-01-02 15:04:05.000000")
			if !e.can.Wall {
				text += "+00"
			}
			if e.typed {
				text += ":00"
			}
		default:
			return e.cast(text, c)
		}
	}
	literal, err := e.dialect.Literal(text)
	require.NoError(t, err)
	if c.Kind == query.Text {
		return literal
	}
	return e.cast(literal, c)
}

// cast writes the type of a literal where the engine wants one.
func (e questionEngine) cast(literal string, c query.Column) string {
	if !e.typed {
		return literal
	}
	return "CAST(" + literal + " AS " + e.typeOf(c) + ")"
}

func decimalText(hundredths int64) string {
	sign := ""
	if hundredths < 0 {
		sign, hundredths = "-", -hundredths
	}
	return fmt.Sprintf("%s%d.%02d", sign, hundredths/100, hundredths%100)
}
