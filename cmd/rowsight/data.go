package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
)

// dataFlags say how data is read.
type dataFlags struct {
	format    string
	delimiter string
	inferRows int
	binary    bool
	sheet     string
}

func (f *dataFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.format, "input-format", "", "`FORMAT` of the data: csv, jsonl, arrow, parquet, xlsx (default: detected from the content, then from the name)")
	flags.StringVar(&f.delimiter, "delimiter", "", "`CHARACTER` between CSV fields of the data; \\t is a tab (default: a comma, for *.tsv a tab)")
	flags.StringVar(&f.sheet, "input-sheet", "", "`NAME` of the sheet, if the data are a workbook (.xlsx) with several")
	flags.BoolVar(&f.binary, "binary-as-text", false, "read restricted columns of binary type as text; their bytes must be UTF-8")
	flags.IntVar(&f.inferRows, "infer-rows", input.DefaultInferRows, "let the first `N` JSON lines decide columns and types; 0 reads all lines first")
}

// restrict says which columns of the data rules name.
func (f *dataFlags) restrict(in *input.Options, columns []string) {
	in.Columns, in.Restricted = columns, columns
}

// open opens the data at paths, which must have every column that the rules name.
func (f *dataFlags) open(cmd *cobra.Command, paths []string, v view) (*input.Data, error) {
	in, err := f.options(cmd.InOrStdin(), paths)
	if err != nil {
		return nil, err
	}
	f.restrict(in, v.columns)
	data, err := input.Open(cmd.Context(), paths, in)
	if err != nil {
		return nil, &dataError{err}
	}
	if _, err := bind(v, data); err != nil {
		data.Release()
		return nil, err
	}
	return data, nil
}

// options are the flags as the options of [input.Open] for paths, of which
// there is at least one. Every problem is reported.
func (f *dataFlags) options(stdin io.Reader, paths []string) (*input.Options, error) {
	var errs []error
	in := &input.Options{Format: input.Format(f.format), InferRows: f.inferRows, BinaryAsText: f.binary, Sheet: f.sheet, Stdin: stdin}
	if f.format != "" && !slices.Contains(input.Formats(), in.Format) {
		errs = append(errs, fmt.Errorf("--input-format: got %q, want csv, jsonl, arrow, parquet or xlsx", f.format))
	}
	var err error
	if in.Delimiter, err = delimiter(f.delimiter); err != nil {
		errs = append(errs, fmt.Errorf("--delimiter: %w", err))
	}
	if f.delimiter == "" && strings.HasSuffix(strings.ToLower(paths[0]), ".tsv") {
		in.Delimiter = '\t'
	}
	switch {
	case f.inferRows < 0:
		errs = append(errs, fmt.Errorf("--infer-rows: got %d, want 0 or more", f.inferRows))
	case f.inferRows == 0:
		in.InferRows = -1
	}
	return in, errors.Join(errs...)
}
