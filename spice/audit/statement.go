package audit

import "github.com/rowsight/rowsight/internal/arn"

// RunStatement is the event of a [Statement].
const RunStatement = "RunStatement"

// A Statement is a SQL statement of a viewer over datasets. The reads of the datasets
// have records of their own, see [Use].
type Statement struct {
	Who      Identity
	DataSets []string // ARNs
	Columns  []string // that it may use, as dataset.column
	Hash     string   // of the statement without its values
	Rows     *int64   // of the result; nil when it begins or was refused
	Code     string   // why it was refused, such as AccessDeniedException; "" when it was not
}

// Record returns the record of the statement.
func (s Statement) Record() Record {
	first := ""
	if len(s.DataSets) > 0 {
		first = s.DataSets[0]
	}
	r := Use{Name: RunStatement, DataSet: first, Who: s.Who, Code: s.Code, Columns: s.Columns, Question: s.Hash, Rows: s.Rows}.Record()
	r.ReadOnly, r.Resources = true, nil
	for _, text := range s.DataSets {
		set, _ := arn.Split(text)
		r.Resources = append(r.Resources, Resource{AccountID: set.Account, Type: "AWS::QuickSight::DataSet", ARN: text})
	}
	return r
}
