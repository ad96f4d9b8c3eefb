package parquet

import (
	"errors"
	"io"

	v18pq "github.com/apache/arrow-go/v18/parquet"
)

// A source marks the errors of the storage, so that a broken network is not
// reported as a broken file.
type source struct{ v18pq.ReaderAtSeeker }

func (s source) ReadAt(b []byte, at int64) (int, error) {
	n, err := s.ReaderAtSeeker.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &storageError{err}
	}
	return n, err
}

func (s source) Seek(at int64, whence int) (int64, error) {
	n, err := s.ReaderAtSeeker.Seek(at, whence)
	if err != nil {
		err = &storageError{err}
	}
	return n, err
}

type storageError struct{ err error }

func (e *storageError) Error() string { return e.err.Error() }
func (e *storageError) Unwrap() error { return e.err }
