package csvtext

import (
	"bytes"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// Lines are the records of a [Block], and the values of some of their fields. The
// zero Lines is ready for use, by one goroutine at a time.
type Lines struct {
	// MaxRecord is the size in bytes a record may have; 0 means [DefaultMaxRecord].
	// A Reader may accept a record that is a few bytes longer.
	MaxRecord int

	// Text is the records, as a [Writer] writes them: the bytes of the block, if
	// they stand there that way. Ends is where each of them ends in Text, from 0 on.
	Text []byte
	Ends []int32

	// Values are the texts of the fields that were asked for, and where each ends.
	Values []Values

	record []string
	bom    bool
	spare  []byte
}

// Values are texts, one behind the other.
type Values struct {
	Text []byte
	Ends []int32
}

func (v *Values) add(text []byte) {
	v.Text = append(v.Text, text...)
	v.Ends = append(v.Ends, int32(len(v.Text)))
}

// A span is a field in a block, without its quotes.
type span struct {
	lo, hi  int
	escaped bool
}

// Read finds the records of a block, each of which must have so many fields, at
// least two, with a delimiter that is ASCII and double quotes. It takes the values
// of the fields of some numbers, which are in order. It reports false if anything is
// wrong with the block, which a [Reader] then says. The block must not be cut.
//
// Most records are not looked at byte by byte: the end, the delimiters of the
// fields in front and the number of the others are found by instructions that
// compare many bytes at once.
func (l *Lines) Read(b []byte, fields int, delimiter byte, wanted []int) bool {
	longest := l.MaxRecord
	if longest <= 0 {
		longest = DefaultMaxRecord
	}
	l.Text, l.Ends = nil, append(l.Ends[:0], 0)
	l.Values = slices.Grow(l.Values[:0], len(wanted))[:len(wanted)]
	for i := range l.Values {
		l.Values[i].Text, l.Values[i].Ends = l.Values[i].Text[:0], append(l.Values[i].Ends[:0], 0)
	}
	if fields < 2 || delimiter >= utf8.RuneSelf || !utf8.Valid(b) {
		return false
	}
	// A text is quoted if it begins with a byte order mark. There is hardly ever one.
	l.bom = bytes.Contains(b, []byte("\uFEFF"))
	returns := bytes.IndexByte(b, '\r') >= 0
	var out []byte // the records, if they are not the block itself
	anew := false
	for at := 0; at < len(b); {
		if blank := blankLine(b[at:]); blank > 0 { // no record
			if !anew {
				out, anew = append(l.memory(len(b)+1), b[:at]...), true
			}
			at += blank
			continue
		}
		end, next, same, ok := l.readRecord(b, at, fields, delimiter, wanted, returns)
		if !ok || next-at > longest {
			return false
		}
		same = same && !l.bom
		if !anew && !(same && next == end+1) {
			out, anew = append(l.memory(len(b)+1), b[:at]...), true
		}
		switch {
		case !anew:
			l.Ends = append(l.Ends, int32(next))
		case same:
			out = append(append(out, b[at:end]...), '\n')
			l.Ends = append(l.Ends, int32(len(out)))
		default:
			out = l.write(out, b, at, end, delimiter)
			l.Ends = append(l.Ends, int32(len(out)))
		}
		at = next
	}
	if l.Text = b; anew {
		l.Text = out
	}
	return true
}

// Spare gives the next Read memory for the text of records that it writes anew.
// What is in it gets lost.
func (l *Lines) Spare(b []byte) { l.spare = b[:0] }

// memory returns memory for so many bytes.
func (l *Lines) memory(size int) []byte {
	b := l.spare
	if l.spare = nil; cap(b) < size {
		return make([]byte, 0, size+size/16)
	}
	return b
}

// blankLine returns the length of the line in front, if it is blank.
func blankLine(b []byte) int {
	switch {
	case b[0] == '\n':
		return 1
	case len(b) > 1 && b[0] == '\r' && b[1] == '\n':
		return 2
	}
	return 0
}

// readRecord finds the end of the record at a place, and where the next one begins. same
// says that a Writer writes the record as it stands there.
func (l *Lines) readRecord(b []byte, at, fields int, delimiter byte, wanted []int, returns bool) (end, next int, same, ok bool) {
	lineEnd := func(from int) int {
		if n := bytes.IndexByte(b[from:], '\n'); n >= 0 {
			return from + n
		}
		return len(b)
	}
	eol := lineEnd(at)
	same = true
	field, want := 0, 0 // want is the next of wanted
	for {
		// A run of fields without quotes, up to a quote or the end of the line.
		stop := eol
		if n := bytes.IndexByte(b[at:eol], '"'); n >= 0 {
			stop = at + n
		}
		run := b[at:stop]
		last := stop == eol
		if last && returns {
			if bytes.HasSuffix(run, []byte{'\r'}) && eol < len(b) {
				run = run[:len(run)-1]
			}
			if bytes.IndexByte(run, '\r') >= 0 {
				return 0, 0, false, false
			}
		} else if returns && bytes.IndexByte(run, '\r') >= 0 {
			return 0, 0, false, false
		}
		if !last && len(run) > 0 && run[len(run)-1] != delimiter {
			return 0, 0, false, false // a quote in the middle of a field
		}
		same = same && !outerSpace(run, delimiter)
		count := bytes.Count(run, []byte{delimiter})
		if last {
			count++
		}
		for from, k := 0, 0; want < len(wanted) && wanted[want] < field+count; k++ {
			to := bytes.IndexByte(run[from:], delimiter)
			if to < 0 {
				to = len(run) - from
			}
			if field+k == wanted[want] {
				l.Values[want].add(run[from : from+to])
				want++
			}
			from += to + 1
		}
		field += count
		if last {
			return at + len(run), min(eol+1, len(b)), same && eol < len(b), field == fields
		}
		// A quoted field.
		s := span{lo: stop + 1}
		for from := s.lo; ; {
			n := bytes.IndexByte(b[from:], '"')
			if n < 0 {
				return 0, 0, false, false
			}
			s.hi = from + n
			if s.hi+1 == len(b) || b[s.hi+1] != '"' {
				break
			}
			s.escaped = true
			from = s.hi + 2
		}
		if want < len(wanted) && wanted[want] == field {
			l.Values[want].add(s.text(b))
			want++
		}
		same = same && s.needsQuotes(b, delimiter)
		field++
		at = s.hi + 1
		if at > eol {
			eol = lineEnd(at)
		}
		switch {
		case at == len(b) || b[at] == '\n':
			return at, min(at+1, len(b)), same && at < len(b), field == fields
		case b[at] == '\r' && at+1 < len(b) && b[at+1] == '\n':
			return at, at + 2, same, field == fields
		case b[at] != delimiter:
			return 0, 0, false, false
		}
		at++
	}
}

// outerSpace reports whether a field of a run begins or ends with a space.
func outerSpace(run []byte, delimiter byte) bool {
	for from := 0; ; {
		n := bytes.IndexByte(run[from:], ' ')
		if n < 0 {
			return false
		}
		at := from + n
		if at == 0 || run[at-1] == delimiter || at+1 == len(run) || run[at+1] == delimiter {
			return true
		}
		from = at + 1
	}
}

// needsQuotes reports whether a Writer would quote the text of a field.
func (s span) needsQuotes(b []byte, delimiter byte) bool {
	text := b[s.lo:s.hi]
	if s.escaped || len(text) > 0 && (text[0] == ' ' || text[len(text)-1] == ' ') {
		return true
	}
	return bytes.IndexByte(text, delimiter) >= 0 || bytes.IndexByte(text, '\n') >= 0 || bytes.IndexByte(text, '\r') >= 0
}

// text returns the text of a field.
func (s span) text(b []byte) []byte {
	if s.escaped {
		return bytes.ReplaceAll(b[s.lo:s.hi], []byte(`""`), []byte{'"'})
	}
	return b[s.lo:s.hi]
}

// write appends a record that readRecord found as a Writer writes it.
func (l *Lines) write(out, b []byte, at, end int, delimiter byte) []byte {
	l.record = l.record[:0]
	for {
		s := span{lo: at}
		if at < end && b[at] == '"' {
			s.lo = at + 1
			for s.hi = s.lo; ; s.hi++ {
				s.hi += bytes.IndexByte(b[s.hi:end], '"')
				if s.hi+1 >= end || b[s.hi+1] != '"' {
					break
				}
				s.escaped = true
				s.hi++
			}
			at = s.hi + 1
		} else {
			n := bytes.IndexByte(b[at:end], delimiter)
			if n < 0 {
				n = end - at
			}
			at += n
			s.hi = at
		}
		text := s.text(b)
		l.record = append(l.record, unsafe.String(unsafe.SliceData(text), len(text))) // not kept
		if at == end {
			return appendRecord(out, l.record, Options{Delimiter: rune(delimiter), Quote: '"'})
		}
		at++ // the delimiter
	}
}
