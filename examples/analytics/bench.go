package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the driver "duckdb"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/duckdb"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/tagrules"
)

// bench measures one part, each of which takes less than a minute once -bench load has
// filled the folder.
func bench(ctx context.Context, s *Service, c settings, w io.Writer) error {
	switch c.bench {
	case "load":
		return benchLoad(ctx, s, c, w)
	case "kpi":
		return benchKPI(ctx, s, c, w)
	case "sessions":
		return benchSessions(ctx, s, c, w)
	case "stream":
		return benchStream(ctx, s, c, w)
	}
	return fmt.Errorf("-bench: got %q, want load, kpi, sessions or stream", c.bench)
}

// native opens the same rows in a database of DuckDB: in the order of the file, and
// sorted by tenant.
func native(c settings) (*sql.DB, error) {
	return sql.Open("duckdb", filepath.Join(c.dir, "native.duckdb")+"?threads=2")
}

func benchLoad(ctx context.Context, s *Service, c settings, w io.Writer) error {
	begin := time.Now()
	if _, err := s.Refresh(ctx); err != nil {
		return err
	}
	fmt.Fprintf(w, "refresh from Parquet: %.1f s\n", time.Since(begin).Seconds())
	db, err := native(c)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, text := range []string{
		"CREATE OR REPLACE TABLE orders AS SELECT * FROM read_parquet('" + s.opts.File + "')",
		"CREATE OR REPLACE TABLE sorted AS SELECT * FROM orders ORDER BY tenant",
	} {
		begin := time.Now()
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
		fmt.Fprintf(w, "DuckDB: %.1f s: %.40s…\n", time.Since(begin).Seconds(), text)
	}
	return nil
}

// A way is one way to get the figures of a dashboard.
type way struct {
	name string
	run  func(tenant string) error
}

func benchKPI(ctx context.Context, s *Service, c settings, w io.Writer) error {
	db, err := native(c)
	if err != nil {
		return err
	}
	defer db.Close()
	ask := func(engine spice.Engine) func(string) error {
		return func(tenant string) error {
			for _, q := range kpis() {
				answer, err := s.orders.Ask(ctx, session(tenant), q, &spice.AskOptions{Engine: engine})
				if err != nil {
					return err
				}
				answer.Release()
			}
			return nil
		}
	}
	statements := func(table string) func(string) error {
		return func(tenant string) error {
			for _, text := range kpiSQL(table + " WHERE tenant = $1") {
				if err := drain(ctx, db, text, tenant); err != nil {
					return err
				}
			}
			return nil
		}
	}
	ways := []way{
		{"DuckDB, native table in the order of the file", statements("orders")},
		{"DuckDB, native table sorted by tenant", statements("sorted")},
		{"rowsight, engine go", ask(eval.Answer)},
		{"rowsight, engine go, the same tenant again", ask(eval.Answer)},
		{"rowsight, engine duckdb", ask(duckdb.Engine(&duckdb.Options{Threads: 2}))},
		{"all visible rows of all columns, summed in the client", func(tenant string) error { return s.sumAll(ctx, session(tenant)) }},
	}
	times := make(map[string][]time.Duration)
	for round := range c.rounds {
		for _, way := range ways {
			begin := time.Now()
			if err := way.run(tenant(round * 37 % c.tenants)); err != nil {
				return fmt.Errorf("%s: %w", way.name, err)
			}
			times[way.name] = append(times[way.name], time.Since(begin))
		}
	}
	for _, way := range ways {
		all := times[way.name]
		slices.Sort(all)
		fmt.Fprintf(w, "%-60s median %7.2f ms  min %7.2f ms\n", way.name, ms(all[len(all)/2]), ms(all[0]))
	}
	return nil
}

// session is the viewer of a tenant.
func session(tenant string) spice.Session {
	return spice.Session{Tags: []tagrules.Tag{{Key: "tenant", Value: tenant}}}
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// drain reads a result.
func drain(ctx context.Context, db *sql.DB, text string, args ...any) error {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}

// sumAll is what a page does that gets rows in place of answers.
func (s *Service) sumAll(ctx context.Context, viewer spice.Session) error {
	var revenue float64
	for rec, err := range s.orders.Records(ctx, viewer) {
		if err != nil {
			return err
		}
		a := rec.Column(rec.Schema().FieldIndices("revenue")[0]).(*array.Decimal128)
		for i := range a.Len() {
			revenue += a.Value(i).ToFloat64(2)
		}
	}
	if revenue == 0 {
		return fmt.Errorf("no rows")
	}
	return nil
}
