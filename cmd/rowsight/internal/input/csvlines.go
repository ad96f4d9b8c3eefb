package input

import (
	"runtime"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/tabular"
)

// csvLines says that CSV is handed out line by line.
type csvLines struct {
	whole   *arrow.Schema // of all columns, which every part must have
	columns []string      // that are handed out beside the lines
}

// CopyLines makes CSV come as records of the columns that are named, and of
// [LineColumn]: each record of the file as a writer of CSV with the same delimiter
// writes it, with its line feed. Cells of other columns are checked, and not built.
//
// It reports false, and changes nothing, where records cannot be copied: of other
// formats, with columns from the names of folders, of one column. It must be called
// before the first Next.
func (d *Data) CopyLines(columns []string) bool {
	if d.Format != CSV || len(d.partitions) > 0 || !d.mapping.plain {
		return false
	}
	whole := d.Schema()
	l := &csvLines{whole: whole}
	for _, f := range whole.Fields() {
		if slices.Contains(columns, f.Name) {
			l.columns = append(l.columns, f.Name)
		}
	}
	if len(l.columns) != len(columns) || !l.open(d) {
		return false
	}
	d.lines = l
	d.Reader = batches.New(d.part.Schema(), d.nextBatch, d.closePart)
	return true
}

// open makes the part that was opened hand out lines.
func (l *csvLines) open(d *Data) bool {
	var order []int
	if !d.mapping.plain {
		order = d.mapping.from
	}
	part, ok := tabular.CSVLines(d.part, l.columns, order, runtime.GOMAXPROCS(0))
	if !ok {
		return false
	}
	d.part, d.mapping = part, &mapping{plain: true}
	return true
}

// schema returns the schema of all columns of the files.
func (d *Data) schema() *arrow.Schema {
	if d.lines != nil {
		return d.lines.whole
	}
	return d.Schema()
}
