package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18array "github.com/apache/arrow-go/v18/arrow/array"
	v18memory "github.com/apache/arrow-go/v18/arrow/memory"
	v18file "github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/arrow/go/v15/arrow"
)

// checkFile compares the rows of a file, one by one and cell by cell, with those
// of the table that the rule bit sets accept, and returns how they differ. If they
// are in another order, which joins may change, both are sorted first. Of a count,
// only the number is there to be compared.
//
// It uses encoding/csv and the library for Parquet, and nothing of rowsight.
func checkFile(path string, flow Flow, c *Case, out string, count int64) (wrong string, err error) {
	t, err := openTable(path)
	if err != nil {
		return "", err
	}
	defer t.Release()
	var next rowsOf
	switch flow {
	case CSVToCSV:
		next, err = csvRows(out)
	case ParquetToParquet:
		next, err = parquetRows(out)
	}
	if err != nil {
		return err.Error(), nil
	}
	var first string // how they differ, in order
	var got, want []digest
	rows := int64(0)
	match := compileBitsets(c, t.Schema())
	err = t.each(func(rec arrow.Record) error {
		visible, cells := match(rec), cellsOf(rec)
		null := ""
		if flow == ParquetToParquet { // CSV has one form for NULL and the empty text
			null = nullCell
		}
		line := make([]string, len(cells))
		for row := range int(rec.NumRows()) {
			if !visible(row) {
				continue
			}
			rows++
			if next == nil {
				continue
			}
			for i, cell := range cells {
				if line[i] = cell(row); rec.Column(i).IsNull(row) {
					line[i] = null
				}
			}
			read, err := next()
			if err != nil {
				return fmt.Errorf("row %d: %w", rows, err)
			}
			if first == "" {
				first = differ(rec.Schema(), rows, read, line)
			}
			got, want = append(got, digestOf(read)), append(want, digestOf(line))
		}
		return nil
	})
	switch {
	case err != nil:
		return err.Error(), nil
	case next == nil && count != rows:
		return fmt.Sprintf("got %d rows, want %d", count, rows), nil
	case next == nil:
		return "", nil
	}
	if _, err := next(); !errors.Is(err, io.EOF) {
		return fmt.Sprintf("more than the %d rows that are visible", rows), nil
	}
	slices.SortFunc(got, digest.compare)
	slices.SortFunc(want, digest.compare)
	if slices.Equal(got, want) {
		return "", nil
	}
	return first, nil
}

// nullCell stands for NULL in a Parquet file. No text of the data is like it.
const nullCell = "\x00NULL"

// differ returns how a row differs from the one that is wanted.
func differ(schema *arrow.Schema, row int64, got, want []string) string {
	if len(got) != len(want) {
		return fmt.Sprintf("row %d: got %d columns, want %d", row, len(got), len(want))
	}
	for i := range want {
		if normal(got[i]) != normal(want[i]) {
			return fmt.Sprintf("row %d, column %q: got %q, want %q", row, schema.Field(i).Name, got[i], want[i])
		}
	}
	return ""
}

// A digest stands for all cells of a row.
type digest [16]byte

func digestOf(row []string) (d digest) {
	h := sha256.New()
	for _, cell := range row {
		cell = normal(cell)
		_ = binary.Write(h, binary.LittleEndian, uint32(len(cell))) // a hash takes everything
		_, _ = io.WriteString(h, cell)
	}
	copy(d[:], h.Sum(nil))
	return d
}

func (d digest) compare(other digest) int { return bytes.Compare(d[:], other[:]) }

// normal returns a number in one form, 1.5 for 1.50, and other text as it is.
func normal(cell string) string {
	if len(cell) > 0 && len(cell) < 16 && strings.Contains(cell, ".") {
		if v, err := strconv.ParseFloat(cell, 64); err == nil {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return cell
}

// rowsOf returns the next row of a file, good until the next one, or io.EOF.
type rowsOf func() ([]string, error)

func csvRows(path string) (rowsOf, error) {
	f, err := os.Open(path) // open until the process ends
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.ReuseRecord = true
	_, err = r.Read()
	return r.Read, err
}

func parquetRows(path string) (rowsOf, error) {
	f, err := v18file.OpenParquetFile(path, false)
	if err != nil {
		return nil, err
	}
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: batchRows}, v18memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	records, err := r.GetRecordReader(context.Background(), nil, nil)
	if err != nil {
		return nil, err
	}
	var rec v18.RecordBatch
	row, line := 0, []string(nil)
	return func() ([]string, error) {
		for rec == nil || row == int(rec.NumRows()) {
			if !records.Next() {
				return nil, errors.Join(records.Err(), io.EOF)
			}
			rec, row = records.RecordBatch(), 0
			line = make([]string, rec.NumCols())
		}
		for i, c := range rec.Columns() {
			if line[i] = nullCell; c.IsValid(row) {
				if line[i], err = v18Text(c, row); err != nil {
					return nil, err
				}
			}
		}
		row++
		return line, nil
	}, nil
}

func v18Text(c v18.Array, row int) (string, error) {
	switch c := c.(type) {
	case *v18array.String:
		return c.Value(row), nil
	case *v18array.LargeString:
		return c.Value(row), nil
	case *v18array.StringView:
		return c.Value(row), nil
	case *v18array.Float64:
		return strconv.FormatFloat(c.Value(row), 'f', -1, 64), nil
	case *v18array.Int64:
		return strconv.FormatInt(c.Value(row), 10), nil
	case *v18array.Dictionary:
		return v18Text(c.Dictionary(), c.GetValueIndex(row))
	}
	return "", fmt.Errorf("a column of type %s", c.DataType())
}
