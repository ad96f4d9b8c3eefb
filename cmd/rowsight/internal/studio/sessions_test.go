package studio_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/memory"
)

// tagEngine returns an engine over tag rules and data, without other rules.
func tagEngine(t *testing.T) (*studio.Engine, *memory.Host) {
	t.Helper()
	host := &memory.Host{Saves: true}
	e, err := studio.New(t.Context(), host, studio.Files{Tags: host.Put("tags.json", []byte(tagsText)), Data: host.Put("sales.csv", []byte(salesText))})
	require.NoError(t, err)
	return e, host
}

// TestTags: edits, undo, findings beside their fields, a tick for each gain, and
// saving.
func TestTags(t *testing.T) {
	e, host := tagEngine(t)
	require.Equal(t, "stale", refused(t, e, "tags.edit", `{"rev":1,"ops":[{"op":"add"}]}`))
	require.Equal(t, true, ask(t, e, "tags.edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","rule":0,"field":"ColumnName","text":"Segmen"}]}`)["tagsDirty"])
	var at []any
	for _, f := range ask(t, e, "findings", "")["findings"].([]any) {
		if f := f.(map[string]any); f["id"] == "RS111" {
			at = append(at, f["file"], f["row"], f["col"])
		}
	}
	require.Equal(t, []any{"tags", 0.0, 1.0}, at, "the column that is not there")
	require.Equal(t, false, ask(t, e, "tags.undo", "")["tagsDirty"])
	require.Equal(t, true, ask(t, e, "tags.redo", "")["tagsDirty"])
	ask(t, e, "tags.undo", "")

	// Without the rule of tenants, sessions see those of others.
	ask(t, e, "tags.edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"remove","rule":0}]}`)
	require.Equal(t, "gains", refused(t, e, "tags.save", `{"rev":`+rev(t, e)+`}`))
	changes := ask(t, e, "tags.diff", "")
	require.Len(t, changes["gains"], 1)
	require.Empty(t, changes["losses"])
	id := changes["gains"].([]any)[0].(map[string]any)["id"].(string)
	require.NotContains(t, jsonOf(t, changes["gains"]), "*all*", "match-all values are secrets")
	host.Put("tags.json", []byte("somebody else"))
	require.Equal(t, "changed", refused(t, e, "tags.save", `{"rev":`+rev(t, e)+`,"accept":["`+id+`"]}`))
	host.Put("tags.json", []byte(tagsText))
	saved := ask(t, e, "tags.save", `{"rev":`+rev(t, e)+`,"accept":["`+id+`"]}`)
	require.Equal(t, "tags.json", saved["path"])
	text, err := host.Read("tags.json")
	require.NoError(t, err)
	require.Equal(t, strings.Replace(tagsText, "{\"TagKey\": \"tenant\", \"ColumnName\": \"Segment\"},\n    ", "", 1), string(text))

	// Who accepts a gain accepts it for the rules on the screen. With another match-all
	// value the example is the same, and other sessions gain rows.
	ids := func(value string) string {
		ask(t, e, "tags.edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","rule":0,"field":"MatchAllValue","text":"`+value+`"}]}`)
		return ask(t, e, "tags.diff", "")["gains"].([]any)[0].(map[string]any)["id"].(string)
	}
	accepted := ids("ALL-8")
	require.Equal(t, accepted, ids("ALL-8"))
	require.NotEqual(t, accepted, ids("EMEA"))
	require.Equal(t, "gains", refused(t, e, "tags.save", `{"rev":`+rev(t, e)+`,"accept":["`+accepted+`"]}`))

	// Tag rules that are refused: no session sees a row, and that needs a word, too.
	ask(t, e, "tags.text", `{"rev":`+rev(t, e)+`,"text":"{"}`)
	require.Equal(t, "refused-tags", refused(t, e, "tags.save", `{"rev":`+rev(t, e)+`,"unchecked":true}`))
	require.Equal(t, "refused-tags", refused(t, e, "view", `{"viewer":{"kind":"session"}}`))
	require.Equal(t, "refused", refused(t, e, "tags.edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"add"}]}`))
}

// TestSessions: sessions that are kept are in the heat map, among those who see a
// row, in what changes, and in cases. The numbers agree with View as.
func TestSessions(t *testing.T) {
	e, host := tagEngine(t)
	require.Empty(t, ask(t, e, "sessions", "")["sessions"])
	found := ask(t, e, "sessions.find", "")["sessions"].([]any)
	require.Len(t, found, 5, "of six rows one has no region, and none is twice")
	require.Equal(t, "no-name", refused(t, e, "sessions.add", `{"name":" "}`))
	ask(t, e, "sessions.add", `{"name":"all of SMB","tags":[{"Key":"tenant","Value":"SMB"},{"Key":"region","Value":"*all*"}]}`)
	ask(t, e, "sessions.add", `{"name":"nobody","tags":[{"Key":"tenant","Value":"SMB"}]}`)

	heat := ask(t, e, "exposure", `{"by":"session"}`)
	require.EqualValues(t, 7, heat["viewers"])
	rows := ask(t, e, "exposure.rows", `{"by":"session","len":100,"field":1,"sort":"most"}`)
	require.EqualValues(t, 7, rows["len"])
	field := heat["fields"].([]any)[1].(map[string]any)
	for _, r := range rows["rows"].([]any) {
		row := r.(map[string]any)
		var tags any
		for _, s := range ask(t, e, "sessions", "")["sessions"].([]any) {
			if s := s.(map[string]any); s["name"] == row["name"] {
				tags = s["tags"]
			}
		}
		spec := `{"viewer":{"kind":"session","tags":` + jsonOf(t, tags) + `}}`
		require.Equal(t, ask(t, e, "view", spec)["visible"], row["rows"], row["name"])
		sum := 0.0
		for _, n := range row["seen"].([]any) {
			sum += n.(float64)
		}
		require.Equal(t, row["rows"], sum)
		require.Len(t, row["seen"], len(field["values"].([]any)))
	}
	first := rows["rows"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"all of SMB", 3.0}, []any{first["name"], first["rows"]})
	require.EqualValues(t, 1, ask(t, e, "exposure.rows", `{"by":"session","len":100,"text":"NOBO"}`)["len"])

	require.Equal(t, []any{"all of SMB"}, ask(t, e, "who", `{"row":5}`)["sessions"], "row 5 has no region")

	ask(t, e, "tags.edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","rule":1,"field":"MatchAllValue","text":""}]}`)
	changes := ask(t, e, "tags.diff", "")["sessions"].([]any)
	require.Len(t, changes, 1)
	require.Equal(t, []any{"all of SMB", 0.0, 3.0}, []any{changes[0].(map[string]any)["name"], changes[0].(map[string]any)["gained"], changes[0].(map[string]any)["lost"]})
	ask(t, e, "tags.undo", "")

	ask(t, e, "cases.add", `{"viewer":{"kind":"session","tags":[{"Key":"tenant","Value":"SMB"},{"Key":"region","Value":"US, EMEA"}]}}`)
	ask(t, e, "cases.add", `{"viewer":{"kind":"session","tags":[]}}`)
	report := ask(t, e, "cases.run", "")["report"].(map[string]any)
	require.EqualValues(t, []any{2.0, 0.0}, []any{report["passed"], report["failed"]}, jsonOf(t, report))
	for _, c := range report["files"].([]any)[0].(map[string]any)["cases"].([]any) {
		require.NotContains(t, c.(map[string]any)["name"], "SMB", "the name of a case tells no value")
	}
	ask(t, e, "cases.save", "")
	text, err := host.Read("tags.rlstest.yaml")
	require.NoError(t, err)
	require.Contains(t, string(text), "tags: \"tags.json\"\n")
	ask(t, e, "tags.edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"remove","rule":0}]}`)
	require.EqualValues(t, 1, ask(t, e, "cases.run", "")["report"].(map[string]any)["failed"])
	require.Empty(t, ask(t, e, "sessions.drop", `{"name":"nobody"}`)["refused"])
	require.Len(t, ask(t, e, "sessions", "")["sessions"], 6)
}

// TestSessionCase: beside cases of users, the case file names the tag rules.
func TestSessionCase(t *testing.T) {
	e, _ := engine(t)
	_, err := e.Drop(t.Context(), "tags", "tags.json", []byte(tagsText))
	require.NoError(t, err)
	ask(t, e, "cases.add", `{"viewer":{"user":"Martha"}}`)
	ask(t, e, "cases.add", `{"viewer":{"kind":"session","tags":[{"Key":"tenant","Value":"SMB"},{"Key":"region","Value":"US"}]}}`)
	report := ask(t, e, "cases.run", `{"mutate":true}`)["report"].(map[string]any)
	require.EqualValues(t, 2, report["passed"], jsonOf(t, report))
}

// TestNew: rules and tag rules from nothing.
func TestNew(t *testing.T) {
	host := &memory.Host{}
	e, err := studio.New(t.Context(), host, studio.Files{Data: host.Put("sales.csv", []byte(salesText))})
	require.NoError(t, err)
	for _, bad := range []string{`{}`, `{"columns":["UserName"]}`, `{"columns":["UserName","a","a"]}`, `{"columns":["UserName",""]}`} {
		require.Equal(t, "refused", refused(t, e, "rules.new", bad))
	}
	state := ask(t, e, "rules.new", `{"columns":["UserName","Odd, \"name\"","Region"]}`)
	require.Equal(t, []any{"UserName", `Odd, "name"`, "Region"}, state["header"])
	require.NotNil(t, state["data"], "the data stays")
	ask(t, e, "edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"drop","col":1},{"op":"insert","row":0,"cells":[["al","US"]]},{"op":"column","text":"Segment"}]}`)
	require.Equal(t, "UserName,Region,Segment\nal,US,\n", ask(t, e, "save", `{"rev":`+rev(t, e)+`,"unchecked":true}`)["download"])
	require.EqualValues(t, 4, ask(t, e, "view", `{"viewer":{"user":"al"}}`)["visible"])

	require.NotNil(t, ask(t, e, "tags.new", "")["tags"])
	ask(t, e, "tags.edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"add"},{"op":"set","rule":0,"field":"TagKey","text":"region"},{"op":"set","rule":0,"field":"ColumnName","text":"Region"}]}`)
	require.Equal(t, "{\n  \"Status\": \"ENABLED\",\n  \"TagRules\": [\n    {\"TagKey\": \"region\", \"ColumnName\": \"Region\"}\n  ]\n}\n", ask(t, e, "tags.save", `{"rev":`+rev(t, e)+`,"unchecked":true}`)["download"])
	require.EqualValues(t, 1, ask(t, e, "view", `{"viewer":{"kind":"session","tags":[{"Key":"region","Value":"EMEA"}]}}`)["visible"])
}

// TestColumns: columns of the rules are added, renamed and deleted; the rest keeps
// its bytes.
func TestColumns(t *testing.T) {
	for _, c := range []struct{ reason, text, op, want string }{
		{"another name", "UserName,\"Reg\"\r\nal,\"US\"\r\n", `{"op":"rename","col":1,"text":"Region"}`, "UserName,\"Region\"\r\nal,\"US\"\r\n"},
		{"a column in the middle goes", "UserName,a,b\n\nal,\"x, y\",z\nbo,,", `{"op":"drop","col":1}`, "UserName,b\n\nal,z\nbo,"},
		{"the last but one goes", "UserName,a\nal,x\n\n,y\n", `{"op":"drop","col":1}`, "UserName\nal\n\"\"\n"},
		{"a column comes", "UserName,a\r\nal,x", `{"op":"column","text":"b c"}`, "UserName,a,b c\r\nal,x,"},
	} {
		table, err := studio.ParseTable("", c.text, 0)
		require.NoError(t, err, c.reason)
		var op studio.Op
		require.NoError(t, json.Unmarshal([]byte(c.op), &op))
		next, err := table.Apply(op)
		require.NoError(t, err, c.reason)
		require.Equal(t, c.want, next.Text(), c.reason)
		_, err = studio.ParseTable("", next.Text(), 0)
		require.NoError(t, err, c.reason)
	}
	table, err := studio.ParseTable("", "UserName,a\nal,x\n", 0)
	require.NoError(t, err)
	for _, op := range []studio.Op{{Op: "rename", Col: 1, Text: "UserName"}, {Op: "rename", Col: 1}, {Op: "rename", Col: 9, Text: "x"}, {Op: "drop", Col: 2}, {Op: "column", Text: "a"}} {
		_, err := table.Apply(op)
		require.ErrorIs(t, err, studio.ErrOp, "%v", op)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}
