// Trino shows the same rules at work twice: on rows in the memory of this
// machine, with Arrow, and inside a Trino cluster, which returns what each
// viewer may see and nothing else.
//
//	GOWORK=off go run . -rows 100000
//	GOWORK=off go run . -rows 1000000 -trino 'http://me@localhost:8080?catalog=memory&schema=default'
//
// Without -trino it does the first half. With it, it makes the table
// rowsight_example in the catalog and schema of the address, compares the rows
// of both halves one by one, and drops the table.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	_ "github.com/trinodb/trino-go-client/trino" // driver "trino"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/predicate/where"
	"github.com/rowsight/rowsight/rls"
)

func main() {
	log.SetFlags(0)
	rows := flag.Int("rows", 100_000, "how many rows, a multiple of 1000")
	address := flag.String("trino", "", "the cluster: http://user@host:port?catalog=…&schema=…")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *rows, *address); err != nil {
		log.Fatal(err)
	}
}

// errDiffer is what must never happen.
var errDiffer = errors.New("the cluster returned other rows")

// table is made by this program, and dropped by it.
const table = "rowsight_example"

func run(ctx context.Context, w io.Writer, rows int, address string) (err error) {
	create, err := createSales(table, rows)
	if err != nil {
		return err
	}
	var db *sql.DB
	if address != "" {
		if db, err = sql.Open("trino", address); err != nil {
			return err
		}
		defer db.Close()
		if _, err := db.ExecContext(ctx, create); err != nil {
			return err
		}
		defer func() {
			_, dropped := db.ExecContext(context.WithoutCancel(ctx), "DROP TABLE "+table)
			err = errors.Join(err, dropped)
		}()
	}
	sales := newSales(rows)
	defer sales.Release()
	rules, err := rls.ReadCSV(strings.NewReader(permissions), nil)
	if err != nil {
		return err
	}
	for _, v := range viewers {
		p, err := rules.For(namespace.Named(v.user, v.groups...))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s %v sees %s\n", v.user, v.groups, p)
		laptop, err := inMemory(w, p, sales)
		if err != nil {
			return err
		}
		if db == nil {
			continue
		}
		cluster, err := onCluster(ctx, w, p, db)
		if err != nil {
			return err
		}
		if !slices.Equal(laptop, cluster) {
			return fmt.Errorf("%s: %w: %d instead of %d", v.user, errDiffer, len(cluster), len(laptop))
		}
		fmt.Fprintln(w, "  the same rows")
	}
	return nil
}

// inMemory filters the rows of this machine, and returns their ids.
func inMemory(w io.Writer, p predicate.Predicate, sales arrow.Record) ([]int64, error) {
	filter, err := batch.Bind(p, sales.Schema(), nil)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	visible, err := filter.Apply(sales)
	if err != nil {
		return nil, err
	}
	defer visible.Release()
	ids := slices.Clone(visible.Column(0).(*array.Int64).Int64Values())
	summary(w, "laptop", ids, visible.Column(3).(*array.Int64).Int64Values(), start)
	return ids, nil
}

// onCluster has the cluster filter its rows, and returns their ids. The
// condition is wrapped around the table: whatever else a query does, it does
// with visible rows only.
func onCluster(ctx context.Context, w io.Writer, p predicate.Predicate, db *sql.DB) ([]int64, error) {
	condition, err := where.Lower(p, where.Trino, &where.Options{Column: where.Known(where.Trino, "", "Region", "Segment")})
	if err != nil {
		return nil, err
	}
	visible, err := condition.Wrap("SELECT * FROM " + table)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	rows, err := db.QueryContext(ctx, "SELECT id, amount FROM ("+visible+") AS v ORDER BY id", condition.Args()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids, amounts []int64
	for rows.Next() {
		var id, amount int64
		if err := rows.Scan(&id, &amount); err != nil {
			return nil, err
		}
		ids, amounts = append(ids, id), append(amounts, amount)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	summary(w, "cluster", ids, amounts, start)
	return ids, nil
}

func summary(w io.Writer, where string, ids, amounts []int64, start time.Time) {
	var sum int64
	for _, a := range amounts {
		sum += a
	}
	fmt.Fprintf(w, "  %-8s %7d rows, amount %10d  (%v)\n", where, len(ids), sum, time.Since(start).Round(10*time.Microsecond))
}

// sqlArray writes texts as an array of Trino.
func sqlArray(texts []string) string {
	literals := make([]string, len(texts))
	for i, s := range texts {
		literals[i] = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return "ARRAY[" + strings.Join(literals, ", ") + "]"
}
