package studio_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/tagrules"
)

const tagsText = `{
  "Status": "ENABLED",
  "TagRules": [
    {"TagKey": "tenant", "ColumnName": "Segment"},
    {"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*all*"}
  ]
}
`

// tagDocuments are the forms in which a configuration stands in a document. Every
// one has the rules of tagsText.
var tagDocuments = map[string]string{
	"alone":     tagsText,
	"on a line": `{"Status":"ENABLED","TagRules":[{"TagKey":"tenant","ColumnName":"Segment"},{"TagKey":"region","ColumnName":"Region","TagMultiValueDelimiter":",","MatchAllValue":"*all*"}]}`,
	"windows":   "\uFEFF" + strings.ReplaceAll(tagsText, "\n", "\r\n"),
	"tabs":      strings.ReplaceAll(tagsText, "  ", "\t"),
	"a dataset": "{\"DataSet\": {\"Name\":   \"x\", \"Odd\" : [1.50, \"\\u0041\"],\n\t\"RowLevelPermissionTagConfiguration\": " + strings.TrimSpace(tagsText) + "  },\n \"RequestId\": \"é\"}\n\n",
}

// TestTagEdits: what edits write, byte for byte.
func TestTagEdits(t *testing.T) {
	for _, c := range []struct {
		reason, document string
		ops              []studio.TagOp
		old, new         string // the only part that differs
	}{
		{"another key", "alone", []studio.TagOp{{Op: "set", Rule: 0, Field: "TagKey", Text: "customer"}}, `"tenant"`, `"customer"`},
		{"another column, on a line", "on a line", []studio.TagOp{{Op: "set", Rule: 1, Field: "ColumnName", Text: `a"b`}}, `"Region"`, `"a\"b"`},
		{"a field that is not there", "alone", []studio.TagOp{{Op: "set", Rule: 0, Field: "MatchAllValue", Text: "é"}}, `"Segment"}`, `"Segment", "MatchAllValue": "é"}`},
		{"a field that goes", "alone", []studio.TagOp{{Op: "set", Rule: 1, Field: "MatchAllValue"}}, `, "MatchAllValue": "*all*"`, ``},
		{"a field in the middle that goes", "on a line", []studio.TagOp{{Op: "set", Rule: 1, Field: "TagMultiValueDelimiter"}}, `"TagMultiValueDelimiter":",",`, ``},
		{"switched off", "windows", []studio.TagOp{{Op: "status", Text: "DISABLED"}}, `"ENABLED"`, `"DISABLED"`},
		{"no status", "alone", []studio.TagOp{{Op: "status"}}, "  \"Status\": \"ENABLED\",\n", ""},
		{"a new rule", "alone", []studio.TagOp{{Op: "add"}, {Op: "set", Rule: 2, Field: "TagKey", Text: "k"}, {Op: "set", Rule: 2, Field: "ColumnName", Text: "c"}}, "*all*\"}\n", "*all*\"},\n    {\"TagKey\": \"k\", \"ColumnName\": \"c\"}\n"},
		{"a new rule, on a line", "on a line", []studio.TagOp{{Op: "add"}}, `"*all*"}`, `"*all*"},{"TagKey":"","ColumnName":""}`},
		{"a new rule, with carriage returns", "windows", []studio.TagOp{{Op: "add"}}, "*all*\"}\r\n", "*all*\"},\r\n    {\"TagKey\": \"\", \"ColumnName\": \"\"}\r\n"},
		{"the first rule goes", "alone", []studio.TagOp{{Op: "remove", Rule: 0}}, "{\"TagKey\": \"tenant\", \"ColumnName\": \"Segment\"},\n    ", ""},
		{"the last rule goes", "tabs", []studio.TagOp{{Op: "remove", Rule: 1}}, ",\n\t\t{\"TagKey\": \"region\", \"ColumnName\": \"Region\", \"TagMultiValueDelimiter\": \",\", \"MatchAllValue\": \"*all*\"}", ""},
		{"a combination of keys", "alone", []studio.TagOp{{Op: "addlist", Keys: []string{"tenant", "region"}}}, "\n  ]\n}", "\n  ],\n  \"TagRuleConfigurations\": [\n    [\"tenant\", \"region\"]\n  ]\n}"},
		{"inside of a dataset", "a dataset", []studio.TagOp{{Op: "set", Rule: 0, Field: "TagKey", Text: "t2"}}, `"tenant"`, `"t2"`},
		{"nothing", "a dataset", []studio.TagOp{{Op: "set", Rule: 0, Field: "TagKey", Text: "tenant"}}, "", ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			text := tagDocuments[c.document]
			require.True(t, c.old == "" || strings.Count(text, c.old) == 1, "the test names one place")
			next, err := studio.NewTagText("tags.json", text).Apply(c.ops...)
			require.NoError(t, err)
			require.Equal(t, strings.Replace(text, c.old, c.new, 1), next.Text())
		})
	}
}

// TestTagEditsKeep: whatever is edited, the rest of the document keeps its bytes,
// and an edit that is taken back leaves no trace.
func TestTagEditsKeep(t *testing.T) {
	random := rand.New(rand.NewPCG(19, 2))
	words := []string{"tenant", "region", "é,\"\\", "", "*", "a\nb", "\u2028", "<script>"}
	word := func() string { return words[random.IntN(len(words))] }
	for name, text := range tagDocuments {
		// What is around the configuration.
		before := text[:strings.LastIndexByte(text[:strings.Index(text, `"Status"`)], '{')+1]
		closing := strings.LastIndexByte(text, ']')
		closing += strings.IndexByte(text[closing:], '}')
		after := text[closing:]
		edited := 0
		for range 300 {
			now := studio.NewTagText("tags.json", text)
			for range 6 {
				op := studio.TagOp{Op: []string{"set", "set", "add", "remove", "list", "addlist", "removelist", "status"}[random.IntN(8)], Rule: random.IntN(3), List: random.IntN(2), Text: word(), Keys: []string{word(), word()}[:random.IntN(3)],
					Field: []string{"TagKey", "ColumnName", "TagMultiValueDelimiter", "MatchAllValue"}[random.IntN(4)]}
				if op.Op == "status" {
					op.Text = []string{"ENABLED", "DISABLED", ""}[random.IntN(3)]
				}
				next, err := now.Apply(op)
				if err != nil {
					require.ErrorIs(t, err, studio.ErrOp)
					continue
				}
				now = next
				edited++
			}
			require.True(t, strings.HasPrefix(now.Text(), before), "%s: %s", name, now.Text())
			require.True(t, strings.HasSuffix(now.Text(), after), "%s: %s", name, now.Text())
		}
		require.Greater(t, edited, 600, name)
		now := studio.NewTagText("tags.json", text)
		for _, field := range []string{"TagKey", "ColumnName", "TagMultiValueDelimiter", "MatchAllValue"} {
			there, err := now.Apply(studio.TagOp{Op: "set", Rule: 1, Field: field, Text: "other"})
			require.NoError(t, err)
			require.NotEqual(t, text, there.Text())
			was := map[string]string{"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*all*"}[field]
			back, err := there.Apply(studio.TagOp{Op: "set", Rule: 1, Field: field, Text: was})
			require.NoError(t, err)
			require.Equal(t, text, back.Text(), "%s %s", name, field)
		}
	}
}

// TestTagKeys: a key that has another name has it in the combinations, too, and a
// rule that goes takes its key out of them.
func TestTagKeys(t *testing.T) {
	now, err := studio.NewTagText("", tagsText).Apply(studio.TagOp{Op: "addlist", Keys: []string{"tenant"}}, studio.TagOp{Op: "addlist", Keys: []string{"tenant", "region"}},
		studio.TagOp{Op: "set", Rule: 0, Field: "TagKey", Text: "customer"})
	require.NoError(t, err)
	c, err := now.Config()
	require.NoError(t, err)
	require.Equal(t, [][]string{{"customer"}, {"customer", "region"}}, c.TagRuleConfigurations)
	now, err = now.Apply(studio.TagOp{Op: "remove", Rule: 0})
	require.NoError(t, err)
	c, err = now.Config()
	require.NoError(t, err)
	require.Equal(t, [][]string{{"region"}}, c.TagRuleConfigurations)
	now, err = now.Apply(studio.TagOp{Op: "removelist"})
	require.NoError(t, err)
	require.NotContains(t, now.Text(), "TagRuleConfigurations", "no combination is no field")
}

// TestTagTextRefused: a document that cannot be edited in parts says why, and is
// not changed.
func TestTagTextRefused(t *testing.T) {
	for reason, text := range map[string]string{
		"no JSON":   "hello",
		"a list":    "[]",
		"YAML":      "RowLevelPermissionTagConfiguration:\n  Status: ENABLED\n  TagRules:\n    - TagKey: a\n      ColumnName: b\n",
		"Terraform": `{"values": {"row_level_permission_tag_configuration": [{"status": "ENABLED", "tag_rules": [{"tag_key": "a", "column_name": "b"}]}]}}`,
		"two":       `{"a": {"RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "a", "ColumnName": "b"}]}}, "b": {"RowLevelPermissionTagConfiguration": {"TagRules": [{"TagKey": "a", "ColumnName": "b"}]}}}`,
	} {
		now := studio.NewTagText("", text)
		_, err := now.Apply(studio.TagOp{Op: "add"})
		require.ErrorIs(t, err, studio.ErrOp, reason)
		require.Equal(t, text, now.Text())
	}
	zero := &studio.TagText{}
	_, err := zero.Apply(studio.TagOp{Op: "add"})
	require.ErrorIs(t, err, studio.ErrOp)
	c, err := new(studio.TagText).Config()
	require.True(t, err != nil || c == nil, "the zero document admits nobody")
	if c != nil {
		_, err = c.For(tagrules.Tag{Key: "a", Value: "b"})
		require.Error(t, err)
	}
}

// FuzzTagText: no edit of any document panics, and a document that an edit makes
// is read as the edit meant.
func FuzzTagText(f *testing.F) {
	for _, text := range tagDocuments {
		f.Add(text, "set", 0, "TagKey", "x")
		f.Add(text, "add", 0, "", "")
	}
	f.Add(`{"TagRules":[null],"TagRuleConfigurations":null}`, "remove", 0, "", "")
	f.Fuzz(func(t *testing.T, text, op string, at int, field, value string) {
		now := studio.NewTagText("", text)
		next, err := now.Apply(studio.TagOp{Op: op, Rule: at, List: at, Field: field, Text: value, Keys: []string{value}})
		if err != nil {
			require.ErrorIs(t, err, studio.ErrOp)
			return
		}
		same, err := next.Apply()
		require.NoError(t, err)
		require.Equal(t, next.Text(), same.Text())
	})
}
