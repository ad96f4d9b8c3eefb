package rulefile

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/predicate/batch"
)

// table makes CSV of Parquet, Arrow and JSON lines. Every column must be text,
// as it must in the data that rules restrict.
func (f *File) table(ctx context.Context, path string, in io.Reader, o Options) error {
	// What was looked at of standard input, or of a packed file, is read on from
	// here; other files are opened again, as Parquet is read from its end.
	paths, opts := []string{path}, &input.Options{Stdin: in, InferRows: -1}
	if len(f.Assumed) > 0 || f.once {
		paths = []string{input.Stdin}
	}
	data, err := input.Open(ctx, paths, opts)
	if err != nil {
		return reason(err)
	}
	defer data.Release()
	rows := batch.NewRows(data)
	columns := rows.Columns()
	f.Delimiter, f.Text = ',', csvtext.AppendRecord(nil, columns)
	for rows.Next() {
		record := make([]string, len(columns))
		for i := range columns {
			record[i], _ = rows.Text(i) // NULL and "" are the same to rules (U3)
		}
		f.Text = csvtext.AppendRecord(f.Text, record)
		if len(f.Text) > maxSize {
			return ErrSize
		}
	}
	if err := rows.Err(); err != nil {
		return reason(err)
	}
	f.assume("%s was read; lines are counted from the names of the columns", data.Format)
	return nil
}

// reason returns an error without the file, which the caller names.
func reason(err error) error {
	if at, ok := errors.AsType[*input.Error](err); ok && at.Err != nil {
		return at.Err
	}
	return fmt.Errorf("%w: %w", ErrFormat, err)
}
