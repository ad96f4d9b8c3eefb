package exposure

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/roster"
)

// A page is too slow to use with more cells than this, so viewers and values
// beyond are left out of the heat maps, and the page says so. The totals count
// all.
const (
	pageViewers = 500
	pageValues  = 60
)

//go:embed page.html
var pageText string

// WriteHTML writes the report as one self-contained HTML page: a heat map of
// viewers and values for each restricted field, with search. It works without a
// mouse and without scripts, in light and dark mode, and on a phone. A page
// shows at most 500 viewers, those who see the most rows, and 60 values per
// field. It says what it leaves out; [Report.WriteCSV] writes everything.
func (r *Report) WriteHTML(w io.Writer, title string) error {
	if title == "" {
		title = "Row-level exposure"
	}
	t, err := template.New("page").Funcs(template.FuncMap{"number": number, "rows": rows}).Parse(pageText)
	if err != nil {
		return err
	}
	return t.Execute(w, r.page(title))
}

// What page.html shows.
type (
	page struct {
		Title                       string
		Rows, Viewers               int
		Everybody, Nobody, Blind    int
		EverybodyShare, NobodyShare string
		Disabled                    bool
		Notes                       []string
		Fields                      []pageField
	}
	pageField struct {
		ID     string
		Name   string
		Labels []pageValue
		Lines  []pageLine
	}
	pageValue struct {
		Label        string
		Special      bool
		Rows, Nobody int
	}
	pageLine struct {
		Viewer pageViewer
		Cells  []pageCell
	}
	pageViewer struct {
		Kind, Name, Groups, Share, Error string
		Rows, Level                      int
	}
	pageCell struct {
		Level      int
		Text, Help string
	}
)

func (r *Report) page(title string) page {
	p := page{
		Title: title, Rows: r.Rows, Viewers: len(r.Viewers), Everybody: r.Everybody, Nobody: r.Nobody, Disabled: r.Disabled,
		EverybodyShare: percent(r.Everybody, r.Rows), NobodyShare: percent(r.Nobody, r.Rows),
	}
	for _, v := range r.Viewers {
		if v.Rows == 0 {
			p.Blind++
		}
	}
	viewers := r.Viewers
	if len(viewers) > pageViewers {
		p.Notes = append(p.Notes, fmt.Sprintf("Only the %s who see the most rows are shown, of %s. The totals count all; the CSV and JSON reports list all.",
			count(pageViewers, "viewer"), number(len(viewers))))
		viewers = slices.SortedStableFunc(slices.Values(viewers), func(a, b Viewer) int { return cmp.Compare(b.Rows, a.Rows) })[:pageViewers]
		slices.SortStableFunc(viewers, func(a, b Viewer) int { return roster.Compare(a.Viewer, b.Viewer) })
	}
	for i, f := range r.Fields {
		shown := make([]int, 0, pageValues)
		for k, v := range f.Values {
			if k < pageValues || v.Null || v.Others {
				shown = append(shown, k)
			}
		}
		if left := len(f.Values) - len(shown) + f.Others; left > 0 {
			p.Notes = append(p.Notes, fmt.Sprintf("%s: the heat map does not show %s one by one, those in the fewest rows.", plain.Text(f.Name), count(left, "value")))
		}
		field := pageField{ID: fmt.Sprintf("f%d", i), Name: plain.Text(f.Name)}
		for _, k := range shown {
			v := f.Values[k]
			field.Labels = append(field.Labels, pageValue{
				Label: f.label(v), Special: v.Null || v.Others, Rows: v.Rows, Nobody: v.Nobody,
			})
		}
		for _, v := range viewers {
			line := pageLine{Viewer: r.pageViewer(v)}
			for _, k := range shown {
				line.Cells = append(line.Cells, pageCell{
					Level: level(v.Seen[i][k], f.Values[k].Rows), Text: short(v.Seen[i][k], f.Values[k].Rows),
					Help: number(v.Seen[i][k]) + " of " + number(f.Values[k].Rows),
				})
			}
			field.Lines = append(field.Lines, line)
		}
		p.Fields = append(p.Fields, field)
	}
	return p
}

func (r *Report) pageViewer(v Viewer) pageViewer {
	p := pageViewer{Kind: string(v.Kind), Name: plain.Text(v.Name), Share: percent(v.Rows, r.Rows), Rows: v.Rows, Level: level(v.Rows, r.Rows)}
	for i, g := range v.Groups {
		if i > 0 {
			p.Groups += ", "
		}
		p.Groups += plain.Text(g)
	}
	switch {
	case v.Err != nil:
		p.Error = v.Err.Error()
	case v.Unlisted && v.Kind == namespace.KindGroup:
		p.Error = "no member in the roster"
	case v.Unlisted:
		p.Error = "not in the roster"
	}
	return p
}

// level returns how warm a cell is, 0 for nothing to 10 for all, and neither of
// these for anything between.
func level(n, total int) int {
	switch {
	case n == 0 || total == 0:
		return 0
	case n == total:
		return 10
	default:
		return 1 + n*8/total
	}
}

// short returns a share in at most four characters.
func short(n, total int) string {
	switch {
	case n == 0 || total == 0:
		return "0"
	case n == total:
		return "all"
	case n*100 < total:
		return "<1%"
	default:
		return fmt.Sprintf("%d%%", n*100/total)
	}
}

// number writes 12345 as 12,345.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// rows returns "1 row" or "12,345 rows".
func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return number(n) + " rows"
}
