package quicksight

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice/embed"
)

// Questions are asked at a route of this service that is not one of the API:
//
//	POST /rowsight/data-sets/{DataSetId}/query?namespace=default&user=al
//
// The body is a question of package query as JSON. A signed request gets the answer
// over the rows that the registered user sees. A request with the bearer token of an
// embedded session gets the answer over the rows of that session, and names no user.

// asked returns the data set that a request asks a question about.
func asked(r *http.Request) (set string, ok bool) {
	path, found := strings.CutPrefix(r.URL.Path, rowsPath+"/data-sets/")
	set, ok = strings.CutSuffix(path, "/query")
	return set, found && ok && set != "" && !strings.Contains(set, "/")
}

// bearer reports whether a request has the token of a session.
func bearer(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer")
}

// question answers a question of a registered user.
func (s *Service) question(w http.ResponseWriter, c *call, id string, body []byte) error {
	if c.r.Method != http.MethodPost {
		return refuse(unknownOperation, "want POST %s/data-sets/{DataSetId}/query?namespace=NAMESPACE&user=NAME", rowsPath)
	}
	if err := c.authorize(readRows, s.arn(namespace.KindDataset, id)); err != nil {
		return err
	}
	session, err := c.reader()
	if err != nil {
		return err
	}
	q, err := query.Parse(bytes.NewReader(body), nil)
	if err != nil {
		return refuse(invalidParameter, "%s", err)
	}
	d, err := s.store.Dataset(id)
	if err != nil {
		return err
	}
	answer, err := d.Ask(c.ctx(), session, q, nil)
	switch {
	case errors.Is(err, eval.ErrMemory):
		return refuse(limitExceeded, "the question has too many groups or values")
	case errors.Is(err, eval.ErrOverflow):
		return refuse(invalidParameter, "a sum has more than 38 digits")
	case err != nil:
		return err
	}
	defer answer.Release()
	if err := embed.ServeAnswer(w, c.r, answer); err != nil {
		s.opts.Logger.WarnContext(c.ctx(), "quicksight: an answer was broken off", "request", c.id, "error", err)
	}
	return nil
}
