package audit

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/textpos"
)

// Errors of records of a trail.
var (
	ErrShape    = errors.New("not an audit record: want eventName and eventTime, or Records")
	ErrTime     = errors.New("not a time as in 2026-11-21T23:03:54Z")
	ErrTooLarge = errors.New("the file is too large")
)

const (
	// MaxFile is the greatest size in bytes of a file that is one JSON document, as
	// CloudTrail delivers them. Files with one record a line have no limit.
	MaxFile = 1 << 30

	maxErrors = 100 // of one file
)

// A ReadError is one invalid record: its position, Pos, and the reason, Err. It
// never quotes the file, which may contain secrets.
type ReadError = textpos.Error

// A raw is the part of a record that a trail uses. The members of a request differ
// from service to service; they are decoded only for known events.
type raw struct {
	EventTime    string   `json:"eventTime"`
	EventSource  string   `json:"eventSource"`
	EventName    string   `json:"eventName"`
	EventID      string   `json:"eventID"`
	RequestID    string   `json:"requestID"`
	AWSRegion    string   `json:"awsRegion"`
	ErrorCode    string   `json:"errorCode"`
	UserIdentity Identity `json:"userIdentity"`
	Account      string   `json:"recipientAccountId"`

	Request    json.RawMessage `json:"requestParameters"`
	Response   json.RawMessage `json:"responseElements"`
	Additional json.RawMessage `json:"additionalEventData"`
	Details    json.RawMessage `json:"serviceEventDetails"`
	Resources  json.RawMessage `json:"resources"`
}

// A parser reads the records of one file and calls a function with each.
type parser struct {
	file string
	emit func(raw, time.Time, int)
	errs []error
}

func (p *parser) fail(line, column int, err error) {
	p.errs = append(p.errs, &ReadError{Pos: textpos.At(p.file, line, column), Err: err})
}

// read reads a file in any of the supported formats, compressed or not.
func (p *parser) read(r io.Reader) {
	in := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(in)
		if err != nil {
			p.fail(1, 1, err)
			return
		}
		defer z.Close()
		in = bufio.NewReaderSize(z, 64<<10)
	}
	line, err := readTextLine(in)
	if err == nil && json.Valid(line) {
		p.lines(in, line)
		return
	}
	if err != nil && !errors.Is(err, io.EOF) {
		p.fail(1, 1, err)
		return
	}
	rest, err := io.ReadAll(io.LimitReader(in, MaxFile+1))
	if err == nil && len(line)+len(rest) > MaxFile {
		err = ErrTooLarge
	}
	if err != nil {
		p.fail(1+bytes.Count(line, []byte{'\n'}), 1, err)
		return
	}
	p.documents(append(line, rest...))
}

// readTextLine returns the next line with its line feed. At the end of the file
// it returns the remaining bytes, or io.EOF if no bytes remain.
func readTextLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if line = append(line, part...); len(line) > MaxFile {
			return nil, ErrTooLarge
		}
		switch {
		case err == nil, errors.Is(err, io.EOF) && len(line) > 0:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// lines reads a file with a document on each line.
func (p *parser) lines(in *bufio.Reader, line []byte) {
	var err error
	for n := 1; err == nil && len(p.errs) < maxErrors; n++ {
		if len(bytes.TrimSpace(line)) > 0 {
			p.document(line, func(offset int) (int, int) { return n, offset + 1 })
		}
		line, err = readTextLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			p.fail(n+1, 1, err)
		}
	}
}

// documents reads a sequence of JSON documents of any number of lines.
func (p *parser) documents(text []byte) {
	d := json.NewDecoder(bytes.NewReader(text))
	for len(p.errs) < maxErrors {
		var doc json.RawMessage
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return
		}
		end := int(d.InputOffset())
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				end = len(text)
			}
			line, column := position(text, syntaxOffset(err, end))
			p.fail(line, column, withoutText(err))
			return
		}
		begin := end - len(doc)
		p.document(doc, func(offset int) (int, int) { return position(text, begin+offset) })
	}
}

// position returns the line and the byte column of an offset, counted from 1.
func position(text []byte, offset int) (line, column int) {
	before := text[:min(offset, len(text))]
	return 1 + bytes.Count(before, []byte{'\n'}), len(before) - bytes.LastIndexByte(before, '\n')
}

func syntaxOffset(err error, offset int) int {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return max(0, int(syntax.Offset)-1) // the offset is that behind the byte
	}
	return offset
}

// withoutText returns the reason of a JSON error without text of the file.
func withoutText(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("not JSON")
	case errors.As(err, &kind):
		want := kind.Type.Kind().String()
		if want == "struct" || want == "map" {
			want = "object"
		}
		if field := strings.TrimPrefix(kind.Field, "raw."); field != "" {
			return fmt.Errorf("%s: got %s, want %s", field, kind.Value, want)
		}
		return fmt.Errorf("got %s, want %s", kind.Value, want)
	}
	return err
}

// document reads one document: a record, a list of them, or an object that has
// them as Records.
func (p *parser) document(doc []byte, at func(offset int) (line, column int)) {
	trimmed := bytes.TrimLeft(doc, " \t\r\n")
	start := len(doc) - len(trimmed)
	if len(trimmed) > 0 && trimmed[0] == '[' {
		p.list(trimmed, func(offset int) (int, int) { return at(start + offset) })
		return
	}
	var log struct {
		Records *json.RawMessage
		raw
	}
	if err := json.Unmarshal(trimmed, &log); err != nil {
		line, column := at(start + syntaxOffset(err, 0))
		p.fail(line, column, withoutText(err))
		return
	}
	if log.Records != nil {
		begin := bytes.Index(trimmed, *log.Records) // of equal texts the first will do
		p.list(*log.Records, func(offset int) (int, int) { return at(start + begin + offset) })
		return
	}
	p.record(log.raw, start, at)
}

// list reads a list of records.
func (p *parser) list(text []byte, at func(offset int) (line, column int)) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		line, column := at(0)
		p.fail(line, column, ErrShape)
		return
	}
	for d.More() && len(p.errs) < maxErrors {
		var doc json.RawMessage
		if err := d.Decode(&doc); err != nil {
			line, column := at(syntaxOffset(err, int(d.InputOffset())))
			p.fail(line, column, withoutText(err))
			return
		}
		begin := int(d.InputOffset()) - len(doc)
		var r raw
		if err := json.Unmarshal(doc, &r); err != nil {
			line, column := at(begin)
			p.fail(line, column, withoutText(err))
			continue
		}
		p.record(r, begin, at)
	}
}

// record validates a record and passes it on.
func (p *parser) record(r raw, offset int, at func(int) (line, column int)) {
	line, column := at(offset)
	if r.EventName == "" || r.EventTime == "" {
		p.fail(line, column, ErrShape)
		return
	}
	when, err := time.Parse(time.RFC3339, r.EventTime)
	if err != nil {
		p.fail(line, column, fmt.Errorf("eventTime: %w", ErrTime))
		return
	}
	p.emit(r, when.UTC(), line)
}
