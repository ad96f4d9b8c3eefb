package rlstest

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

const (
	rulesCSV = "UserName,GroupName,Region,Segment\nal,,EMEA,\"Enterprise,SMB\"\nbo,,US,\n,admins,,\n"
	arnsCSV  = "UserARN,Region\narn:aws:quicksight:us-east-1:111122223333:user/default/al,EMEA\n"
	tagsJSON = `{"TagRules": [{"TagKey": "tenant", "ColumnName": "Region", "MatchAllValue": "secretall"}]}`
	dataCSV  = "id,Region,Segment\n1,EMEA,SMB\n2,US,SMB\n3,US,\n"
)

// TestLoadErrors: ∑ marks where each error stands, in order; in the second case
// the marks count bytes and not characters.
func TestLoadErrors(t *testing.T) {
	const head = "rules: rules.csv\ndata: data.csv\nid: id\n"
	const one = "cases:\n- name: n\n  who: al\n  count: 1\n"
	for _, tt := range []struct {
		reason, in string
		want       []error
	}{
		{"nothing in it", "∑", []error{ErrNoCases}},
		{"only a comment", "∑# c\n", []error{ErrNoCases}},
		{"not a mapping", "∑- a\n", []error{ErrType}},
		{"no YAML", "rules: a\n∑\tdata: b\n", []error{ErrSyntax}},
		{"no UTF-8", "rules: \"∑\xff\"\n", []error{ErrEncoding}},
		{"two documents", head + one + "∑---\na: 1\n", []error{ErrYAML}},
		{"an alias can hide what is tested", head + "cases:\n- name: ∑&x n\n  who: ∑*x\n  count: 1\n", []error{ErrYAML, ErrYAML}},
		{"an alias to nothing is not named", head + "cases:\n- name: n\n  who: ∑*secret\n  count: 1\n", []error{ErrYAML}},
		{"a tag makes a text of a number", head + "cases:\n- name: ∑!!str 3\n  who: al\n  count: 1\n", []error{ErrYAML}},
		{"unknown keys", head + "∑case: 1\ncases:\n- name: n\n  who: al\n  count: 1\n  ∑counts: 1\n", []error{ErrKey, ErrKey}},
		{"one key twice", head + "cases:\n- name: n\n  who: al\n  count: 1\n  ∑count: 2\n", []error{ErrTwice}},
		{"bytes, not characters", head + "cases:\n- {name: \"äöü 🙂\", who: al, ∑cnt: 1, count: 1}\n", []error{ErrKey}},
		{"everything missing", "∑id: id\n", []error{ErrMissing, ErrMissing, ErrNoCases}},
		{"no cases", head + "cases: ∑[]\n", []error{ErrNoCases}},
		{"no cases either", head + "cases:∑\n", []error{ErrNoCases}},
		{"cases that are no list", head + "cases: ∑{a: b}\n", []error{ErrType}},
		{"a case that asks for nothing", head + "cases:\n- ∑name: n\n  who: al\n", []error{ErrMissing}},
		{"a case of nobody", head + "cases:\n- ∑name: n\n  count: 1\n", []error{ErrMissing}},
		{"a case without a name", head + "cases:\n- ∑who: al\n  count: 1\n", []error{ErrMissing}},
		{"names twice", head + one + "- ∑name: n\n  who: bo\n  count: 1\n", []error{ErrTwice}},
		{"a number is no name", head + "cases:\n- name: ∑12\n  who: ∑true\n  because: ∑2020-01-01\n  count: 1\n", []error{ErrType, ErrType, ErrType}},
		{"a word is no number", head + "cases:\n- name: n\n  who: al\n  count: ∑many\n", []error{ErrType}},
		{"a number in quotes is a text", head + "cases:\n- name: n\n  who: al\n  count: ∑\"1\"\n", []error{ErrType}},
		{"digits an update could not find again", head + "cases:\n- name: n\n  who: al\n  count: ∑0x1\n", []error{ErrType}},
		{"fewer than none", head + "cases:\n- name: n\n  who: al\n  count: ∑-1\n", []error{ErrValue}},
		{"false says nothing", head + "cases:\n- name: n\n  who: al\n  all: ∑false\n", []error{ErrValue}},
		{"yes is a text", head + "cases:\n- name: n\n  who: al\n  none: ∑yes\n", []error{ErrType}},
		{"all and none", head + "cases:\n- name: n\n  who: al\n  all: true\n  ∑none: true\n", []error{ErrConflict}},
		{"error and count", head + "cases:\n- name: n\n  who: al\n  count: 0\n  ∑error: x\n", []error{ErrConflict}},
		{"who and tags", head + "tags: tags.json\ncases:\n- name: n\n  who: al\n  ∑tags: {tenant: x}\n  count: 0\n", []error{ErrConflict}},
		{"tags without a configuration", head + "cases:\n- ∑name: n\n  tags: {tenant: x}\n  count: 0\n", []error{ErrMissing}},
		{"a tag without a value", head + "tags: tags.json\ncases:\n- name: n\n  tags: {tenant: ∑null, b: ∑[x]}\n  count: 0\n", []error{ErrType, ErrType}},
		{"a who of nobody", head + "cases:\n- name: n\n  who: ∑{}\n  none: true\n", []error{ErrMissing}},
		{"no groups", head + "cases:\n- name: n\n  who: {groups: ∑[]}\n  none: true\n", []error{ErrValue}},
		{"a namespace with a blank", head + "cases:\n- name: n\n  who: {user: al, namespace: ∑a b}\n  none: true\n", []error{namespace.ErrNamespace}},
		{"an ARN has a namespace", head + "cases:\n- name: n\n  who: {user: 'arn:aws:quicksight:us-east-1:111122223333:user/default/al', namespace: ∑x}\n  none: true\n", []error{ErrConflict}},
		{"a bad ARN", head + "cases:\n- name: n\n  who: ∑arn:aws:x\n  none: true\n", []error{namespace.ErrARN}},
		{"the ARN of a group", head + "cases:\n- name: n\n  who: ∑arn:aws:quicksight:us-east-1:111122223333:group/default/g\n  none: true\n", []error{ErrValue}},
		{"a name matches no ARN", "rules: arns.csv\ndata: data.csv\ncases:\n- ∑name: n\n  who: al\n  none: true\n", []error{ErrValue}},
		{"unknown columns", head + "cases:\n- name: n\n  who: al\n  only: {∑region: EMEA}\n  rows: [{∑Regoin: x}]\n", []error{ErrColumn, ErrColumn}},
		{"a row that is not there", head + "cases:\n- name: n\n  who: al\n  rows: [∑9, {∑Region: EMEA, Segment: null}]\n  hidden: [∑x]\n", []error{ErrNoRow, ErrNoRow, ErrNoRow}},
		{"ids without a column", "rules: rules.csv\ndata: data.csv\ncases:\n- name: n\n  who: al\n  rows: [∑1]\n", []error{ErrMissing}},
		{"an id column that is not there", "rules: rules.csv\ndata: data.csv\nid: ∑ID\n" + one, []error{ErrColumn}},
		{"empty conditions", head + "cases:\n- name: n\n  who: al\n  only: ∑{}\n  rows: ∑[]\n  hidden: [∑{}, {Region: ∑[]}, ∑null]\n", []error{ErrValue, ErrValue, ErrValue, ErrValue, ErrType}},
		{"the data lacks what the rules restrict", "rules: ∑rules.csv\ndata: [{Region: x}]\n" + one, []error{ErrColumn}},
		{"rows of other columns", "rules: rules.csv\ndata:\n- {Region: x, Segment: y}\n- ∑{Region: x}\n- {Region: x, Segment: y, ∑Sgment: z}\n" + one, []error{ErrMissing, ErrColumn}},
		{"rows that are not rows", "rules: rules.csv\ndata:\n- ∑x\n- {Region: ∑[x], Segment: y}\n" + one, []error{ErrType, ErrType}},
		{"null is no key", "rules: rules.csv\ndata: {file: data.csv, ∑null: x}\n" + one, []error{ErrType}},
		{"no file", "rules: rules.csv\ndata: ∑{comma: ∑ab}\n" + one, []error{ErrMissing, ErrValue}},
		{"out of the folder", "rules: ∑../rules.csv\ndata: ∑/data.csv\n" + one, []error{ErrPath, ErrPath}},
		{"data without rows", "rules: rules.csv\ndata: ∑empty.csv\n" + one, []error{ErrNoData}},
		{"options", head + "options: {∑nulls: 1, dual: ∑both, maxRunes: ∑-2, hideNulls: ∑1, nullWords: ∑x, formatVersion: ∑3}\n" + one,
			[]error{ErrKey, ErrValue, ErrValue, ErrType, ErrType, ErrType}},
		{"options that rls refuses", "rules: rules.csv\ndata: data.csv\noptions: ∑{nullWords: ['a,b']}\n" + one, []error{rls.ErrOptions}},
		{"a line of another kind ends a line for YAML", head + "# \u2028cases:\n- name: ∑1\n  who: al\n  count: 1\n", []error{ErrType}},
		{"a byte order mark is no text", "\xef\xbb\xbf∑rulez: rules.csv\nrules: rules.csv\ndata: data.csv\n" + one, []error{ErrKey}},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			text := strings.ReplaceAll(tt.in, "∑", "")
			var marks []rls.Position
			for parts, off := strings.Split(tt.in, "∑"), 0; len(parts) > 1; parts = parts[1:] {
				off += len(parts[0])
				marks = append(marks, position("c.yaml", text[:off]))
			}
			s, err := Load(files("c.yaml", text, "rules.csv", rulesCSV, "arns.csv", arnsCSV, "data.csv", dataCSV, "empty.csv", "Region,Segment\n", "tags.json", tagsJSON), "c.yaml")
			require.Nil(t, s)
			got := flatten(err)
			require.Len(t, got, len(tt.want), "%v", err)
			for i, e := range got {
				require.ErrorIs(t, e, tt.want[i])
				var where *Error
				require.ErrorAs(t, e, &where)
				if i < len(marks) && len(marks) == len(got) {
					require.Equal(t, marks[i], where.Pos, "%v", e)
				}
				require.NotContains(t, e.Error(), "secret")
			}
			if len(marks) != len(got) {
				require.Equal(t, 1, len(marks), "one mark for all, or one each")
			}
		})
	}
}

// position returns where a text behind another stands, in lines as editors count
// them. A byte order mark is no text.
func position(file, before string) rls.Position {
	before = strings.TrimPrefix(before, bom)
	return rls.Position{File: file, Line: 1 + strings.Count(before, "\n"), Column: len(before) - strings.LastIndexByte(before, '\n')}
}

// flatten returns the errors that an error joins.
func flatten(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, flatten(e)...)
		}
		return all
	}
	return []error{err}
}

func TestLoadOtherFiles(t *testing.T) {
	const text = "rules: sub/r.csv\ntags: t.json\ndata: d.csv\ncases:\n- {name: n, who: al, count: x}\n"
	_, err := Load(files("in/c.yaml", text, "in/sub/r.csv", "UserName,Region\n\"al,EMEA\n", "in/t.json", `{"TagRules": 3}`,
		"in/d.csv", "Region,Region\na,b\nc\n"), "in/c.yaml")
	require.ErrorIs(t, err, ErrType)
	require.ErrorIs(t, err, rls.ErrUnterminated)
	require.ErrorIs(t, err, rls.ErrFieldCount)
	require.ErrorIs(t, err, ErrTwice)
	var lines []string
	for _, e := range flatten(err) {
		lines = append(lines, e.Error())
	}
	require.Len(t, lines, 5, "%v", err)
	require.Regexp(t, `^in/c.yaml:5:29: cases\[0\].count: wrong type: found a string, want a number`, lines[0])
	require.Regexp(t, `^in/sub/r.csv:2:1`, lines[1])
	require.Regexp(t, `^in/t.json:1:`, lines[2])
	require.Regexp(t, `^in/d.csv:1:8: field given twice: column "Region"`, lines[3])
	require.Regexp(t, `^in/d.csv:3:1`, lines[4])

	var missing *fs.PathError
	_, err = Load(files("c.yaml", "rules: no.csv\ndata: none.csv\ncases: [{name: n, who: al, count: 1}]\n"), "c.yaml")
	require.ErrorAs(t, err, &missing)
	require.Len(t, flatten(err), 2)
	_, err = Load(files(), "c.yaml")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestOptionsReach: every option of the file does what it does in rls and
// tagrules.
func TestOptionsReach(t *testing.T) {
	const data = "data: [{R: a}, {R: ' b'}, {R: null}, {R: c}]\n"
	for _, tt := range []struct{ reason, options, rules, who, without, with string }{
		{"namespace", "namespace: ns", "UserName,R\nal,a\n", "{user: al, namespace: ns}", "none: true", "count: 1"},
		{"columns", "userColumn: U, groupColumn: G", "U,G,R\nal,,a\n,gs,c\n", "{user: al, groups: [gs]}", "", "count: 2"},
		{"version", "userColumn: U, formatVersion: VERSION_2", "U,R\narn:aws:quicksight:us-east-1:111122223333:user/default/al,a\n", "arn:aws:quicksight::111122223333:user/default/al", "", "count: 1"},
		{"dual", "dual: userFirst", "UserName,GroupName,R\nal,g,a\n", "{groups: [g]}", "count: 1", "none: true"},
		{"hideNulls", "hideNulls: true", "UserName,R\nal,\n", "al", "all: true", "count: 3"},
		{"nullWords", "nullWords: [NIL]", "UserName,R\nal,NIL\n", "al", "none: true", "all: true"},
		{"allowNoFields", "allowNoFields: true", "UserName\nal\n", "al", "", "all: true"},
		{"comma", "comma: ;", "UserName;R\nal;a\n", "al", "", "count: 1"},
		{"maxValues", "maxValues: 1", "UserName,R\nal,\"a,c\"\n", "al", "count: 2", "error: too many values"},
		{"maxRunes", "maxRunes: 2", "UserName,R\nal,aaa\n", "al", "none: true", ""},
	} {
		for options, sees := range map[string]string{"": tt.without, "options: {" + tt.options + "}\n": tt.with} {
			text := "rules: r.csv\n" + options + data + "cases:\n- {name: n, who: " + tt.who + ", " + sees + "}\n"
			s, err := Load(files("c.yaml", text, "r.csv", tt.rules), "c.yaml")
			if sees == "" {
				require.Error(t, err, tt.reason+options)
				continue
			}
			require.NoError(t, err, tt.reason+options)
			r := runSuite(t, s, &Options{Lenient: true})
			require.True(t, r.OK(), "%s %q: %v", tt.reason, options, r.Results[0].Reasons)
		}
	}
	const config = `{"TagRules": [{"TagKey": "t", "ColumnName": "R", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}]}`
	for options, sees := range map[string]string{
		"": "count: 1", "options: {literalSpaces: true}\n": "count: 2", "options: {matchAllInList: true}\n": "all: true",
	} {
		s := load(t, "c.yaml", "tags: t.json\n"+options+data+"cases:\n- {name: n, tags: {t: 'a, b,*'}, "+sees+"}\n", "t.json", config)
		r := runSuite(t, s, &Options{Lenient: true})
		require.True(t, r.OK(), "%q: %v", options, r.Results[0].Reasons)
	}
}

// TestCellsAsWritten: a value is the text that stands there, and only null is
// NULL.
func TestCellsAsWritten(t *testing.T) {
	s := load(t, "c.yaml", `rules: r.csv
data:
- {R: 007}
- {R: no}
- {R: 1e3}
- {R: 2020-01-01}
- {R: "null"}
- {R: ""}
- {R: null}
- {R: ~}
- {R: }
- {R: 0x1F}
- {R: <<}
- {R: ' x '}
cases: [{name: n, who: al, all: true}]
`, "r.csv", "UserName,R\nal,\n")
	var got []string
	for row := range int32(s.data.rows) {
		got = append(got, s.data.columns[0].text(row).String())
	}
	require.Equal(t, []string{`"007"`, `"no"`, `"1e3"`, `"2020-01-01"`, `"null"`, `""`, "NULL", "NULL", "NULL", `"0x1F"`, `"<<"`, `" x "`}, got)

	s = load(t, "c.yaml", "rules: r.csv\ndata: {file: d.csv, nullWord: '-', comma: ;}\ncases: [{name: n, who: al, count: 1}]\n",
		"r.csv", "UserName,R\nal,\n", "d.csv", "R;S\n;a\n-;\"x\ny\"\n")
	c := s.data.columns
	require.Equal(t, []text{{s: ""}, {null: true}}, []text{c[0].text(0), c[0].text(1)})
	require.Equal(t, text{s: "x\ny"}, c[1].text(1))
	require.Equal(t, rls.Position{File: "d.csv", Line: 3, Column: 1}, s.data.where[1])
}

// TestTagValuesAreSecret: whatever is wrong, no output shows a tag value.
func TestTagValuesAreSecret(t *testing.T) {
	const data = "data: [{R: secret1}, {R: secret2}, {R: open}]\n"
	const config = `{"TagRules": [{"TagKey": "t", "ColumnName": "R", "MatchAllValue": "secretall"}]}`
	for _, tt := range []struct{ reason, sees string }{
		{"count", "count: 3"}, {"all", "all: true"}, {"none", "none: true"}, {"only", "only: {R: secret2}"},
		{"rows", "rows: [{R: secret2}]"}, {"ids", "rows: [secret2]"}, {"hidden", "hidden: [{R: secret1}]"}, {"error", "error: x"},
		{"fine", "count: 1"},
	} {
		s := load(t, "c.yaml", "tags: t.json\nid: R\n"+data+"cases:\n- {name: n, tags: {t: secret1}, "+tt.sees+"}\n", "t.json", config)
		r := runSuite(t, s, &Options{Mutate: true})
		require.Equal(t, tt.reason == "fine", r.OK(), tt.reason)
		var b bytes.Buffer
		require.NoError(t, WriteText(&b, []Report{r}, nil))
		require.NoError(t, WriteJSON(&b, []Report{r}))
		require.NoError(t, WriteJUnit(&b, []Report{r}))
		u, err := s.Update(t.Context(), nil)
		require.NoError(t, err)
		for _, c := range u.Changes {
			b.WriteString(c.String())
		}
		for _, e := range u.Left {
			b.WriteString(e.Error())
		}
		require.NotContains(t, b.String(), "secret", tt.reason)
	}
	for _, tt := range []struct{ reason, text string }{
		{"a row that is not there", data + "id: R\ncases: [{name: n, tags: {t: x}, rows: [secret9, {R: secret9}]}]"},
		{"two sessions in one", data + "cases: [{name: n, tags: {t: secret1, t: secret2}, count: 1}]"},
		{"a list", data + "cases: [{name: n, tags: {t: [secret1]}, count: 1}]"},
		{"a text", data + "cases: [{name: n, tags: secret1, count: 1}]"},
		{"an anchor", data + "cases: [{name: n, tags: {t: &secret1 x}, count: 1}]"},
		{"an alias", data + "cases: [{name: n, tags: {t: *secret1}, count: 1}]"},
		{"a tag of YAML", data + "cases: [{name: n, tags: {t: !secret1 x}, count: 1}]"},
		{"no end", data + "cases: [{name: n, tags: {t: \"secret1}, count: 1}]"},
		{"no end either", data + "cases: [{name: n, tags: {t: 'secret1}, count: 1}]"},
	} {
		_, err := Load(files("c.yaml", "tags: t.json\n"+tt.text, "t.json", config), "c.yaml")
		require.Error(t, err, tt.reason)
		require.NotContains(t, err.Error(), "secret", tt.reason)
	}
}

func TestZero(t *testing.T) {
	for _, s := range []*Suite{nil, {}} {
		r, err := s.Run(t.Context(), nil)
		require.NoError(t, err)
		require.False(t, r.OK(), "nothing was run")
		require.NotEmpty(t, r.Problems)
		m, err := s.Mutate(t.Context(), nil)
		require.NoError(t, err)
		require.Zero(t, m)
		u, err := s.Update(t.Context(), nil)
		require.NoError(t, err)
		require.Nil(t, u.Text)
		require.Zero(t, s.Len())
		require.Empty(t, s.File())
	}
	require.False(t, new(Report).OK())
	require.False(t, (*Report)(nil).OK())
	require.False(t, (&Report{Results: []Result{{}}}).OK(), "a case that was not run has not passed")
	require.NotEqual(t, Passed, Status(0))
	require.False(t, seen{}.has(0), "who sees nothing sees no row")
	var c testCase
	require.False(t, c.holds(&table{}, seen{}, errors.New("x")), "an error nobody asked for")
	for range (seen{}).rows() {
		t.Fatal("a row")
	}
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, nil, nil))
	require.NoError(t, WriteJSON(&b, nil))
	require.NoError(t, WriteJUnit(&b, nil))
	require.Contains(t, b.String(), "no case files")
	require.Contains(t, b.String(), `"ok": false`)
	require.Contains(t, b.String(), `failures="1"`)
	var none *tagrules.Config
	rows, err := none.For()
	require.Error(t, err)
	require.Equal(t, "none", rows.String())
}
