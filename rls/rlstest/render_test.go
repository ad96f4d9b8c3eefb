package rlstest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// someReports are one file that is fine, and one with everything that can be
// wrong: rules that are broken, cases that prove nothing, text that is hostile.
func someReports(t *testing.T) []Report {
	t.Helper()
	var reports []Report
	for _, s := range []*Suite{
		sales(t),
		sales(t, `al,,EMEA,"Enterprise,SMB"`, "al,,,Startup", ",admins,,", ",admins,US,", "who: eve", "who: bo",
			"name: groups add up", `name: "<b>& \"groups\" ]]> \e[31m\0 add up"`, "count: 6", "count: 5"),
	} {
		reports = append(reports, timeless(runSuite(t, s, &Options{Mutate: true, Samples: 2})))
	}
	s, err := Load(os.DirFS("testdata"), "tenants/tenants.rlstest.yaml")
	require.NoError(t, err)
	reports = append(reports, timeless(runSuite(t, s, &Options{Lenient: true})))
	s = load(t, "vague.rlstest.yaml", "rules: r.csv\ndata: [{R: a}, {R: b}]\ncases: [{name: vague, who: al, only: {R: a}, because: it was quick}]\n", "r.csv", "UserName,R\nal,a\n")
	reports = append(reports, timeless(runSuite(t, s, &Options{Lenient: true})), timeless(runSuite(t, s, nil)))
	return reports
}

func TestWriteText(t *testing.T) {
	var b strings.Builder
	require.NoError(t, WriteText(&b, someReports(t), nil))
	golden(t, "report.txt", b.String())
	require.NotContains(t, b.String(), "\x1b", "a name cannot steer a terminal")

	b.Reset()
	require.NoError(t, WriteText(&b, someReports(t), &TextOptions{OnlyFailed: true}))
	require.NotContains(t, b.String(), "  ok    bo")
	require.Contains(t, b.String(), "warning: "+withNothing, "a warning is not left out")
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteJSON(&b, someReports(t)))
	golden(t, "report.json", b.String())
	require.True(t, json.Valid(b.Bytes()))
	require.NotContains(t, b.String(), "null")
}

// TestSums: whatever is in reports, JSON and JUnit count the same failures, and
// "ok" is that there are none.
func TestSums(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var reports []Report
		ok := true
		for range rnd.IntN(3) {
			r := Report{File: "f"}
			for range rnd.IntN(3) {
				r.Results = append(r.Results, Result{Status: []Status{Passed, Passed, Failed, NotRun}[rnd.IntN(4)]})
			}
			for range rnd.IntN(4) / 2 {
				r.Problems = append(r.Problems, "a problem")
			}
			reports = append(reports, r)
			ok = ok && r.OK()
		}
		var asJSON, asXML bytes.Buffer
		require.NoError(t, WriteJSON(&asJSON, reports))
		require.NoError(t, WriteJUnit(&asXML, reports))
		var doc struct {
			OK     bool
			Failed int
		}
		require.NoError(t, json.Unmarshal(asJSON.Bytes(), &doc))
		var suites junitSuites
		require.NoError(t, xml.Unmarshal(asXML.Bytes(), &suites))
		require.Equal(t, ok && len(reports) > 0, doc.OK)
		require.Equal(t, doc.OK, doc.Failed == 0)
		require.Equal(t, suites.Failures, doc.Failed, "%s\n%s", asJSON.String(), asXML.String())
	}
}

// TestWriteJUnit: the document is well formed whatever a name is, and its sums
// are those of its parts.
func TestWriteJUnit(t *testing.T) {
	reports := someReports(t)
	var b bytes.Buffer
	require.NoError(t, WriteJUnit(&b, reports))
	golden(t, "report.xml", b.String())
	for dec := xml.NewDecoder(bytes.NewReader(b.Bytes())); ; {
		_, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
	}
	var doc junitSuites
	require.NoError(t, xml.Unmarshal(b.Bytes(), &doc))
	require.Len(t, doc.Suites, len(reports))
	tests, failures := 0, 0
	for i, s := range doc.Suites {
		n := 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				n++
				require.NotEmpty(t, c.Failure.Message)
			}
		}
		require.Equal(t, len(s.Cases), s.Tests)
		require.Equal(t, n, s.Failures)
		require.Equal(t, reports[i].OK(), n == 0, "a file that is not OK has a failure")
		tests, failures = tests+s.Tests, failures+n
	}
	require.Equal(t, tests, doc.Tests)
	require.Equal(t, failures, doc.Failures)
	require.Positive(t, failures)
}

// TestWriteErrors: what cannot be written is reported.
func TestWriteErrors(t *testing.T) {
	reports := someReports(t)
	require.ErrorIs(t, WriteText(full{}, reports, nil), errFull)
	require.ErrorIs(t, WriteJSON(full{}, reports), errFull)
	require.ErrorIs(t, WriteJUnit(full{}, reports), errFull)
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
