package diff_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls/diff"
	"github.com/rowsight/rowsight/tagrules"
)

func config(t testing.TB, text string, opts *tagrules.Options) *tagrules.Config {
	t.Helper()
	c, err := tagrules.Parse(strings.NewReader(text), opts)
	require.NoError(t, err)
	return c
}

func tags(t testing.TB, old, new *tagrules.Config) *diff.TagResult {
	t.Helper()
	r, err := diff.Tags(old, new)
	require.NoError(t, err)
	return r
}

func TestTagsZero(t *testing.T) {
	require.Equal(t, "no difference\n", new(diff.TagResult).String())
	require.False(t, new(diff.TagResult).HasGain())
	r, err := diff.Tags(nil, new(tagrules.Config))
	require.Error(t, err)
	require.Nil(t, r)
}

func TestTags(t *testing.T) {
	const tenant = `{"TagKey":"tenant","ColumnName":"Tenant"}`
	const region = `{"TagKey":"region","ColumnName":"Region","TagMultiValueDelimiter":",","MatchAllValue":"open-sesame"}`
	tests := []struct{ reason, old, new, want string }{
		{"another order", `{"TagRules":[` + tenant + `,` + region + `]}`, `{"TagRules":[` + region + `,` + tenant + `],"TagRuleConfigurations":[["region","tenant"]]}`, "no difference\n"},
		{"a list that another contains", `{"TagRules":[` + tenant + `,` + region + `],"TagRuleConfigurations":[["tenant"],["tenant","region"]]}`,
			`{"TagRules":[` + tenant + `,` + region + `],"TagRuleConfigurations":[["tenant"]]}`, "no difference\n"},
		{"a rule dropped", `{"TagRules":[` + tenant + `,` + region + `]}`, `{"TagRules":[` + tenant + `]}`,
			"+ sessions with tags \"tenant\"\n    such as tenant = \"b\", of a row with Tenant = \"b\"\n"},
		{"match-all added", `{"TagRules":[` + strings.Replace(region, `,"MatchAllValue":"open-sesame"`, "", 1) + `]}`, `{"TagRules":[` + region + `]}`,
			"+ sessions with tags \"region\"\n    such as region = (match all), of a row with Region = \"b\"\n"},
		{"another column", `{"TagRules":[` + tenant + `]}`, `{"TagRules":[{"TagKey":"tenant","ColumnName":"Customer"}]}`,
			"+ sessions with tags \"tenant\"\n    such as tenant = \"a\", of a row with Customer = \"a\", Tenant = \"aa\"\n" +
				"- sessions with tags \"tenant\"\n    such as tenant = \"aa\", of a row with Customer = \"a\", Tenant = \"aa\"\n"},
		{"a delimiter added", `{"TagRules":[` + tenant + `]}`, `{"TagRules":[{"TagKey":"tenant","ColumnName":"Tenant","TagMultiValueDelimiter":";"}]}`, ""},
		{"disabled", `{"TagRules":[` + tenant + `]}`, `{"Status":"DISABLED","TagRules":[` + tenant + `]}`, "+ every session, every row: the rules of one side are disabled\n"},
		{"both disabled", `{"Status":"DISABLED","TagRules":[` + region + `]}`, `{"Status":"DISABLED","TagRules":[` + tenant + `]}`, "no difference\n"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			r := tags(t, config(t, tt.old, nil), config(t, tt.new, nil))
			text, err := json.Marshal(r)
			require.NoError(t, err)
			require.NotContains(t, r.String()+string(text), "open-sesame")
			if tt.want == "" {
				require.True(t, r.HasGain() && r.HasLoss(), r.String())
				return
			}
			require.Equal(t, tt.want, r.String())
		})
	}
	// The way values are read counts, too.
	csv := `{"TagRules":[` + region + `]}`
	require.True(t, tags(t, config(t, csv, nil), config(t, csv, &tagrules.Options{MatchAllInList: true})).HasGain())
	literal := tags(t, config(t, csv, nil), config(t, csv, &tagrules.Options{LiteralSpaces: true}))
	require.True(t, literal.HasGain() && literal.HasLoss(), literal.String())
}

// TestTagsAgainstBruteForce tries all sessions over a few values and all rows.
func TestTagsAgainstBruteForce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	values := []string{"", "p", "q", "p,q", "q,p", "p;q", "q;p", "*", "all", "p,*", "p,all", " p", "p, q"}
	texts := []string{"", "p", "q", "p,q", "p;q", "*", "all", " p"}
	more, less, same := 0, 0, 0
	for range 1500 {
		old := randomConfig(rnd, nil)
		is := randomConfig(rnd, old)
		r := tags(t, old, is)
		require.Empty(t, r.Unproven)
		gain, loss := false, false
		for _, a := range values {
			for _, b := range values {
				session := slices.DeleteFunc([]tagrules.Tag{{Key: "k1", Value: a}, {Key: "k2", Value: b}}, func(t tagrules.Tag) bool { return t.Value == "" })
				p, err := old.For(session...)
				require.NoError(t, err)
				q, err := is.For(session...)
				require.NoError(t, err)
				if p.Equal(q) {
					continue
				}
				for _, x := range texts {
					for _, y := range texts {
						row := func(c string) (string, bool) { s := map[string]string{"X": x, "Y": y}[c]; return s, s != "" }
						was, now := p.Match(row), q.Match(row)
						gain, loss = gain || now && !was, loss || was && !now
					}
				}
			}
		}
		require.Equal(t, gain, r.HasGain(), "%v\n%v\n%s", old, is, r)
		require.Equal(t, loss, r.HasLoss(), "%v\n%v\n%s", old, is, r)
		if gain {
			more++
		}
		if loss {
			less++
		}
		if !gain && !loss {
			same++
		}
	}
	require.Greater(t, more, 200)
	require.Greater(t, less, 200)
	require.Greater(t, same, 200)
}

func randomConfig(rnd *rand.Rand, like *tagrules.Config) *tagrules.Config {
	c := new(tagrules.Config)
	for i, key := range []string{"k1", "k2"} {
		r := tagrules.Rule{TagKey: key, ColumnName: []string{"X", "Y"}[rnd.IntN(2)],
			TagMultiValueDelimiter: []string{"", ",", ";"}[rnd.IntN(3)], MatchAllValue: []string{"", "*", "all"}[rnd.IntN(3)]}
		if like != nil && rnd.IntN(3) > 0 {
			r = like.TagRules[i]
		}
		c.TagRules = append(c.TagRules, r)
	}
	for range rnd.IntN(3) {
		c.TagRuleConfigurations = append(c.TagRuleConfigurations, [][]string{{"k1"}, {"k2"}, {"k1", "k2"}, {"k2", "k1"}}[rnd.IntN(4)])
	}
	return c
}

func TestManyChanges(t *testing.T) {
	var old, is tagrules.Config
	for i := range 50 {
		key := string(rune('A' + i))
		old.TagRules = append(old.TagRules, tagrules.Rule{TagKey: key, ColumnName: "c" + key, MatchAllValue: "*"})
		is.TagRules = append(is.TagRules, tagrules.Rule{TagKey: key, ColumnName: "c" + key})
	}
	r := tags(t, &old, &is)
	require.NotEmpty(t, r.Losses)
	require.True(t, r.HasGain(), "what is not ruled out counts")
	require.Contains(t, r.String(), "too many rules changed to try everything")
}

func TestSessions(t *testing.T) {
	old := config(t, `{"TagRules":[{"TagKey":"tenant","ColumnName":"Region"},{"TagKey":"tier","ColumnName":"Tier"}]}`, nil)
	is := config(t, `{"TagRules":[{"TagKey":"tenant","ColumnName":"Region"}]}`, nil)
	sessions := []tagrules.Tags{{{Key: "tenant", Value: "US"}}, {{Key: "tier", Value: "US"}}, {{Key: "tenant", Value: "EMEA"}, {Key: "tier", Value: "US"}}}
	rec := records(memory.DefaultAllocator)
	reader, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	require.NoError(t, err)
	r, err := diff.Sessions(old, is, sessions, &diff.Options{Data: reader, Samples: 1})
	require.NoError(t, err)
	require.True(t, r.HasGain())
	require.False(t, r.HasLoss())
	require.Equal(t, "session 1: gains rows by Region\n  of 343 rows: 49 gained, 0 lost\n  + row 148 and 6 like it: Region = \"US\"\n"+
		"session 3: gains rows by Region, Tier\n  of 343 rows: 42 gained, 0 lost\n  + row 99 and 6 like it: Region = \"EMEA\"\n", r.String())
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.JSONEq(t, `{"sessions":3,"rows":343,"changes":[
		{"session":1,"gain":true,"loss":false,"columns":["Region"],"gained":49,"lost":0,"gainedRows":[{"row":148,"values":{"Region":"US"},"count":7}]},
		{"session":3,"gain":true,"loss":false,"columns":["Region","Tier"],"gained":42,"lost":0,"gainedRows":[{"row":99,"values":{"Region":"EMEA"},"count":7}]}]}`, string(text))

	r, err = diff.Sessions(is, old, sessions, nil)
	require.NoError(t, err)
	require.False(t, r.HasGain())
	require.Equal(t, "session 1: loses rows by Region\nsession 3: loses rows by Region, Tier\n", r.String())
	require.NotContains(t, r.String(), "EMEA", "tag values are secrets")
	_, err = diff.Sessions(is, old, []tagrules.Tags{sessions[0], {{Key: "", Value: "x"}}}, nil)
	require.ErrorContains(t, err, "session 2: ")
	require.Equal(t, "no difference\n", new(diff.SessionResult).String())
}

// TestNoConfiguration compares with no configuration, by which nobody sees a row.
func TestNoConfiguration(t *testing.T) {
	c := &tagrules.Config{
		TagRules:              []tagrules.Rule{{TagKey: "a", ColumnName: "A"}, {TagKey: "b", ColumnName: "B", MatchAllValue: "*"}},
		TagRuleConfigurations: [][]string{{"a"}, {"b"}},
	}
	gains, err := diff.Tags(nil, c)
	require.NoError(t, err)
	require.Len(t, gains.Gains, 2, "one for each list of keys")
	require.Empty(t, gains.Losses)
	require.Empty(t, gains.Unproven)
	losses, err := diff.Tags(c, nil)
	require.NoError(t, err)
	require.Len(t, losses.Losses, 2)
	require.Empty(t, losses.Gains)
	nothing, err := diff.Tags(nil, nil)
	require.NoError(t, err)
	require.False(t, nothing.HasGain() || nothing.HasLoss())
	disabled, err := diff.Tags(nil, &tagrules.Config{Status: tagrules.Disabled, TagRules: c.TagRules})
	require.NoError(t, err)
	require.True(t, disabled.HasGain(), "every session sees every row now")

	tags := []tagrules.Tags{{{Key: "a", Value: "x"}}, {}}
	sessions, err := diff.Sessions(nil, c, tags, nil)
	require.NoError(t, err)
	require.Len(t, sessions.Changes, 1, "the session without tags still sees nothing")
	require.True(t, sessions.HasGain())
	sessions, err = diff.Sessions(c, nil, tags, nil)
	require.NoError(t, err)
	require.True(t, sessions.HasLoss())
	require.False(t, sessions.HasGain())
}
