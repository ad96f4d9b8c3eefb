package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice"
)

// A table is an Arrow file that is read record by record.
type table struct{ *batches.Reader }

func openTable(path string) (*table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := ipc.NewFileReader(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	at := 0
	next := func() (arrow.Record, error) {
		if at++; at > r.NumRecords() {
			return nil, nil
		}
		return r.RecordAt(at - 1)
	}
	return &table{batches.New(r.Schema(), next, func() { _, _ = r.Close(), f.Close() })}, nil
}

// each calls f for every record.
func (t *table) each(f func(rec arrow.Record) error) error {
	for t.Next() {
		if err := f(t.Record()); err != nil {
			return err
		}
	}
	return t.Err()
}

// written writes a file from the records of a table.
func written(from, to string, write func(t *table, f *os.File) error) error {
	t, err := openTable(from)
	if err != nil {
		return err
	}
	defer t.Release()
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	return errors.Join(write(t, f), f.Close())
}

// makeFiles makes the table in all forms, unless they are there: an Arrow file,
// a Parquet file, a CSV file and a SPICE dataset.
func makeFiles(dir string, rows int) error {
	base := filepath.Join(dir, fmt.Sprintf("sales-%s-%d-%d", Plain, rows, seed))
	arrowFile := base + ".arrow"
	for _, f := range []struct {
		path string
		make func(to string) error
	}{
		{arrowFile, func(to string) error { return writeData(Plain, rows, to) }},
		{base + ".parquet", func(to string) error { return written(arrowFile, to, parquetOf) }},
		{base + ".csv", func(to string) error { return written(arrowFile, to, csvOf) }},
		{base + ".spice", func(to string) error { return spiceOf(arrowFile, to) }},
	} {
		if _, err := os.Stat(f.path); err == nil {
			continue
		}
		temp := f.path + ".tmp"
		if err := os.RemoveAll(temp); err != nil {
			return err
		}
		if err := f.make(temp); err != nil {
			return err
		}
		if err := os.Rename(temp, f.path); err != nil {
			return err
		}
	}
	return nil
}

// parquetOf writes row groups of 1,048,576 rows, compressed with snappy: what
// most writers do.
func parquetOf(t *table, f *os.File) error {
	w, err := parquet.NewWriter(f, t.Schema(), &parquet.WriterOptions{Compression: parquet.Snappy, RowGroupRows: 1 << 20})
	if err != nil {
		return err
	}
	if err := t.each(w.Write); err != nil {
		return err
	}
	return w.Close()
}

func csvOf(t *table, f *os.File) error {
	b := bufio.NewWriterSize(f, 1<<20)
	w := csv.NewWriter(b)
	var line []string
	for _, field := range t.Schema().Fields() {
		line = append(line, field.Name)
	}
	if err := w.Write(line); err != nil {
		return err
	}
	err := t.each(func(rec arrow.Record) error {
		cells := cellsOf(rec)
		for row := range int(rec.NumRows()) {
			for i, cell := range cells {
				line[i] = cell(row)
			}
			if err := w.Write(line); err != nil {
				return err
			}
		}
		return nil
	})
	w.Flush()
	return errors.Join(err, w.Error(), b.Flush())
}

// cellsOf returns the text of each cell: NULL is "".
func cellsOf(rec arrow.Record) []func(row int) string {
	cells := make([]func(int) string, rec.NumCols())
	for i, c := range rec.Columns() {
		switch c := c.(type) {
		case *array.Float64:
			cells[i] = func(row int) string { return strconv.FormatFloat(c.Value(row), 'f', -1, 64) }
		case *array.Int64:
			cells[i] = func(row int) string { return strconv.FormatInt(c.Value(row), 10) }
		default:
			cells[i] = textOf(c)
		}
	}
	return cells
}

func spiceOf(from, to string) error {
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	store, err := spice.Open(filepath.Join(to, "store"), nil) // its keys lie beside it
	if err != nil {
		return err
	}
	ctx := context.Background()
	d, err := store.CreateDataset(ctx, spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE})
	if err == nil {
		_, err = d.Refresh(ctx, fileSource{from}, spice.RefreshFull)
	}
	return errors.Join(err, store.Close())
}

// everyAmount asks for one column of all visible rows.
func everyAmount() *spice.ReadOptions {
	return &spice.ReadOptions{Columns: []string{"amount"}, Where: predicate.All()}
}
