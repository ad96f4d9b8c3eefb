package filestore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
)

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// appendLine appends the line of a record. Records are JSON in one line.
func appendLine(b []byte, number uint64, record []byte) []byte {
	body := strconv.AppendUint(make([]byte, 0, len(record)+20), number, 10)
	body = append(append(append(body, ' '), record...), '\n')
	b = fmt.Appendf(b, "%08x %d ", checksum(body), len(body))
	return append(b, body...)
}

// maxPrefix is how long "checksum length " can be.
const maxPrefix = 8 + 1 + 20 + 1

// scan calls yield with every good record of a file, whose first size bytes
// count, and with where it ends. It stops at a torn line at the end, and returns
// an error at any other that is wrong.
func scan(file io.ReaderAt, size int64, path string, yield func(number uint64, record []byte, end int64) error) error {
	at, line, last := int64(len(header)), 2, uint64(0)
	r := bufio.NewReaderSize(io.NewSectionReader(file, at, size-at), 1<<20)
	damaged := func(format string, args ...any) error {
		return fmt.Errorf("%s:%d: %w: %s", path, line, ErrDamaged, fmt.Sprintf(format, args...))
	}
	var body []byte
	for ; at < size; line++ {
		prefix, err := r.Peek(int(min(maxPrefix, size-at)))
		if err != nil {
			return err
		}
		sum, length, n, ok := parsePrefix(prefix)
		if !ok {
			if rest := make([]byte, min(size-at, 1<<16)); torn(r, rest, size-at) {
				return nil
			}
			return damaged("does not begin with a checksum and a length")
		}
		if int64(length) > size-at-int64(n) {
			// The line is not all there. But if another follows, it was once.
			if torn(r, make([]byte, min(size-at, 1<<16)), size-at) {
				return nil
			}
			return damaged("want %d bytes, got %d", length, size-at-int64(n))
		}
		if _, err := r.Discard(n); err != nil {
			return err
		}
		if cap(body) < length {
			body = make([]byte, length)
		}
		body = body[:length]
		if _, err := io.ReadFull(r, body); err != nil {
			return err
		}
		at += int64(n + length)
		if checksum(body) != sum {
			// Pages of the file that the disk never got are zeros; no record
			// holds one.
			if at == size && bytes.IndexByte(body, 0) >= 0 {
				return nil
			}
			return damaged("checksum %08x, want %08x", checksum(body), sum)
		}
		digits, record, ok := bytes.Cut(body[:length-1], []byte(" "))
		number, err := strconv.ParseUint(string(digits), 10, 64)
		if !ok || err != nil || last != 0 && number != last+1 {
			return damaged("record number %q behind %d", digits, last)
		}
		last = number
		if err := yield(number, record, at); err != nil {
			return err
		}
	}
	return nil
}

// parsePrefix parses "checksum length ".
func parsePrefix(b []byte) (sum uint32, length, n int, ok bool) {
	if len(b) < 11 || b[8] != ' ' {
		return 0, 0, 0, false
	}
	end := bytes.IndexByte(b[9:], ' ')
	if end < 0 {
		return 0, 0, 0, false
	}
	s, err := strconv.ParseUint(string(b[:8]), 16, 32)
	l, err2 := strconv.ParseUint(string(b[9:9+end]), 10, 40)
	if errors.Join(err, err2) != nil || l < 3 {
		return 0, 0, 0, false
	}
	return uint32(s), int(l), 9 + end + 1, true
}

// torn reports whether the rest of the file can be what is left of one record
// that was being written: no line ends in it, or some of it never came to the
// disk. buf is for reading.
func torn(r io.Reader, buf []byte, rest int64) bool {
	feed := false
	for rest > 0 {
		b := buf[:min(int64(len(buf)), rest)]
		if _, err := io.ReadFull(r, b); err != nil {
			return false
		}
		rest -= int64(len(b))
		if bytes.IndexByte(b, 0) >= 0 {
			return true
		}
		feed = feed || bytes.IndexByte(b, '\n') >= 0
	}
	return !feed
}
