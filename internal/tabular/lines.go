package tabular

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/rowsight/rowsight/internal/textpos"
)

// lines reads a file line by line and parses each as a JSON object. Lines of
// nothing but white space are no lines.
type lines struct {
	file   string
	r      *bufio.Reader
	n      int // of the line that was read last, from 1
	long   []byte
	parser parser
}

func newLines(file string, r io.Reader) *lines {
	return &lines{file: file, r: bufio.NewReaderSize(r, 256<<10)}
}

// next returns the next line without its end, and its members. Both are good
// until the next call. The error after the last line is io.EOF.
func (l *lines) next(members []member) ([]byte, []member, error) {
	for {
		line, err := l.read()
		if err != nil {
			return nil, nil, err
		}
		if l.n == 1 {
			line = bytes.TrimPrefix(line, []byte("\uFEFF"))
		}
		if len(bytes.Trim(line, " \t\r")) == 0 {
			continue
		}
		members, err = l.parser.object(line, members[:0])
		if err != nil {
			return nil, nil, l.fail(err)
		}
		return line, members, nil
	}
}

// fail gives err, which may be a jsonError, its place.
func (l *lines) fail(err error) error {
	e := &Error{Pos: textpos.At(l.file, l.n, 0), Err: err}
	if j, ok := err.(*jsonError); ok {
		e.Pos.Column, e.Err = j.at+1, j.err
	}
	return e
}

// read returns the next line, without a copy where the buffer holds it whole.
func (l *lines) read() ([]byte, error) {
	l.n++
	line, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		l.long = append(l.long[:0], line...)
		for err == bufio.ErrBufferFull && len(l.long) <= maxRow {
			line, err = l.r.ReadSlice('\n')
			l.long = append(l.long, line...)
		}
		line = l.long
	}
	switch {
	case len(line) > maxRow:
		return nil, l.fail(fmt.Errorf("a line of more than %d bytes", maxRow))
	case err == io.EOF && len(line) == 0:
		return nil, io.EOF
	case err != nil && err != io.EOF:
		return nil, l.fail(err)
	}
	return bytes.TrimSuffix(line, []byte("\n")), nil
}
