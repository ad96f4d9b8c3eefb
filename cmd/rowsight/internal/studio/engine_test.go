package studio_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/memory"
)

const (
	rulesText = "UserName,GroupName,Region,Segment\r\nMartha,,US,\"Enterprise\"\r\nPaulo,,US,\"SMB, Startup\"\r\n,EMEA-Sales,EMEA,\r\n"
	salesText = "Order,Region,Segment\n1,EMEA,SMB\n2,US,Enterprise\n3,US,SMB\n4,US,Startup\n5,,SMB\n6,US,=cmd()\n"
	usersText = "user,groups\nMartha,\nPaulo,\nIngrid,EMEA-Sales\nSam,\n"
)

// engine returns an engine over files in memory that are saved in place.
func engine(t *testing.T) (*studio.Engine, *memory.Host) {
	t.Helper()
	host := &memory.Host{Saves: true}
	e, err := studio.New(t.Context(), host, studio.Files{
		Rules: host.Put("rules.csv", []byte(rulesText)), Data: host.Put("sales.csv", []byte(salesText)), Users: host.Put("users.csv", []byte(usersText)),
	})
	require.NoError(t, err)
	return e, host
}

// ask returns the answer to a question.
func ask(t *testing.T, e *studio.Engine, name, question string) map[string]any {
	t.Helper()
	text, err := e.Call(t.Context(), name, []byte(question))
	require.NoError(t, err, "%s %s", name, question)
	var answer map[string]any
	require.NoError(t, json.Unmarshal(text, &answer))
	return answer
}

// refused returns the code of the problem that is the answer.
func refused(t *testing.T, e *studio.Engine, name, question string) string {
	t.Helper()
	_, err := e.Call(t.Context(), name, []byte(question))
	var p *studio.Problem
	require.ErrorAs(t, err, &p, "%s %s", name, question)
	return p.Code
}

// rev returns the revision of the rules.
func rev(t *testing.T, e *studio.Engine) string {
	t.Helper()
	text, err := json.Marshal(ask(t, e, "state", "")["rev"])
	require.NoError(t, err)
	return string(text)
}

// TestUndo: undo and redo bring back every byte, and an edit of an old revision
// is refused.
func TestUndo(t *testing.T) {
	e, host := engine(t)
	old := rev(t, e)
	require.Equal(t, true, ask(t, e, "edit", `{"rev":`+old+`,"ops":[{"op":"set","row":0,"col":2,"text":"APAC"}]}`)["dirty"])
	require.Equal(t, "stale", refused(t, e, "edit", `{"rev":`+old+`,"ops":[{"op":"delete","rows":[0]}]}`))
	require.Equal(t, "refused", refused(t, e, "edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","row":99,"col":2}]}`))
	require.Equal(t, false, ask(t, e, "undo", "")["dirty"])
	require.Equal(t, true, ask(t, e, "redo", "")["dirty"])
	ask(t, e, "save", `{"rev":`+rev(t, e)+`,"unchecked":true}`)
	text, err := host.Read("rules.csv")
	require.NoError(t, err)
	require.Equal(t, strings.Replace(rulesText, "Martha,,US", "Martha,,APAC", 1), string(text))
	ask(t, e, "undo", "")
	ask(t, e, "save", `{"rev":`+rev(t, e)+`,"unchecked":true}`)
	text, err = host.Read("rules.csv")
	require.NoError(t, err)
	require.Equal(t, rulesText, string(text))
}

// TestSave: nobody gains a row without a tick, and a file that another program
// wrote is left alone.
func TestSave(t *testing.T) {
	e, host := engine(t)
	ask(t, e, "edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","row":0,"col":3,"text":""}]}`)
	require.Equal(t, "gains", refused(t, e, "save", `{"rev":`+rev(t, e)+`}`))
	changes := ask(t, e, "diff", "")
	require.Equal(t, []any{true}, changes["gains"])
	require.EqualValues(t, 3, changes["result"].(map[string]any)["differences"].([]any)[0].(map[string]any)["gained"], "rows 3, 4 and 6")
	keys, err := json.Marshal(changes["keys"])
	require.NoError(t, err)
	require.Equal(t, "gains", refused(t, e, "save", `{"rev":`+rev(t, e)+`,"accept":["another"]}`))
	require.Equal(t, "stale", refused(t, e, "save", `{"rev":1,"accept":`+string(keys)+`}`))

	host.Put("rules.csv", []byte("somebody else\n"))
	require.Equal(t, "changed", refused(t, e, "save", `{"rev":`+rev(t, e)+`,"accept":`+string(keys)+`}`))
	text, _ := host.Read("rules.csv")
	require.Equal(t, "somebody else\n", string(text))
	host.Put("rules.csv", []byte(rulesText))

	saved := ask(t, e, "save", `{"rev":`+rev(t, e)+`,"accept":`+string(keys)+`}`)
	require.Equal(t, "rules.csv.bak", saved["backup"])
	text, _ = host.Read("rules.csv.bak")
	require.Equal(t, rulesText, string(text))
	text, _ = host.Read("rules.csv")
	require.Equal(t, strings.Replace(rulesText, `US,"Enterprise"`, `US,""`, 1), string(text))
	require.Equal(t, true, ask(t, e, "diff", "")["same"])

	// Rules that do not load: nobody sees a row, and that needs a word, too.
	ask(t, e, "edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","row":0,"col":2,"text":"a\"b"}]}`)
	require.Equal(t, "refused-rules", refused(t, e, "save", `{"rev":`+rev(t, e)+`,"unchecked":true}`))
	require.Equal(t, "refused-rules", refused(t, e, "view", `{"viewer":{"user":"Martha"}}`))
}

// TestView: the rows of a viewer, with the reasons.
func TestView(t *testing.T) {
	e, _ := engine(t)
	for _, c := range []struct {
		viewer  string
		visible int
	}{
		{`{"user":"Martha"}`, 1}, {`{"user":"Ingrid"}`, 1}, {`{"groups":["EMEA-Sales"]}`, 1}, {`{"user":"Paulo"}`, 1}, {`{"user":"Sam"}`, 0}, {`{"user":"nobody"}`, 0}, {`{"user":"nobody","groups":["EMEA-Sales"]}`, 1},
	} {
		a := ask(t, e, "view", `{"viewer":`+c.viewer+`}`)
		require.EqualValues(t, c.visible, a["visible"], c.viewer)
		rows := ask(t, e, "view.rows", `{"viewer":`+c.viewer+`,"len":100}`)
		require.EqualValues(t, 6, rows["len"])
		seen := 0
		for _, r := range rows["rows"].([]any) {
			if r.(map[string]any)["visible"].(bool) {
				seen++
			}
			require.Equal(t, r.(map[string]any)["visible"], r.(map[string]any)["why"].(map[string]any)["visible"], "the reason agrees")
		}
		require.Equal(t, c.visible, seen)
		require.EqualValues(t, c.visible, ask(t, e, "view.rows", `{"viewer":`+c.viewer+`,"len":100,"only":"visible"}`)["len"])
		require.EqualValues(t, 6-c.visible, ask(t, e, "view.rows", `{"viewer":`+c.viewer+`,"len":100,"only":"hidden"}`)["len"])
	}
	require.Equal(t, "no-viewer", refused(t, e, "view", `{}`))
	require.Equal(t, "no-tags", refused(t, e, "view", `{"viewer":{"kind":"session"}}`))
	who := ask(t, e, "who", `{"row":2}`)
	require.Equal(t, "Martha", who["viewers"].([]any)[0].(map[string]any)["name"])
	require.Len(t, who["viewers"], 1)
}

// TestCSV: a spreadsheet runs no cell of an exported file.
func TestCSV(t *testing.T) {
	e, _ := engine(t)
	ask(t, e, "edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","row":0,"col":3,"text":"=cmd()"}]}`)
	require.Equal(t, "Order,Region,Segment\r\n6,US,'=cmd()\r\n", ask(t, e, "view.csv", `{"viewer":{"user":"Martha"}}`)["text"])
}

// TestFix: a planted mistake has a finding at its cell, and the fix removes it.
func TestFix(t *testing.T) {
	for _, c := range []struct {
		reason, id, rules string
		row, col          int
		want              string
	}{
		{"blanks around a value", "RS022", "UserName,Region\nal,EMEA\nbo,\"US, EMEA\"\n", 1, 1, "UserName,Region\nal,EMEA\nbo,\"US,EMEA\"\n"},
		{"a slip of the pen", "RS042", "UserName,Segment\nal,Enterprize\n", 0, 1, "UserName,Segment\nal,Enterprise\n"},
		{"a value twice", "RS021", "UserName,Region\nal,\"US,,US\"\n", 0, 1, "UserName,Region\nal,\"US\"\n"},
		{"a rule twice", "RS013", "UserName,Region\nal,US\nbo,EMEA\nal,US\n", 2, -1, "UserName,Region\nal,US\nbo,EMEA\n"},
		{"an empty rule", "RS011", "UserName,Region\nal,US\n,\n", 1, -1, "UserName,Region\nal,US\n"},
		{"a column that is almost named right", "RS005", "UserName,Group Name,Region\nal,,US\n", -1, 1, "UserName,GroupName,Region\nal,,US\n"},
		{"a byte order mark", "RS006", "\uFEFFUserName,Region\nal,US\n", -1, 0, "UserName,Region\nal,US\n"},
		{"commas where a name belongs", "RS020", "UserName,GroupName,Region\n\",\",g,US\n", 0, 0, "UserName,GroupName,Region\n\"\",g,US\n"},
		{"an ARN without a namespace", "RS030", "UserARN,Region\narn:aws:quicksight:us-east-1:111122223333:user/al,US\n", 0, 0, "UserARN,Region\narn:aws:quicksight:us-east-1:111122223333:user/default/al,US\n"},
		{"an invisible character", "RS023", "UserName,Region\nal,US\u200b\n", 0, 1, "UserName,Region\nal,US\n"},
	} {
		host := &memory.Host{Saves: true}
		e, err := studio.New(t.Context(), host, studio.Files{Rules: host.Put("rules.csv", []byte(c.rules)), Data: host.Put("sales.csv", []byte(salesText))})
		require.NoError(t, err)
		var fix map[string]any
		for _, f := range ask(t, e, "findings", "")["findings"].([]any) {
			if f := f.(map[string]any); f["id"] == c.id {
				fix = f
				break
			}
		}
		require.NotNil(t, fix, c.reason)
		require.EqualValues(t, []any{float64(c.row), float64(c.col)}, []any{fix["row"], fix["col"]}, c.reason)
		require.NotEmpty(t, fix["fix"], c.reason)
		fix["rev"] = json.RawMessage(rev(t, e))
		question, err := json.Marshal(fix)
		require.NoError(t, err)
		ask(t, e, "fix", string(question))
		for _, f := range ask(t, e, "findings", "")["findings"].([]any) {
			require.NotEqual(t, c.id, f.(map[string]any)["id"], c.reason)
		}
		ask(t, e, "save", `{"rev":`+rev(t, e)+`,"unchecked":true}`)
		text, _ := host.Read("rules.csv")
		require.Equal(t, c.want, string(text), c.reason)
		require.Equal(t, "gone", refused(t, e, "fix", string(question)), c.reason)
	}
}

// TestNoFix: where the right fix is unclear, none is offered.
func TestNoFix(t *testing.T) {
	for _, c := range []struct{ reason, id, rules string }{
		{"the data holds the value neither with nor without the blank", "RS022", "UserName,Segment\nal,\" odd\"\n"},
		{"no value is near", "RS042", "UserName,Segment\nal,Zzz\n"},
		{"a rule without anybody", "RS010", "UserName,Region\n,US\nal,US\n"},
	} {
		host := &memory.Host{}
		e, err := studio.New(t.Context(), host, studio.Files{Rules: host.Put("rules.csv", []byte(c.rules)), Data: host.Put("sales.csv", []byte(salesText))})
		require.NoError(t, err)
		found := false
		for _, f := range ask(t, e, "findings", "")["findings"].([]any) {
			if f := f.(map[string]any); f["id"] == c.id {
				found = true
				require.Nil(t, f["fix"], c.reason)
			}
		}
		require.True(t, found, c.reason)
	}
}

// TestCases: a case that is made of the screen passes, and fails after an edit.
func TestCases(t *testing.T) {
	e, host := engine(t)
	require.Equal(t, "no-cases", refused(t, e, "cases.run", ""))
	ask(t, e, "cases.add", `{"viewer":{"user":"Martha"}}`)
	ask(t, e, "cases.add", `{"viewer":{"groups":["EMEA-Sales"]},"because":"they sell there"}`)
	ask(t, e, "cases.add", `{"viewer":{"user":"Sam"}}`)
	report := func() map[string]any { return ask(t, e, "cases.run", `{"mutate":true}`)["report"].(map[string]any) }
	require.EqualValues(t, 3, report()["passed"])
	ask(t, e, "cases.save", "")
	text, err := host.Read("rules.rlstest.yaml")
	require.NoError(t, err)
	require.Contains(t, string(text), "rows: [\"2\"]")
	ask(t, e, "edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","row":0,"col":3,"text":""}]}`)
	require.EqualValues(t, 1, report()["failed"])
}

// TestReport: the report names the files by their digests and holds no script of
// a cell.
func TestReport(t *testing.T) {
	e, _ := engine(t)
	ask(t, e, "edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"set","row":0,"col":0,"text":"<script>alert(1)</script>"}]}`)
	text := ask(t, e, "report", "")["text"].(string)
	require.NotContains(t, text, "<script>alert")
	require.Contains(t, text, "&lt;script&gt;alert(1)")
	require.Contains(t, text, "were not saved")
	require.Contains(t, text, "sales.csv")
	// The file needs nothing else: it loads no script, style, picture or font.
	require.NotRegexp(t, `(?i)\ssrc\s*=|<link|@import|url\(|<base|<iframe|<object|<embed|fetch\(`, text)
	for _, part := range []string{"SHA-256", "Test cases", time.Now().UTC().Format("2006-01-02"), hex.EncodeToString(func() []byte { s := sha256.Sum256([]byte(salesText)); return s[:] }())} {
		require.Contains(t, text, part)
	}
}

// TestTagReport: without a rule file the report describes the tag rules, with what
// is on the screen, and without the match-all value.
func TestTagReport(t *testing.T) {
	e, err := studio.New(t.Context(), &memory.Host{}, studio.Files{})
	require.NoError(t, err)
	require.Equal(t, "no-rules", refused(t, e, "report", ""))
	config := `{"Status":"ENABLED","TagRules":[{"TagKey":"<b>tenant","ColumnName":"Region","MatchAllValue":"everything-secret"}]}`
	_, err = e.Drop(t.Context(), "", "config.json", []byte(config))
	require.NoError(t, err)
	text := ask(t, e, "report", "")["text"].(string)
	require.Contains(t, text, "Tag rules of config.json")
	require.Contains(t, text, "&lt;b&gt;tenant")
	require.NotContains(t, text, "<b>tenant")
	require.NotContains(t, text, "everything-secret", "T8")
	sum := sha256.Sum256([]byte(config))
	require.Contains(t, text, hex.EncodeToString(sum[:]))
}

// TestExposure: the numbers of the heat map.
func TestExposure(t *testing.T) {
	e, _ := engine(t)
	a := ask(t, e, "exposure", "")
	require.EqualValues(t, 6, a["rows"])
	require.EqualValues(t, 3, a["nobody"], "rows 4, 5 and 6")
	rows := ask(t, e, "exposure.rows", `{"len":10,"text":"mar"}`)
	require.EqualValues(t, 1, rows["len"])
	require.Equal(t, "Martha", rows["rows"].([]any)[0].(map[string]any)["name"])
	rules := ask(t, e, "exposure.rules", `{"viewer":"Paulo","column":"Region","value":"US"}`)
	require.Equal(t, []any{float64(1)}, rules["viewers"].([]any)[0].(map[string]any)["rules"])
	require.Equal(t, "bad-question", refused(t, e, "exposure.rules", `{"column":"Order","value":"1"}`))
}

// TestDrop: files are told apart by their content.
func TestDrop(t *testing.T) {
	host := &memory.Host{}
	e, err := studio.New(t.Context(), host, studio.Files{})
	require.NoError(t, err)
	for _, f := range []struct{ name, text, kind string }{{"sales.csv", salesText, "data"}, {"people.csv", usersText, "users"}, {`C:\x\rules.csv`, rulesText, "rules"}, {"lines.jsonl", "{\"Region\":\"US\",\"Segment\":\"SMB\"}\n", "data"},
		{"config.json", `{"Status":"ENABLED","TagRules":[{"TagKey":"tenant","ColumnName":"Region"}]}`, "tags"}} {
		text, err := e.Drop(t.Context(), "", f.name, []byte(f.text))
		require.NoError(t, err, f.name)
		var state map[string]any
		require.NoError(t, json.Unmarshal(text, &state))
		require.NotNil(t, state[f.kind], f.name)
	}
	a := ask(t, e, "view", `{"viewer":{"kind":"session","tags":[{"Key":"tenant","Value":"US"}]}}`)
	require.EqualValues(t, 1, a["visible"])
	require.Empty(t, a["text"], "tag values are secrets")
	_, err = e.Drop(t.Context(), "", "bad.csv", []byte("\xff\xfe"))
	require.Error(t, err)
}

// TestText: a file that is not a table is text until it is corrected.
func TestText(t *testing.T) {
	host := &memory.Host{Saves: true}
	e, err := studio.New(t.Context(), host, studio.Files{Rules: host.Put("rules.csv", []byte("UserName,Region\nal,\"US\n"))})
	require.NoError(t, err)
	require.Equal(t, false, ask(t, e, "state", "")["grid"])
	require.Equal(t, "not-a-table", refused(t, e, "edit", `{"rev":`+rev(t, e)+`,"ops":[{"op":"delete","rows":[0]}]}`))
	require.Contains(t, ask(t, e, "rules", "")["text"], "al,\"US")
	require.Equal(t, true, ask(t, e, "text", `{"rev":`+rev(t, e)+`,"text":"UserName,Region\nal,US\n"}`)["grid"])
	require.Equal(t, false, ask(t, e, "undo", "")["grid"])
}

// TestLeave: the first file that is dropped on the example takes its place, with
// the people and the data of the example.
func TestLeave(t *testing.T) {
	host := &memory.Host{}
	e, err := studio.New(t.Context(), host, studio.Files{Example: true, Rules: host.Put("rules.csv", []byte(rulesText)), Data: host.Put("sales.csv", []byte(salesText)), Users: host.Put("users.csv", []byte(usersText))})
	require.NoError(t, err)
	require.NotNil(t, ask(t, e, "state", "")["users"])
	_, err = e.Drop(t.Context(), "", "mine.csv", []byte("UserName,Country\nal,FR\n"))
	require.NoError(t, err)
	state := ask(t, e, "state", "")
	require.Nil(t, state["users"])
	require.Nil(t, state["data"])
	require.Equal(t, false, state["example"])
	_, err = e.Drop(t.Context(), "", "data.csv", []byte("Order,Country\n1,FR\n"))
	require.NoError(t, err)
	require.NotNil(t, ask(t, e, "state", "")["rules"], "the second file is added")
}
