package rls_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/stretchr/testify/require"
)

func readFile(t *testing.T, path string) (*rls.Rules, error) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	return rls.ReadCSV(f, &rls.Options{File: filepath.Base(path)})
}

// TestRealRules reads every permission dataset there is, and says what one viewer
// of it sees, or why it is refused.
func TestRealRules(t *testing.T) {
	const arn = "arn:aws:quicksight:us-east-1:123456789012:"
	bob := namespace.ForARN(namespace.MustParseARN(arn + "user/default/Bob"))
	tests := []struct {
		file  string
		rules int
		who   namespace.Principal
		want  string
	}{
		{"awsdocs-2020/rules.csv", 7, namespace.Named("sales-tps@example.com"), "all"},
		{"awsdocs-access-table/rules.csv", 5, namespace.Named("x", "EMEA-Sales"), `Region in ("EMEA") and Segment in ("Enterprise", "SMB", "Startup")`},
		{"awsdocs-arn/rules-table.csv", 2, bob, `Region in ("APAC")`},
		{"awsdocs-arn/rules.csv", 2, bob, `Region in ("APAC")`},
		{"awsdocs-groupname/rules.csv", 7, namespace.Named("x", "US-Sales"), `Region in ("US") and Segment in ("Enterprise") or Region in ("US") and Segment in ("SMB") or Region in ("US") and Segment in ("Startup")`},
		{"awsdocs-table-spaces/rules.csv", 7, namespace.Named("x", "EMEA-Sales"), `Region in ("EMEA") and Segment in (" SMB", " Startup", "Enterprise")`},
		{"awsdocs-username/rules.csv", 7, namespace.Named("ZhangWei"), `Region in ("APAC-Sales") and Segment in ("Enterprise", "Startup")`},
		{"blog-author-row/rules.csv", 1, namespace.Named("admin/sampleauthor"), "all"},
		{"cid-readme/cid_rls.csv", 10, namespace.Named("foo_inherit"), `account_id in ("74700000000")`},
		{"cid-readme/org_tags_bom_crlf.csv", 0, namespace.Principal{}, "org_tags_bom_crlf.csv:1:1: no principal column: want UserName, GroupName, UserARN or GroupARN"},
		{"datapivotal-user/rules.csv", 3, namespace.Named("john"), `Region in ("US-East") and Segment in ("Consumer")`},
		{"kuettai/rls01.csv", 4, namespace.Named("itadmin/yongkue-Isengard"), "all"},
		{"rls-manager-export/rules.csv", 3, namespace.Named("x", "Sales-Team"), `Department in ("Sales") and Region in ("US-East")`},
	}
	dir := realdata.Path(t, "data", "2_permissions")
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.csv"))
	require.NoError(t, err)
	require.Len(t, files, len(tests), "every file is in the table")
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			rules, err := readFile(t, filepath.Join(dir, tt.file))
			if tt.rules == 0 {
				require.EqualError(t, err, tt.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.rules, rules.Len())
			p, err := rules.For(tt.who)
			require.NoError(t, err)
			require.Equal(t, tt.want, p.Rows().String())
			require.Equal(t, slices.Sorted(slices.Values(rules.Columns())), p.Restricted(), "the columns of the file go with the rows")
			p, err = rules.For(namespace.Named("nobody in particular"))
			require.NoError(t, err)
			require.Equal(t, predicate.OpNone, p.Op())
		})
	}
}

// TestExpected counts the rows that viewers see of a real dataset.
func TestExpected(t *testing.T) {
	dir := realdata.Path(t, "data", "2_permissions", "kuettai")
	var expected struct {
		Rules        string
		Expectations []struct {
			Principal struct {
				UserName string `json:"user_name"`
				Groups   []string
			}
			RowCount *int `json:"row_count"`
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &expected))
	rules, err := readFile(t, filepath.Join(dir, expected.Rules))
	require.NoError(t, err)

	f, err := os.Open(realdata.Path(t, "data", "1_datasets", "people-overview", "quicksight-aws-people-overview.csv"))
	require.NoError(t, err)
	defer f.Close()
	people := csvtext.NewReader(f, nil)
	header, err := people.Read()
	require.NoError(t, err)
	region := slices.Index(header, "Region")
	require.Positive(t, region)
	regions := map[string]int{}
	for {
		row, err := people.Read()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		regions[strings.Clone(row[region])]++
	}

	counted := 0
	for _, e := range expected.Expectations {
		if e.RowCount == nil {
			continue
		}
		p, err := rules.For(namespace.Named(e.Principal.UserName, e.Principal.Groups...))
		require.NoError(t, err)
		n := 0
		for r, rows := range regions {
			if sees(p, map[string]string{"Region": r}) {
				n += rows
			}
		}
		require.Equal(t, *e.RowCount, n, e.Principal.UserName)
		counted++
	}
	require.GreaterOrEqual(t, counted, 3)
}
