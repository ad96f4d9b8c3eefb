package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/output"
	"github.com/rowsight/rowsight/predicate/batch"
)

// pickFlags say which rows of data are meant.
type pickFlags struct {
	numbers []string
	where   []string // COLUMN=VALUE
}

func (f *pickFlags) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.numbers, "row", nil, "`NUMBER` of a row, from 1; may be repeated, or a list: 3,17 (default: all rows)")
	flags.StringArrayVar(&f.where, "where", nil, "select rows by `COLUMN=VALUE`, with the value as CSV output shows it; an empty VALUE means NULL or empty; may be repeated, and all must match")
}

// A pick is which rows are meant: those with one of the numbers, if there are
// any, that hold all the values.
type pick struct {
	numbers []int // from 1, increasing
	where   [][2]string
}

func (f *pickFlags) parse() (*pick, error) {
	where, err := pairs("where", "COLUMN=VALUE", f.where)
	p := &pick{where: where}
	for _, s := range f.numbers {
		n, bad := strconv.Atoi(s)
		if bad != nil || n < 1 {
			err = errors.Join(err, fmt.Errorf("--row: got %q, want a number from 1", s))
		}
		p.numbers = append(p.numbers, n)
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(p.numbers)
	p.numbers = slices.Compact(p.numbers)
	return p, nil
}

// check holds that every column of --where is there, once.
func (p *pick) check(schema *arrow.Schema) error {
	var errs []error
	for _, w := range p.where {
		switch n := len(schema.FieldIndices(w[0])); {
		case n == 0:
			errs = append(errs, fmt.Errorf("--where: column %q: %w", w[0], batch.ErrNoColumn))
		case n > 1:
			errs = append(errs, fmt.Errorf("--where: column %q: several columns have this name", w[0]))
		}
	}
	return errors.Join(errs...)
}

// done reports whether no row after the first n can be meant.
func (p *pick) done(n int) bool {
	return len(p.numbers) > 0 && n >= p.numbers[len(p.numbers)-1]
}

// missing is an error if the data, of so many rows, has no row of a number.
func (p *pick) missing(rows int64) error {
	var errs []error
	for _, n := range p.numbers {
		if int64(n) > rows {
			errs = append(errs, fmt.Errorf("--row %d: the data has %d rows", n, rows))
		}
	}
	return errors.Join(errs...)
}

// rows returns the rows of a record that are meant, counted from 0; so many
// rows came before it.
func (p *pick) rows(rec arrow.Record, before int) ([]int, error) {
	var rows []int
	if len(p.numbers) == 0 {
		for i := range int(rec.NumRows()) {
			rows = append(rows, i)
		}
	}
	for _, n := range p.numbers {
		if i := n - 1 - before; i >= 0 && int64(i) < rec.NumRows() {
			rows = append(rows, i)
		}
	}
	for _, w := range p.where {
		at := rec.Schema().FieldIndices(w[0])[0]
		text, err := output.Texts(rec.Column(at), rec.Schema().Field(at))
		if err != nil {
			return nil, fmt.Errorf("--where: column %q: %w", w[0], err)
		}
		kept := rows[:0]
		for _, row := range rows {
			switch s, err := text(row); {
			case err != nil:
				return nil, fmt.Errorf("--where: column %q: %w", w[0], err)
			case s == w[1]:
				kept = append(kept, row)
			}
		}
		rows = kept
	}
	return rows, nil
}
