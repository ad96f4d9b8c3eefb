// Command arrow18service serves visible rows as an Arrow stream, for programs that
// use Arrow Go v18.
package main

import (
	"log"
	"net/http"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/rowsight/rowsight/adapters/arrow18"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
)

type service struct {
	rules *rls.Rules
	rows  arrow.RecordBatch
	user  func(*http.Request) string // from your authentication
}

func main() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}}, nil)
	rows, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"region": "US"}, {"region": "EMEA"}]`))
	if err != nil {
		log.Fatal(err)
	}
	rules, err := rls.ReadCSV(strings.NewReader("UserName,region\nanna,US\n"), nil)
	if err != nil {
		log.Fatal(err)
	}
	s := &service{rules, rows, func(r *http.Request) string { name, _, _ := r.BasicAuth(); return name }}
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", s))
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	visible, err := s.visible(s.user(r))
	if err != nil {
		log.Print(err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	defer visible.Release()
	w.Header().Set("Content-Type", "application/vnd.apache.arrow.stream")
	out := ipc.NewWriter(w, ipc.WithSchema(visible.Schema()))
	if err := out.Write(visible); err != nil {
		log.Print(err)
		return
	}
	_ = out.Close()
}

// visible returns the rows of a user, without a byte of others in its buffers.
func (s *service) visible(user string) (arrow.RecordBatch, error) {
	p, err := s.rules.For(namespace.Named(user))
	if err != nil {
		return nil, err
	}
	rec, err := arrow18.Record(s.rows) // shares memory
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	filter, err := batch.Bind(p, rec.Schema(), nil)
	if err != nil {
		return nil, err
	}
	filtered, err := filter.Apply(rec)
	if err != nil {
		return nil, err
	}
	defer filtered.Release()
	return arrow18.FromRecord(filtered)
}
