package input

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/predicate"
)

// Options say how to read. A nil *Options is the default.
type Options struct {
	Format    Format    // of all data; "" tells it from the content
	Delimiter rune      // between CSV fields; 0 means a comma
	Sheet     string    // of a workbook; "" is its only sheet
	Columns   []string  // columns that rules name: of JSON lines they must be text
	InferRows int       // JSON lines that decide the columns; 0 means DefaultInferRows, negative all
	Lines     bool      // hand JSON lines through as they stand, see LineColumn
	Stdin     io.Reader // what "-" stands for; nil means os.Stdin

	// Restricted are columns that rules name. Folders above the paths can have
	// them, and with BinaryAsText they may be bytes, if these are UTF-8. Columns
	// are most often the same.
	Restricted   []string
	BinaryAsText bool

	// Prune says which rows are wanted: what need not be read for them, row
	// groups of Parquet, may be left out. nil reads everything.
	Prune *predicate.Predicate
}

// Data is a stream of records, all of one schema. It implements
// [array.RecordReader]. It is not safe for concurrent use, except Rows and
// Progress. Release closes what is open.
type Data struct {
	*batches.Reader
	Format      Format
	Compression parquet.Compression // of the Parquet file that was opened last

	ctx    context.Context
	opts   Options
	parts  []part
	at     int // the part being read
	source *source
	part   array.RecordReader
	json   *tabular.JSON // of JSON lines, decided by the first part

	partitions []string  // columns that stand in the names of folders
	mapping    *mapping  // of the columns of the part to those of the whole
	lines      *csvLines // nil: cells are handed out

	rows   atomic.Int64
	read   atomic.Int64
	total  int64
	pruned Pruned
}

// Pruned says how much was not read because no wanted row could be there.
type Pruned struct {
	Parts, Skipped      int   // row groups of Parquet, batches of Arrow
	Bytes, BytesSkipped int64 // of them
}

// Open opens the files and folders that paths name. All parts must be in one
// format and have the same columns: names, types, order. Errors are [Error],
// joined if there are several, or from the file system.
func Open(ctx context.Context, paths []string, opts *Options) (*Data, error) {
	d := &Data{ctx: ctx}
	if opts != nil {
		d.opts = *opts
	}
	if d.opts.Stdin == nil {
		d.opts.Stdin = os.Stdin
	}
	var err error
	if d.parts, err = expand(paths); err != nil {
		return nil, err
	}
	if len(d.parts) == 0 {
		return nil, ErrNoData
	}
	d.total = size(d.parts)
	if err := d.openPart(); err != nil {
		return nil, err
	}
	schema, err := d.unify(d.part.Schema())
	if err == nil {
		d.mapping, err = d.mapPart(d.parts[0], d.part.Schema(), schema)
	}
	if err != nil {
		d.closePart()
		return nil, err
	}
	d.Reader = batches.New(schema, d.nextBatch, d.closePart)
	return d, nil
}

// size returns the bytes of all parts, 0 if one of them is not a regular file.
func size(parts []part) int64 {
	total := int64(0)
	for _, p := range parts {
		if p.info == nil || !p.info.Mode().IsRegular() {
			return 0
		}
		total += p.info.Size()
	}
	return total
}

// Pruned returns what was left out. It is complete when Next has returned false.
func (d *Data) Pruned() Pruned { return d.pruned }

// leftOut counts what was not read of a file that was read to its end.
func (d *Data) leftOut(rows int64, p Pruned) {
	d.rows.Add(rows)
	d.pruned.Parts += p.Parts
	d.pruned.Skipped += p.Skipped
	d.pruned.Bytes += p.Bytes
	d.pruned.BytesSkipped += p.BytesSkipped
}

// Rows returns how many rows were read so far, or left out.
func (d *Data) Rows() int64 { return d.rows.Load() }

// Progress returns how many bytes were read, and of how many: 0 if that is
// not known.
func (d *Data) Progress() (done, total int64) {
	if done = d.read.Load(); d.total > 0 {
		done = min(done, d.total)
	}
	return done, d.total
}

// Holds reports whether one of the files to be read is the file of info.
func (d *Data) Holds(info fs.FileInfo) bool {
	if stdin, ok := d.opts.Stdin.(*os.File); ok {
		if in, err := stdin.Stat(); err == nil && os.SameFile(in, info) {
			return true
		}
	}
	for _, p := range d.parts {
		if p.info != nil && os.SameFile(p.info, info) {
			return true
		}
	}
	return false
}

func (d *Data) nextBatch() (arrow.Record, error) {
	for {
		if err := d.ctx.Err(); err != nil {
			return nil, err
		}
		if d.part.Next() {
			rec := d.part.Record()
			d.rows.Add(rec.NumRows())
			// Metadata may differ from part to part. The first speaks for all.
			out, err := d.mapping.apply(rec, d.Schema())
			if err != nil {
				return nil, textpos.InFile(d.parts[d.at].name(), err)
			}
			return out, nil
		}
		if err := d.part.Err(); err != nil {
			return nil, err
		}
		if d.at+1 == len(d.parts) {
			return nil, nil
		}
		d.closePart()
		d.at++
		if err := d.openPart(); err != nil {
			return nil, err
		}
		var err error
		if d.mapping, err = d.mapPart(d.parts[d.at], d.part.Schema(), d.schema()); err != nil {
			return nil, err
		}
		if d.lines != nil && !d.lines.open(d) {
			return nil, textpos.InFile(d.parts[d.at].name(), fmt.Errorf("%w: lines cannot be copied", ErrFormat)) // the first could
		}
	}
}

// openPart opens the part at d.at. The first decides the format of all.
func (d *Data) openPart() error {
	p := d.parts[d.at]
	s, head, err := openSource(d.ctx, p, d.opts.Stdin, &d.read)
	if err != nil {
		return err
	}
	d.source = s
	format := d.opts.Format
	if format == "" {
		if format, err = detect(p.path, head); err != nil {
			d.closePart()
			return textpos.InFile(s.name, err)
		}
	}
	d.Format = cmp.Or(d.Format, format)
	if d.opts.Sheet != "" && format != Workbook {
		d.closePart()
		return textpos.InFile(s.name, fmt.Errorf("%w: it has no sheet %q, for it is no workbook (.xlsx)", ErrFormat, d.opts.Sheet))
	}
	if format != d.Format {
		d.closePart()
		return textpos.InFile(s.name, fmt.Errorf("%w: got %s, want %s as in the first file", ErrFormat, format, d.Format))
	}
	switch format {
	case CSV:
		d.part, err = tabular.CSV(s.name, s, &tabular.CSVOptions{Delimiter: d.opts.Delimiter})
	case JSONL:
		d.part, err = d.openJSONL(s)
	case Workbook:
		d.part, err = openWorkbook(s, &d.opts)
	case Arrow:
		d.part, err = openArrow(s, d)
	case Parquet:
		d.part, err = openParquet(s, d)
	default:
		err = fmt.Errorf("%w %q", ErrFormat, format)
	}
	if err != nil {
		d.closePart()
	}
	return err
}

func (d *Data) closePart() {
	if d.part != nil {
		d.part.Release()
		d.part = nil
	}
	if d.source != nil {
		d.source.Close()
		d.source = nil
	}
}
