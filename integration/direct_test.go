package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/spice/direct"
)

// A tableEngine is an engine that datasets are read from directly: as an owner who
// makes tables, and as a viewer who reads them.
type tableEngine struct {
	dialect where.Dialect
	open    func(t *testing.T) (owner, viewer *sql.DB)
	types   string // of the columns of the table
	fixed   string // a type of text that is padded; "" if the engine has none
}

var tableEngines = map[string]tableEngine{
	"PostgreSQL": {where.PostgreSQL, postgresViewer, "id bigint, region text, n integer, x double precision, d numeric(10,2), ok boolean, day date, made timestamp, z timestamptz, raw bytea", "char(5)"},
	"MariaDB":    {where.MariaDB, mariadb, "id bigint, region text, n integer, x double, d decimal(10,2), ok tinyint(1), day date, made datetime(6), z datetime(6), raw blob", ""},
	"SQLite": {where.SQLite, func(t *testing.T) (owner, viewer *sql.DB) { db := sqlite(t); return db, db },
		"id bigint, region text, n integer, x double, d text, ok boolean, day date, made timestamp, z timestamp, raw blob", ""},
	"DuckDB": {where.DuckDB, func(t *testing.T) (owner, viewer *sql.DB) { db := duckdb(t); return db, db },
		"id bigint, region varchar, n integer, x double, d decimal(10,2), ok boolean, day date, made timestamp, z timestamptz, raw blob", ""},
}

const directRows = 5000

// fill makes the table sales. Row i is in one of four regions; every tenth holds
// NULL everywhere.
func (s tableEngine) fill(t *testing.T, db *sql.DB, grant bool) {
	_, err := db.Exec("CREATE TABLE sales (" + s.types + ")")
	require.NoError(t, err)
	var b strings.Builder
	for i := range directRows {
		b.WriteString(map[bool]string{true: "INSERT INTO sales VALUES ", false: ", "}[i%500 == 0])
		if i%10 == 9 {
			fmt.Fprintf(&b, "(%d, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)", i)
		} else {
			fmt.Fprintf(&b, "(%d, '%s', %d, %d.5, '%d.25', %d = 1, '2024-02-29', '2024-02-29 12:30:15.123456', '2024-02-29 12:30:15', '\x41\x42')",
				i, []string{"EMEA", "emea", "US", "US "}[i%4], i-10, i, i, i%2)
		}
		if i%500 == 499 {
			text := b.String()
			b.Reset()
			_, err := db.Exec(text)
			require.NoError(t, err)
		}
	}
	if grant {
		_, err := db.Exec("GRANT SELECT ON sales TO viewer")
		require.NoError(t, err)
	}
}

// TestDirect reads a table of each engine through the filter, with every type,
// and compares the rows with those that package batch selects of the whole.
func TestDirect(t *testing.T) {
	for name, s := range tableEngines {
		t.Run(name, func(t *testing.T) {
			owner, viewer := s.open(t)
			s.fill(t, owner, owner != viewer)
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			if s.dialect == where.MariaDB { // a setting that would cut off rows without an error
				viewer.SetMaxOpenConns(1)
				_, err := viewer.Exec("SET SESSION sql_select_limit = 1")
				require.NoError(t, err)
			}
			table := &direct.Table{DB: viewer, Dialect: s.dialect, Table: "sales", Rows: 700, Allocator: mem}
			schema, err := table.Schema(t.Context())
			require.NoError(t, err)
			require.Equal(t, 10, schema.NumFields())

			rows := func(p predicate.Predicate) (ids []int64, texts []string) {
				r, err := table.Records(t.Context(), p, nil)
				require.NoError(t, err)
				defer r.Release()
				for r.Next() {
					require.LessOrEqual(t, r.Record().NumRows(), int64(700))
					for i := range int(r.Record().NumRows()) {
						ids = append(ids, r.Record().Column(0).(*array.Int64).Value(i))
						text := ""
						for _, c := range r.Record().Columns() {
							text += c.ValueStr(i) + "|"
						}
						texts = append(texts, text)
					}
				}
				require.NoError(t, r.Err())
				return ids, texts
			}
			all, texts := rows(predicate.All())
			require.Len(t, all, directRows)
			require.Contains(t, texts, "12|EMEA|2|12.5|12.25|"+map[bool]string{true: "0", false: "false"}[s.dialect == where.MariaDB]+
				"|2024-02-29|2024-02-29 12:30:15.123456Z|2024-02-29 12:30:15Z|QUI=|")
			require.Contains(t, texts, "19"+strings.Repeat("|(null)", 9)+"|")
			none, _ := rows(predicate.Predicate{})
			require.Empty(t, none)
			for _, p := range []predicate.Predicate{
				predicate.In("region", "EMEA"), predicate.In("region", "US ", "x"), predicate.HasValue("region"),
				predicate.In("region", append(manyValues(5000), "US", "emea")...),
			} {
				var want []int64
				for i := range int64(directRows) {
					if p.Match(func(string) (string, bool) { return []string{"EMEA", "emea", "US", "US "}[i%4], i%10 != 9 }) {
						want = append(want, i)
					}
				}
				require.NotEmpty(t, want)
				require.Less(t, len(want), directRows)
				got, _ := rows(p)
				require.ElementsMatch(t, want, got, "%.200s", p)
			}

			// What is no text is refused before anything is sent.
			_, err = table.Records(t.Context(), predicate.In("n", "7"), nil)
			require.ErrorIs(t, err, batch.ErrNotText)
			_, err = table.Records(t.Context(), predicate.In("Region", "US"), nil)
			require.ErrorIs(t, err, batch.ErrNoColumn, "names are compared exactly, where the engine does not")
			if s.fixed != "" {
				table := &direct.Table{DB: viewer, Dialect: s.dialect, Query: "SELECT CAST(region AS " + s.fixed + ") AS region FROM sales"}
				_, err = table.Records(t.Context(), predicate.In("region", "US"), nil)
				require.ErrorIs(t, err, direct.ErrFixed)
			}

			// A stream that is cancelled ends in an error, not early.
			ctx, cancel := context.WithCancel(t.Context())
			table.Rows = 10
			r, err := table.Records(ctx, predicate.All(), []string{"id"})
			require.NoError(t, err)
			require.True(t, r.Next())
			cancel()
			require.False(t, r.Next(), "whatever the driver has ready")
			require.ErrorIs(t, r.Err(), context.Canceled)
			r.Release()
		})
	}
}

func manyValues(n int) []string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprint("value ", i)
	}
	return values
}

// TestLiveRules reads a permission dataset of each engine again and again, while
// it changes and after it is gone.
func TestLiveRules(t *testing.T) {
	for name, s := range tableEngines {
		t.Run(name, func(t *testing.T) {
			db, _ := s.open(t)
			exec := func(statement string) {
				_, err := db.Exec(statement)
				require.NoError(t, err)
			}
			exec("CREATE TABLE rules (UserName varchar(100), Region varchar(100))")
			exec("INSERT INTO rules VALUES ('al', 'EMEA,US')")
			quote := func(name string) string { q, _ := s.dialect.Quote(name); return q }
			query := "SELECT UserName AS " + quote("UserName") + ", Region AS " + quote("Region") + " FROM rules"
			now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
			kept := &direct.Rules{DB: db, Query: query, Every: time.Minute, Now: func() time.Time { return now }}
			live := &direct.Rules{DB: db, Query: query}
			sees := func(r *direct.Rules) string {
				rules, err := r.Rules(t.Context())
				require.NoError(t, err)
				p, err := rules.For(namespace.Named("al"))
				require.NoError(t, err)
				return p.String()
			}
			require.Equal(t, `Region in ("EMEA", "US")`, sees(kept))
			require.Equal(t, `Region in ("EMEA", "US")`, sees(live))
			exec("UPDATE rules SET Region = 'US'")
			require.Equal(t, `Region in ("EMEA", "US")`, sees(kept), "for a minute")
			require.Equal(t, `Region in ("US")`, sees(live))
			now = now.Add(time.Minute)
			require.Equal(t, `Region in ("US")`, sees(kept))
			exec("UPDATE rules SET Region = 'APAC'")
			require.NoError(t, kept.Forget(t.Context()))
			require.Equal(t, `Region in ("APAC")`, sees(kept))

			exec("DROP TABLE rules")
			require.Equal(t, `Region in ("APAC")`, sees(kept), "still for a minute")
			rules, err := live.Rules(t.Context())
			require.Error(t, err)
			require.Nil(t, rules)
			now = now.Add(time.Minute)
			for range 2 { // an error after they expired denies, and goes on denying
				rules, err = kept.Rules(t.Context())
				require.Error(t, err)
				require.Nil(t, rules)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			gone := errors.New("gone")
			cancel(gone)
			_, err = live.Rules(ctx)
			require.Error(t, err)
		})
	}
}
