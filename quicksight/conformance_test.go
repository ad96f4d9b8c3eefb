package quicksight_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// A conformanceCase is a case of testdata/conformance, as far as the API can say
// it.
type conformanceCase struct {
	ID, Reason, Table, Error string

	CSV      any // a text, or a notation for generated ones
	Options  map[string]any
	Settings map[string]string
	Config   json.RawMessage
	Tags     any // a list of Key and Value, or a notation for generated ones
	Visible  any
	Viewer   struct {
		User, Namespace string
		Groups          []string
		UserARN         string   `json:"user_arn"`
		GroupARNs       []string `json:"group_arns"`
	}
}

func conformanceCases(t *testing.T, file string) []conformanceCase {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "conformance", file))
	require.NoError(t, err)
	var doc struct{ Cases []conformanceCase }
	require.NoError(t, json.Unmarshal(text, &doc))
	require.NotEmpty(t, doc.Cases)
	return doc.Cases
}

// tables writes the tables of the cases as files of JSON lines, which have NULL,
// and returns the columns of each.
func tables(t *testing.T, s *quicksighttest.Server) map[string][]object {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "testdata", "conformance", "tables.json"))
	require.NoError(t, err)
	var doc struct {
		Tables map[string]struct {
			Columns []struct{ Name, Type string }
			Rows    [][]any
		}
	}
	require.NoError(t, json.Unmarshal(file, &doc))
	columns := make(map[string][]object)
	for name, table := range doc.Tables {
		var lines strings.Builder
		for _, row := range table.Rows {
			line := make(map[string]any)
			for i, c := range table.Columns {
				if c.Type == "text" || c.Name == "id" {
					line[c.Name] = text(t, row[i])
				}
			}
			encoded, err := json.Marshal(line)
			require.NoError(t, err)
			lines.Write(append(encoded, '\n'))
		}
		for _, c := range table.Columns {
			switch {
			case c.Name == "id":
				columns[name] = append(columns[name], object{"Name": c.Name, "Type": "INTEGER"})
			case c.Type == "text":
				columns[name] = append(columns[name], object{"Name": c.Name, "Type": "STRING"})
			}
		}
		require.NoError(t, s.WriteObject("tables", name+".jsonl", lines.String()))
		require.NoError(t, s.WriteObject("tables", name+".json",
			`{"fileLocations":[{"URIs":["s3://tables/`+name+`.jsonl"]}],"globalUploadSettings":{"format":"JSON"}}`))
		require.NoError(t, s.Do(t.Context(), "POST", "/data-sources", object{
			"DataSourceId": "table-" + name, "Name": name, "Type": "S3",
			"DataSourceParameters": object{"S3Parameters": object{"ManifestFileLocation": object{"Bucket": "tables", "Key": name + ".json"}}},
		}, nil))
	}
	return columns
}

// text returns a cell: a generated text is a list of texts and repetitions.
func text(t *testing.T, cell any) any {
	t.Helper()
	switch v := cell.(type) {
	case []any:
		all := ""
		for _, part := range v {
			all += text(t, part).(string)
		}
		return all
	case map[string]any:
		of, ok := v["of"].(string)
		require.True(t, ok, "%v", v)
		return strings.Repeat(of, int(v["repeat"].(float64)))
	}
	return cell
}

// create creates the data set of a case with its rules, and returns why it could
// not.
func create(ctx context.Context, s *quicksighttest.Server, id, table string, columns []object, rules object) error {
	in := object{
		"DataSetId": id, "Name": id, "ImportMode": "SPICE",
		"PhysicalTableMap": object{"t": object{"S3Source": object{"DataSourceArn": arn("datasource/table-" + table), "InputColumns": columns}}},
	}
	for name, value := range rules {
		in[name] = value
	}
	var out struct{ IngestionId string }
	if err := s.Do(ctx, "POST", "/data-sets", in, &out); err != nil {
		return err
	}
	return s.WaitIngestion(ctx, id, out.IngestionId)
}

func arn(resource string) string {
	return "arn:aws:quicksight:" + quicksighttest.Region + ":" + quicksighttest.Account + ":" + resource
}

// ids returns the column id of rows.
func ids(t *testing.T, rows quicksighttest.Rows) []int {
	t.Helper()
	got := []int{}
	at := slices.IndexFunc(rows.Columns, func(c struct{ Name, Type string }) bool { return c.Name == "id" })
	require.GreaterOrEqual(t, at, 0)
	for _, row := range rows.Rows {
		got = append(got, int(row[at].(float64)))
	}
	slices.Sort(got)
	return got
}

func wanted(c conformanceCase, all int) []int {
	want := []int{}
	if c.Visible == "all" {
		for i := range all {
			want = append(want, i+1)
		}
		return want
	}
	for _, id := range c.Visible.([]any) {
		want = append(want, int(id.(float64)))
	}
	slices.Sort(want)
	return want
}

// tableSizes are the rows of the tables.
var tableSizes = map[string]int{}

// register registers the viewer of a case with the groups, and returns the
// user. ok is false for users that the API cannot have.
func register(t *testing.T, s *quicksighttest.Server, c conformanceCase, groups map[string]bool) (ns, user string, ok bool) {
	t.Helper()
	ns, user = c.Viewer.Namespace, c.Viewer.User
	if ns == "" {
		ns = "default"
	}
	var in []namespace.ARN
	for _, g := range c.Viewer.Groups {
		in = append(in, namespace.ARN{Namespace: ns, Name: g})
	}
	if c.Viewer.UserARN != "" {
		a, err := namespace.ParseARN(c.Viewer.UserARN)
		if err != nil || a.Account != quicksighttest.Account || a.Partition != "aws" {
			return "", "", false
		}
		ns, user = a.Namespace, a.Name
	}
	for _, text := range c.Viewer.GroupARNs {
		a, err := namespace.ParseARN(text)
		if err != nil || a.Account != quicksighttest.Account || a.Namespace != ns {
			return "", "", false
		}
		in = append(in, a)
	}
	if user == "" {
		return "", "", false
	}
	base := "/namespaces/" + url.PathEscape(ns)
	if ns != "default" && !groups[ns] {
		if err := s.Do(t.Context(), "POST", "", object{"Namespace": ns, "IdentityStore": "QUICKSIGHT"}, nil); err != nil && code(err) != "ResourceExistsException" {
			return "", "", false
		}
		groups[ns] = true
	}
	err := s.Do(t.Context(), "POST", base+"/users", object{"IdentityType": "IAM", "Email": "a@example.com", "UserRole": "READER", "UserName": user}, nil)
	if err != nil && code(err) != "ResourceExistsException" {
		return "", "", false
	}
	for _, g := range in {
		if !groups[ns+"/"+g.Name] {
			if err := s.Do(t.Context(), "POST", base+"/groups", object{"GroupName": g.Name}, nil); err != nil && code(err) != "ResourceExistsException" {
				return "", "", false
			}
			groups[ns+"/"+g.Name] = true
		}
		require.NoError(t, s.Do(t.Context(), "PUT", base+"/groups/"+url.PathEscape(g.Name)+"/members/"+url.PathEscape(user), nil, nil))
	}
	t.Cleanup(func() {
		require.NoError(t, s.Do(context.Background(), "DELETE", base+"/users/"+url.PathEscape(user), nil, nil))
	})
	return ns, user, true
}

// TestConformanceUsers: rows that a registered user reads, and rows behind the
// embed URL of the user, through the API alone, equal the conformance cases of user-based rules.
func TestConformanceUsers(t *testing.T) {
	s := quicksighttest.NewEmptyServer(t, "")
	columns, groups := tables(t, s), make(map[string]bool)
	executed := 0
	for i, c := range conformanceCases(t, "users.json") {
		t.Run(c.ID, func(t *testing.T) {
			csv, ok := c.CSV.(string)
			if len(c.Options) > 0 || !ok {
				t.Skip("the API has no such option, or the rules are generated")
			}
			if testing.Short() && i%8 != 0 {
				t.Skip("every eighth case with -short")
			}
			if strings.Contains(csv, "ARN") && c.Viewer.UserARN == "" && len(c.Viewer.GroupARNs) == 0 && c.Error == "" {
				t.Skip("a registered user has an ARN")
			}
			ns, user, ok := register(t, s, c, groups)
			if !ok {
				t.Skip("the API cannot have this user")
			}
			executed++
			rules := fmt.Sprintf("rules-%d", i)
			settings := object{"Arn": arn("dataset/" + rules), "PermissionPolicy": "GRANT_ACCESS"}
			if strings.Contains(csv, "ARN") {
				settings["FormatVersion"] = "VERSION_2"
			}
			for name, value := range c.Settings {
				settings[name] = value
			}
			table := c.Table
			if table == "" {
				table = "sales"
			}
			set := fmt.Sprintf("set-%d", i)
			err := s.AddCSV(t.Context(), rules, csv, object{"UseAs": "RLS_RULES"})
			if err == nil {
				err = create(t.Context(), s, set, table, columns[table], object{
					"RowLevelPermissionDataSet": settings,
					"Permissions":               granted("user/"+ns+"/"+user, "quicksight:PassDataSet"),
				})
			}
			var rows quicksighttest.Rows
			if err == nil {
				rows, err = s.Rows(t.Context(), set, ns, user)
			}
			if c.Error != "" {
				require.Error(t, err, c.Reason)
				return
			}
			require.NoError(t, err, c.Reason)
			want := wanted(c, tableRows(t, s, table))
			require.Equal(t, want, ids(t, rows), c.Reason)

			require.NoError(t, s.Do(t.Context(), "POST", "/dashboards/"+set, object{
				"Name": set, "Definition": showing(set), "Permissions": granted("user/"+ns+"/"+user, linkActions...),
			}, nil))
			status, behind := openAs(t, s, ns+"/"+user, set).rowsOf(t, set)
			require.Equal(t, 200, status)
			require.Equal(t, want, ids(t, behind), "behind an embed URL: %s", c.Reason)
		})
	}
	if !testing.Short() && !t.Failed() {
		require.Greater(t, executed, 200)
	}
}

// tableRows counts the rows of a table, from the first data set made of it.
func tableRows(t *testing.T, s *quicksighttest.Server, table string) int {
	t.Helper()
	if tableSizes[table] == 0 {
		text, err := os.ReadFile(filepath.Join(s.Dir, "s3", "tables", table+".jsonl"))
		require.NoError(t, err)
		tableSizes[table] = strings.Count(string(text), "\n")
	}
	return tableSizes[table]
}
