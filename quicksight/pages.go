package quicksight

import (
	"embed"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	embedding "github.com/rowsight/rowsight/spice/embed"
)

// embedPath is where embed URLs lead.
const embedPath = "/embed"

//go:embed page.html page.css page.js
var assets embed.FS

// newPages returns what browsers of embedded sessions ask for:
//
//	GET  /embed/dashboards/{id}?code=…   the page of a dashboard
//	POST /embed/redeem                   a code for a session token
//	GET  /embed/data-sets?dashboard={id} the data sets of a dashboard
//	GET  /embed/rows/{id}                the visible rows of one, as JSON or as an Arrow stream
func (s *Service) newPages() http.Handler {
	mux := http.NewServeMux()
	page := s.embed.Page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asset(w, r, "page.html") }))
	mux.Handle("GET "+embedPath+"/dashboards/", page)
	for _, name := range []string{"page.css", "page.js"} {
		mux.HandleFunc("GET "+embedPath+"/"+name, func(w http.ResponseWriter, r *http.Request) { asset(w, r, name) })
	}
	mux.Handle("POST "+embedPath+"/redeem", s.embed.RedeemHandler())
	mux.Handle("GET "+embedPath+"/data-sets", s.embed.Require(http.HandlerFunc(s.sessionDataSets)))
	mux.Handle("GET "+embedPath+"/rows/{id}", s.embed.Require(http.HandlerFunc(s.sessionRows)))
	return s.restricted(mux)
}

// asset answers with a file of the page. The headers of a page are set by
// package embed.
func asset(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, assets, name)
}

// sessionDataSets answers with the data sets of a dashboard that the session may
// open.
func (s *Service) sessionDataSets(w http.ResponseWriter, r *http.Request) {
	session := embedding.FromContext(r.Context())
	id := r.URL.Query().Get("dashboard")
	if err := session.Dashboard(r.Context(), id); err != nil {
		embedding.WriteError(w, r, err)
		return
	}
	sets, err := s.boards.Datasets(r.Context(), s.directory.ARN(namespace.KindDashboard, "", id))
	if err != nil {
		embedding.WriteError(w, r, err)
		return
	}
	list := []map[string]string{}
	for _, arn := range sets {
		doc, err := s.dataSet(arn.Name)
		if err != nil {
			continue // deleted since the dashboard was published
		}
		list = append(list, map[string]string{"DataSetId": arn.Name, "Name": doc.Name})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"DataSets": list})
}

// sessionRows answers with the rows of a data set that the session sees.
func (s *Service) sessionRows(w http.ResponseWriter, r *http.Request) {
	session := embedding.FromContext(r.Context())
	d, err := session.Open(r.Context(), s.directory.ARN(namespace.KindDataset, "", r.PathValue("id")))
	if err != nil {
		embedding.WriteError(w, r, err)
		return
	}
	if strings.Contains(r.Header.Get("Accept"), embedding.MediaType) {
		embedding.ServeRecords(w, r, d)
		return
	}
	schema, err := d.Schema(r.Context())
	if err == nil {
		err = writeRows(w, schema, d.Records(r.Context()))
	}
	if err != nil {
		embedding.WriteError(w, r, err)
	}
}
