package audit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Verify verifies a log that was written without a key. It returns a [*LineError] for
// the first line that was changed, inserted or moved, or that follows a missing
// line. It is [Check.Verify] of the zero Check.
func Verify(r io.Reader) error {
	_, err := Check{}.Verify(r)
	return err
}

// A Check verifies a log.
//
// It detects lines that were changed, added, removed or moved anywhere but at the
// end. With Head, it also detects lines that are missing at the end.
//
// Without Key, it does not detect a log that an attacker rewrote from some line on
// with correct digests; Head detects this for the lines up to it. With Key, only
// holders of the key can write lines. No Check detects an event that was never
// written to the log.
type Check struct {
	Key   []byte // of the log: see LogOptions; nil is none
	Start Head   // the head of the file that the log continues
	Head  Head   // a head that was stored elsewhere earlier; zero is none
}

// Verify reads a log and returns its head. With an error, it returns the head of the
// lines before the invalid one.
func (c Check) Verify(r io.Reader) (Head, error) {
	h := c.Start
	lines := bufio.NewReaderSize(r, 64<<10)
	seen := c.Head == Head{} || c.Head == h
	for n := 1; ; n++ {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			if !seen {
				return h, &LineError{n, fmt.Errorf("%w: it ends at line %d of the chain, want %d", ErrHead, h.Sequence, c.Head.Sequence)}
			}
			return h, nil
		}
		if err != nil {
			return h, &LineError{n, err}
		}
		l, err := parseLine(line)
		if err != nil {
			return h, &LineError{n, err}
		}
		next, err := l.follows(h, c.Key)
		if err != nil {
			return h, &LineError{n, err}
		}
		if next.Sequence == c.Head.Sequence && next != c.Head {
			return h, &LineError{n, ErrHead}
		}
		seen = seen || next == c.Head
		h = next
	}
}

// readLine returns the next line without its line feed, or io.EOF after the last
// line. A last line without a line feed is ErrTorn.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > MaxLine+1 {
			return nil, fmt.Errorf("%w: longer than %d bytes", ErrLine, MaxLine)
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, ErrTorn
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// A LineError is the number of an invalid line of a log, and the reason.
type LineError struct {
	Line int // of the file, from 1
	Err  error
}

// Error is "line 7: …".
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns e.Err.
func (e *LineError) Unwrap() error { return e.Err }
