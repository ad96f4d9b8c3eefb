package source

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/textpos"
)

// A Reader reads a table. Implementations are safe for concurrent use.
type Reader interface {
	// Records starts one full read. The caller releases the reader; with an
	// error there is no reader. ctx applies to the whole read: when it is done,
	// Next returns false and Err returns its error.
	Records(ctx context.Context) (array.RecordReader, error)
}

// A Format reads one file. It is called once for each file of a read. Its
// reader ends when ctx does. For Parquet, use adapters/parquet:
//
//	func(ctx context.Context, f *source.Opened) (array.RecordReader, error) {
//		at, size, err := f.Random()
//		if err != nil {
//			return nil, err
//		}
//		return parquet.NewReader(io.NewSectionReader(at, 0, size), &parquet.Options{Context: ctx})
//	}
type Format func(ctx context.Context, f *Opened) (array.RecordReader, error)

// CSVOptions describe the format of CSV. A nil *CSVOptions means commas, double
// quotes, a header, and text columns.
type CSVOptions struct {
	Delimiter rune // 0 means a comma
	Quote     rune // 0 means "
	NoHeader  bool // the first line is data; the columns are called ColumnId-1, ColumnId-2, …

	// Schema sets the types of the columns: text, int64, float64, bool, date32,
	// timestamps and decimal128. A value of another type is an error with its
	// position, never NULL. An empty value is NULL if the type is not text. nil
	// reads every column as text: 007 stays 007.
	Schema *arrow.Schema
}

// CSV returns a Reader of CSV files. All files must have the same columns.
func CSV(opts *CSVOptions, files ...Input) Reader {
	var o CSVOptions
	if opts != nil {
		o = *opts
	}
	return Read(func(_ context.Context, f *Opened) (array.RecordReader, error) {
		return tabular.CSV(f.Name, f, &tabular.CSVOptions{Delimiter: o.Delimiter, Quote: o.Quote, NoHeader: o.NoHeader, Schema: o.Schema})
	}, files...)
}

// JSONOptions describe the content of JSON lines. A nil *JSONOptions is the
// default.
type JSONOptions struct {
	// Schema names the columns and their types: text, int64, float64 and bool.
	// nil derives them from all lines, which are then read twice. Numbers
	// become int64 or float64 if that is exact. If no single type can hold all
	// values of a column, it becomes text with JSON.
	Schema *arrow.Schema
}

// JSONLines returns a Reader of files with one JSON object on each line. A
// missing key is NULL.
func JSONLines(opts *JSONOptions, files ...Input) Reader {
	var schema *arrow.Schema
	if opts != nil {
		schema = opts.Schema
	}
	return &table{files: files, begin: func(ctx context.Context) (Format, error) {
		j, err := jsonColumns(ctx, schema, files)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, f *Opened) (array.RecordReader, error) { return j.Read(ctx, f.Name, f) }, nil
	}}
}

func jsonColumns(ctx context.Context, schema *arrow.Schema, files []Input) (*tabular.JSON, error) {
	if schema != nil {
		return tabular.JSONWith(schema)
	}
	j := tabular.NewJSON(nil)
	for _, file := range files {
		f, err := file.open(ctx)
		if err != nil {
			return nil, err
		}
		err = errors.Join(j.InferAll(ctx, f.Name, f), f.Close())
		if err != nil {
			return nil, err
		}
	}
	return j, nil
}

// Arrow returns a Reader of Arrow files and streams. It validates their
// metadata before it uses them.
func Arrow(files ...Input) Reader {
	return Read(func(_ context.Context, f *Opened) (array.RecordReader, error) {
		if f.begins(tabular.ArrowMagic) {
			at, size, err := f.Random()
			if err != nil {
				return nil, err
			}
			return tabular.ArrowFile(f.Name, at, size, nil)
		}
		return tabular.ArrowStream(f.Name, f, nil)
	}, files...)
}

// Read returns a Reader of files of any format. All files must have the same
// columns.
func Read(format Format, files ...Input) Reader {
	return &table{files: files, begin: func(context.Context) (Format, error) { return format, nil }}
}

// A table is several files, one after the other.
type table struct {
	files []Input
	begin func(ctx context.Context) (Format, error)
}

// Records begins a read.
func (t *table) Records(ctx context.Context) (array.RecordReader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(t.files) == 0 {
		return nil, ErrNoData
	}
	format, err := t.begin(ctx)
	if err != nil {
		return nil, err
	}
	r := &parts{ctx: ctx, files: t.files, format: format}
	if err := r.open(); err != nil {
		return nil, err
	}
	return batches.New(r.reader.Schema(), r.next, r.close), nil
}

// parts reads file after file.
type parts struct {
	ctx    context.Context
	files  []Input // that are left
	format Format
	schema *arrow.Schema
	file   *Opened
	reader array.RecordReader
}

func (p *parts) open() error {
	f, err := p.files[0].open(p.ctx)
	if err != nil {
		return err
	}
	p.files = p.files[1:]
	r, err := p.format(p.ctx, f) // with an error r may be a nil pointer in an interface
	if err != nil {
		return errors.Join(err, f.Close())
	}
	if p.schema != nil {
		if err := sameColumns(f.Name, r.Schema(), p.schema); err != nil {
			r.Release()
			return errors.Join(err, f.Close())
		}
	}
	p.file, p.reader = f, r
	if p.schema == nil {
		p.schema = r.Schema()
	}
	return nil
}

func (p *parts) next() (arrow.Record, error) {
	for {
		if err := p.ctx.Err(); err != nil {
			return nil, err
		}
		if p.reader.Next() {
			rec := p.reader.Record()
			// Metadata may differ from file to file. The first speaks for all.
			return array.NewRecord(p.schema, rec.Columns(), rec.NumRows()), nil
		}
		if err := p.reader.Err(); err != nil {
			return nil, err
		}
		if len(p.files) == 0 {
			return nil, nil
		}
		p.close()
		if err := p.open(); err != nil {
			return nil, err
		}
	}
}

func (p *parts) close() {
	if p.reader != nil {
		p.reader.Release()
		p.reader = nil
	}
	if p.file != nil {
		_ = p.file.Close()
		p.file = nil
	}
}

// sameColumns reports every way in which the columns of got differ from want.
func sameColumns(file string, got, want *arrow.Schema) error {
	var errs []error
	for i := range max(got.NumFields(), want.NumFields()) {
		switch {
		case i >= got.NumFields():
			errs = append(errs, fmt.Errorf("%w from those of the first file: column %q is missing", ErrColumns, want.Field(i).Name))
		case i >= want.NumFields():
			errs = append(errs, fmt.Errorf("%w from those of the first file: column %q is new", ErrColumns, got.Field(i).Name))
		case got.Field(i).Name != want.Field(i).Name:
			errs = append(errs, fmt.Errorf("%w from those of the first file: column %d: got %q, want %q", ErrColumns, i+1, got.Field(i).Name, want.Field(i).Name))
		case !arrow.TypeEqual(got.Field(i).Type, want.Field(i).Type):
			errs = append(errs, fmt.Errorf("%w from those of the first file: column %q: got type %s, want %s", ErrColumns, want.Field(i).Name, got.Field(i).Type, want.Field(i).Type))
		}
	}
	if errs == nil {
		return nil
	}
	return textpos.InFile(file, errors.Join(errs...))
}

// reading is a Reader that finds out what to read when it does.
func reading(find func(ctx context.Context) (Reader, error)) Reader {
	return records(func(ctx context.Context) (array.RecordReader, error) {
		r, err := find(ctx)
		if err != nil {
			return nil, err
		}
		return r.Records(ctx)
	})
}
