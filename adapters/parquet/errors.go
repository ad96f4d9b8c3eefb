package parquet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/recovered"
)

// Errors of files.
var (
	// ErrCorrupt reports a file that violates the Parquet format, is truncated,
	// or has other rows than its footer states.
	ErrCorrupt = errors.New("corrupt Parquet file")
	// ErrTooLarge reports a file that needs more memory than allowed.
	ErrTooLarge = errors.New("more memory than allowed")
	// ErrUnsupported reports a feature or type that cannot be read or written.
	ErrUnsupported = errors.New("not supported")
	// ErrNoColumn reports a column name that the file does not have.
	ErrNoColumn = errors.New("no such column")
	// ErrAmbiguous reports a column name that the file has more than once.
	ErrAmbiguous = errors.New("more than one column of that name")
)

// An Error is an error of reading or writing, with its place in the file. It
// contains no value of the data.
type Error struct {
	File     string // path given to Open; "" if there was none
	RowGroup int    // counted from 1; 0 stands for the file as a whole
	Column   string // dotted path in the file; "" if no column is concerned
	Err      error
}

// Error returns the place in the file and the reason.
func (e *Error) Error() string {
	s := "parquet: "
	if e.File != "" {
		s += e.File + ": "
	}
	if e.RowGroup > 0 {
		s += fmt.Sprintf("row group %d: ", e.RowGroup)
	}
	if e.Column != "" {
		s += fmt.Sprintf("column %q: ", e.Column)
	}
	return s + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

func tooLarge(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTooLarge, fmt.Sprintf(format, args...))
}

// guard runs a step of the library on this goroutine and turns a panic, which
// arrow-go uses for what it did not expect in a file, into an error.
func guard(step func() error) (err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		err = recovered.Error(p, ours)
		if errors.Is(err, recovered.ErrPanic) {
			err = fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
	}()
	return step()
}

// ours reports whether an error is one that limit panics with, or one of the
// storage: neither quotes what the file holds.
func ours(err error) bool {
	var storage *storageError
	return errors.Is(err, ErrTooLarge) || errors.Is(err, ErrCorrupt) || errors.As(err, &storage)
}

// why keeps reasons of ours and errors of the storage, and calls every other
// error of the library a corrupt file.
func why(err error) error {
	var placed *Error
	if errors.As(err, &placed) {
		return err
	}
	var storage *storageError
	if errors.As(err, &storage) {
		return fmt.Errorf("reading: %w", storage.err)
	}
	for _, known := range []error{ErrCorrupt, ErrTooLarge, ErrUnsupported, ErrNoColumn, ErrAmbiguous} {
		if err == nil || errors.Is(err, known) {
			return err
		}
	}
	if strings.Contains(err.Error(), "no support for reading") {
		return fmt.Errorf("%w: %w", ErrUnsupported, err) // a type of Arrow that the schema in the file names, such as a duration
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}
