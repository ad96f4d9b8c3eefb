package embed

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice"
)

// Rows handles GET with the rows of a dataset that the session of the request
// sees; see [ServeRecords]. Use it behind [Server.Require].
//
// The page can request fewer rows and columns with parameters of the URL:
//
//	column=month&column=revenue     columns, in this order; all visible ones without it
//	where=region in ("East")        a filter, as [predicate.Parse] reads it
//	limit=100                       the largest number of rows
//
// The filter applies after the rules of the dataset (see [spice.ReadOptions]).
// Unknown and invalid parameters get status 400.
func Rows(dataset namespace.ARN) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			WriteError(w, r, errMethod)
			return
		}
		session := FromContext(r.Context())
		d, err := session.Open(r.Context(), dataset)
		if err != nil {
			session.server.writeError(w, r, err)
			return
		}
		opts, err := readOptions(r.URL.RawQuery)
		if err != nil {
			d.fail(w, r, err)
			return
		}
		serveRead(w, r, d, opts)
	})
}

// maxWhere bounds the filter of a page, in bytes.
const maxWhere = 64 << 10

// readOptions reads the parameters of a page. Without parameters it returns nil.
// Errors name the parameter and not its value.
func readOptions(query string) (*spice.ReadOptions, error) {
	params, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("%w: the parameters cannot be read", errBody)
	}
	if len(params) == 0 {
		return nil, nil
	}
	opts := &spice.ReadOptions{Where: predicate.All()}
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: parameter %s", errBody, fmt.Sprintf(format, args...)))
	}
	for name, values := range params {
		if name != "column" && len(values) > 1 {
			bad("%q: got %d values, want one", name, len(values))
			continue
		}
		switch name {
		case "column":
			opts.Columns = values
		case "where":
			if len(values[0]) > maxWhere {
				bad("where: got %d bytes, want at most %d", len(values[0]), maxWhere)
			} else if opts.Where, err = predicate.Parse(values[0]); err != nil {
				bad("where: want a predicate such as region in (\"East\")")
			}
		case "limit":
			if opts.Limit, err = strconv.ParseInt(values[0], 10, 64); err != nil || opts.Limit < 1 {
				bad("limit: want a number from 1")
			}
		default:
			bad("%q: want column, where or limit", name)
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return opts, nil
}

// chosen returns the schema of what is read: the columns asked for. A column that
// the session does not see is reported by the read.
func chosen(visible *arrow.Schema, opts *spice.ReadOptions) *arrow.Schema {
	if opts == nil || opts.Columns == nil {
		return visible
	}
	var fields []arrow.Field
	for _, name := range opts.Columns {
		for _, at := range visible.FieldIndices(name) {
			fields = append(fields, visible.Field(at))
		}
	}
	return arrow.NewSchema(fields, nil)
}
