package input

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// openArrow reads an IPC stream, or a file by way of its footer. Nothing in it
// is believed: frames looks at the messages before they are decoded, and arrow18
// at the arrays that come of them.
func openArrow(s *source) (_ array.RecordReader, err error) {
	fail := func(err error) error { return &Error{File: s.name, Err: err} }
	var f frames
	if s.arrowFile {
		if err := s.spool(); err != nil {
			return nil, err
		}
		f.next, err = fileFrames(s, s.size)
		if err != nil {
			return nil, fail(err)
		}
	} else {
		f.next = streamFrames(s)
	}
	r, err := ipc.NewReaderFromMessageReader(&f)
	if err != nil {
		return nil, fail(err)
	}
	n := 0
	next := func() (rec arrow.Record, err error) {
		defer func() {
			if p := recover(); p != nil {
				rec, err = nil, fail(fmt.Errorf("batch %d: %v", n+1, p))
			}
		}()
		if !r.Next() {
			if r.Err() != nil {
				return nil, fail(fmt.Errorf("batch %d: %w", n+1, r.Err()))
			}
			return nil, nil
		}
		if err := arrow18.Validate(r.Record()); err != nil {
			return nil, fail(fmt.Errorf("batch %d: %w", n+1, err))
		}
		n++
		r.Record().Retain()
		return r.Record(), nil
	}
	return newBatches(r.Schema(), next, r.Release), nil
}
