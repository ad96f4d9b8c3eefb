package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// command runs the command line in this process.
func command(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(stdin), &out, &err)
	return code, out.String(), err.String()
}

// rulesFile writes a permission dataset: user A sees the rows whose column
// holds one of values, and every row if there is none.
func rulesFile(t *testing.T, column string, values ...string) string {
	t.Helper()
	var cell []string
	for _, v := range values {
		cell = append(cell, `"`+strings.ReplaceAll(v, `"`, `""`)+`"`)
	}
	path := filepath.Join(t.TempDir(), "rules.csv")
	file, err := os.Create(path)
	require.NoError(t, err)
	w := csv.NewWriter(file)
	require.NoError(t, w.WriteAll([][]string{{"UserName", column}, {"A", strings.Join(cell, ",")}}))
	require.NoError(t, file.Close())
	return path
}

// cells reads all rows of a file the slow, obvious way: one JSON text a cell.
func cells(t *testing.T, opts *input.Options, paths ...string) (schema *arrow.Schema, rows [][]string, err error) {
	t.Helper()
	d, err := input.Open(context.Background(), paths, opts)
	if err != nil {
		return nil, nil, err
	}
	defer d.Release()
	for d.Next() {
		for row := range int(d.Record().NumRows()) {
			line := make([]string, d.Record().NumCols())
			for i, col := range d.Record().Columns() {
				line[i] = cellText(t, col, row)
			}
			rows = append(rows, line)
		}
	}
	return d.Schema(), rows, d.Err()
}

func cellText(t *testing.T, col arrow.Array, row int) string {
	if col.IsNull(row) {
		return "null"
	}
	if dict, ok := col.(*array.Dictionary); ok {
		return cellText(t, dict.Dictionary(), dict.GetValueIndex(row))
	}
	value := col.GetOneForMarshal(row)
	if b, ok := value.([]byte); ok && len(b) == 0 {
		return `""` // nil or not depends on where the array came from
	}
	text, err := json.Marshal(value)
	if err != nil {
		return col.ValueStr(row) // NaN
	}
	return string(text)
}

// textColumn returns the first column that rules can restrict, -1 if none can.
func textColumn(schema *arrow.Schema) int {
	for i, f := range schema.Fields() {
		dt := f.Type
		if dict, ok := dt.(*arrow.DictionaryType); ok {
			dt = dict.ValueType
		}
		if len(schema.FieldIndices(f.Name)) == 1 && f.Name != "" && (dt.ID() == arrow.STRING || dt.ID() == arrow.LARGE_STRING) {
			return i
		}
	}
	return -1
}

// testFilter filters a file twice, with rules that show everything and with
// rules that show the rows of one value, and compares with a row loop.
func testFilter(t *testing.T, paths ...string) {
	schema, rows, err := cells(t, nil, paths...)
	require.NoError(t, err)
	restricted := textColumn(schema)
	if restricted < 0 {
		args := append([]string{"filter", "--rules", rulesFile(t, schema.Field(0).Name), "--user", "A"}, paths...)
		code, stdout, stderr := command("", args...)
		require.Equal(t, exitUsage, code, stderr)
		require.Empty(t, stdout)
		return
	}
	column := schema.Field(restricted).Name
	var value string
	var want [][]string
	for _, row := range rows {
		if value == "" && row[restricted] != "null" {
			require.NoError(t, json.Unmarshal([]byte(row[restricted]), &value))
		}
	}
	if value == "" {
		value = "no such value"
	}
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	for _, row := range rows {
		if row[restricted] == string(encoded) {
			want = append(want, row)
		}
	}
	for _, test := range []struct {
		rules string
		want  [][]string
	}{{rulesFile(t, column), rows}, {rulesFile(t, column, value), want}} {
		out := filepath.Join(t.TempDir(), "out.arrow")
		args := append([]string{"filter", "--rules", test.rules, "--user", "A", "--out", out}, paths...)
		code, _, stderr := command("", args...)
		require.Equal(t, exitOK, code, stderr)
		require.Regexp(t, fmt.Sprintf(`(?m)^%s of %s rows visible to A$`, group(len(test.want)), group(len(rows))), stderr)
		got, visible, err := cells(t, nil, out)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(schema.Fields()), fmt.Sprint(got.Fields()))
		require.Equal(t, test.want, visible)
	}
}

// group writes n with commas, by a way of its own.
func group(n int) string {
	s := fmt.Sprint(n)
	for re := regexp.MustCompile(`^(\d+)(\d{3})`); re.MatchString(s); {
		s = re.ReplaceAllString(s, "$1,$2")
	}
	return s
}

func files(t *testing.T, pattern ...string) []string {
	found, err := filepath.Glob(filepath.Join(append([]string{realdata.Path(t, "data")}, pattern...)...))
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}

func TestEveryDataset(t *testing.T) {
	for _, path := range files(t, "1_datasets", "*", "*") {
		if filepath.Base(path) == "sporting_event_ticket" {
			continue // see TestTickets
		}
		t.Run(filepath.Base(path), func(t *testing.T) { testFilter(t, path) })
	}
}

// TestTickets filters the one large table, in parts, and compares counts.
func TestTickets(t *testing.T) {
	dir := realdata.Path(t, "data", "1_datasets", "sporting-parquet", "sporting_event_ticket")
	d, err := input.Open(context.Background(), []string{dir}, nil)
	require.NoError(t, err)
	defer d.Release()
	column := textColumn(d.Schema())
	require.GreaterOrEqual(t, column, 0)
	counts, rows := make(map[string]int), 0
	for d.Next() {
		col := d.Record().Column(column)
		for i := range col.Len() {
			rows++
			if col.IsValid(i) {
				counts[col.ValueStr(i)]++
			}
		}
	}
	require.NoError(t, d.Err())
	require.Greater(t, rows, 1_000_000)
	var value string
	for v, n := range counts {
		if value == "" || n < counts[value] || n == counts[value] && v < value {
			value = v
		}
	}
	rules := rulesFile(t, d.Schema().Field(column).Name, value)
	code, stdout, stderr := command("", "filter", "--rules", rules, "--user", "A", "--format", "csv", dir)
	require.Equal(t, exitOK, code, stderr)
	summary, saved, _ := strings.Cut(stderr, "\n")
	require.Equal(t, fmt.Sprintf("%s of %s rows visible to A", group(counts[value]), group(rows)), summary)
	require.Regexp(t, `^skipped 2 of 3 row groups without visible rows, \d+% of the bytes\n$`, saved)
	require.Equal(t, counts[value]+1, strings.Count(stdout, "\n"))
}

func TestArrowGolden(t *testing.T) {
	for _, pattern := range []string{"*.stream", "*.arrow_file"} {
		for _, path := range files(t, "5_conformance", "arrow-golden", "*", pattern) {
			t.Run(filepath.Base(path), func(t *testing.T) { testFilter(t, path) })
		}
	}
}

// TestForeignCSV reads what DuckDB's tests read. What is accepted comes out
// again with the same values; what is not says where.
func TestForeignCSV(t *testing.T) {
	accepted, refused := 0, 0
	for _, path := range append(files(t, "5_conformance", "duckdb-csv", "*", "*.csv"), files(t, "5_conformance", "csv-spectrum", "csvs", "*.csv")...) {
		schema, rows, err := cells(t, nil, path)
		if err != nil {
			refused++
			code, stdout, stderr := command("", "filter", "--rules", rulesFile(t, "x"), "--user", "A", path)
			if code == exitUsage {
				require.Contains(t, stderr, "no such column") // found before the bad line
				continue
			}
			require.Equal(t, exitData, code, path)
			require.Empty(t, stdout)
			require.Regexp(t, regexp.QuoteMeta(path)+`:\d+:\d+: `, stderr)
			continue
		}
		column := textColumn(schema)
		if column < 0 {
			continue // the header holds no name, or each of them twice
		}
		accepted++
		code, stdout, stderr := command("", "filter", "--rules", rulesFile(t, schema.Field(column).Name), "--user", "A", path)
		require.Equal(t, exitOK, code, stderr)
		_, again, err := cells(t, &input.Options{Stdin: strings.NewReader(stdout)}, "-")
		require.NoError(t, err)
		require.Equal(t, rows, again, path)
	}
	require.Greater(t, accepted, 50)
	require.Greater(t, refused, 5)
}

func TestParquetConformance(t *testing.T) {
	for _, path := range files(t, "5_conformance", "parquet-testing", "*.parquet") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			if _, _, err := cells(t, nil, path); err == nil {
				testFilter(t, path)
				return
			}
			code, _, stderr := command("", "filter", "--rules", rulesFile(t, "x"), "--user", "A", path)
			require.NotEqual(t, exitOK, code)
			require.NotEmpty(t, stderr)
		})
	}
}

// TestPublishedCounts holds the counts that the author of the rules published.
func TestPublishedCounts(t *testing.T) {
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
	text, err := os.ReadFile(realdata.Path(t, "data", "2_permissions", "kuettai", "expected.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &expected))
	data := realdata.Path(t, "data", "1_datasets", "people-overview", "quicksight-aws-people-overview.csv")
	checked := 0
	for _, e := range expected.Expectations {
		if e.RowCount == nil {
			continue
		}
		checked++
		args := []string{"filter", "--rules", realdata.Path(t, "data", "2_permissions", "kuettai", expected.Rules), "--user", e.Principal.UserName, "--format", "csv", data}
		for _, g := range e.Principal.Groups {
			args = append(args, "--group", g)
		}
		code, stdout, stderr := command("", args...)
		require.Equal(t, exitOK, code, stderr)
		require.Contains(t, stderr, fmt.Sprintf("%s of 1,956 rows visible to %s\n", group(*e.RowCount), e.Principal.UserName))
		rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, *e.RowCount+1)
	}
	require.Greater(t, checked, 2)
}

// TestSales compares a filter over two columns with encoding/csv and a loop.
func TestSales(t *testing.T) {
	path := realdata.Path(t, "data", "1_datasets", "saas-sales", "SaaS-Sales.csv")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF")))).ReadAll()
	require.NoError(t, err)
	at := func(name string) int {
		for i, s := range all[0] {
			if s == name {
				return i
			}
		}
		return -1
	}
	region, segment := at("Region"), at("Segment")
	want := [][]string{all[0]}
	for _, row := range all[1:] {
		if row[region] == "EMEA" && (row[segment] == "SMB" || row[segment] == "Strategic") || row[region] == "APJ" {
			want = append(want, row)
		}
	}
	require.Greater(t, len(want), 1000)
	require.Less(t, len(want), len(all))
	rules := filepath.Join(t.TempDir(), "rules.csv")
	require.NoError(t, os.WriteFile(rules, []byte("UserName,GroupName,Region,Segment\nAlejandroRosalez,,EMEA,\"SMB,Strategic\"\n,Asia,APJ,\n"), 0o666))
	code, stdout, stderr := command("", "filter", "--rules", rules, "--user", "AlejandroRosalez", "--group", "Asia", path)
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, fmt.Sprintf("%s of 9,994 rows visible to AlejandroRosalez\n", group(len(want)-1)), stderr)
	got, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, want, got)
}
