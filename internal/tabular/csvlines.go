package tabular

import (
	"errors"
	"io"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/textpos"
)

// blockBytes is the size of a block of CSV, which is one batch of lines.
const blockBytes = 1 << 20

// A csvTable is what CSV returns.
type csvTable struct {
	*batches.Reader
	c *csvReader
}

// CSVLines makes a reader that [CSV] returned, and that nobody has read from, hand
// out lines instead of cells: records of the columns that are named, in their order,
// and of [LineColumn], which has each record of the file as a [csvtext.Writer] writes
// it, with its line feed. order, unless it is nil, are the fields of the file in the order in
// which they are written.
//
// Blocks of the file are read by several goroutines. A block with anything wrong, and
// all that follows it, is read as CSV reads it, with the same errors.
//
// It reports false, and changes nothing, where lines cannot be had: of one column, of
// columns with types, with a delimiter that is not ASCII. Release waits for a read
// of the source, which somebody else must end.
func CSVLines(r array.RecordReader, columns []string, order []int, workers int) (array.RecordReader, bool) {
	t, ok := r.(*csvTable)
	if !ok {
		return nil, false
	}
	c := t.c
	if c.opts.Schema != nil || c.opts.NoHeader || c.opts.Quote != 0 && c.opts.Quote != '"' || c.opts.Delimiter >= utf8.RuneSelf || c.schema.NumFields() < 2 {
		return nil, false
	}
	l := &csvLines{c: c, order: order, delimiter: ',', stop: make(chan struct{}), workers: max(workers, 1)}
	if c.opts.Delimiter != 0 {
		l.delimiter = byte(c.opts.Delimiter)
	}
	var fields []arrow.Field
	for _, name := range columns {
		at := c.schema.FieldIndices(name)
		if len(at) != 1 || name == LineColumn {
			return nil, false
		}
		l.wanted = append(l.wanted, at[0])
		fields = append(fields, c.schema.Field(at[0]))
	}
	if !slices.IsSorted(l.wanted) {
		return nil, false
	}
	l.schema = arrow.NewSchema(append(fields, arrow.Field{Name: LineColumn, Type: arrow.BinaryTypes.Binary}), nil)
	return batches.New(l.schema, l.next, func() { l.end(); t.Release() }), true
}

// csvLines reads lines: one goroutine cuts blocks, several look at them, and next
// takes what they made in the order of the file.
//
//	         ┌─► worker ─┐
//	cut ─jobs┼─► worker ─┼─► done of each block
//	  └────────── line ─────► next waits for the first
type csvLines struct {
	c         *csvReader
	schema    *arrow.Schema
	wanted    []int // fields
	order     []int
	delimiter byte
	workers   int

	line chan csvBlock // nil before the first
	stop chan struct{}
	wg   sync.WaitGroup
	pool blockPool
	slow *csvtext.Reader // from the first block on that has anything wrong
	rec  []string
}

// A csvBlock is a block on its way, or the error that ends the file.
type csvBlock struct {
	csvtext.Block
	err  error
	done chan arrow.Record // nil: something is wrong
}

func (l *csvLines) start() {
	l.line = make(chan csvBlock, 2*l.workers)
	jobs := make(chan csvBlock)
	blocks := csvtext.NewBlocks(l.c.r, l.c.block, l.pool.Allocate)
	l.wg.Go(func() {
		defer close(l.line)
		defer close(jobs)
		for {
			b := csvBlock{done: make(chan arrow.Record, 1)}
			if b.Block, b.err = blocks.Next(); b.err != nil {
				close(b.done)
			}
			select {
			case l.line <- b:
			case <-l.stop:
				if b.err == nil { // closed above
					close(b.done)
				}
				return
			}
			if b.err != nil {
				return
			}
			jobs <- b // workers end with jobs
		}
	})
	for range l.workers {
		l.wg.Go(func() {
			lines := csvtext.Lines{MaxRecord: l.c.longest}
			for b := range jobs {
				rec := l.record(&lines, b.Block)
				b.done <- rec
			}
		})
	}
}

// record returns the lines of a block, nil if anything is wrong with it, or if it
// ends inside a record.
func (l *csvLines) record(lines *csvtext.Lines, b csvtext.Block) arrow.Record {
	select {
	case <-l.stop:
		return nil
	default:
	}
	if l.order != nil || b.Cut {
		return nil
	}
	spare := l.pool.Allocate(roomBytes)
	lines.Spare(spare)
	if !lines.Read(b.Text, l.c.schema.NumFields(), l.delimiter, l.wanted) {
		return nil
	}
	return newRecord(l.schema, len(lines.Ends)-1, func(i int) arrow.Array {
		if i < len(lines.Values) {
			v := lines.Values[i]
			return textColumn(arrow.BinaryTypes.String, slices.Clone(v.Ends), memory.NewBufferBytes(slices.Clone(v.Text)))
		}
		// The block is used again once the record is gone, and so is what was written anew.
		text := memory.NewBufferWithAllocator(lines.Text, &blockMemory{Allocator: memory.NewGoAllocator(), pool: &l.pool, block: b.Text, spare: spare})
		return textColumn(arrow.BinaryTypes.Binary, slices.Clone(lines.Ends), text)
	})
}

// next returns the next batch of lines.
func (l *csvLines) next() (arrow.Record, error) {
	if l.line == nil {
		l.start()
	}
	for l.slow == nil {
		b, more := <-l.line
		if !more {
			return nil, nil
		}
		if b.err != nil {
			return nil, l.failed(b.err)
		}
		rec := <-b.done
		switch {
		case rec == nil:
			l.slow = csvtext.NewReaderAt(&blockReader{l: l, text: b.Text}, b.Line, l.c.schema.NumFields(),
				&csvtext.Options{File: l.c.name, Delimiter: l.c.opts.Delimiter, MaxRecord: l.c.longest})
			l.c.r = l.slow // which reports further problems
		case rec.NumRows() > 0:
			return rec, nil
		default:
			rec.Release()
		}
	}
	return l.slowly()
}

// failed returns nil for the end of the file.
func (l *csvLines) failed(err error) error {
	if err == io.EOF {
		return nil
	}
	return textpos.InFile(l.c.name, err)
}

// slowly reads a batch of lines as CSV does.
func (l *csvLines) slowly() (arrow.Record, error) {
	var text []byte
	ends := []int32{0}
	values := make([]texts, len(l.wanted))
	for i := range values {
		values[i].offsets = []int32{0}
	}
	for len(ends) <= batchRows && len(text) < batchBytes {
		record, err := l.slow.ReadBytes()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, l.c.problems(err)
		}
		for i, at := range l.wanted {
			values[i].add(record[at])
		}
		l.rec = l.rec[:0]
		for i := range record {
			at := i
			if l.order != nil {
				at = l.order[i]
			}
			l.rec = append(l.rec, string(record[at]))
		}
		text = csvtext.AppendRecordWith(text, l.rec, rune(l.delimiter))
		ends = append(ends, int32(len(text)))
	}
	if len(ends) == 1 {
		return nil, nil
	}
	return newRecord(l.schema, len(ends)-1, func(i int) arrow.Array {
		if i < len(values) {
			return values[i].take()
		}
		return textColumn(arrow.BinaryTypes.Binary, ends, memory.NewBufferBytes(text))
	}), nil
}

// end ends the goroutines.
func (l *csvLines) end() {
	close(l.stop)
	if l.line == nil {
		return
	}
	for b := range l.line {
		if b.err != nil {
			continue
		}
		if rec := <-b.done; rec != nil {
			rec.Release()
		}
	}
	l.wg.Wait()
}

// A blockReader reads the text of a block and of all that follow.
type blockReader struct {
	l    *csvLines
	text []byte
	err  error
}

// Read implements [io.Reader].
func (r *blockReader) Read(p []byte) (int, error) {
	for len(r.text) == 0 && r.err == nil {
		b, more := <-r.l.line
		switch {
		case !more:
			r.err = io.EOF
		case b.err != nil:
			r.err = b.err
		default:
			if rec := <-b.done; rec != nil {
				// Its memory may be used again when the record is gone.
				r.text = slices.Clone(b.Text)
				rec.Release()
			} else {
				r.text = b.Text
			}
		}
	}
	if len(r.text) == 0 {
		return 0, r.err
	}
	n := copy(p, r.text)
	r.text = r.text[n:]
	return n, nil
}

// roomBytes is what the pool hands out: room for a block, and for its records if
// they are written with some more quotes.
const roomBytes = blockBytes + blockBytes/8

// A blockPool keeps the memory of blocks whose records are gone.
type blockPool struct {
	mu   sync.Mutex
	free [][]byte
}

// Allocate returns memory, whatever it holds.
func (p *blockPool) Allocate(size int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); size <= roomBytes && n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b[:size]
	}
	return make([]byte, size, max(size, roomBytes))
}

// Free takes memory back.
func (p *blockPool) Free(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cap(b) >= roomBytes && cap(b) < 2*roomBytes && len(p.free) < 16 {
		p.free = append(p.free, b[:0])
	}
}

// blockMemory gives the memory of a record back to the pool.
type blockMemory struct {
	memory.Allocator
	pool         *blockPool
	block, spare []byte
}

// Free is called once, by the last Release of the lines.
func (m *blockMemory) Free([]byte) {
	m.pool.Free(m.block)
	m.pool.Free(m.spare)
}
