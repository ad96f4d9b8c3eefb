package parquet

import (
	"encoding/binary"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/apache/arrow/go/v15/arrow"
)

// A flatWriter writes files whose columns are all at the top level and of types that
// gatheredOf knows, which most tables are. The library writes the headers of pages and
// the footer. The pages are made here, because that is faster (docs/bench/files.md): columns
// are encoded on all processors, texts are put into dictionaries without an allocation
// for each, and buffers are used again.
//
// Every file has an index of its pages, with bounds of values for columns with statistics.
//
// A dictionary holds only values of rows that are written, also if the record brings a
// larger one. Two files of the same records are equal byte by byte.
type flatWriter struct {
	scratches freeList[pageScratch]

	to      *tellingWriter
	props   *v18pq.WriterProperties
	meta    *metadata.FileMetaDataBuilder
	index   *metadata.PageIndexBuilder
	columns []*flatColumn
	rows    int64 // of the row group
	groups  int
}

// pageBytes and pageRows bound a page; all columns share allPages, so that wide tables do
// not take more memory. Small pages help those who read single rows.
const (
	allPages     = 16 << 20
	pageBytes    = 1 << 20
	leastPage    = 64 << 10
	pageRows     = 20_000
	parquetMagic = "PAR1"
)

// newFlatWriter returns nil if the library must write the file. The schema and the metadata of m
// are those of a file that the library would write.
func newFlatWriter(to io.Writer, s *arrow.Schema, m *metadata.FileMetaData, props *v18pq.WriterProperties, opts *WriterOptions) (*flatWriter, error) {
	if len(opts.BloomFilters) > 0 || m.Schema.NumColumns() != s.NumFields() {
		return nil, nil
	}
	w := &flatWriter{to: &tellingWriter{w: to}, props: props}
	for i, field := range s.Fields() {
		dt := field.Type
		if dict, ok := dt.(*arrow.DictionaryType); ok {
			dt = dict.ValueType
		}
		kind, ok := gatheredOf(m.Schema.Column(i), dt)
		if !ok {
			return nil, nil
		}
		w.columns = append(w.columns, newFlatColumn(m.Schema.Column(i), kind, props, max(leastPage, min(pageBytes, allPages/s.NumFields()))))
	}
	w.meta = metadata.NewFileMetadataBuilder(schema.NewSchema(m.Schema.Root()), props, m.KeyValueMetadata())
	w.index = &metadata.PageIndexBuilder{Schema: m.Schema}
	_, err := io.WriteString(w.to, parquetMagic)
	return w, err
}

// write adds the rows of a record.
func (w *flatWriter) write(rec v18.RecordBatch) error {
	for from, n := int64(0), rec.NumRows(); from < n; {
		most := w.props.MaxRowGroupLength()
		if w.rows == most {
			if err := w.endGroup(); err != nil {
				return err
			}
		}
		if w.rows == 0 {
			if err := w.beginGroup(); err != nil {
				return err
			}
		}
		here := min(n-from, most-w.rows)
		err := w.each(func(i int, s *pageScratch) error {
			return w.columns[i].add(rec.Column(i), int(from), int(here), s)
		})
		if err != nil {
			return err
		}
		w.rows, from = w.rows+here, from+here
	}
	return nil
}

// each calls f for every column, on as many goroutines as there are processors, and
// returns the error of the first column that has one.
func (w *flatWriter) each(f func(column int, s *pageScratch) error) error {
	errs := make([]error, len(w.columns))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(w.columns)) {
		wg.Go(func() {
			s := w.scratches.get()
			defer w.scratches.put(s)
			for i := int(next.Add(1)) - 1; i < len(errs); i = int(next.Add(1)) - 1 {
				if err := guardWrite(func() error { return f(i, s) }); err != nil {
					errs[i] = &Error{Column: w.columns[i].descr.Path(), Err: err}
				}
			}
		})
	}
	wg.Wait()
	return first(errs...)
}

// beginGroup begins the index of a row group.
func (w *flatWriter) beginGroup() error {
	if err := w.index.AppendRowGroup(); err != nil {
		return err
	}
	for i, c := range w.columns {
		if err := c.index.begin(w.index, i, c.stats != nil); err != nil {
			return err
		}
	}
	return nil
}

// endGroup writes the row group.
func (w *flatWriter) endGroup() error {
	if w.rows == 0 {
		return nil
	}
	if err := w.each(func(i int, s *pageScratch) error { return w.columns[i].end(s) }); err != nil {
		return err
	}
	group := w.meta.AppendRowGroup()
	group.SetNumRows(int(w.rows))
	for _, c := range w.columns {
		if err := c.writeTo(w.to, group.NextColumnChunk()); err != nil {
			return err
		}
	}
	err := group.Finish(0, int16(w.groups))
	w.rows, w.groups = 0, w.groups+1
	return err
}

// close writes the last row group, the index of the pages and the footer.
func (w *flatWriter) close() error {
	if err := w.endGroup(); err != nil {
		return err
	}
	w.index.Finish()
	var places metadata.PageIndexLocation
	if err := w.index.WriteTo(w.to, &places); err != nil {
		return err
	}
	if err := w.meta.SetPageIndexLocation(places); err != nil {
		return err
	}
	m, err := w.meta.Finish()
	if err != nil {
		return err
	}
	n, err := m.WriteTo(w.to, nil)
	if err != nil {
		return err
	}
	_, err = w.to.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(n)), parquetMagic...))
	return err
}

// A tellingWriter knows how many bytes were written.
type tellingWriter struct {
	w  io.Writer
	at int64
}

// Write implements io.Writer.
func (t *tellingWriter) Write(b []byte) (int, error) {
	n, err := t.w.Write(b)
	t.at += int64(n)
	return n, err
}

// Tell returns how many bytes were written.
func (t *tellingWriter) Tell() int64 { return t.at }

// A pageScratch has the buffers in which one goroutine makes pages.
type pageScratch struct {
	raw, packed []byte
	known       []uint32 // texts of a dictionary that are in the column's
}
