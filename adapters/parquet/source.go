package parquet

import (
	"errors"
	"io"
	"sync/atomic"

	v18pq "github.com/apache/arrow-go/v18/parquet"
)

// A source marks the errors of the storage, so that a broken network is not
// reported as a broken file, and counts what is read. What is read to be checked
// is kept for the library, which reads it once more.
type source struct {
	v18pq.ReaderAtSeeker
	read atomic.Int64
	kept []piece
	size int64 // of kept
}

// A piece is a part of the file from a byte on.
type piece struct {
	at int64
	b  []byte
}

// keep reads a part of the file and keeps it, if there is no more than max in
// all. What cannot be read or kept is read when it is asked for.
func (s *source) keep(at, size, max int64) {
	if size > max-s.size {
		return
	}
	b := make([]byte, size)
	if readFull(s, b, at) == nil {
		s.kept, s.size = append(s.kept, piece{at, b}), s.size+size
	}
}

// forget lets go of what is kept.
func (s *source) forget() { s.kept, s.size = nil, 0 }

func (s *source) ReadAt(b []byte, at int64) (int, error) {
	for _, p := range s.kept {
		if from := at - p.at; from >= 0 && from < int64(len(p.b)) && int64(len(b)) <= int64(len(p.b))-from {
			return copy(b, p.b[from:]), nil
		}
	}
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
