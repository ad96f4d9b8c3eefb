package embed

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/spice"
)

// MediaType is the media type of an Arrow IPC stream.
const MediaType = "application/vnd.apache.arrow.stream"

// StatusTrailer is the HTTP trailer with the end of a stream: "complete", or
// the code of a [Problem].
const StatusTrailer = "X-Rowsight-Status"

// ServeRecords responds with the visible rows of a dataset as an Arrow IPC
// stream. For an error before the first row it calls [WriteError]. After a
// later error, no client can mistake the stream for a complete one: the stream
// stops inside a message, which no reader accepts, the trailer names the
// problem, and the connection is closed where the server supports it. Full
// reasons are logged.
func ServeRecords(w http.ResponseWriter, r *http.Request, d *Dataset) { serveRead(w, r, d, nil) }

// serveRead is [ServeRecords] of a part of the rows.
func serveRead(w http.ResponseWriter, r *http.Request, d *Dataset, opts *spice.ReadOptions) {
	ctx := r.Context()
	schema, err := d.Schema(ctx)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	next, stop := iter.Pull2(d.Read(ctx, opts))
	defer stop()
	rec, err, more := next() // before the header is written: most errors are there at once
	if more && err != nil {
		d.fail(w, r, err)
		return
	}
	h := w.Header()
	secure(h)
	h.Set("Content-Type", MediaType)
	h.Set("Trailer", StatusTrailer)
	h.Set("Content-Disposition", "attachment") // never a page of this site
	if r.Method == http.MethodHead {
		return
	}
	out := &stoppable{w: w}
	stream := ipc.NewWriter(out, ipc.WithSchema(chosen(schema, opts)))
	for ; more && err == nil; rec, err, more = next() {
		if err = stream.Write(rec); err != nil {
			break
		}
	}
	if err == nil {
		err = stream.Close() // writes the schema, if there was no row, and the end
	}
	if err == nil {
		h.Set(StatusTrailer, "complete")
		return
	}
	out.stopped = true
	_ = stream.Close() // it holds dictionaries; the end that it writes goes nowhere
	h.Set(StatusTrailer, Public(err).Code)
	d.log(ctx, err)
	breakOff(w)
}

// stoppable is a writer that can be told to write no more.
type stoppable struct {
	w       io.Writer
	stopped bool
}

func (s *stoppable) Write(b []byte) (int, error) {
	if s.stopped {
		return len(b), nil
	}
	return s.w.Write(b)
}

// broken begins an IPC message of 1 KiB and stops within it. A stream that just
// stops is a whole one to many readers, and so is, for that of Arrow Go, one
// that stops before the first byte of a message.
const broken = "\xff\xff\xff\xff\x00\x04\x00\x00\x10"

// breakOff ends an answer so that nobody takes it for a whole one.
func breakOff(w http.ResponseWriter) {
	_, _ = w.Write([]byte(broken))
	c := http.NewResponseController(w)
	_ = c.Flush()
	// From here on the server cannot write, so not the end of the answer either.
	_ = c.SetWriteDeadline(time.Unix(1, 0))
}

// fail answers with an error, and logs it.
func (d *Dataset) fail(w http.ResponseWriter, r *http.Request, err error) {
	d.log(r.Context(), err)
	if d == nil || d.session == nil {
		WriteError(w, r, err)
		return
	}
	d.session.server.writeError(w, r, err)
}

func (d *Dataset) log(ctx context.Context, err error) {
	if d == nil || d.session == nil || gone(err) {
		return
	}
	d.session.server.opts.Logger.WarnContext(ctx, "embed: a read failed", "user", d.session.User().String(), "dataset", d.ARN().String(), "error", err)
}

// gone reports whether an error says that somebody stopped waiting.
func gone(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
