package source

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/rowsight/rowsight/internal/textpos"
)

// An Input is a file that is opened once for each read. [InFS] and [Open]
// return one.
type Input struct {
	name   string
	opener func(ctx context.Context) (io.ReadCloser, error)
}

// InFS returns a file of a file system.
func InFS(fsys fs.FS, name string) Input {
	return Input{name, func(context.Context) (io.ReadCloser, error) { return fsys.Open(name) }}
}

// Open returns an Input that calls open. Errors begin with name. When ctx is
// done, reading stops before the next read; a blocked read must return by
// itself, as reads of a connection that was opened with ctx do.
func Open(name string, open func(ctx context.Context) (io.ReadCloser, error)) Input {
	return Input{name, open}
}

// open opens the file for one read.
func (in Input) open(ctx context.Context) (*Opened, error) {
	if in.opener == nil {
		return nil, ErrNoData
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, err := in.opener(ctx)
	if err != nil {
		if path, ok := errors.AsType[*fs.PathError](err); ok && path.Path == in.name {
			err = path.Err
		}
		return nil, textpos.InFile(in.name, err)
	}
	return &Opened{Name: in.name, ctx: ctx, src: r, buf: bufio.NewReaderSize(r, 64<<10)}, nil
}

// An Opened is an open file. A [Format] reads it once. It is not safe for
// concurrent use.
type Opened struct {
	Name string // in messages

	ctx   context.Context
	src   io.ReadCloser
	buf   *bufio.Reader
	spool *os.File
}

// Read implements [io.Reader]. It returns an error when the context of the read
// is done.
func (f *Opened) Read(p []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.buf.Read(p)
}

// begins reports whether the file begins with a text. Nothing is read by it.
func (f *Opened) begins(text string) bool {
	head, _ := f.buf.Peek(len(text))
	return string(head) == text
}

// Random returns the file for random access, and its size. Call it instead of
// Read. A file without random access, such as an object of S3, is first copied
// into an unlinked temporary file.
func (f *Opened) Random() (io.ReaderAt, int64, error) {
	if file, ok := f.src.(fs.File); ok {
		if at, ok := f.src.(io.ReaderAt); ok {
			if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
				return at, info.Size(), nil
			}
		}
	}
	file, err := os.CreateTemp("", "rowsight-*") // 0600
	if err != nil {
		return nil, 0, textpos.InFile(f.Name, err)
	}
	f.spool = file
	if os.Remove(file.Name()) == nil { // Windows: not while it is open
		f.spool = nil
	}
	size, err := io.Copy(file, f)
	if err != nil {
		_ = file.Close()
		return nil, 0, textpos.InFile(f.Name, err)
	}
	f.src = both{f.src, file}
	return file, size, nil
}

// both closes two files.
type both struct {
	io.ReadCloser
	file io.Closer
}

func (b both) Close() error { return errors.Join(b.ReadCloser.Close(), b.file.Close()) }

// Close closes the file.
func (f *Opened) Close() error {
	err := f.src.Close()
	if f.spool != nil {
		err = errors.Join(err, os.Remove(f.spool.Name()))
	}
	return err
}
