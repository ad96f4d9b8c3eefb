package exposure

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/columns"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/internal/boxes"
	"github.com/rowsight/rowsight/rls/report"
	"github.com/rowsight/rowsight/rls/roster"
)

// Heat maps with more cells than this are too slow to use, so viewers and values
// beyond are left out of them, and the page says so. The list of viewers and
// the totals have all.
const (
	pageViewers = 500
	pageValues  = 60
)

// How much of a page is shown in one piece.
const (
	mapWidth  = 68 // letters of the values beside each other: a map of more is folded, or paper would cut it
	longLabel = 44 // letters of a value at the head of a column; a longer one is below the map in full
	longWord  = 20 // letters of a word that may be broken
	pageRules = 10 // rules of a viewer, each with what it admits; of more, the lines
)

//go:embed body.html
var bodyText string

// WriteHTML writes the report as one HTML page that needs nothing else: the
// viewers, those who see most first, with the rules that let them, and a heat
// map of viewers and values for each restricted column, with search. It works
// without a mouse and without scripts, in light and dark, on a phone, and on
// paper, where wide maps are folded. Heat maps have at most 500 viewers, those
// who see the most, and 60 values a field; the page says what it leaves out,
// and [Report.WriteCSV] has everything. p says where the report comes from.
func (r *Report) WriteHTML(w io.Writer, p *report.Page) error {
	page := *cmp.Or(p, new(report.Page))
	page.Title = cmp.Or(page.Title, "Row-level exposure")
	body, err := report.Body(bodyText, r.page())
	if err != nil {
		return err
	}
	return page.Write(w, body)
}

// What body.html shows.
type (
	page struct {
		Rows                        int
		Everybody, Nobody, Blind    int
		EverybodyShare, NobodyShare string
		Disabled                    bool
		Notes                       []string
		Viewers                     []pageViewer
		Fields                      []pageField
	}
	pageField struct {
		ID, Name string
		Maps     []pageMap
	}
	pageMap struct {
		Values []pageValue
		Lines  []pageLine
		Full   []string // labels that are cut above
	}
	pageValue struct {
		Label         string
		Special, Long bool
		Rows, Nobody  int
	}
	pageLine struct {
		Viewer pageViewer
		Cells  []pageCell
	}
	pageViewer struct {
		Kind, Name, Groups, Share, Error string // Groups only in the list of viewers
		Rows, Level                      int
		Rules                            []string
	}
	pageCell struct {
		Level      int
		Text, Help string
	}
)

func (r *Report) page() page {
	p := page{
		Rows: r.Rows, Everybody: r.Everybody, Nobody: r.Nobody, Disabled: r.Disabled,
		EverybodyShare: plain.Percent(r.Everybody, r.Rows), NobodyShare: plain.Percent(r.Nobody, r.Rows),
	}
	viewers := slices.Clone(r.Viewers)
	slices.SortStableFunc(viewers, func(a, b Viewer) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), roster.Compare(a.Viewer, b.Viewer))
	})
	names := newShortNames(viewers)
	if note := names.note(viewers); note != "" {
		p.Notes = append(p.Notes, note)
	}
	for _, v := range viewers {
		p.Viewers = append(p.Viewers, r.pageViewer(v, names))
		if v.Rows == 0 {
			p.Blind++
		}
	}
	if len(viewers) > pageViewers {
		p.Notes = append(p.Notes, fmt.Sprintf("Heat maps show only the %s who see the most rows, of %s. The list of viewers and the totals have all.",
			plain.Count(pageViewers, "viewer"), plain.Number(len(viewers))))
		viewers = viewers[:pageViewers]
	}
	for i, f := range r.Fields {
		shown := make([]int, 0, pageValues)
		for k, v := range f.Values {
			if k < pageValues || v.Null || v.Others {
				shown = append(shown, k)
			}
		}
		if left := len(f.Values) - len(shown) + f.Others; left > 0 {
			p.Notes = append(p.Notes, fmt.Sprintf("%s: the heat map does not show %s one by one, those in the fewest rows. The CSV and JSON reports have them.", plain.Text(f.Name), plain.Count(left, "value")))
		}
		field := pageField{ID: fmt.Sprintf("f%d", i), Name: plain.Text(f.Name)}
		for len(shown) > 0 {
			n := fits(f, shown)
			field.Maps = append(field.Maps, pageMapOf(i, f, shown[:n], viewers, p.Viewers))
			shown = shown[n:]
		}
		p.Fields = append(p.Fields, field)
	}
	return p
}

// fits returns how many of the next values of a field one map takes, at least
// one.
func fits(f Field, shown []int) int {
	width := 0
	for n, k := range shown {
		v := f.Values[k]
		label, _ := head(f.label(v), 1)
		needs := max(len(plain.Number(v.Rows)), 4)
		for word := range strings.FieldsSeq(label) {
			needs = max(needs, min(columns.Width(word), longWord))
		}
		if width += needs + 2; width > mapWidth && n > 0 {
			return n
		}
	}
	return len(shown)
}

// head returns what stands at the head of a column, and whether the label is
// too long for it: then it is cut, with a number.
func head(label string, number int) (text string, cut bool) {
	if columns.Width(label) <= longLabel {
		return label, false
	}
	return columns.Cut(label, longLabel-10) + " [" + strconv.Itoa(number) + "]", true
}

func pageMapOf(i int, f Field, shown []int, viewers []Viewer, lines []pageViewer) pageMap {
	var m pageMap
	for _, k := range shown {
		v := f.Values[k]
		label, cut := head(f.label(v), len(m.Full)+1)
		if cut {
			m.Full = append(m.Full, fmt.Sprintf("[%d] %s", len(m.Full)+1, f.label(v)))
		}
		long := slices.ContainsFunc(strings.Fields(label), func(word string) bool { return columns.Width(word) > longWord })
		m.Values = append(m.Values, pageValue{Label: label, Long: long, Special: v.Null || v.Others, Rows: v.Rows, Nobody: v.Nobody})
	}
	for n, v := range viewers {
		line := pageLine{Viewer: lines[n]}
		line.Viewer.Groups = "" // in the list of viewers, line by line the same
		for _, k := range shown {
			line.Cells = append(line.Cells, pageCell{
				Level: level(v.Seen[i][k], f.Values[k].Rows), Text: short(v.Seen[i][k], f.Values[k].Rows),
				Help: plain.Number(v.Seen[i][k]) + " of " + plain.Number(f.Values[k].Rows),
			})
		}
		m.Lines = append(m.Lines, line)
	}
	return m
}

func (r *Report) pageViewer(v Viewer, names shortNames) pageViewer {
	p := pageViewer{Kind: string(v.Kind), Name: names.name(v.Name), Share: plain.Percent(v.Rows, r.Rows), Rows: v.Rows, Level: level(v.Rows, r.Rows)}
	for i, g := range v.Groups {
		if i > 0 {
			p.Groups += ", "
		}
		p.Groups += names.name(g)
	}
	switch {
	case v.Err != nil:
		p.Error = v.Err.Error()
	case v.Unlisted && v.Kind == namespace.KindGroup:
		p.Error = "no member in the roster"
	case v.Unlisted:
		p.Error = "not in the roster"
	}
	for i, by := range v.By {
		if i == pageRules {
			p.Rules = append(p.Rules, fmt.Sprintf("and by %s: %s", plain.Count(len(v.By)-i, "more rule"), lineRanges(v.By[i:])))
			break
		}
		p.Rules = append(p.Rules, by.text(v, names))
	}
	return p
}

// text returns "line 4, group EMEA: Region in ("EMEA"), 12 rows". A rule that
// names the viewer does not repeat the name.
func (r RuleRows) text(v Viewer, names shortNames) string {
	who := ""
	if user, group := r.Rule.User(), r.Rule.Group(); group != "" && (v.Kind != namespace.KindGroup || group != v.Name) && user != v.Name {
		who = ", group " + names.name(group)
	}
	rows := "1 row"
	if r.Rows != 1 {
		rows = plain.Number(r.Rows) + " rows"
	}
	return fmt.Sprintf("line %d%s: %s, %s", r.Rule.Pos().Line, who, boxes.Text(r.Rule.Predicate()), rows)
}

// lineRanges names the lines of rules: lines 2-4, 7.
func lineRanges(rules []RuleRows) string {
	var parts []string
	for i := 0; i < len(rules); {
		first := rules[i].Rule.Pos().Line
		last := first
		for i++; i < len(rules) && rules[i].Rule.Pos().Line == last+1; i++ {
			last++
		}
		if first == last {
			parts = append(parts, strconv.Itoa(first))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", first, last))
		}
	}
	return "lines " + strings.Join(parts, ", ")
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
