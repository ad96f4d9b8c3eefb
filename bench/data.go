package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
)

// Data is a table in one layout. It lies in memory for the peers of this
// process, and in Path for those of another.
type Data struct {
	Layout  Layout
	Rows    int
	Path    string // an Arrow IPC file
	Schema  *arrow.Schema
	Batches []arrow.Record
	sample  []arrow.Record
}

// LoadData returns the table of a layout: read from the cache folder, or
// generated into it first.
func LoadData(l Layout, rows int, cache string) (*Data, error) {
	path := filepath.Join(cache, fmt.Sprintf("sales-%s-%d-%d.arrow", l, rows, seed))
	if _, err := os.Stat(path); err != nil {
		if err := writeData(l, rows, path); err != nil {
			return nil, fmt.Errorf("generate %s: %w", path, err)
		}
	}
	d := &Data{Layout: l, Rows: rows, Path: path}
	if err := d.read(); err != nil {
		return nil, fmt.Errorf("%s: %w; delete it to have it generated anew", path, err)
	}
	return d, nil
}

// writeData writes to a temporary name, so that an interrupted run leaves no
// half file behind.
func writeData(l Layout, rows int, path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "sales-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	g := newGenerator(l)
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(g.schema))
	if err != nil {
		return err
	}
	for from := 0; from < rows; from += batchRows {
		rec := g.batch(from, min(batchRows, rows-from))
		err := w.Write(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (d *Data) read() error {
	f, err := os.Open(d.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := ipc.NewFileReader(f)
	if err != nil {
		return err
	}
	defer r.Close()
	d.Schema = r.Schema()
	var rows int64
	for i := range r.NumRecords() {
		rec, err := r.RecordAt(i)
		if err != nil {
			return err
		}
		rows += rec.NumRows()
		d.Batches = append(d.Batches, d.shareDictionaries(rec))
	}
	if rows != int64(d.Rows) {
		return fmt.Errorf("%d rows, want %d", rows, d.Rows)
	}
	d.sample = []arrow.Record{d.Batches[0].NewSlice(0, min(sampleRows, d.Batches[0].NumRows()))}
	return nil
}

// shareDictionaries gives a record the dictionaries of the first batch, which
// are equal to its own: whether the IPC reader hands out one array or several
// is not what is measured here.
func (d *Data) shareDictionaries(rec arrow.Record) arrow.Record {
	if d.Layout != Dict || len(d.Batches) == 0 {
		return rec
	}
	defer rec.Release()
	cols := make([]arrow.Array, rec.NumCols())
	for i, c := range rec.Columns() {
		if c, ok := c.(*array.Dictionary); ok {
			first := d.Batches[0].Column(i).(*array.Dictionary)
			cols[i] = array.NewDictionaryArray(c.DataType(), c.Indices(), first.Dictionary())
			defer cols[i].Release()
			continue
		}
		cols[i] = c
	}
	return array.NewRecord(d.Schema, cols, rec.NumRows())
}

// Part is how much of the table a query runs over. A peer that would need
// minutes for the whole table is measured on less of it.
type Part int

// Parts.
const (
	Sample   Part = iota // the first sampleRows rows
	OneBatch             // the first batch
	Whole
)

const sampleRows = 2_048

// Part returns the batches of a part and their number of rows.
func (d *Data) Part(p Part) (batches []arrow.Record, rows int) {
	switch p {
	case Sample:
		batches = d.sample
	case OneBatch:
		batches = d.Batches[:1]
	default:
		batches = d.Batches
	}
	for _, b := range batches {
		rows += int(b.NumRows())
	}
	return batches, rows
}

// Bytes returns the size of the buffers of some columns, of all if there is no
// name; a dictionary counts once.
func (d *Data) Bytes(names ...string) (n int) {
	for i, rec := range d.Batches {
		for j, c := range rec.Columns() {
			if len(names) == 0 || slices.Contains(names, d.Schema.Field(j).Name) {
				for _, b := range buffers(c.Data(), i == 0) {
					n += len(b)
				}
			}
		}
	}
	return n
}

// buffers returns the bytes of an array without children.
func buffers(data arrow.ArrayData, dictionary bool) (bs [][]byte) {
	for _, b := range data.Buffers() {
		if b != nil && b.Len() > 0 {
			bs = append(bs, b.Bytes())
		}
	}
	if d, ok := data.DataType().(*arrow.DictionaryType); ok && d != nil && dictionary {
		bs = append(bs, buffers(data.Dictionary(), false)...)
	}
	return bs
}
