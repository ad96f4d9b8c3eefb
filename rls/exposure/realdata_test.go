package exposure_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/exposure"
)

// TestRealData reports on real sales under the documented example rules.
func TestRealData(t *testing.T) {
	path := realdata.Path(t, "data", "2_permissions", "awsdocs-groupname", "rules.csv")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	f, err := os.Open(realdata.Path(t, "data", "1_datasets", "saas-sales", "SaaS-Sales.csv"))
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	rows := records[1:]
	records[0][0] = "Row ID" // without the byte order mark
	report, err := exposure.NewReport(read(t, string(text), &rls.Options{File: "rules.csv"}), data(t, memory.DefaultAllocator, records[0], rows...), nil)
	require.NoError(t, err)
	require.Equal(t, len(rows), report.Rows)

	// Counted by hand: what the groups see, value by value.
	var emea int
	for _, row := range rows {
		if row[7] == "EMEA" && (row[12] == "Enterprise" || row[12] == "SMB" || row[12] == "Startup") {
			emea++
		}
	}
	seen := map[string]int{}
	for _, v := range report.Viewers {
		seen[v.Name] = v.Rows
	}
	require.Equal(t, emea, seen["EMEA-Sales"])
	require.Equal(t, len(rows), seen["Corporate-Reporting"])
	require.Zero(t, report.Nobody, "Corporate-Reporting sees all")

	var html bytes.Buffer
	require.NoError(t, report.WriteHTML(&html, nil))
	if out := os.Getenv("EXPOSURE_PAGE"); out != "" { // to look at it in a browser
		require.NoError(t, os.WriteFile(out, html.Bytes(), 0o644))
	}
	require.NoError(t, report.WriteText(&html))
}
