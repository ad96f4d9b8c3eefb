package compact

import (
	"io"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/records"
)

// WriteCSV writes the rules as the old ones were written: principals and values
// in the order in which they came first. [rls.Rules.WriteCSV] would sort them,
// and the list Acme, Inc that lacks its quotes would become " Inc,Acme", in which
// nobody sees what is missing.
func (r *Result) WriteCSV(w io.Writer) error {
	var user, group string
	if r != nil {
		user, group = r.Rules.PrincipalColumns()
	}
	if user == "" && group == "" {
		return rls.ErrNothing
	}
	out := csvtext.NewWriter(w, nil)
	if err := out.Write(records.Header(r.Rules, user, group)); err != nil {
		return err
	}
	for rule := range r.Rules.All() {
		if err := out.Write(records.Record(r.Rules, rule, rule.User(), rule.Group())); err != nil {
			return err
		}
	}
	return out.Flush()
}
