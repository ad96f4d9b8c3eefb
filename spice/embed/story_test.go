package embed

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/tagrules"
)

// The story of the document that introduces tag rules, replayed with its own
// listings, which are read out of it as they stand there: two configurations,
// three tags, the author's rules, the policy, and OkTank's five users.

// tale is the text of the document.
func tale(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(realdata.Path(t, "documents", "002_1cdec4e413e7f121.txt"))
	require.NoError(t, err)
	return string(b)
}

var comment = regexp.MustCompile(`//[^\n]*`)

// between returns the n texts between two marks.
func between(t *testing.T, text, begin, end string, n int) (all []string) {
	t.Helper()
	for {
		_, rest, found := strings.Cut(text, begin)
		if !found {
			break
		}
		inner, after, found := strings.Cut(rest, end)
		require.True(t, found)
		all = append(all, inner)
		text = after
	}
	require.Len(t, all, n, "%s … %s", begin, end)
	return all
}

var pair = regexp.MustCompile(`"Key": "([^"]*)",[^"]*"Value": "([^"]*)"`)

// tagsIn reads the tags of a listing. Some listings lack commas between them.
func tagsIn(text string) (tags tagrules.Tags) {
	for _, m := range pair.FindAllStringSubmatch(text, -1) {
		tags = append(tags, tagrules.Tag{Key: m[1], Value: m[2]})
	}
	return tags
}

func trimKeys(tags tagrules.Tags) tagrules.Tags {
	tags = slices.Clone(tags)
	for i := range tags {
		tags[i].Key = strings.TrimSpace(tags[i].Key)
	}
	return tags
}

// grid is a table of every combination of values, NULL and "" among them, in
// the columns of the document, and a number for each row.
type grid struct{ mem memory.Allocator }

var gridValues = []string{"value1", "value2", " value2", "value3", "*", "", "\x00NULL"}

func gridRows() (rows [][3]string) {
	for _, a := range gridValues {
		for _, b := range gridValues {
			for _, c := range gridValues {
				rows = append(rows, [3]string{a, b, c})
			}
		}
	}
	return rows
}

func (g grid) Records(context.Context) (array.RecordReader, error) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "column_name_1", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "column_name_2", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "column_name_3", Type: arrow.BinaryTypes.String, Nullable: true}, {Name: "row", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	b := array.NewRecordBuilder(g.mem, schema)
	defer b.Release()
	for i, row := range gridRows() {
		for j, s := range row {
			if s == "\x00NULL" {
				b.Field(j).AppendNull()
			} else {
				b.Field(j).(*array.StringBuilder).Append(s)
			}
		}
		b.Field(3).(*array.Int64Builder).Append(int64(i))
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewRecordReader(schema, []arrow.Record{rec})
}

// rowsOf returns the numbers of the rows in records.
func rowsOf(t *testing.T, records func(yield func(arrow.Record, error) bool)) []int64 {
	t.Helper()
	all := []int64{}
	for rec, err := range records {
		require.NoError(t, err)
		all = append(all, rec.Column(rec.Schema().FieldIndices("row")[0]).(*array.Int64).Int64Values()...)
	}
	slices.Sort(all)
	return all
}

func wantRows(see func(row [3]string) bool) []int64 {
	all := []int64{}
	for i, row := range gridRows() {
		if see(row) {
			all = append(all, int64(i))
		}
	}
	return all
}

// TestStoryTags: both configurations, the three tags, and the author (T2, T4,
// T5, V1).
func TestStoryTags(t *testing.T) {
	text := tale(t)
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	now := newClock()
	store := newStore(t, mem, now, new(audit.Memory), map[string]spice.Source{"s1": grid{mem}})
	w := newWorld(t, func(s *Site, o *Options) { s.Data, o.Now = store, now.Now })
	d, err := store.Dataset("s1")
	require.NoError(t, err)

	configs := between(t, text, "    '{", "}'", 2)
	listing := between(t, text, "POST /accounts//embed-url/anonymous-user HTTP/1.1", "Debido a", 1)[0]
	_, listing, _ = strings.Cut(listing, "json\n")
	_, err = ParseRequest(strings.NewReader(comment.ReplaceAllString(listing, "")), &ParseOptions{File: "request"})
	require.ErrorIs(t, err, ErrSyntax, "the listing is no JSON")
	require.ErrorContains(t, err, "request:3:33: ", "from its first placeholder on")
	tags := tagsIn(listing)
	require.Equal(t, tagrules.Tags{{Key: "tag_name_1", Value: "value1, value2"}, {Key: "tag_name_2", Value: "*"}, {Key: "tag_name_3", Value: "value3"}}, tags)
	_, session := w.open(t, aRequest(tags...))

	author := spice.Session{Principal: namespace.ForARN(arnOf("user/default/admin/sampleauthor"))}
	other := spice.Session{Principal: namespace.ForARN(arnOf("user/default/admin/other"))}
	all := wantRows(func([3]string) bool { return true })

	one := func(row [3]string) bool { return row[0] == "value1" || row[0] == "value2" }
	for _, tt := range []struct {
		reason, config string
		see            func(row [3]string) bool
	}{
		{"create-data-set: two rules, the second without a match-all value, so that * is a value", configs[0], func(row [3]string) bool { return one(row) && row[1] == "*" }},
		{"update-data-set: three rules, the second with one", configs[1], func(row [3]string) bool { return one(row) && row[2] == "value3" }},
	} {
		config := comment.ReplaceAllString("{"+tt.config+"}", "")
		setRules(t, store, "s1", config)
		got, err := session.Open(t.Context(), arnOf("dataset/s1"))
		require.NoError(t, err)
		want := wantRows(tt.see)
		require.NotEmpty(t, want)
		require.Less(t, len(want), len(all))
		require.Equal(t, want, rowsOf(t, got.Records(t.Context())), tt.reason)

		require.NoError(t, d.Detach(t.Context()))
		require.Empty(t, rowsOf(t, d.Records(t.Context(), author)), "authors see no data while there are tag rules alone")

		header := between(t, text, "UserName ", "\n\nEn este conjunto", 1)[0]
		lines := strings.Split(header, "\n")
		columns := strings.Fields(lines[0])
		require.Len(t, columns, 3)
		file := "UserName," + strings.Join(columns, ",") + "\n" + strings.TrimSpace(lines[1]) + ",,,\n"
		require.Equal(t, "UserName,column_name_1,column_name_2,column_name_3\nadmin/sampleauthor,,,\n", file)
		rules, err := rls.ReadCSV(strings.NewReader(file), &rls.Options{File: "author.csv"})
		require.NoError(t, err)
		require.NoError(t, d.Attach(t.Context(), spice.Permissions{Rules: rules}))
		require.Equal(t, all, rowsOf(t, d.Records(t.Context(), author)), "the author sees everything")
		require.Empty(t, rowsOf(t, d.Records(t.Context(), other)), "and nobody else who is registered")
		require.Equal(t, want, rowsOf(t, got.Records(t.Context())), "which changes nothing for the session")
	}

	require.NoError(t, d.Detach(t.Context()))
	setRules(t, store, "s1", strings.Replace(comment.ReplaceAllString("{"+configs[1]+"}", ""), "ENABLED", "DISABLED", 1))
	got, err := session.Open(t.Context(), arnOf("dataset/s1"))
	require.NoError(t, err)
	require.Equal(t, all, rowsOf(t, got.Records(t.Context())), "DISABLED, they restrict nothing (T10)")
}

// TestStoryOkTank: the five users, first with the tags as printed, whose keys
// have a blank in front, then with the keys that were meant (T7).
func TestStoryOkTank(t *testing.T) {
	text := tale(t)
	const months = 2
	w := newOkTank(t, months)
	_, listing, found := strings.Cut(text, `"RowLevelPermissionTagConfiguration":`)
	require.True(t, found)
	listing, _, _ = strings.Cut(listing, "En segundo lugar")
	config, err := tagrules.Parse(strings.NewReader(`{"RowLevelPermissionTagConfiguration":`+listing+"}"), nil)
	require.NoError(t, err)
	own, err := tagrules.Parse(strings.NewReader(okTankRules), nil)
	require.NoError(t, err)
	require.Equal(t, config, own, "the tests of this package use the same")

	// The second listing stands under the name of the first; its values are
	// those of NorthAdmin.
	users := []string{"NorthUser", "NorthAdmin", "SouthUser", "SouthAdmin", "PowerUser"}
	listings := between(t, text[strings.Index(text, "En segundo lugar"):], "\"SessionTags\": \n", "]", len(users))
	is := func(want ...string) func(string) bool {
		return func(s string) bool { return want == nil || slices.Contains(want, s) }
	}
	sees := map[string][2]func(string) bool{ // the table of the document: hospital, region
		"NorthUser":  {is("North Hospital"), is("Central", "East")},
		"NorthAdmin": {is("North Hospital"), is()},
		"SouthUser":  {is("South Hospital"), is("South")},
		"SouthAdmin": {is("South Hospital"), is()},
		"PowerUser":  {is(), is()},
	}
	for i, name := range users {
		t.Run(name, func(t *testing.T) {
			verbatim := tagsIn(listings[i])
			require.Len(t, verbatim, 2)
			require.Equal(t, " customer_region", verbatim[1].Key, "as printed")
			_, session := w.open(t, aRequest(verbatim...))
			d, err := session.Open(t.Context(), arnOf("dataset/s1"))
			require.NoError(t, err)
			require.Empty(t, patients(t, d), "a key with a blank is another key, and a tag is missing")
			why, err := w.Explain(session, config)
			require.NoError(t, err)
			require.Contains(t, why.Misses, tagrules.NearMiss{Session: " customer_region", Rule: "customer_region"})
			require.Contains(t, why.String(), `session tag " customer_region" is not "customer_region": case and white space count`)
			require.NotContains(t, why.String(), "Hospital\"")
			p, err := w.Predicate(t.Context(), session, arnOf("dataset/s1"))
			require.NoError(t, err)
			require.Zero(t, p)

			_, session = w.open(t, aRequest(trimKeys(verbatim)...))
			d, err = session.Open(t.Context(), arnOf("dataset/s1"))
			require.NoError(t, err)
			want := wantPatients(months, func(h, r string) bool { return sees[name][0](h) && sees[name][1](r) })
			require.NotEmpty(t, want)
			require.Equal(t, want, patients(t, d))
			why, err = w.Explain(session, config)
			require.NoError(t, err)
			require.Empty(t, why.Misses)
			require.Equal(t, name != "PowerUser", why.Restricted())
		})
	}
	_, session := w.open(t, aRequest())
	_, err = newWorld(t).Explain(session, config)
	require.ErrorIs(t, err, ErrForbidden, "a session of another site")
	_, err = w.Predicate(t.Context(), nil, arnOf("dataset/s1"))
	require.ErrorIs(t, err, ErrForbidden)
	_, err = w.Predicate(t.Context(), session, arnOf("dataset/s2"))
	require.ErrorIs(t, err, ErrForbidden)
}

// TestStoryPolicy: the policy as printed, comments and all, and the variants
// that its comments name (E4).
func TestStoryPolicy(t *testing.T) {
	text := tale(t)
	i := strings.Index(text, "{\n  \"Version\": \"2012-10-17\"")
	require.Positive(t, i)
	// Its comments are set off by empty lines; it ends with the first bracket in
	// the first column.
	listing := text[i : i+strings.Index(text[i:], "\n}\n")+2]
	verbatim, err := ParsePolicy(strings.NewReader(listing), &PolicyOptions{File: "policy.json"})
	require.NoError(t, err)
	ok, why := verbatim.Decide(arnOf("namespace/tenant1"))
	require.False(t, ok, "its ARNs lost the account")
	require.Contains(t, why, "no statement allows")

	filled := strings.ReplaceAll(listing, "us-east-1::", "us-east-1:"+account+":")
	p := policy(t, filled)
	for resource, want := range map[string]bool{
		"namespace/tenant1": true, "dashboard/dashboard-id-123": true,
		"namespace/tenant2": false, "namespace/tenant10": false, "dashboard/dashboard-id-1234": false, "namespace/default": false,
	} {
		ok, _ := p.Decide(arnOf(resource))
		require.Equal(t, want, ok, resource)
	}

	variants := regexp.MustCompile(`"(arn:aws:quicksight:us-east-1::[a-z]+/[^"]*)"`).FindAllStringSubmatch(listing, -1)
	require.Len(t, variants, 6, "two rules and four comments")
	for _, v := range variants[2:] {
		for tenant, good := range map[string]bool{"tenant7": true, "*": false, "": false, "a/b": false, "te?": false, "x\", \"*": false} {
			text := fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": %q, "Resource": %q}]}`,
				Action, strings.Replace(v[1], "::", ":"+account+":", 1))
			p, err := ParsePolicy(strings.NewReader(text), &PolicyOptions{Placeholders: map[string]string{"tenant-id": tenant, "dashboard-id": tenant}})
			if !strings.Contains(v[1], "{{") {
				require.NoError(t, err)
				mine, _, _ := strings.Cut(v[1][strings.LastIndex(v[1], ":")+1:], "*")
				ok, _ := p.Decide(arnOf(mine + "-9"))
				require.True(t, ok, "a prefix")
				ok, _ = p.Decide(arnOf(mine[:len(mine)-1]))
				require.False(t, ok)
				continue
			}
			kind, _, _ := strings.Cut(v[1][strings.LastIndex(v[1], ":")+1:], "/")
			if !good {
				require.Error(t, err, "%q is no name of one", tenant)
			} else {
				require.NoError(t, err)
			}
			ok, _ := p.Decide(arnOf(kind + "/tenant7"))
			require.Equal(t, good, ok)
			ok, _ = p.Decide(arnOf(kind + "/tenant8"))
			require.False(t, ok, "whatever the tenant calls itself")
		}
		_, err := ParsePolicy(strings.NewReader(strings.Replace(allowAll, `"*"`, `"`+v[1]+`"`, 1)), nil)
		if strings.Contains(v[1], "{{") {
			require.ErrorContains(t, err, "placeholder", "one that was not filled in")
		}
	}

	caller := Caller{Policy: policy(t, strings.ReplaceAll(filled, "dashboard-id-123", "d1"))}
	w := newWorld(t)
	res, err := w.GenerateEmbedUrlForAnonymousUser(t.Context(), caller, aRequest())
	require.NoError(t, err)
	answer, err := json.Marshal(res)
	require.NoError(t, err)
	for _, field := range []string{`"EmbedUrl"`, `"Status"`, `"RequestId"`} {
		require.Contains(t, string(answer), field, "what the document says an answer has")
	}
}
