package exposure

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/rowsight/rowsight/internal/plain"
)

// WriteText writes the report as tables for people: the totals, the viewers,
// and for each restricted field its values.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", count(r.Rows, "row"), count(len(r.Viewers), "viewer"))
	if r.Disabled {
		b.WriteString("the rules are disabled: everybody sees every row\n")
	}
	fmt.Fprintf(&b, "seen by everybody: %d (%s)\nseen by nobody: %d (%s)\n", r.Everybody, percent(r.Everybody, r.Rows), r.Nobody, percent(r.Nobody, r.Rows))
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if len(r.Viewers) > 0 {
		fmt.Fprint(t, "\nviewer\trules\trows\tshare\n")
	}
	for _, v := range r.Viewers {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s", v.String(), v.Rules, v.Rows, percent(v.Rows, r.Rows))
		if v.Err != nil {
			fmt.Fprintf(t, "\t%v", v.Err)
		}
		fmt.Fprintln(t)
	}
	for _, f := range r.Fields {
		fmt.Fprintf(t, "\n%s\trows\tviewers\teverybody\tnobody\n", plain.Text(f.Name))
		for _, v := range f.Values {
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\n", f.label(v), v.Rows, v.Viewers, v.Everybody, v.Nobody)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
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

// percent returns n as a share of total. What is not nothing is never 0%, and
// what is not all never 100%.
func percent(n, total int) string {
	switch {
	case total == 0 || n == 0:
		return "0%"
	case n == total:
		return "100%"
	case n*1000 < total:
		return "<0.1%"
	case (total-n)*1000 < total:
		return ">99.9%"
	}
	tenths := (n*2000 + total) / (2 * total) // rounded
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}

// count returns "1 row" or "2 rows".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
