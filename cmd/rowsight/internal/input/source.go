package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/textpos"
)

// A source is one part, opened: its bytes in order and, of a regular file,
// at any place.
type source struct {
	ctx       context.Context
	name      string
	size      int64 // -1 if it is not known
	arrowFile bool

	r    io.Reader
	at   io.ReaderAt // nil if it is not a regular file
	file *os.File    // nil for standard input
	temp string      // the name of file, if it is to be removed
	read *atomic.Int64
}

// openSource opens p and looks at its first bytes.
func openSource(ctx context.Context, p part, stdin io.Reader, read *atomic.Int64) (*source, []byte, error) {
	s := &source{ctx: ctx, name: p.name(), size: -1, read: read, r: stdin}
	if p.path != Stdin {
		file, err := open(ctx, p.path)
		if err != nil {
			return nil, nil, err
		}
		s.file, s.r = file, file
	}
	if p.info != nil && p.info.Mode().IsRegular() {
		s.size, s.at = p.info.Size(), s.file
	} else {
		s.r = &interruptible{ctx: ctx, r: s.r}
	}
	head := make([]byte, sniff)
	n, err := io.ReadFull(s.r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		s.Close()
		return nil, nil, textpos.InFile(s.name, cause(err))
	}
	s.arrowFile = bytes.HasPrefix(head[:n], []byte(tabular.ArrowMagic))
	s.r = io.MultiReader(bytes.NewReader(head[:n]), s.r)
	return s, head[:n], nil
}

// Read implements [io.Reader].
func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.read.Add(int64(n))
	return n, cause(err)
}

// ReadAt implements [io.ReaderAt], after spool if the source is no file.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.at.ReadAt(p, off)
	s.read.Add(int64(n))
	return n, cause(err)
}

// Size returns the length of the source in bytes.
func (s *source) Size() int64 { return s.size }

// Close gives the file back, and the disk space of a spooled one.
func (s *source) Close() {
	if s.file != nil {
		s.file.Close()
		s.file = nil
		if s.temp != "" {
			os.Remove(s.temp)
		}
	}
}

// spool copies what is left to read into a temporary file, for formats that
// have to be read from their end. The file has no name by the time it is
// filled, so that nothing of it stays behind, however the program ends.
func (s *source) spool() error {
	if s.at != nil {
		return nil
	}
	file, err := os.CreateTemp("", "rowsight-*")
	if err != nil {
		return err
	}
	s.Close()
	s.file = file
	if os.Remove(file.Name()) != nil { // Windows: not while it is open
		s.temp = file.Name()
	}
	size, err := io.Copy(file, s)
	if err != nil {
		return textpos.InFile(s.name, err)
	}
	s.at, s.size = file, size
	s.read.Add(-size) // it is going to be read again
	return nil
}

// cause takes off the path that *os.PathError repeats: an [Error] names it.
func cause(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}
