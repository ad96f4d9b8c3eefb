package embed

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
)

// maxQuestion bounds the question of a page, in bytes.
const maxQuestion = 256 << 10

// Questions handles POST with a question of package query as JSON. It answers
// from the rows of a dataset that the session of the request sees. Use it
// behind [Server.Require].
//
// The answer is the JSON of [eval.Result]. A request that accepts [MediaType]
// gets the groups as an Arrow IPC stream, without totals. An invalid question,
// or one that names a column that the session does not see, gets status 400.
func Questions(dataset namespace.ARN) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session := FromContext(r.Context())
		if err := post(r); err != nil {
			WriteError(w, r, err)
			return
		}
		d, err := session.Open(r.Context(), dataset)
		if err != nil {
			session.server.writeError(w, r, err)
			return
		}
		q, err := query.Parse(http.MaxBytesReader(w, r.Body, maxQuestion+1), &query.ParseOptions{Max: maxQuestion})
		if err != nil {
			d.fail(w, r, fmt.Errorf("%w: %w", errBody, err))
			return
		}
		answer, err := d.Ask(r.Context(), q, nil)
		if err != nil {
			d.fail(w, r, err)
			return
		}
		defer answer.Release()
		if err := ServeAnswer(w, r, answer); err != nil {
			d.log(r.Context(), err)
		}
	})
}

// ServeAnswer answers a request with the answer to a question: as the JSON of
// [eval.Result], or with its groups as an Arrow IPC stream if the request accepts
// [MediaType]. After an error, the response is incomplete: write nothing more to w.
func ServeAnswer(w http.ResponseWriter, r *http.Request, answer *eval.Result) error {
	secure(w.Header())
	if answer == nil || answer.Rows == nil {
		WriteError(w, r, ErrForbidden)
		return nil
	}
	if !acceptsArrow(r) {
		writeJSON(w, http.StatusOK, answer)
		return nil
	}
	w.Header().Set("Content-Type", MediaType)
	w.Header().Set("Content-Disposition", "attachment")
	out := &stoppable{w: w}
	stream := ipc.NewWriter(out, ipc.WithSchema(answer.Rows.Schema()))
	err := stream.Write(answer.Rows)
	if err == nil {
		err = stream.Close()
	}
	if err != nil {
		out.stopped = true
		_ = stream.Close()
		breakOff(w)
	}
	return err
}

// acceptsArrow reports whether a request names the media type of Arrow streams.
func acceptsArrow(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept"), ",") {
		if media, _, err := mime.ParseMediaType(part); err == nil && media == MediaType {
			return true
		}
	}
	return false
}
