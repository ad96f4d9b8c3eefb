package compact

import (
	"io"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
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
	columns := r.Rules.Columns()
	out := csvtext.NewWriter(w, nil)
	record := func(names ...string) []string {
		var cells []string
		for i, column := range []string{user, group} {
			if column != "" {
				cells = append(cells, names[i])
			}
		}
		return cells
	}
	if err := out.Write(append(record(user, group), columns...)); err != nil {
		return err
	}
	for rule := range r.Rules.All() {
		cells := record(rule.User(), rule.Group())
		for _, column := range columns {
			cells = append(cells, rule.Text(column))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	return out.Flush()
}
