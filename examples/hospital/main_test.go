package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/source"
)

var update = flag.Bool("update", false, "write the golden file")

// What differs from one run to the next, or is another package's business.
var (
	uuid    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	records = regexp.MustCompile(`\d+ records`)
)

func tell(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	return records.ReplaceAllString(uuid.ReplaceAllString(out.String(), "UUID"), "N records")
}

func TestOutput(t *testing.T) {
	out := tell(t)
	golden := filepath.Join("testdata", "hospital.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(out), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), out, "run the test with -update and look at the difference")
	for line := range strings.Lines(out) {
		require.Equal(t, strings.TrimRight(line, " \n")+"\n", line, "trailing blanks")
	}
	require.NotContains(t, out, "Password-", "the story has no password in it")
}

// TestCounts checks the printed counts against [predicate.Predicate.Match], row
// by row: before the incident and after it they are what the rules give.
func TestCounts(t *testing.T) {
	out := tell(t)
	visits := newVisits()
	defer visits.Release()
	rules, err := rls.ReadCSV(strings.NewReader(permissions), nil)
	require.NoError(t, err)
	counts := make(map[int]bool)
	for _, v := range viewers {
		p, err := rules.For(v.principal)
		require.NoError(t, err)
		n := 0
		for row := range int(visits.NumRows()) {
			if p.Match(func(column string) (string, bool) {
				return visits.Column(visits.Schema().FieldIndices(column)[0]).(*array.String).Value(row), true
			}) {
				n++
			}
		}
		counts[n] = true
		sees := fmt.Sprintf("   %-52s %3d visits  ", v.title, n)
		locked := fmt.Sprintf("   %-52s   0 visits  the key is disabled\n", v.title)
		require.Equal(t, 1, strings.Count(out, locked), v.title)
		require.Equal(t, 2, strings.Count(strings.ReplaceAll(out, locked, ""), sees), "before and after the incident: %s", v.title)
		require.Contains(t, out, fmt.Sprintf("%-5s ReadDataSet, version 1, %d rows\n", v.principal.User.Name, n))
	}
	require.Len(t, counts, len(viewers), "every viewer sees something else")
	require.True(t, counts[0] && counts[int(visits.NumRows())], "somebody sees nothing, somebody sees all")
}

// TestZero: a viewer of whom nothing is known sees no row, and a story that was
// not told has nothing to close.
func TestZero(t *testing.T) {
	rules, err := rls.ReadCSV(strings.NewReader(permissions), nil)
	require.NoError(t, err)
	p, err := rules.For(namespace.Principal{})
	require.NoError(t, err)
	require.False(t, p.Match(func(string) (string, bool) { return "Lakeside", true }))
	require.NoError(t, new(company).close())
}

func TestErrors(t *testing.T) {
	require.ErrorIs(t, run(t.Context(), closedPipe{}), os.ErrClosed, "output that cannot be written is an error")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	require.ErrorIs(t, run(ctx, &out), context.Canceled)
}

// TestWrongPassword: the database of the story lets nobody in with another.
func TestWrongPassword(t *testing.T) {
	d := newDatabase()
	secret, err := d.secret()
	require.NoError(t, err)
	require.Contains(t, secret.Reveal(), d.password)
	require.ErrorIs(t, d.logIn(login(t, strings.Replace(secret.Reveal(), d.password, "other", 1))), errPassword)
	require.NoError(t, d.logIn(login(t, secret.Reveal())))
	d.setPassword("new")
	require.ErrorIs(t, d.logIn(login(t, secret.Reveal())), errPassword)
}

func login(t *testing.T, secret string) source.Login {
	t.Helper()
	l, err := source.ReadLogin(t.Context(), source.SecretMap{secretARN: source.NewPassword(secret)}, secretARN)
	require.NoError(t, err)
	return l
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, os.ErrClosed }
