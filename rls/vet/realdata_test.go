package vet

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// What is true of the real permission datasets, and nothing else: without data.
func TestRealFiles(t *testing.T) {
	want := map[string][]string{
		"awsdocs-2020/rules.csv":           {"7:1 RS015"},
		"awsdocs-access-table/rules.csv":   {"2:18 RS012", "3:1 RS015", "3:23 RS012", "4:1 RS011", "5:1 RS011", "6:1 RS011", "6:7 RS020", "6:13 RS020"},
		"awsdocs-arn/rules-table.csv":      {"2:60 RS012", "3:60 RS012"},
		"awsdocs-arn/rules.csv":            {"2:1 RS030", "2:52 RS012", "2:52 RS030", "3:1 RS030", "3:52 RS012", "3:52 RS030"},
		"awsdocs-groupname/rules.csv":      {"7:1 RS015"},
		"awsdocs-table-spaces/rules.csv":   {"2:17 RS022", "2:17 RS022", "4:13 RS022", "6:17 RS022", "7:1 RS015", "8:17 RS022"},
		"awsdocs-username/rules.csv":       {"7:1 RS015"},
		"blog-author-row/rules.csv":        {"2:1 RS015"},
		"cid-readme/cid_rls.csv":           {"2:1 RS015", "3:1 RS015", "4:1 RS015"},
		"cid-readme/org_tags_bom_crlf.csv": {"1:1 RS002", "1:1 RS006"}, // a roster of another tool, no permission dataset
		"datapivotal-user/rules.csv":       {},
		"kuettai/rls01.csv":                {"5:1 RS015"},
		"rls-manager-export/rules.csv":     {},
	}
	dir := realdata.Path(t, "data", "2_permissions")
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.csv"))
	require.NoError(t, err)
	require.Len(t, files, len(want))
	for _, path := range files {
		name := filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path)))
		f, err := os.Open(path)
		require.NoError(t, err)
		findings, err := CSV(f, &Options{Rules: &rls.Options{File: name}})
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, want[name], places(findings), "%s: %v", name, findings)
	}
}

// csvData reads columns of a real dataset. encoding/csv is good enough here.
func csvData(t *testing.T, path string, names ...string) []testColumn {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	var columns []testColumn
	for _, name := range names {
		c := testColumn{name: name}
		for i, have := range records[0] {
			if have == name {
				for _, r := range records[1:] {
					c.values = append(c.values, r[i])
				}
			}
		}
		require.NotEmpty(t, c.values, name)
		columns = append(columns, c)
	}
	return columns
}

// With the data that the files are for.
func TestRealFilesWithData(t *testing.T) {
	people := csvData(t, realdata.Path(t, "data", "1_datasets", "people-overview", "quicksight-aws-people-overview.csv"), "Region")
	sales := csvData(t, realdata.Path(t, "data", "1_datasets", "saas-sales", "SaaS-Sales.csv"), "Region", "Segment")
	cases := []struct {
		file   string
		reason string
		data   []testColumn
		want   []string
	}{
		{"kuettai/rls01.csv", "the file is clean, and one user sees all", people, []string{"5:1 RS015"}},
		{"awsdocs-username/rules.csv", "the sales data has AMER and APJ, no US and APAC, and no Startup; APAC-Sales is a group", sales,
			[]string{"2:23 RS042", "3:14 RS042", "6:14 RS042", "7:1 RS015", "8:10 RS042"}},
	}
	for _, c := range cases {
		text, err := os.ReadFile(realdata.Path(t, append([]string{"data", "2_permissions"}, strings.Split(c.file, "/")...)...))
		require.NoError(t, err)
		r := reader(t, memory.DefaultAllocator, c.data)
		findings, err := CSV(strings.NewReader(string(text)), &Options{Data: r})
		r.Release()
		require.NoError(t, err)
		require.Equal(t, c.want, places(findings), "%s: %v", c.reason, findings)
	}
}

// The real tag configurations. A match-all value on every key is what all of
// them have, and what the sample of three tags has not.
func TestRealTags(t *testing.T) {
	want := map[string][]string{
		"oktank/config.json":                   {"4:17 RS104"},
		"seed-three-tags/config.json":          {},
		"shoppulse/quicksight-rls-config.json": {"4:17 RS104"},
		"wirjo-saas/config.json":               {"4:17 RS104"},
	}
	for name, places4 := range want {
		text, err := os.ReadFile(realdata.Path(t, append([]string{"data", "3_tagrules"}, strings.Split(name, "/")...)...))
		require.NoError(t, err)
		findings, err := Tags(strings.NewReader(string(text)), &TagOptions{Tags: &tagrules.Options{File: name}})
		require.NoError(t, err)
		require.Equal(t, places4, places(findings), "%s: %v", name, findings)
	}
}
