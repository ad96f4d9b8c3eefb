package exposure

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/columns"
	"github.com/rowsight/rowsight/internal/plain"
)

// WriteText writes the report as tables for people: the totals, the viewers,
// and for each restricted column its values.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", plain.Count(r.Rows, "row"), plain.Count(len(r.Viewers), "viewer"))
	if r.Disabled {
		b.WriteString("the rules are disabled: everybody sees every row\n")
	}
	fmt.Fprintf(&b, "seen by everybody: %d (%s)\nseen by nobody: %d (%s)\n", r.Everybody, plain.Percent(r.Everybody, r.Rows), r.Nobody, plain.Percent(r.Nobody, r.Rows))
	var lines []byte
	if len(r.Viewers) > 0 {
		table := [][]string{{"viewer", "rules", "rows", "share"}}
		for _, v := range r.Viewers {
			line := []string{v.String(), strconv.Itoa(v.Rules), strconv.Itoa(v.Rows), plain.Percent(v.Rows, r.Rows)}
			if v.Err != nil {
				line = append(line, v.Err.Error())
			}
			table = append(table, line)
		}
		lines = columns.Append(append(lines, '\n'), table)
	}
	for _, f := range r.Fields {
		table := [][]string{{plain.Text(f.Name), "rows", "viewers", "everybody", "nobody"}}
		for _, v := range f.Values {
			table = append(table, []string{f.label(v), strconv.Itoa(v.Rows), strconv.Itoa(v.Viewers), strconv.Itoa(v.Everybody), strconv.Itoa(v.Nobody)})
		}
		lines = columns.Append(append(lines, '\n'), table)
	}
	b.Write(lines)
	_, err := io.WriteString(w, b.String())
	return err
}

// label names a value for people.
func (f Field) label(v Value) string {
	switch {
	case v.Null:
		return "(NULL or empty)"
	case v.Others:
		return fmt.Sprintf("(%d other values)", f.Others)
	default:
		return plain.Text(v.Text)
	}
}
