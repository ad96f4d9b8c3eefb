package rulefile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/internal/textpos"
)

// Options say how a file is opened. A nil *Options and the zero Options are the
// default.
type Options struct {
	Delimiter rune      // between CSV fields; 0 finds it in the header
	Sheet     string    // of a workbook; "" is its only sheet
	SheetFlag string    // that names a sheet, for messages
	Headers   []string  // names of which one column at least has one, in any case; they tell a delimiter
	Names     []string  // of the columns of a file without a header; their number tells a delimiter
	Stdin     io.Reader // what "-" stands for; nil means os.Stdin

	// Document reports whether a text is a document of another kind, which is left
	// as it is, in UTF-8; nil is never.
	Document func(text []byte) bool
}

// A File is a file as CSV text in UTF-8.
type File struct {
	Name      string
	Text      []byte
	Delimiter rune
	Assumed   []string // what was assumed to read the file, a clause each
	hint      string
	once      bool    // what was read of it cannot be read again
	book      bool    // it is a sheet of a workbook
	places    []place // of its cells, once they are asked for
}

// Stdin stands for standard input.
const Stdin = input.Stdin

// maxSize is how many bytes a file may have, unpacked. A permission dataset of
// 1,000,000 rules has about 50 MB.
const maxSize = 1 << 30

// Why a file is refused.
var (
	ErrFormat = errors.New("cannot be read")
	ErrCells  = fmt.Errorf("%w: cells are unclear", ErrFormat)
	ErrSize   = fmt.Errorf("has more than %d bytes", maxSize)
)

// Open reads the file that path names.
func Open(ctx context.Context, path string, opts *Options) (*File, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	f := &File{Name: path, Delimiter: o.Delimiter}
	r := o.Stdin
	switch {
	case path == Stdin:
		f.Name = "standard input"
		if r == nil {
			r = os.Stdin
		}
		r = input.Reader(ctx, r)
	default:
		file, err := input.OpenFile(ctx, path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		f.once, r = !file.Regular(), file
	}
	in := bufio.NewReaderSize(r, headSize)
	if err := f.read(ctx, path, in, o); err != nil {
		return nil, textpos.InFile(f.Name, err)
	}
	return f, nil
}

func (f *File) read(ctx context.Context, path string, in *bufio.Reader, o Options) error {
	head, err := in.Peek(8)
	if err != nil && err != io.EOF {
		return err
	}
	has := func(prefix string) bool { return bytes.HasPrefix(head, []byte(prefix)) }
	if has("\x1f\x8b") {
		packed, err := gzip.NewReader(in)
		if err != nil {
			return err
		}
		in = bufio.NewReaderSize(packed, headSize)
		f.assume("gzip was unpacked")
		if head, err = in.Peek(8); err != nil && err != io.EOF {
			return err
		}
	}
	if o.Document != nil {
		if done, err := f.document(in, o.Document); done || err != nil {
			return err
		}
	}
	switch {
	case has("PAR1"), has("ARROW1"), has("\xff\xff\xff\xff"), bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")):
		return f.table(ctx, path, in, o)
	case has("PK\x03\x04"):
		text, err := readAll(in)
		if err != nil {
			return err
		}
		return f.workbook(text, o)
	case has("\xd0\xcf\x11\xe0"):
		return fmt.Errorf("%w: it is a workbook in the old format of Excel (.xls); save it as .xlsx, or as CSV UTF-8", ErrFormat)
	}
	if o.Sheet != "" {
		return fmt.Errorf("%w: it has no sheet %q, for it is no workbook (.xlsx)", ErrFormat, o.Sheet)
	}
	if f.Text, err = readAll(in); err != nil {
		return err
	}
	return f.text(o)
}

// headSize is how much of a file tells its kind.
const headSize = 16 << 10

// document reads the file if it is a document of another kind.
func (f *File) document(in *bufio.Reader, is func([]byte) bool) (done bool, err error) {
	head, err := in.Peek(headSize)
	if err != nil && err != io.EOF {
		return false, err
	}
	if f.Text = slices.Clone(head); len(head)%2 == 1 {
		f.Text = f.Text[:len(head)-1] // UTF-16 has pairs of bytes
	}
	assumed := f.Assumed
	if isUTF16(head) {
		if f.decode() != nil {
			f.Text = nil // the reader of the whole file says so
		}
		f.Assumed = assumed
	}
	if !is(f.Text) {
		return false, nil
	}
	if f.Text, err = readAll(in); err == nil && isUTF16(head) {
		err = f.decode()
	}
	return true, err
}

func readAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = ErrSize
	}
	return text, err
}

func (f *File) assume(format string, args ...any) {
	f.Assumed = append(f.Assumed, fmt.Sprintf(format, args...))
}

// ignored notes columns that hold nothing.
func (f *File) ignored(n int) {
	f.assume("ignored %s at the end without a name or a value", plain.Count(n, "column"))
}

// Reader returns a reader of the text.
func (f *File) Reader() io.Reader { return bytes.NewReader(f.Text) }

// Advice says what to do about a file that [Open] refuses.
func Advice(err error) string {
	if errors.Is(err, ErrCells) {
		return "correct the cells in the workbook, and do not save the sheet as CSV instead: merged cells and formulas without a result become empty there, and an empty cell admits every value"
	}
	return "save the file as CSV UTF-8"
}

// Hint returns what may help with errors of reading the text, "" for nothing.
func (f *File) Hint() string { return f.hint }

// Explain adds to an error of reading the text what may help, if there is
// something, and the cells of a workbook.
func (f *File) Explain(err error) error {
	textpos.Each(err, func(e *textpos.Error) { e.Pos = f.Locate(e.Pos) })
	if err == nil || f.hint == "" {
		return err
	}
	return errors.Join(err, errors.New(strings.TrimSpace(f.Name+": "+f.hint)))
}
