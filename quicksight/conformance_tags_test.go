package quicksight_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// embedded is one embedded session.
type embedded struct {
	server *quicksighttest.Server
	token  string
}

// open opens a session on a dashboard with session tags.
func open(t *testing.T, s *quicksighttest.Server, dashboard string, tags any) (embedded, error) {
	t.Helper()
	in := object{
		"Namespace": "default", "AuthorizedResourceArns": []string{arn("dashboard/" + dashboard)},
		"ExperienceConfiguration": object{"Dashboard": object{"InitialDashboardId": dashboard}},
	}
	if list, ok := tags.([]any); !ok || len(list) > 0 {
		in["SessionTags"] = tags
	}
	var out struct{ EmbedUrl, AnonymousUserArn string }
	if err := s.Do(t.Context(), "POST", "/embed-url/anonymous-user", in, &out); err != nil {
		return embedded{}, err
	}
	u, err := url.Parse(out.EmbedUrl)
	require.NoError(t, err)
	code, err := json.Marshal(object{"Code": u.Query().Get("code")})
	require.NoError(t, err)
	answer, err := http.Post(s.URL+"/embed/redeem", "application/json", bytes.NewReader(code))
	require.NoError(t, err)
	defer answer.Body.Close()
	var redeemed struct{ SessionToken string }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&redeemed))
	require.NotEmpty(t, redeemed.SessionToken)
	return embedded{s, redeemed.SessionToken}, nil
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return text
}

// get asks for something as the session.
func (e embedded) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", e.server.URL+path, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+e.token)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}

// TestConformanceTags: rows behind an embed URL, through the API alone, equal the
// conformance cases of tag-based rules.
func TestConformanceTags(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, "")
	columns := tables(t, s)
	executed := 0
	for i, c := range conformanceCases(t, "tags.json") {
		t.Run(c.ID, func(t *testing.T) {
			var config map[string]json.RawMessage
			if c.Config == nil || len(c.Options) > 0 || json.Unmarshal(c.Config, &config) != nil || config["TagRules"] == nil {
				t.Skip("the API has no such option, or the configuration is written as another document")
			}
			if bytes.Contains(mustJSON(t, c.Tags), []byte(`"repeat"`)) || bytes.Contains(c.Config, []byte(`"repeat"`)) {
				t.Skip("generated")
			}
			if testing.Short() && i%8 != 0 {
				t.Skip("every eighth case with -short")
			}
			executed++
			table := c.Table
			if table == "" {
				table = "sales"
			}
			set := fmt.Sprintf("set-%d", i)
			err := create(t.Context(), s, set, table, columns[table], object{"RowLevelPermissionTagConfiguration": config})
			if err == nil {
				err = s.Do(t.Context(), "POST", "/dashboards/"+set, object{"Name": set, "Definition": showing(set)}, nil)
			}
			var session embedded
			if err == nil {
				session, err = open(t, s, set, c.Tags)
			}
			status, body := 0, ""
			if err == nil {
				status, body = session.get(t, "/embed/rows/"+set)
			}
			if c.Error != "" {
				require.True(t, err != nil || status >= 400, c.Reason)
				return
			}
			want := wanted(c, tableRows(t, s, table))
			if len(want) == 0 && code(err) == "InvalidParameterValueException" {
				return // the API does not open a session with such tags, which would see no row
			}
			require.NoError(t, err, c.Reason)
			require.Equal(t, 200, status, body)
			var rows quicksighttest.Rows
			require.NoError(t, json.Unmarshal([]byte(body), &rows))
			require.Equal(t, want, ids(t, rows), c.Reason)
		})
	}
	if !testing.Short() && !t.Failed() {
		require.Greater(t, executed, 90)
	}
}
