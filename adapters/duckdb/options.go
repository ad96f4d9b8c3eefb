package duckdb

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// Options limit one call. A nil *Options is the default.
type Options struct {
	Memory  int64         // bytes that DuckDB may use; 0 is 1 GiB. Rows that wait to be copied are not in it: 64 MiB and one record
	Threads int           // 0 is the number of processors
	Timeout time.Duration // of the whole call; DuckDB stops at the end of a vector of rows; 0 is a minute
	MaxRows int           // of the result of QuerySQL; 0 is 100,000

	// Spare makes databases before they are needed. Nil makes none: each call opens its
	// database when it begins.
	Spare *Spare
}

// Errors of calls.
var (
	ErrStatement = errors.New("want one SELECT statement")
	ErrTable     = errors.New("no such table")
	ErrFunction  = errors.New("this table function is not allowed")
	ErrRows      = errors.New("the result has too many rows: use LIMIT")
	ErrOptions   = errors.New("bad option")
)

func (o *Options) filled() (Options, error) {
	var f Options
	if o != nil {
		f = *o
	}
	if f.Memory < 0 || f.Threads < 0 || f.Timeout < 0 || f.MaxRows < 0 {
		return f, fmt.Errorf("%w: want numbers from 0", ErrOptions)
	}
	f.Memory = cmp.Or(f.Memory, 1<<30)
	f.Threads = cmp.Or(f.Threads, runtime.NumCPU())
	f.Timeout = cmp.Or(f.Timeout, time.Minute)
	f.MaxRows = cmp.Or(f.MaxRows, 100_000)
	return f, nil
}
