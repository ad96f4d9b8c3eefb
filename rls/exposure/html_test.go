package exposure_test

import (
	"bytes"
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/columns"
	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/exposure"
	"github.com/rowsight/rowsight/rls/report"
)

func origin() *report.Page {
	return &report.Page{
		Title: "Sales <2026>", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), Version: "rowsight test", Command: "rowsight who --rules 'a b.csv' sales.csv",
		Roster:   "4 users",
		Files:    []report.File{{Role: "rules", Name: "a b.csv", Size: 12345, SHA256: strings.Repeat("0a", 32)}, {Role: "data", Name: "-", Size: -1}},
		Warnings: []string{"user <b>eve</b> is not in the roster"},
	}
}

var (
	hostile = []string{
		"<script>alert(1)</script>", "</td></tr></table>", `" onmouseover="x`, "&lt;b&gt;", "{{.Rows}}", "مرحبا", "a\u202eevil", "🦀🦀", "東京", "O'Brien",
		strings.Repeat("x", 2047), strings.TrimSpace(strings.Repeat("many words ", 180)), "Saint Vincent and the Grenadines", "a-very-long-word-with-hyphens", "(NULL or empty)", "line\nfeed",
	}
	tag   = regexp.MustCompile(`<[^>]*>`)
	table = regexp.MustCompile(`(?s)<table>.*?</table>`)
	cell  = regexp.MustCompile(`(?s)<(td|th)([^>]*)>(.*?)</(td|th)>`)
)

// TestPageHasAll: whatever names and values are, the page has each of them as
// text: all viewers with each of their rules, and every value at the head of one
// map, with a cell for each viewer below. No map is wider than paper, and no
// heading has to break inside a word.
func TestPageHasAll(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		values := make(map[string]bool)
		var rows [][]string
		for range 1 + rnd.IntN(80) {
			value := hostile[rnd.IntN(len(hostile))]
			if rnd.IntN(2) == 0 {
				value = randomWords(rnd)
			}
			if rnd.IntN(20) == 0 {
				value = ""
			}
			values[value] = true
			for range 1 + rnd.IntN(3) {
				rows = append(rows, []string{value})
			}
		}
		var rules bytes.Buffer
		out := csvtext.NewWriter(&rules, nil)
		require.NoError(t, out.Write([]string{"UserName", "Region"}))
		for range 1 + rnd.IntN(8) {
			user, value := hostile[rnd.IntN(len(hostile))], rows[rnd.IntN(len(rows))][0]
			if value != "" {
				value = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
			}
			require.NoError(t, out.Write([]string{user, value}))
		}
		require.NoError(t, out.Flush())
		rs := read(t, rules.String(), &rls.Options{MaxRunes: -1})
		r, err := exposure.NewReport(rs, data(t, memory.DefaultAllocator, []string{"Region"}, rows...), nil)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, r.WriteHTML(&b, origin()))
		page := b.String()
		require.Equal(t, 2, strings.Count(page, "<script"), "nothing is markup")
		for _, bad := range []string{"<b>", "onmouseover=\"", "ZgotmplZ"} {
			require.NotContains(t, page, bad)
		}
		text := html.UnescapeString(tag.ReplaceAllString(page, " "))
		for _, v := range r.Viewers {
			require.Contains(t, text, plain.Text(v.Name))
		}
		_, maps, _ := strings.Cut(page, `<section class="map"`)
		heads, last := 0, ""
		for _, m := range table.FindAllString(maps, -1) {
			lines := strings.Split(m, "<tr")
			head := cell.FindAllStringSubmatch(lines[1], -1)
			width := 0
			for _, h := range head[1:] {
				label, longest := html.UnescapeString(h[3]), 4
				for word := range strings.FieldsSeq(label) {
					longest = max(longest, columns.Width(word))
				}
				if longest > 20 {
					require.Contains(t, h[2], "long", "only such a word may break: %s", label)
					longest = 20
				}
				width += longest + 2
				require.LessOrEqual(t, columns.Width(label), 44)
				if _, number, ok := strings.Cut(label, "… ["); ok {
					label = "[" + number + " " + strings.TrimSuffix(label, "… ["+number)
				}
				require.Contains(t, text, label, "the whole value is below")
			}
			if len(head) > 2 {
				require.LessOrEqual(t, width, 68)
			}
			heads += len(head) - 1
			require.Len(t, lines, 1+1+len(r.Viewers)+2)
			for _, line := range lines[2:] {
				require.Len(t, cell.FindAllString(line, -1), len(head))
			}
			require.NotEqual(t, last, m)
			last = m
		}
		require.Equal(t, len(r.Fields[0].Values), heads, "each value is in one map")
		for value := range values {
			if value != "" && len(r.Fields[0].Values) <= 60 {
				require.Contains(t, text, plain.Text(value))
			}
		}
	}
}

func randomWords(rnd *rand.Rand) string {
	var words []string
	for range 1 + rnd.IntN(4) {
		words = append(words, strings.Repeat(string("abc東é"[rnd.IntN(3)]), 1+rnd.IntN(30)))
	}
	return strings.Join(words, " ")
}

// TestPageOrder: those who see most come first, and say by which rules.
func TestPageOrder(t *testing.T) {
	var rules strings.Builder
	rules.WriteString("UserName,GroupName,Region\nal,,a\nzoe,,\nbo,g,\"a,b\"\n")
	for i := range 15 {
		fmt.Fprintf(&rules, "cy,,\"b,x%d\"\n", i)
	}
	rs := read(t, rules.String(), nil)
	r, err := exposure.NewReport(rs, data(t, memory.DefaultAllocator, []string{"Region"}, []string{"a"}, []string{"b"}, []string{"b"}, []string{"c"}), &exposure.Options{Roster: people(t, "user,groups\nal,g\nzoe,\nbo,\ncy,\neve,\n")})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, r.WriteHTML(&b, nil))
	page := html.UnescapeString(b.String())
	at := 0
	for _, want := range []string{
		">zoe ", "100%", "line 3: every row, 4 rows", ">al ", "75.0%", `line 2: Region in ("a"), 1 row<`, `line 4, group g: Region in ("a", "b"), 3 rows`, ">bo ", `line 4: Region in ("a", "b"), 3 rows`,
		">cy ", "50.0%", `line 5: Region in ("b", "x0"), 2 rows`, "and by 5 more rules: lines 15-19", ">eve ", "0%",
	} {
		n := strings.Index(page[at:], want)
		require.GreaterOrEqual(t, n, 0, "%s", want)
		at += n
	}
}

// TestPageNames: ARNs of one account and namespace are names, which the page
// states once. No name is cut, and no two viewers look the same.
func TestPageNames(t *testing.T) {
	const mine = "arn:aws:quicksight:us-east-1:111122223333:"
	long := strings.Repeat("long-name.", 20) + "@x.example"
	page := func(list, rules string) (string, *exposure.Report) {
		r, err := exposure.NewReport(read(t, rules, nil), data(t, memory.DefaultAllocator, []string{"Region"}, []string{"a"}, []string{"b"}), &exposure.Options{Roster: people(t, list)})
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, r.WriteHTML(&b, nil))
		return html.UnescapeString(b.String()), r
	}
	arns := "UserARN,GroupARN,Region\n" + mine + "user/default/al,,a\n," + mine + "group/default/g,b\n" + mine + "user/default/" + long + ",,a\n"
	got, _ := page("user,groups\n"+mine+"user/default/al,"+mine+"group/default/g\n"+mine+"user/default/"+long+",\n", arns)
	require.Contains(t, got, "<li>All users and groups belong to account 111122223333, namespace default.</li>")
	require.Contains(t, got, `>al <small>user in g</small>`)
	require.Contains(t, got, "line 3, group g: ")
	require.NotContains(t, got, "arn:aws")
	require.Equal(t, 2, strings.Count(got, ">"+long+" <small>user</small>"), "in the list and in the map")

	got, _ = page("user,groups\n"+mine+"user/default/al,\n"+mine+"user/default/bo,\n"+mine+"user/other/al,\n"+mine+"user/default/cy,\n", "UserName,Region\nal,a\ncy,b\n")
	require.Contains(t, got, "Users and groups of account 111122223333, namespace default, are written by name. All others are")
	require.Contains(t, got, ">al <small>")
	require.Contains(t, got, ">"+mine+"user/other/al <small>")

	got, r := page("user\n"+mine+"user/other/al\n", "UserName,Region\nal,a\n")
	require.Len(t, r.Viewers, 2, "the rules are about another namespace")
	require.Contains(t, got, ">"+mine+"user/other/al <small>", "al is somebody else")
	got, _ = page("user\nal\n", "UserName,Region\nal,a\n")
	require.NotContains(t, got, "account")
}
