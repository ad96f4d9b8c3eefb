package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// explained is what explain says of a row.
type explained struct {
	Row     int
	Visible bool
	Reason  string
	By      []struct{ Line, List int }
	Nearest []struct{ Fields []struct{ Column string } }
}

// agree holds that filter writes exactly the rows that explain says are
// visible, in the same order, and that explain gives a reason for each. It
// returns how many rows were visible of how many.
func agree(t *testing.T, data string, viewer ...string) (visible, rows int) {
	t.Helper()
	code, out, stderr := command("", append(append([]string{"explain", "--format", "json", "-q"}, viewer...), data)...)
	require.Equal(t, exitOK, code, stderr)
	var answers []explained
	require.NoError(t, json.Unmarshal([]byte(out), &answers))
	code, out, stderr = command("", append(append([]string{"filter", "-q"}, viewer...), data)...)
	require.Equal(t, exitOK, code, stderr)
	text, err := os.ReadFile(data)
	require.NoError(t, err)
	all, got := records(t, string(text)), records(t, out)
	want := all[:1:1]
	require.Len(t, answers, len(all)-1)
	for i, a := range answers {
		require.Equal(t, i+1, a.Row)
		switch {
		case a.Visible:
			visible++
			want = append(want, all[i+1])
			require.Equal(t, a.Reason == "admitted", len(a.By) > 0)
		case a.Reason == "denied":
			require.NotEmpty(t, a.Nearest)
			require.NotEmpty(t, a.Nearest[0].Fields)
		default:
			require.Equal(t, "no rule", a.Reason)
		}
	}
	require.Len(t, got, len(want), "%v", viewer)
	for i := range want {
		require.Equal(t, want[i], got[i], "%v", viewer)
	}
	return visible, len(answers)
}

// records reads CSV, header and all.
func records(t *testing.T, text string) [][]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
	require.NoError(t, err)
	return all
}

// TestExplainAgrees compares explain and filter on random rules and data with
// NULL, stray spaces and values of other case.
func TestExplainAgrees(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	values := []string{"", "EMEA", "US", "emea", " US", "APAC"}
	dir := t.TempDir()
	some, all := 0, 0
	for range 60 {
		rules := "UserName,GroupName,A,B\n"
		for range random.IntN(6) {
			list := func() string {
				cell := pick(values...)
				for range random.IntN(3) {
					cell += "," + pick(values...)
				}
				return `"` + cell + `"`
			}
			rules += fmt.Sprintf("%s,%s,%s,%s\n", pick("", "al", "bo"), pick("", "", "g"), list(), list())
		}
		data := "n,A,B\n"
		for i := range 1 + random.IntN(30) {
			data += fmt.Sprintf("%d,%s,%s\n", i, pick(values...), pick(values...))
		}
		rulesFile, dataFile := filepath.Join(dir, "rules.csv"), filepath.Join(dir, "data.csv")
		require.NoError(t, os.WriteFile(rulesFile, []byte(rules), 0o666))
		require.NoError(t, os.WriteFile(dataFile, []byte(data), 0o666))
		visible, rows := agree(t, dataFile, "--rules", rulesFile, "--user", pick("al", "bo", "eve"), "--group", pick("g", "h"))
		some, all = some+visible, all+rows
	}
	require.Greater(t, some, all/10, "some rows are visible")
	require.Less(t, some, all*9/10, "and some are not")
}

// TestExplainAgreesReal compares them on the rules of others.
func TestExplainAgreesReal(t *testing.T) {
	sales := realdata.Path(t, "data", "1_datasets", "saas-sales", "SaaS-Sales.csv")
	for _, folder := range []string{"awsdocs-2020", "awsdocs-username"} {
		rules := realdata.Path(t, "data", "2_permissions", folder, "rules.csv")
		for _, user := range []string{"AlejandroRosalez", "MarthaRivera", "sales-tps@example.com", "nobody"} {
			visible, rows := agree(t, sales, "--rules", rules, "--user", user)
			require.Equal(t, 9994, rows)
			if user == "sales-tps@example.com" {
				require.Equal(t, 9994, visible)
			}
		}
	}
}

// TestExplainAgreesTags compares them for sessions.
func TestExplainAgreesTags(t *testing.T) {
	dir := t.TempDir()
	config, data := filepath.Join(dir, "config.json"), filepath.Join(dir, "data.csv")
	require.NoError(t, os.WriteFile(config, []byte(`{"TagRules": [
		{"TagKey": "a", "ColumnName": "A", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"},
		{"TagKey": "b", "ColumnName": "B"}],
		"TagRuleConfigurations": [["a"], ["a", "b"], ["b"]]}`), 0o666))
	require.NoError(t, os.WriteFile(data, []byte("n,A,B\n1,x,y\n2,x,\n3,,y\n4,,\n5,z,w\n"), 0o666))
	for _, tags := range [][]string{nil, {"a=x, z"}, {"a=*"}, {"b=y"}, {"a=q", "b=w"}, {"a="}, {"c=x"}} {
		args := []string{"--tags", config}
		for _, tag := range tags {
			args = append(args, "--tag", tag)
		}
		_, rows := agree(t, data, args...)
		require.Equal(t, 5, rows)
	}
}
