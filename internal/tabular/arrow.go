package tabular

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/internal/arraycheck"
	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/recovered"
	"github.com/rowsight/rowsight/internal/textpos"
)

// ArrowMagic is what an Arrow file, and no stream, begins with.
const ArrowMagic = "ARROW1"

// ArrowStream reads an IPC stream. A name for the input begins messages. prune,
// which may be nil, says what need not be read.
func ArrowStream(name string, in io.Reader, prune *Prune) (array.RecordReader, error) {
	return readArrow(name, &frames{next: streamFrames(in), prune: prune})
}

// ArrowFile reads an IPC file of size bytes, by way of its footer.
func ArrowFile(name string, in io.ReaderAt, size int64, prune *Prune) (array.RecordReader, error) {
	next, err := fileFrames(in, size)
	if err != nil {
		return nil, textpos.InFile(name, err)
	}
	return readArrow(name, &frames{next: next, prune: prune})
}

// readArrow believes nothing: frames looks at the messages before they are
// decoded, and arraycheck at the arrays that come of them.
func readArrow(name string, f *frames) (_ array.RecordReader, err error) {
	fail := func(err error) error { return textpos.InFile(name, err) }
	r, err := ipc.NewReaderFromMessageReader(f)
	if err != nil {
		return nil, fail(err)
	}
	n := 0
	next := func() (rec arrow.Record, err error) {
		defer func() {
			if p := recover(); p != nil {
				rec, err = nil, fail(fmt.Errorf("batch %d: %w", n+1, recovered.Error(p, nil)))
			}
		}()
		if !r.Next() {
			if r.Err() != nil {
				return nil, fail(fmt.Errorf("batch %d: %w", n+1, r.Err()))
			}
			return nil, nil
		}
		if err := arraycheck.Validate(r.Record()); err != nil {
			return nil, fail(fmt.Errorf("batch %d: %w", n+1, err))
		}
		f.prune.look(r.Record())
		n++
		r.Record().Retain()
		return r.Record(), nil
	}
	return batches.New(r.Schema(), next, r.Release), nil
}
