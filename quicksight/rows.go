package quicksight

import (
	"bufio"
	"encoding/json"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
)

// rowsPath is the route of this service that is not one of the API:
//
//	GET /rowsight/data-sets/{DataSetId}/rows?namespace=default&user=al
//
// It answers with the rows of a data set that a registered user sees.
const rowsPath = "/rowsight"

// readRows is the action that a caller needs, on the data set and on the user.
const readRows = "rowsight:ReadRows"

// rows answers with the rows that a user sees.
func (s *Service) rows(w http.ResponseWriter, c *call) error {
	parts := strings.Split(strings.TrimPrefix(c.r.URL.Path, rowsPath+"/"), "/")
	if c.r.Method != http.MethodGet || len(parts) != 3 || parts[0] != "data-sets" || parts[2] != "rows" {
		return refuse(unknownOperation, "want GET %s/data-sets/{DataSetId}/rows?namespace=NAMESPACE&user=NAME", rowsPath)
	}
	id := parts[1]
	if err := c.authorize(readRows, s.arn(namespace.KindDataset, id)); err != nil {
		return err
	}
	session, err := c.reader()
	if err != nil {
		return err
	}
	d, err := s.store.Dataset(id)
	if err != nil {
		return err
	}
	schema, err := d.Schema(c.ctx(), session)
	if err != nil {
		return err
	}
	return writeRows(w, schema, d.Records(c.ctx(), session))
}

// reader returns the registered user that a request names, if the caller may read as
// that user.
func (c *call) reader() (spice.Session, error) {
	query := c.r.URL.Query()
	who := namespace.Identity{Namespace: query.Get("namespace"), Name: query.Get("user")}
	if who.Name == "" {
		return spice.Session{}, refuse(invalidParameter, "user: field missing")
	}
	if err := c.authorize(readRows, c.s.arnIn(namespace.KindUser, who.Namespace, who.Name)); err != nil {
		return spice.Session{}, err
	}
	viewer, err := c.s.directory.Principal(c.ctx(), who)
	return spice.Session{Principal: viewer}, err
}

// writeRows writes rows as one JSON object:
//
//	{"Columns":[{"Name":"Region","Type":"utf8"}],"Rows":[["EMEA"]],"RowCount":1}
//
// An error before the first row is returned. A later one leaves an object that
// is not closed, which no reader accepts.
func writeRows(w http.ResponseWriter, schema *arrow.Schema, records iter.Seq2[arrow.Record, error]) error {
	next, stop := iter.Pull2(records)
	defer stop()
	rec, err, more := next()
	if more && err != nil {
		return err
	}
	if more {
		schema = rec.Schema() // of these rows: the data set may have changed since the first look
	}
	type column struct{ Name, Type string }
	columns := []column{}
	for _, f := range schema.Fields() {
		columns = append(columns, column{f.Name, f.Type.String()})
	}
	header, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	out := bufio.NewWriterSize(w, 64<<10)
	_, _ = out.WriteString(`{"Columns":` + string(header) + `,"Rows":[`)
	count := int64(0)
	for ; more && err == nil; rec, err, more = next() {
		for row := range int(rec.NumRows()) {
			if count > 0 {
				_ = out.WriteByte(',')
			}
			count++
			values := make([]any, rec.NumCols())
			for i := range values {
				values[i] = rec.Column(i).GetOneForMarshal(row)
			}
			text, failed := json.Marshal(values)
			if failed != nil {
				err = failed
				break
			}
			_, _ = out.Write(text)
		}
		if err != nil {
			break
		}
	}
	if err != nil {
		_ = out.Flush()
		cut := http.NewResponseController(w)
		_ = cut.Flush()
		_ = cut.SetWriteDeadline(time.Unix(1, 0)) // the end of the answer is not written either
		return nil
	}
	text, _ := json.Marshal(count)
	_, _ = out.WriteString(`],"RowCount":` + string(text) + "}\n")
	_ = out.Flush()
	return nil
}
