package quicksighttest

import (
	"context"
	"encoding/csv"
	"net/url"
	"strings"
)

// Rows are the rows of a data set that a viewer sees.
type Rows struct {
	Columns  []struct{ Name, Type string }
	Rows     [][]any
	RowCount int64
}

// Rows returns the rows of a data set that a registered user sees.
func (s *Server) Rows(ctx context.Context, dataSet, namespace, user string) (Rows, error) {
	var rows Rows
	query := url.Values{"namespace": {namespace}, "user": {user}}
	err := s.Do(ctx, "GET", "rowsight/data-sets/"+url.PathEscape(dataSet)+"/rows?"+query.Encode(), nil, &rows)
	return rows, err
}

// header returns the columns of a CSV file as InputColumns.
func header(text string) ([]object, error) {
	names, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).Read()
	var columns []object
	for _, name := range names {
		columns = append(columns, object{"Name": name, "Type": "STRING"})
	}
	return columns, err
}
