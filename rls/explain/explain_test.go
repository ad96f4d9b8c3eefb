package explain_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/explain"
	"github.com/rowsight/rowsight/rls/internal/fixture"
	"github.com/rowsight/rowsight/rls/internal/randrules"
	"github.com/rowsight/rowsight/tagrules"
)

var read, records = fixture.Rules, fixture.Records

func row(pairs ...string) func(string) (string, bool) {
	return func(column string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == column {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestZero(t *testing.T) {
	var v explain.Viewer
	require.False(t, v.Row(row()).Visible)
	require.Equal(t, explain.NoRule, v.Row(row()).Reason)
	require.False(t, explain.Answer{}.Visible)
	require.Equal(t, "hidden from nobody: no applicable rule\n", explain.Answer{}.String())
	for _, rs := range []*rls.Rules{nil, {}} {
		v, err := explain.For(rs, namespace.Named("al"))
		require.NoError(t, err)
		require.False(t, v.Row(row()).Visible)
	}
	v2, err := explain.ForTags(nil)
	require.Error(t, err)
	require.False(t, v2.Row(row()).Visible)
}

func TestText(t *testing.T) {
	long := strings.Repeat("ü", 70)
	rules := read(t, "UserName,GroupName,Region,Segment\n"+
		"al,,\"EMEA,US\",\n"+
		"al,sales,US,\"a,b,c,d,e,f,"+long+"\"\n"+
		",sales,,SMB\n"+
		"bo,,,\n"+
		"di,,\"US,AWS, INC\",\n", &rls.Options{File: "rules.csv"})
	tests := []struct {
		reason, want string
		who          namespace.Principal
		row          func(string) (string, bool)
	}{
		{"admitted", "visible to al: 1 of 2 rules admits the row\n  rules.csv:2 for user al\n",
			namespace.Named("al"), row("Region", "EMEA")},
		{"the nearest fails on one field", "hidden from al: none of 2 rules admits the row; nearest:\n" +
			"  rules.csv:2 for user al\n    Region is \"APAC\", want one of \"EMEA\", \"US\"\n",
			namespace.Named("al"), row("Region", "APAC", "Segment", "x")},
		{"several as near", "hidden from al: none of 3 rules admits the row; nearest:\n" +
			"  rules.csv:2 for user al\n    Region is NULL or empty, want one of \"EMEA\", \"US\"\n" +
			"  rules.csv:3 for user al and group sales\n    Region is NULL or empty, want \"US\"\n" +
			"  rules.csv:4 for group sales\n    Segment is \"f\", want \"SMB\"\n",
			namespace.Named("al", "sales"), row("Segment", "f")},
		{"a value whose commas split it", "hidden from di: the only rule does not admit the row; nearest:\n" +
			"  rules.csv:6 for user di\n    Region is \"AWS, INC\", want one of \" INC\", \"AWS\", \"US\"; the rule has this text and splits it at the commas, write it as \"AWS, INC\" in the cell\n",
			namespace.Named("di"), row("Region", "AWS, INC")},
		{"a part of such a value", "hidden from di: the only rule does not admit the row; nearest:\n" +
			"  rules.csv:6 for user di\n    Region is \"S, INC\", want one of \" INC\", \"AWS\", \"US\"\n",
			namespace.Named("di"), row("Region", "S, INC")},
		{"no rule", "hidden from cy: no applicable rule\n", namespace.Named("cy"), row()},
		{"nobody", "hidden from nobody: no applicable rule\n", namespace.Principal{}, row()},
		{"everything", "visible to bo: 1 of 1 rules admits the row\n  rules.csv:5 for user bo\n", namespace.Named("bo"), row()},
		{"a group alone", "hidden from a member of sales: none of 2 rules admits the row; nearest:\n" +
			"  rules.csv:3 for user al and group sales\n    Segment is \"zz\", want one of \"a\", \"b\", \"c\", \"d\", \"e\" and 2 more\n" +
			"  rules.csv:4 for group sales\n    Segment is \"zz\", want \"SMB\"\n",
			namespace.Named("", "sales"), row("Region", "US", "Segment", "zz")},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			v, err := explain.For(rules, tt.who)
			require.NoError(t, err)
			require.Equal(t, tt.want, v.Row(tt.row).String())
		})
	}
}

func TestLimits(t *testing.T) {
	v, err := explain.For(read(t, "UserName,Region\nal,\"a,b\"\n", &rls.Options{MaxValues: 1}), namespace.Named("al"))
	require.ErrorIs(t, err, rls.ErrTooManyValues)
	require.False(t, v.Row(row("Region", "a")).Visible)
}

func TestDisabled(t *testing.T) {
	rules := read(t, "UserName,Region\nal,a\n", &rls.Options{Settings: &rls.PermissionDataSet{
		Arn: "arn:aws:quicksight:us-east-1:111122223333:dataset/x", PermissionPolicy: "GRANT_ACCESS", Status: rls.Disabled}})
	v, err := explain.For(rules, namespace.Named("cy"))
	require.NoError(t, err)
	require.Equal(t, "visible to cy: the rules are disabled, everybody sees every row\n", v.Row(row()).String())
	v, err = explain.For(rules, namespace.Principal{})
	require.NoError(t, err)
	require.False(t, v.Row(row()).Visible, "nobody sees nothing")
}

// TestAgainstFilter: what is said to be visible is what the oracle, the
// predicate and the filter on Arrow say, and the rules named are the rules that
// admit the row.
func TestAgainstFilter(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	rnd := rand.New(rand.NewPCG(3, 4))
	rec := records(mem)
	defer rec.Release()
	rows := randrules.Rows()
	count := map[explain.Reason]int{}
	for round := range 1500 {
		f := randrules.New(rnd, 8)
		rules, err := f.Read()
		require.NoError(t, err)
		viewers := randrules.Viewers()
		who := viewers[rnd.IntN(len(viewers))]
		v, err := explain.For(rules, namespace.Named(who[0], who[1:]...))
		require.NoError(t, err)
		filter, err := batch.Bind(v.Predicate(), rec.Schema(), nil)
		require.NoError(t, err)
		mask, err := filter.Mask(rec)
		require.NoError(t, err)
		reader, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
		require.NoError(t, err)
		i := 0
		for a, err := range v.Records(reader) {
			require.NoError(t, err)
			require.Equal(t, i+1, a.Row)
			require.Equal(t, mask.Value(i), a.Visible)
			if round%10 == 0 || rnd.IntN(50) == 0 {
				at, err := v.At(rec, i)
				require.NoError(t, err)
				require.Equal(t, a, at)
				check(t, f, who, rows[i], a)
				count[a.Reason]++
			}
			i++
		}
		require.Equal(t, len(rows), i)
		mask.Release()
		reader.Release()
	}
	require.Greater(t, count[explain.Admitted], 3000)
	require.Greater(t, count[explain.Denied], 3000)
	require.Greater(t, count[explain.NoRule], 3000)
}

// check compares an answer with the oracle. Lines of a random file are its
// rules plus the header.
func check(t *testing.T, f randrules.File, who []string, row randrules.Row, a explain.Answer) {
	t.Helper()
	require.Equal(t, f.Sees(who[0], who[1:], row), a.Visible)
	for _, r := range a.By {
		require.True(t, f.Admits(r.Pos.Line-2, who[0], who[1:], row), "%s\n%s", f, a)
	}
	for _, m := range a.Nearest {
		i := m.Rule.Pos.Line - 2
		require.False(t, a.Visible)
		require.True(t, f.Applies(i, who[0], who[1:]))
		require.NotEmpty(t, m.Fields)
		for _, field := range m.Fields {
			require.Equal(t, row[field.Column], field.Has)
			require.NotContains(t, field.Want, field.Has)
			require.Equal(t, row[field.Column] == "", field.Null)
		}
	}
	require.Equal(t, a.Reason == explain.Denied, len(a.Nearest) > 0)
}

func TestAtRefuses(t *testing.T) {
	rec := records(memory.DefaultAllocator)
	defer rec.Release()
	v, err := explain.For(read(t, "UserName,Country\nal,x\n", nil), namespace.Named("al"))
	require.NoError(t, err)
	_, err = v.At(rec, 0)
	require.ErrorIs(t, err, batch.ErrNoColumn)
	_, err = v.At(rec, int(rec.NumRows()))
	require.ErrorContains(t, err, "no row 344 in the record")
	_, err = v.At(nil, 0)
	require.Error(t, err)
	reader, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	require.NoError(t, err)
	defer reader.Release()
	for a, err := range v.Records(reader) {
		require.ErrorIs(t, err, batch.ErrNoColumn)
		require.False(t, a.Visible)
	}
}

const tagConfig = `{"TagRules":[
	{"TagKey":"tenant","ColumnName":"Tenant"},
	{"TagKey":"region","ColumnName":"Region","TagMultiValueDelimiter":",","MatchAllValue":"open-sesame"}],
	"TagRuleConfigurations":[["tenant","region"],["region"]]}`

func TestTags(t *testing.T) {
	config, err := tagrules.Parse(strings.NewReader(tagConfig), nil)
	require.NoError(t, err)
	tests := []struct {
		reason, want string
		tags         []tagrules.Tag
		row          func(string) (string, bool)
	}{
		{"by both lists", "visible to the session: 2 of 2 lists of tags admit the row\n  list 1\n  list 2\n",
			[]tagrules.Tag{{Key: "tenant", Value: "secret-a"}, {Key: "region", Value: "open-sesame"}}, row("Tenant", "secret-a")},
		{"a list of values", "hidden from the session: none of 2 lists of tags admits the row; nearest:\n" +
			"  list 2\n    Region is \"APAC\", which is none of the 2 values of tag \"region\"\n",
			[]tagrules.Tag{{Key: "tenant", Value: "secret-a"}, {Key: "region", Value: "secret-b, secret-c"}}, row("Tenant", "x", "Region", "APAC")},
		{"a missing tag", "hidden from the session: none of 2 lists of tags admits the row; nearest:\n" +
			"  list 1\n    tag \"region\", which restricts Region: missing\n  list 2\n    tag \"region\", which restricts Region: missing\n",
			[]tagrules.Tag{{Key: "tenant", Value: "secret-a"}}, row("Tenant", "secret-a", "Region", "EMEA")},
		{"NULL", "hidden from the session: none of 2 lists of tags admits the row; nearest:\n" +
			"  list 2\n    Region is NULL or empty, which is not the value of tag \"region\"\n",
			[]tagrules.Tag{{Key: "tenant", Value: "secret-a"}, {Key: "region", Value: "secret-b"}}, row()},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			v, err := explain.ForTags(config, tt.tags...)
			require.NoError(t, err)
			a := v.Row(tt.row)
			require.Equal(t, tt.want, a.String())
			for _, secret := range []string{"secret-b", "secret-c", "open-sesame"} {
				require.NotContains(t, a.String(), secret)
				text, err := json.Marshal(a)
				require.NoError(t, err)
				require.NotContains(t, string(text), secret)
			}
		})
	}
	_, err = explain.ForTags(config, tagrules.Tag{Key: "tenant", Value: strings.Repeat("secret", 100)})
	require.ErrorIs(t, err, tagrules.ErrLimit)
	require.NotContains(t, err.Error(), "secretsecret")
}

// TestTagsAgainstFilter compares answers with the predicate of the session.
func TestTagsAgainstFilter(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	shown, hidden := 0, 0
	for range 3000 {
		c := randomConfig(rnd)
		var tags []tagrules.Tag
		for _, key := range []string{"k1", "k2", "k3"} {
			if rnd.IntN(4) > 0 {
				tags = append(tags, tagrules.Tag{Key: key, Value: []string{"a", "b", "a,b", "*", ""}[rnd.IntN(5)]})
			}
		}
		v, err := explain.ForTags(c, tags...)
		require.NoError(t, err)
		want, err := c.For(tags...)
		require.NoError(t, err)
		for _, x := range []string{"a", "b", "a,b", "*", ""} {
			for _, y := range []string{"a", "b", ""} {
				r := row("X", x, "Y", y)
				a := v.Row(r)
				require.Equal(t, want.Match(r), a.Visible)
				require.Equal(t, a.Visible, len(a.By) > 0)
				require.Equal(t, a.Visible, len(a.Nearest) == 0)
				if a.Visible {
					shown++
				} else {
					hidden++
				}
			}
		}
	}
	require.Greater(t, shown, 3000)
	require.Greater(t, hidden, 3000)
}

func randomConfig(rnd *rand.Rand) *tagrules.Config {
	c := new(tagrules.Config)
	for _, key := range []string{"k1", "k2", "k3"} {
		c.TagRules = append(c.TagRules, tagrules.Rule{TagKey: key, ColumnName: []string{"X", "Y"}[rnd.IntN(2)],
			TagMultiValueDelimiter: []string{"", ","}[rnd.IntN(2)], MatchAllValue: []string{"", "*"}[rnd.IntN(2)]})
	}
	for range rnd.IntN(3) {
		c.TagRuleConfigurations = append(c.TagRuleConfigurations, [][]string{{"k1"}, {"k2"}, {"k1", "k2"}, {"k2", "k3"}}[rnd.IntN(4)])
	}
	return c
}

func TestJSON(t *testing.T) {
	v, err := explain.For(read(t, "UserName,Region\nal,\"EMEA,US\"\n", &rls.Options{File: "rules.csv"}), namespace.Named("al"))
	require.NoError(t, err)
	got, err := json.Marshal(v.Row(row("Region", "APAC")))
	require.NoError(t, err)
	require.JSONEq(t, `{"who":"al","visible":false,"reason":"denied","rules":1,"nearest":[{"rule":{"file":"rules.csv","line":2,"user":"al"},
		"fields":[{"column":"Region","has":"APAC","want":["EMEA","US"],"values":2}]}]}`, string(got))
	got, err = json.Marshal(explain.Answer{})
	require.NoError(t, err)
	require.JSONEq(t, `{"visible":false,"reason":"no rule","rules":0}`, string(got))
}
