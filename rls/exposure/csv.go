package exposure

import (
	"io"
	"strconv"

	"github.com/rowsight/rowsight/internal/csvtext"
)

// WriteCSV writes the report as one table, for a spreadsheet or a program. Each
// line gives the number of rows that a viewer sees and the total, for all data
// or for one value of a field:
//
//	Kind,Viewer,Field,Is,Value,Seen,Rows
//	everybody,,,all,,0,9994
//	nobody,,,all,,12,9994
//	user,al,,all,,3982,9994
//	user,al,Region,value,EMEA,2800,2883
//	user,al,Region,null,,0,17
//	user,al,Region,others,,0,205
func (r *Report) WriteCSV(w io.Writer) error {
	out := csvtext.NewWriter(w, nil)
	var err error
	write := func(line ...string) {
		if err == nil {
			err = out.Write(line)
		}
	}
	write("Kind", "Viewer", "Field", "Is", "Value", "Seen", "Rows")
	lines := func(kind, name string, seen int, of func(field, value int) int) {
		write(kind, name, "", "all", "", strconv.Itoa(seen), strconv.Itoa(r.Rows))
		for i, f := range r.Fields {
			for k, v := range f.Values {
				is := "value"
				switch {
				case v.Null:
					is = "null"
				case v.Others:
					is = "others"
				}
				write(kind, name, f.Name, is, v.Text, strconv.Itoa(of(i, k)), strconv.Itoa(v.Rows))
			}
		}
	}
	lines("everybody", "", r.Everybody, func(i, k int) int { return r.Fields[i].Values[k].Everybody })
	lines("nobody", "", r.Nobody, func(i, k int) int { return r.Fields[i].Values[k].Nobody })
	for _, v := range r.Viewers {
		lines(string(v.Kind), v.Name, v.Rows, func(i, k int) int { return v.Seen[i][k] })
	}
	if err != nil {
		return err
	}
	return out.Flush()
}
