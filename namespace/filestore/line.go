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
		if !ok || int64(n+length) > size-at {
			if torn(file, at, size, false) {
				return nil
			}
			return damaged("no checksum and length, or not as many bytes as they say")
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
		if checksum(body) != sum {
			if torn(file, at, size, true) {
				return nil
			}
			return damaged("checksum %08x, want %08x", checksum(body), sum)
		}
		at += int64(n + length)
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

// sector is what a disk writes as a whole.
const sector = 512

// torn reports whether what stands from at on can be what is left of one record
// that was being written. Either its end is missing, or some sectors never came
// to the disk: they are zeros, and no record holds one. A record that is all
// there, as complete says, and is wrong otherwise, is not torn but damaged.
//
//	7a1f03c2 61 1 [{"op":"re            no line ends: torn
//	7a1f03c2 61 1 [{"op":"re␀␀␀␀␀␀␀     nor does one here
//	7a1f03c2 61 1 [{␀␀␀␀␀␀␀␀␀"…}]⏎      one ends, but sectors are missing
//	7a1f03c2 61 1 [{"op":"reXet",…}]⏎   damaged
func torn(file io.ReaderAt, at, size int64, complete bool) bool {
	r := bufio.NewReader(io.NewSectionReader(file, at, size-at))
	var last byte
	feed, hole := false, false
	run := int64(-1) // where a run of zeros begins
	for pos := at; pos < size; pos++ {
		c, err := r.ReadByte()
		if err != nil {
			return false
		}
		switch {
		case c == 0 && run < 0:
			run = pos
		case c != 0 && feed:
			return false // something follows the line: it was whole once
		case c != 0 && run >= 0:
			if (run != at && run%sector != 0) || pos%sector != 0 {
				return false
			}
			run, hole = -1, true
		}
		feed = feed || c == '\n'
		last = c
	}
	if feed {
		return hole
	}
	return !complete || last == 0
}
