package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

var errPanic = errors.New("audit stream: the destination panicked")

// A Stream writes records with their chain to any destination: a table, a queue, an
// object store, the standard output of a container. The lines are those of a [Log], so
// [Check] verifies them. A Stream is a [Sink] and safe for concurrent use. The zero
// Stream rejects every record.
//
// A destination has one chain, and one Stream at a time may write it. Give each process
// a destination of its own, or the chain forks and does not verify.
type Stream struct {
	to   io.Writer
	opts StreamOptions

	mu   sync.Mutex
	head Head
	err  error // why nothing more can be written
}

// StreamOptions configure [NewStream]; nil is the default.
type StreamOptions struct {
	Key  []byte           // 16 bytes or more: only holders of it can write lines that verify; nil is none
	Last []byte           // the last line that the destination has; nil starts a chain
	Now  func() time.Time // for records without a time; nil is time.Now
}

// NewStream returns a stream to a destination. Each record is one call of Write with
// one whole line and its line feed. Write must return nil only when the line is stored,
// because the operation that it records takes place then. Calls do not overlap.
//
// To go on with a chain after a restart, pass its last line as Last. A line that is not
// whole, was changed, or was written with another key is an error. For a file, use
// [OpenLog]: it finds the last line, locks the file, and waits for the disk.
func NewStream(to io.Writer, opts *StreamOptions) (*Stream, error) {
	s := &Stream{to: to}
	if opts != nil {
		s.opts = *opts
		s.opts.Key = bytes.Clone(opts.Key)
	}
	if s.opts.Now == nil {
		s.opts.Now = time.Now
	}
	if to == nil {
		return nil, fmt.Errorf("audit stream: %w", ErrClosed)
	}
	if s.opts.Key != nil && len(s.opts.Key) < minKey {
		return nil, fmt.Errorf("audit stream: %w", ErrKey)
	}
	if last := bytes.TrimSuffix(s.opts.Last, []byte("\n")); len(last) > 0 {
		link, err := parseLine(last)
		if err != nil {
			return nil, fmt.Errorf("audit stream: the last line: %w", err)
		}
		if !link.own(s.opts.Key) {
			return nil, fmt.Errorf("audit stream: the last line: %w", ErrDigest)
		}
		s.head = link.at
	}
	return s, nil
}

// Append writes a record. After an error or a panic of the destination, nobody knows
// whether it has the line, so the stream rejects every further record. Make a new one
// with the last line that the destination has.
func (s *Stream) Append(ctx context.Context, r Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s == nil || s.to == nil {
		return ErrClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	text, err := json.Marshal(complete(r, s.opts.Now))
	if err != nil {
		return fmt.Errorf("audit stream: %w", err)
	}
	line, next := s.head.appendLine(nil, text, s.opts.Key)
	if len(line) > MaxLine+1 {
		return fmt.Errorf("audit stream: %w: longer than %d bytes", ErrLine, MaxLine)
	}
	s.err = errPanic // which a caller may recover from
	n, err := s.to.Write(line)
	if err == nil && n != len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		s.err = fmt.Errorf("audit stream: %w", err)
		return s.err
	}
	s.head, s.err = next, nil
	return nil
}

// Head returns the current end of the chain. Keep it apart from the destination: it
// then shows that lines were removed at the end.
func (s *Stream) Head() Head {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head
}
