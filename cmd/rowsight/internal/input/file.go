package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// A File is a file that is opened for reading. Reads end with its context.
type File struct {
	file *os.File // not embedded: its WriteTo would not look at the context
	r    io.Reader
}

// errFolder says more than what a system says about a folder that is read.
var errFolder = errors.New("got a folder, want a file")

// OpenFile opens a file, and refuses a folder. The end of ctx ends the opening and every read, also
// where the file is a pipe, a terminal or a device, which can block for ever.
func OpenFile(ctx context.Context, path string) (*File, error) {
	file, err := open(ctx, path)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		file.Close()
		return nil, &os.PathError{Op: "read", Path: path, Err: errFolder}
	}
	return &File{file, Reader(ctx, file)}, nil
}

// Read implements [io.Reader].
func (f *File) Read(p []byte) (int, error) { return f.r.Read(p) }

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// Regular reports whether the file can be read again from its start.
func (f *File) Regular() bool {
	info, err := f.file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// ReadFile returns the content of a file of at most so many bytes.
func ReadFile(ctx context.Context, path string, most int64) ([]byte, error) {
	file, err := OpenFile(ctx, path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file.r, most+1))
	if err == nil && int64(len(text)) > most {
		text, err = nil, fmt.Errorf("%s has more than %d bytes", path, most)
	}
	return text, err
}

// Reader returns r with reads that end with ctx.
func Reader(ctx context.Context, r io.Reader) io.Reader {
	if file, ok := r.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return checked{ctx, r}
		}
	}
	return &interruptible{ctx: ctx, r: r}
}

// open opens a file. Opening a pipe blocks until somebody writes to it.
func open(ctx context.Context, path string) (*os.File, error) {
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		return os.Open(path)
	}
	type opened struct {
		file *os.File
		err  error
	}
	result := make(chan opened)
	go func() {
		file, err := os.Open(path)
		select {
		case result <- opened{file, err}:
		case <-ctx.Done():
			if err == nil {
				file.Close()
			}
		}
	}()
	select {
	case o := <-result:
		return o.file, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A checked reader looks at its context before each read, which does not block.
type checked struct {
	ctx context.Context
	r   io.Reader
}

func (c checked) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// An interruptible reader gives up waiting when its context ends. Reading from
// a terminal or a pipe can block for ever, and nothing else ends that.
type interruptible struct {
	ctx    context.Context
	r      io.Reader
	buf    []byte // read by the goroutine, not yet handed out
	err    error  // that came with buf
	space  []byte
	result chan outcome
}

type outcome struct {
	n   int
	err error
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if len(r.buf) > 0 || r.err != nil {
		n := copy(p, r.buf)
		if r.buf = r.buf[n:]; len(r.buf) > 0 {
			return n, nil
		}
		return n, r.err
	}
	if r.result == nil {
		r.result, r.space = make(chan outcome, 1), make([]byte, 64<<10)
	}
	// The goroutine has the space to itself until it answers; after a
	// cancelled read nobody asks again.
	go func() {
		n, err := r.r.Read(r.space)
		r.result <- outcome{n, err}
	}()
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case o := <-r.result:
		n := copy(p, r.space[:o.n])
		if r.buf = r.space[n:o.n]; len(r.buf) > 0 {
			r.err = o.err
			return n, nil
		}
		return n, o.err
	}
}
