package exposure_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/exposure"
	"github.com/rowsight/rowsight/rls/internal/fixture"
	"github.com/rowsight/rowsight/rls/internal/randrules"
	"github.com/rowsight/rowsight/rls/roster"
)

var read, people, data = fixture.Rules, fixture.Roster, fixture.Reader

var update = flag.Bool("update", false, "write the golden files")

func index(t testing.TB, rs *rls.Rules, r *roster.Roster) *exposure.Index {
	t.Helper()
	x, err := exposure.NewIndex(rs, r)
	require.NoError(t, err)
	return x
}

func TestZero(t *testing.T) {
	var x exposure.Index
	require.Empty(t, x.Row(func(string) (string, bool) { return "x", true }).Access)
	require.Equal(t, "any row: nobody\n", exposure.Answer{}.String())
	for _, rs := range []*rls.Rules{nil, {}} {
		require.Empty(t, index(t, rs, nil).Row(func(string) (string, bool) { return "x", true }).Access)
		r := data(t, memory.DefaultAllocator, []string{"A"}, []string{"x"})
		report, err := exposure.NewReport(rs, r, nil)
		require.NoError(t, err)
		require.Equal(t, 1, report.Nobody)
		require.Zero(t, report.Everybody)
	}
	var b bytes.Buffer
	require.NoError(t, new(exposure.Report).WriteHTML(&b, nil))
	require.NoError(t, new(exposure.Report).WriteText(&b))
	require.NoError(t, new(exposure.Report).WriteCSV(&b))
}

const sales = "UserName,GroupName,Region,Segment\nal,,EMEA,\"SMB,Startup\"\nal,,US,\n,admins,,\nbo,,,SMB\n"

func TestWho(t *testing.T) {
	rs := read(t, sales, &rls.Options{File: "rules.csv"})
	tests := []struct {
		reason string
		roster string
		values map[string]string
		want   string
	}{
		{"a row", "", map[string]string{"Region": "EMEA", "Segment": "SMB"},
			"Region is \"EMEA\", Segment is \"SMB\": 3 viewers\n  user al by rules.csv:2\n  user bo by rules.csv:5\n  group admins by rules.csv:4\n"},
		{"some values", "", map[string]string{"Region": "EMEA"},
			"Region is \"EMEA\": 3 viewers\n  user al by rules.csv:2, where Segment in (\"SMB\", \"Startup\")\n  user bo by rules.csv:5, where Segment in (\"SMB\")\n  group admins by rules.csv:4\n"},
		{"NULL", "", map[string]string{"Region": "", "Segment": "Startup"},
			"Region is NULL or empty, Segment is \"Startup\": 1 viewer\n  group admins by rules.csv:4\n"},
		{"anything", "", nil, "any row: 3 viewers\n  user al by rules.csv:2, 3, where Region in (\"US\") or Region in (\"EMEA\") and Segment in (\"SMB\", \"Startup\")\n" +
			"  user bo by rules.csv:5, where Segment in (\"SMB\")\n  group admins by rules.csv:4\n"},
		{"users in groups", "user,groups\nal,admins\ncy,admins\ndi,\n", map[string]string{"Region": "US", "Segment": "x"},
			"Region is \"US\", Segment is \"x\": 2 viewers\n  user al by rules.csv:3, 4\n  user cy by rules.csv:4\n"},
		{"viewers that the roster lacks", "user,groups\ndi,\n", map[string]string{"Region": "US"},
			"Region is \"US\": 3 viewers\n  user al (not in the roster) by rules.csv:3\n  user bo (not in the roster) by rules.csv:5, where Segment in (\"SMB\")\n" +
				"  group admins (no member in the roster) by rules.csv:4\n"},
		{"nobody", "", map[string]string{"Region": "APAC", "Segment": "x"}, "Region is \"APAC\", Segment is \"x\": 1 viewer\n  group admins by rules.csv:4\n"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var r *roster.Roster
			if tt.roster != "" {
				r = people(t, tt.roster)
			}
			a, err := index(t, rs, r).Values(tt.values)
			require.NoError(t, err)
			require.Equal(t, tt.want, a.String())
		})
	}
	_, err := index(t, rs, nil).Values(map[string]string{"Country": "x"})
	require.ErrorIs(t, err, exposure.ErrColumn)
	require.EqualError(t, err, `not a restricted column: ["Country"], want one of Region, Segment`)
}

func TestLimitsAndDisabled(t *testing.T) {
	over := read(t, "UserName,Region\nal,\"a,b\"\nbo,a\n", &rls.Options{MaxValues: 1})
	a, err := index(t, over, nil).Values(map[string]string{"Region": "a"})
	require.NoError(t, err)
	require.Equal(t, "Region is \"a\": 1 viewer\n  user bo by line 3\n  not user al: al: column \"Region\": too many values: got 2, want at most 1\n", a.String())
	report, err := exposure.NewReport(over, data(t, memory.DefaultAllocator, []string{"Region"}, []string{"a"}), nil)
	require.NoError(t, err)
	require.ErrorIs(t, report.Viewers[0].Err, rls.ErrTooManyValues)
	require.Zero(t, report.Viewers[0].Rows)

	disabled := read(t, "UserName,Region\nal,a\n", &rls.Options{Settings: &rls.PermissionDataSet{
		Arn: "arn:aws:quicksight:us-east-1:111122223333:dataset/x", PermissionPolicy: "GRANT_ACCESS", Status: rls.Disabled}})
	a, err = index(t, disabled, nil).Values(map[string]string{"Region": "b"})
	require.NoError(t, err)
	require.Equal(t, "Region is \"b\": everybody, because the rules are disabled\n", a.String())
}

// TestIndexAgainstOracle asks about every row and about random values.
func TestIndexAgainstOracle(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	rows := randrules.Rows()
	r := people(t, "user,groups\nal,\"g,h\"\nbo,\nAL,al\n\"al,bo\",h\n")
	members := map[string][]string{"al": {"g", "h"}, "AL": {"al"}, "al,bo": {"h"}}
	sights := 0
	for round := range 1500 {
		f := randrules.New(rnd, 8)
		rs, err := f.Read()
		require.NoError(t, err)
		in, with := members, r
		if round%2 == 0 {
			in, with = nil, nil
		}
		x := index(t, rs, with)
		viewers, err := roster.Viewers(with, rs)
		require.NoError(t, err)
		for range 12 {
			row := rows[rnd.IntN(len(rows))]
			values := map[string]string{}
			for _, c := range rs.Columns() {
				if rnd.IntN(2) == 0 {
					values[c] = row[c]
				}
			}
			whole := x.Row(row.Value)
			some, err := x.Values(values)
			require.NoError(t, err)
			for _, v := range viewers {
				user, groups := v.Name, in[v.Name]
				if v.Kind == "group" {
					user, groups = "", []string{v.Name}
				}
				sight, ok := find(whole, v)
				require.Equal(t, f.Sees(user, groups, row), ok, "%s\n%v %v", f, v, row)
				for _, rule := range sight.Rules {
					require.True(t, f.Admits(rule.Pos().Line-2, user, groups, row))
				}
				part, _ := find(some, v)
				// Of the rows with these values, those that the predicate names.
				require.Equal(t, ok, part.Rows.Match(row.Value), "%s\n%v %v %s", f, v, values, part.Rows)
				if ok {
					require.Equal(t, predicate.OpAll, sight.Rows.Op())
					sights++
				}
			}
			require.LessOrEqual(t, len(whole.Access), len(viewers))
		}
	}
	require.Greater(t, sights, 3000)
}

func find(a exposure.Answer, v roster.Viewer) (exposure.Access, bool) {
	for _, s := range a.Access {
		if s.Viewer.Name == v.Name && s.Viewer.Kind == v.Kind {
			return s, true
		}
	}
	return exposure.Access{}, false
}

// TestReportAgainstOracle counts everything row by row.
func TestReportAgainstOracle(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	rnd := rand.New(rand.NewPCG(3, 4))
	all := randrules.Rows()
	seenByAll, hidden := 0, 0
	for range 400 {
		f := randrules.New(rnd, 6)
		rs, err := f.Read()
		require.NoError(t, err)
		var rows []randrules.Row
		var cells [][]string
		for range rnd.IntN(60) {
			row := all[rnd.IntN(len(all))]
			rows = append(rows, row)
			cells = append(cells, []string{row["Tier"], row["Region"], row["Segment"]})
		}
		most := 1 + rnd.IntN(8)
		r := data(t, mem, []string{"Tier", "Region", "Segment"}, cells...)
		report, err := exposure.NewReport(rs, r, &exposure.Options{MaxValues: most})
		r.Release()
		require.NoError(t, err)
		require.Equal(t, len(rows), report.Rows)
		viewers := roster.FromRules(rs)
		require.Len(t, report.Viewers, len(viewers))

		for _, v := range report.Viewers {
			user, groups := v.Name, []string(nil)
			if v.Kind == "group" {
				user, groups = "", []string{v.Name}
			}
			admitted := 0 // by any of the rules that are named
			for _, row := range rows {
				if slices.ContainsFunc(v.By, func(by exposure.RuleRows) bool { return f.Admits(by.Rule.Pos().Line-2, user, groups, row) }) {
					admitted++
				}
			}
			require.Equal(t, v.Rows, admitted, "%s\n%v", f, v)
			for _, by := range v.By {
				n := 0
				for _, row := range rows {
					if f.Admits(by.Rule.Pos().Line-2, user, groups, row) {
						n++
					}
				}
				require.Equal(t, n, by.Rows, "%s\n%v line %d", f, v, by.Rule.Pos().Line)
				require.Positive(t, n)
			}
		}

		in := func(i, k int, row randrules.Row) bool { // is the row counted at a value?
			field := report.Fields[i]
			text := row[field.Name]
			if v := field.Values[k]; v.Null {
				return text == ""
			} else if !v.Others {
				return text == v.Text
			}
			for _, v := range field.Values {
				if text == "" || !v.Others && !v.Null && v.Text == text {
					return false
				}
			}
			return true
		}
		sees := func(n int, row randrules.Row) bool {
			if v := viewers[n]; v.Kind == "group" {
				return f.Sees("", []string{v.Name}, row)
			} else {
				return f.Sees(v.Name, nil, row)
			}
		}
		count := func(keep func(row randrules.Row) bool) (n int) {
			for _, row := range rows {
				if keep(row) {
					n++
				}
			}
			return n
		}
		everybody := func(row randrules.Row) bool {
			for n := range viewers {
				if !sees(n, row) {
					return false
				}
			}
			return len(viewers) > 0
		}
		nobody := func(row randrules.Row) bool {
			for n := range viewers {
				if sees(n, row) {
					return false
				}
			}
			return true
		}
		require.Equal(t, count(everybody), report.Everybody)
		require.Equal(t, count(nobody), report.Nobody)
		seenByAll += report.Everybody
		hidden += report.Nobody
		for i, field := range report.Fields {
			require.Equal(t, rs.Columns()[i], field.Name)
			total := 0
			for k, v := range field.Values {
				total += v.Rows
				require.Equal(t, count(func(row randrules.Row) bool { return in(i, k, row) }), v.Rows)
				require.Equal(t, count(func(row randrules.Row) bool { return in(i, k, row) && everybody(row) }), v.Everybody)
				require.Equal(t, count(func(row randrules.Row) bool { return in(i, k, row) && nobody(row) }), v.Nobody)
				see := 0
				for n := range viewers {
					want := count(func(row randrules.Row) bool { return in(i, k, row) && sees(n, row) })
					require.Equal(t, want, report.Viewers[n].Seen[i][k])
					if want > 0 {
						see++
					}
				}
				require.Equal(t, see, v.Viewers)
			}
			require.Equal(t, len(rows), total)
		}
		for n := range viewers {
			require.Equal(t, count(func(row randrules.Row) bool { return sees(n, row) }), report.Viewers[n].Rows)
		}
	}
	require.Greater(t, seenByAll, 100)
	require.Greater(t, hidden, 1000)
}

func TestReportRefuses(t *testing.T) {
	rs := read(t, sales, nil)
	report, err := exposure.NewReport(rs, data(t, memory.DefaultAllocator, []string{"Region"}, []string{"x"}), nil)
	require.Nil(t, report)
	require.ErrorIs(t, err, batch.ErrNoColumn)
	require.ErrorContains(t, err, `data: column "Segment": no such column`)
	arns := read(t, "UserARN,Region\n", nil)
	_, err = exposure.NewReport(arns, data(t, memory.DefaultAllocator, []string{"Region"}), &exposure.Options{Roster: people(t, "user\nal\n")})
	require.ErrorIs(t, err, roster.ErrNames)
	_, err = exposure.NewIndex(arns, people(t, "user\nal\n"))
	require.ErrorIs(t, err, roster.ErrNames)
}

// example is the report of the golden files.
func example(t testing.TB) *exposure.Report {
	rs := read(t, sales+"\"cy <script>\",,APAC,\n,nobody-home,Atlantis,\n", &rls.Options{File: "rules.csv"})
	r := data(t, memory.DefaultAllocator, []string{"Region", "Segment"},
		[]string{"EMEA", "SMB"}, []string{"EMEA", "Startup"}, []string{"EMEA", "Enterprise"}, []string{"US", "SMB"},
		[]string{"US", ""}, []string{"", "SMB"}, []string{"<b>&", " SMB"}, []string{"APAC", "Strategic"}, []string{"LATAM", "x\ty"})
	report, err := exposure.NewReport(rs, r, &exposure.Options{MaxValues: 4})
	require.NoError(t, err)
	return report
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "run go test -update if the change is meant")
}

func TestGoldens(t *testing.T) {
	report := example(t)
	var text, csv, html, indented bytes.Buffer
	require.NoError(t, report.WriteText(&text))
	golden(t, "report.txt", text.Bytes())
	require.NoError(t, report.WriteCSV(&csv))
	golden(t, "report.csv", csv.Bytes())
	b, err := json.Marshal(report)
	require.NoError(t, err)
	require.NoError(t, json.Indent(&indented, b, "", " "))
	golden(t, "report.json", append(indented.Bytes(), '\n'))
	require.NoError(t, report.WriteHTML(&html, origin()))
	golden(t, "report.html", html.Bytes())
}

// TestPage: the page needs nothing from anywhere, says nothing that a browser
// would run, and leaves out what is too much.
func TestPage(t *testing.T) {
	var html bytes.Buffer
	require.NoError(t, example(t).WriteHTML(&html, origin()))
	page := html.String()
	require.Contains(t, page, "<title>Sales &lt;2026&gt;</title>")
	require.Equal(t, 2, strings.Count(page, "<script>"), "values and names are escaped")
	require.Equal(t, 3, strings.Count(page, "cy &lt;script&gt;"), "in the list of viewers, and in each map")
	for _, bad := range []string{"http://", "https://", "src=", "@import", "url("} {
		require.NotContains(t, page, bad, "the page is self-contained")
	}
	require.Equal(t, 4, strings.Count(page, "<table>"), "files, viewers and two maps")
	require.Contains(t, page, `<th scope="row">`)
	require.Contains(t, page, `tabindex="0"`)

	var rules strings.Builder
	rules.WriteString("UserName,Region\n")
	var rows [][]string
	for i := range 700 {
		fmt.Fprintf(&rules, "user%03d,r%d\n", i, i)
		rows = append(rows, []string{fmt.Sprintf("r%d", i)}, []string{fmt.Sprintf("r%d", i|1)})
	}
	report, err := exposure.NewReport(read(t, rules.String(), nil), data(t, memory.DefaultAllocator, []string{"Region"}, rows...), nil)
	require.NoError(t, err)
	html.Reset()
	require.NoError(t, report.WriteHTML(&html, nil))
	require.Contains(t, html.String(), "Heat maps show only the 500 viewers who see the most rows, of 700.")
	require.Contains(t, html.String(), "Region: the heat map does not show 640 values one by one, those in the fewest rows.")
	require.Less(t, html.Len(), 5<<20)
	list, maps, _ := strings.Cut(html.String(), `<section class="map"`)
	require.Equal(t, 700, strings.Count(list, "<tr data-rows"), "the list has all viewers")
	first, _, _ := strings.Cut(maps, "</table>")
	require.Equal(t, 500, strings.Count(first, "<tr data-rows"))
}

func TestAnswerJSON(t *testing.T) {
	rs := read(t, sales, &rls.Options{File: "rules.csv"})
	a, err := index(t, rs, nil).Values(map[string]string{"Region": "APAC", "Segment": "SMB"})
	require.NoError(t, err)
	got, err := json.Marshal(a)
	require.NoError(t, err)
	require.JSONEq(t, `{"values":{"Region":"APAC","Segment":"SMB"},"sights":[
		{"viewer":{"kind":"user","name":"bo"},"rules":[{"file":"rules.csv","line":5,"user":"bo"}]},
		{"viewer":{"kind":"group","name":"admins"},"rules":[{"file":"rules.csv","line":4,"group":"admins"}]}]}`, string(got))
}

func BenchmarkReport(b *testing.B) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var rules strings.Builder
	rules.WriteString("UserName,Region,Segment,Product\n")
	for i := range 3000 {
		fmt.Fprintf(&rules, "user%d,\"r%d,r%d\",s%d,\n", i%1000, rnd.IntN(20), rnd.IntN(20), rnd.IntN(4))
	}
	var rows [][]string
	for range 100_000 {
		rows = append(rows, []string{fmt.Sprintf("r%d", rnd.IntN(20)), fmt.Sprintf("s%d", rnd.IntN(4)), fmt.Sprintf("p%d", rnd.IntN(30_000))})
	}
	rs := read(b, rules.String(), nil)
	for b.Loop() {
		b.StopTimer()
		r := data(b, memory.DefaultAllocator, []string{"Region", "Segment", "Product"}, rows...)
		b.StartTimer()
		_, err := exposure.NewReport(rs, r, nil)
		require.NoError(b, err)
	}
}

func BenchmarkWho(b *testing.B) {
	var rules strings.Builder
	rules.WriteString("UserName,Region\n")
	for i := range 100_000 {
		fmt.Fprintf(&rules, "user%d,r%d\n", i%20_000, i%5000)
	}
	x := index(b, read(b, rules.String(), nil), nil)
	for b.Loop() {
		a, err := x.Values(map[string]string{"Region": "r17"})
		require.NoError(b, err)
		require.Len(b, a.Access, 4)
	}
}
