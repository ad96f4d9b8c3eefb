package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
)

// runE2EChild is a step of `bench e2e` in a process of its own:
//
//	data FOLDER ROWS                    makes the files
//	check ARROW FLOW CASE FILE COUNT    prints how the rows differ from the reference
//	parquet-count FILE RULES CASE       counts the visible rows of a Parquet file
//	spice-count STORE RULES CASE        reads a column of the visible rows of a SPICE dataset
func runE2EChild(args []string, stdout io.Writer) (int, error) {
	if len(args) == 0 {
		return 2, fmt.Errorf("e2e-child: want a step")
	}
	step, args := args[0], args[1:]
	var err error
	switch {
	case step == "data" && len(args) == 2:
		var rows int
		if rows, err = strconv.Atoi(args[1]); err == nil {
			err = makeFiles(args[0], rows)
		}
	case step == "check" && len(args) == 5:
		var count int64
		if count, err = strconv.ParseInt(args[4], 10, 64); err == nil {
			var wrong string
			wrong, err = checkFile(args[0], Flow(args[1]), caseNamed(args[2]), args[3], count)
			fmt.Fprintln(stdout, wrong)
		}
	case step == string(ParquetToCount) && len(args) == 3:
		err = printCount(stdout, args[1], func(rules *rls.Rules) (int64, time.Duration, error) { return countParquet(args[0], rules) })
	case step == string(SpiceToCount) && len(args) == 3:
		err = printCount(stdout, args[1], func(rules *rls.Rules) (int64, time.Duration, error) { return countSpice(args[0], rules) })
	default:
		err = fmt.Errorf("e2e-child: got %q with %d arguments", step, len(args))
	}
	if err != nil {
		return 2, err
	}
	return 0, nil
}

// caseNamed returns nil if there is none.
func caseNamed(name string) *Case {
	for _, c := range Cases() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// printCount reads the rules, counts, and prints what the engines in Python print.
func printCount(stdout io.Writer, path string, count func(*rls.Rules) (int64, time.Duration, error)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	rules, err := rls.ReadCSV(file, &rls.Options{MaxRunes: -1})
	if err != nil {
		return err
	}
	n, took, err := count(rules)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(map[string]any{"count": n, "work_ns": int64(took)})
}

// countParquet counts without a column that the rules do not name. The time is
// zero, and so that of the whole process.
func countParquet(path string, rules *rls.Rules) (n int64, took time.Duration, err error) {
	p, err := rules.For(namespace.Named(viewer))
	if err != nil {
		return 0, 0, err
	}
	r, err := parquet.Open(path, &parquet.Options{Columns: p.Columns(), Dictionary: p.Columns(), Prune: &p})
	if err != nil {
		return 0, 0, err
	}
	defer r.Release()
	filter, err := batch.Bind(p, r.Schema(), nil)
	if err != nil {
		return 0, 0, err
	}
	for r.Next() {
		visible, err := filter.Count(r.Record())
		if err != nil {
			return 0, 0, err
		}
		n += int64(visible)
	}
	return n, 0, r.Err()
}

// countSpice reads the amounts of the visible rows. Opening the store and
// attaching the rules is not in the time.
func countSpice(path string, rules *rls.Rules) (n int64, took time.Duration, err error) {
	ctx := context.Background()
	store, err := spice.Open(filepath.Join(path, "store"), nil)
	if err != nil {
		return 0, 0, err
	}
	defer store.Close()
	d, err := store.Dataset("sales")
	if err != nil {
		return 0, 0, err
	}
	if err := d.Attach(ctx, spice.Permissions{Rules: rules}); err != nil {
		return 0, 0, err
	}
	start := time.Now()
	for rec, err := range d.Read(ctx, spice.Session{Principal: namespace.Named(viewer)}, everyAmount()) {
		if err != nil {
			return 0, 0, err
		}
		n += rec.NumRows()
	}
	return n, time.Since(start), nil
}

// fileSource is the table as a source of a SPICE dataset.
type fileSource struct{ path string }

// Records implements [spice.Source].
func (s fileSource) Records(context.Context) (array.RecordReader, error) {
	t, err := openTable(s.path)
	if err != nil {
		return nil, err
	}
	return t, nil
}
