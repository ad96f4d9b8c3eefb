package embed

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/tagrules"
)

// a document from its parts, any of which a test may replace.
func document(replace map[string]string) string {
	parts := []struct{ name, text string }{
		{"AwsAccountId", `"111122223333"`},
		{"Namespace", `"tenant1"`},
		{"AuthorizedResourceArns", `["` + prefix + `dashboard/d1"]`},
		{"ExperienceConfiguration", `{"Dashboard": {"InitialDashboardId": "d1"}}`},
		{"SessionTags", `[{"Key": "k", "Value": "SECRET"}]`},
	}
	var fields []string
	for _, p := range parts {
		if text, ok := replace[p.name]; ok {
			p.text = text
		}
		if p.text != "" {
			fields = append(fields, fmt.Sprintf("%q: %s", p.name, p.text))
		}
	}
	if more := replace[""]; more != "" {
		fields = append(fields, more)
	}
	return "{\n " + strings.Join(fields, ",\n ") + "\n}"
}

func TestParseRequest(t *testing.T) {
	got, err := ParseRequest(strings.NewReader(document(map[string]string{
		"": `"SessionLifetimeInMinutes": 15, "AllowedDomains": ["https://*.example.com", "http://localhost:3000/"]`,
	})), nil)
	require.NoError(t, err)
	require.Equal(t, &Request{
		AwsAccountId: account, Namespace: "tenant1", AuthorizedResourceArns: []string{prefix + "dashboard/d1"},
		ExperienceConfiguration:  Experience{Dashboard: &Dashboard{"d1"}},
		SessionLifetimeInMinutes: 15, SessionTags: tagrules.Tags{{Key: "k", Value: "SECRET"}},
		AllowedDomains: []string{"https://*.example.com", "http://localhost:3000/"},
	}, got)

	text, err := json.Marshal(got)
	require.NoError(t, err)
	again, err := ParseRequest(bytes.NewReader(text), nil)
	require.NoError(t, err)
	require.Equal(t, got, again, "what it writes it reads")

	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "value", *got, "pointer", got)
	b.WriteString(fmt.Sprintf("%v %+v %#v", *got, got, *got))
	require.NotContains(t, b.String(), "SECRET")

	for reason, experience := range map[string]string{
		"a visual":  `{"DashboardVisual": {"InitialDashboardVisualId": {"DashboardId": "d1", "SheetId": "s", "VisualId": "v"}}}`,
		"a search":  `{"QSearchBar": {"InitialTopicId": "t1"}}`,
		"questions": `{"GenerativeQnA": {"InitialTopicId": "t1"}}`,
	} {
		_, err := ParseRequest(strings.NewReader(document(map[string]string{
			"ExperienceConfiguration": experience, "AuthorizedResourceArns": `["` + prefix + `dashboard/d1", "` + prefix + `topic/t1"]`,
		})), nil)
		require.NoError(t, err, reason)
	}
}

// TestParseRequestErrors marks with ∑ where each error is reported.
func TestParseRequestErrors(t *testing.T) {
	arns := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("%q", fmt.Sprintf("%sdashboard/d%d", prefix, i+1)))
		}
		return "∑[" + strings.Join(all, ",") + "]"
	}
	tags := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`{"Key": "k%d", "Value": "SECRET"}`, i))
		}
		return "∑[" + strings.Join(all, ",") + "]"
	}
	for _, tt := range []struct {
		reason string
		with   map[string]string
		want   string
		is     error
		code   string
	}{
		{"no account", map[string]string{"AwsAccountId": `∑"11112222333"`}, `AwsAccountId: not a valid value: got "11112222333", want 12 digits`, ErrValue, ""},
		{"a namespace with a blank", map[string]string{"Namespace": `∑"a b"`}, `Namespace: not the name of a namespace`, namespace.ErrNamespace, ""},
		{"no resource", map[string]string{"AuthorizedResourceArns": `∑[]`, "ExperienceConfiguration": ``}, `AuthorizedResourceArns: outside the limits: got 0, want 1 to 25`, ErrLimit, ""},
		{"26 resources", map[string]string{"AuthorizedResourceArns": arns(26)}, `got 26, want 1 to 25`, ErrLimit, ""},
		{"no ARN", map[string]string{"AuthorizedResourceArns": `["` + prefix + `dashboard/d1", ∑"d2"]`}, `AuthorizedResourceArns[1]: not a QuickSight ARN`, namespace.ErrARN, ""},
		{"a dataset", map[string]string{"AuthorizedResourceArns": `["` + prefix + `dashboard/d1", ∑"` + prefix + `dataset/d1"]`}, `got the ARN of a dataset, want of a dashboard or topic`, ErrValue, ""},
		{"a wildcard is not authorized by it", map[string]string{"AuthorizedResourceArns": `["` + prefix + `dashboard/d1", ∑"` + prefix + `dashboard/*"]`}, `got "*", want 1 to 512`, ErrValue, ""},
		{"another account", map[string]string{"AuthorizedResourceArns": `["` + prefix + `dashboard/d1", ∑"arn:aws:quicksight:us-east-1:999999999999:dashboard/d2"]`}, `it is of account 999999999999`, ErrValue, ""},
		{"an initial dashboard that is not authorized", map[string]string{"ExperienceConfiguration": `{"Dashboard": {"InitialDashboardId": ∑"d2"}}`}, `ExperienceConfiguration.Dashboard.InitialDashboardId: not among AuthorizedResourceArns: dashboard "d2"`, ErrNotListed, ""},
		{"a visual of a dashboard that is not", map[string]string{"ExperienceConfiguration": `{"DashboardVisual": {"InitialDashboardVisualId": {"DashboardId": ∑"d2", "SheetId": "s", "VisualId": "v"}}}`}, `dashboard "d2"`, ErrNotListed, ""},
		{"a topic of the name of a dashboard", map[string]string{"ExperienceConfiguration": `{"QSearchBar": {"InitialTopicId": ∑"d1"}}`}, `topic "d1"`, ErrNotListed, ""},
		{"an id that leaves the path", map[string]string{"ExperienceConfiguration": `{"DashboardVisual": {"InitialDashboardVisualId": {"DashboardId": "d1", "SheetId": ∑"../x", "VisualId": "v"}}}`}, `got "../x", want 1 to 512`, ErrValue, ""},
		{"no experience", map[string]string{"ExperienceConfiguration": `∑{}`}, `got 0 experiences, want exactly one`, ErrValue, ""},
		{"two experiences", map[string]string{"ExperienceConfiguration": `∑{"Dashboard": {"InitialDashboardId": "d1"}, "QSearchBar": {"InitialTopicId": "t1"}}`, "AuthorizedResourceArns": `["` + prefix + `dashboard/d1", "` + prefix + `topic/t1"]`}, `got 2 experiences`, ErrValue, ""},
		{"14 minutes", map[string]string{"": `"SessionLifetimeInMinutes": ∑14`}, `not a session lifetime: got 14, want 15 to 600 minutes`, ErrLifetime, SessionLifetimeInMinutesInvalidException},
		{"601 minutes", map[string]string{"": `"SessionLifetimeInMinutes": ∑601`}, `got 601`, ErrLifetime, SessionLifetimeInMinutesInvalidException},
		{"no minutes", map[string]string{"": `"SessionLifetimeInMinutes": ∑0`}, `got 0`, ErrLifetime, SessionLifetimeInMinutesInvalidException},
		{"half a minute", map[string]string{"": `"SessionLifetimeInMinutes": ∑15.5`}, `want an integer`, ErrType, ""},
		{"minutes in words", map[string]string{"": `"SessionLifetimeInMinutes": ∑"15"`}, `found a string, want a number`, ErrType, ""},
		{"51 tags", map[string]string{"SessionTags": tags(51)}, `got 51 session tags, want at most 50`, ErrLimit, ""},
		{"an empty key", map[string]string{"SessionTags": `[{"Key": ∑"", "Value": "SECRET"}]`}, `SessionTags[0].Key: outside the limits: got 0 characters, want 1 to 128`, ErrLimit, ""},
		{"a long value", map[string]string{"SessionTags": `[{"Key": "k", "Value": ∑"` + strings.Repeat("SECRET", 43) + `"}]`}, `got 258 characters, want 0 to 256`, ErrLimit, ""},
		{"a tag twice", map[string]string{"SessionTags": `[{"Key": "k", "Value": "SECRET"}, {"Key": ∑"k", "Value": "SECRET"}]`}, `SessionTags[1].Key: duplicate session tag "k"`, tagrules.ErrDuplicateTag, ""},
		{"a value that is a list", map[string]string{"SessionTags": `[{"Key": "k", "Value": ∑["SECRET"]}]`}, `found a list, want a string`, ErrType, ""},
		{"tags as an object", map[string]string{"SessionTags": `∑{"k": "SECRET"}`}, `SessionTags: wrong type: found an object, want a list`, ErrType, ""},
		{"a tag of another field", map[string]string{"SessionTags": `[{"Key": "k", ∑"value": "SECRET"}]`}, `unknown field "value", want Value`, ErrField, ""},
		{"4 domains", map[string]string{"": `"AllowedDomains": ∑["https://a.example", "https://b.example", "https://c.example", "https://d.example"]`}, `got 4, want at most 3`, ErrLimit, ""},
		{"a domain that is a policy", map[string]string{"": `"AllowedDomains": ["https://a.example", ∑"https://b.example; script-src *"]`}, `AllowedDomains[1]: not a valid value: domain`, ErrValue, ""},
		{"names in other case", map[string]string{"": `∑"sessionTags": []`, "SessionTags": ``}, `unknown field "sessionTags", want SessionTags`, ErrField, ""},
		{"a field we do not have", map[string]string{"": `∑"UserArn": "x"`}, `unknown field "UserArn"`, ErrField, ""},
		{"a field twice", map[string]string{"": `∑"Namespace": "tenant2"`}, `Namespace: field given twice`, ErrTwice, ""},
		{"null", map[string]string{"Namespace": `∑null`}, `found null, want a string`, ErrType, ""},
		{"no JSON", map[string]string{"Namespace": `∑SECRET`}, `not JSON from here on`, ErrSyntax, ""},
		{"bytes that are no text", map[string]string{"Namespace": "\"∑\xff\""}, `not valid UTF-8`, ErrEncoding, ""},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			before, after, found := strings.Cut(document(tt.with), "∑")
			require.True(t, found)
			req, err := ParseRequest(strings.NewReader(before+after), &ParseOptions{File: "r.json"})
			require.Nil(t, req)
			require.ErrorIs(t, err, tt.is)
			require.NotContains(t, err.Error(), "SECRET")
			line, column := 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")
			require.Contains(t, err.Error(), fmt.Sprintf("r.json:%d:%d: ", line, column))
			require.Contains(t, err.Error(), tt.want)
			tt.code = cmp.Or(tt.code, InvalidParameterValueException)
			require.Equal(t, tt.code, Code(err))
		})
	}
}

// TestLimits: the last value inside each limit is fine; TestParseRequestErrors
// has the first outside.
func TestLimits(t *testing.T) {
	for _, minutes := range []int{0, MinLifetime, MaxLifetime} {
		r := aRequest()
		r.Namespace = strings.Repeat("n", 64)
		r.SessionLifetimeInMinutes = minutes
		for i := range MaxResources - 1 {
			r.AuthorizedResourceArns = append(r.AuthorizedResourceArns, fmt.Sprintf("%sdashboard/x%d", prefix, i))
		}
		for i := range tagrules.MaxTags {
			r.SessionTags = append(r.SessionTags, tagrules.Tag{Key: fmt.Sprintf("%03d", i) + strings.Repeat("é", 125), Value: strings.Repeat("😀", 256)})
		}
		r.AllowedDomains = []string{"https://a.example", "https://b.example", "https://c.example"}
		require.NoError(t, r.Validate())
		text, err := json.Marshal(r)
		require.NoError(t, err)
		require.Less(t, len(text), maxRequest)
		again, err := ParseRequest(bytes.NewReader(text), nil)
		require.NoError(t, err)
		require.Equal(t, r, again)

		g, err := grant{Namespace: r.Namespace, Minutes: 15, Tags: r.SessionTags}.marshal()
		require.NoError(t, err)
		require.Less(t, len(g), maxEntry, "a file of Files holds it")
	}
}

// TestEveryProblem: one answer names all that is wrong, in order of position.
func TestEveryProblem(t *testing.T) {
	_, err := ParseRequest(strings.NewReader(`{
 "AwsAccountId": "1",
 "Namespace": "",
 "AuthorizedResourceArns": ["x"],
 "SessionLifetimeInMinutes": 5,
 "AllowedDomains": ["ftp://x"]
}`), nil)
	var lines []string
	for _, e := range textpos.Flat(err) {
		lines = append(lines, e.(*Error).Pos.String()+" "+e.(*Error).Field)
	}
	require.Equal(t, []string{"1:1 ExperienceConfiguration", "2:18 AwsAccountId", "3:15 Namespace", "4:29 AuthorizedResourceArns[0]",
		"5:30 SessionLifetimeInMinutes", "6:21 AllowedDomains[0]"}, lines)
	require.Equal(t, InvalidParameterValueException, Code(err))
	require.Equal(t, SessionLifetimeInMinutesInvalidException, Code(textpos.Flat(err)[4]))
	require.Empty(t, Code(nil))
	require.Equal(t, InternalFailureException, Code(os.ErrNotExist))
}

// TestRealRequests reads the requests that other projects send, their
// placeholders filled in.
func TestRealRequests(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(realdata.Path(t, "data", "3_tagrules"), "*", "embed_request.json"))
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, err = ParseRequest(bytes.NewReader(text), nil)
		if strings.Contains(string(text), "${") {
			require.Error(t, err, "a placeholder is not an account: %s", file)
		}
		filled := strings.NewReplacer(
			"${aws_account_id}", account, "${awsAccountId}", account, "${AwsAccountId}", account, "${region}", "us-east-1",
			"${dashboard_id_list[0]}", "d1", "${dashboard_arn_list...}", prefix+"dashboard/d1", "${DashboardId}", "d1",
		).Replace(string(text))
		req, err := ParseRequest(strings.NewReader(filled), &ParseOptions{File: file})
		require.NoError(t, err)
		require.NotEmpty(t, req.SessionTags)
		require.NoError(t, req.Validate())
	}
}
