package parquet

import (
	"errors"
	"io"
	"sync/atomic"

	v18pq "github.com/apache/arrow-go/v18/parquet"
)

// A source marks the errors of the storage, so that a broken network is not
// reported as a broken file, and counts what is read.
type source struct {
	v18pq.ReaderAtSeeker
	read atomic.Int64
}

func (s *source) ReadAt(b []byte, at int64) (int, error) {
	n, err := s.ReaderAtSeeker.ReadAt(b, at)
	s.read.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		err = &storageError{err}
	}
	return n, err
}

func (s *source) Seek(at int64, whence int) (int64, error) {
	n, err := s.ReaderAtSeeker.Seek(at, whence)
	if err != nil {
		err = &storageError{err}
	}
	return n, err
}

type storageError struct{ err error }

func (e *storageError) Error() string { return e.err.Error() }
func (e *storageError) Unwrap() error { return e.err }
