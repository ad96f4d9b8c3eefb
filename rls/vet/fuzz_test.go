package vet

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
	"github.com/rowsight/rowsight/tagrules"
)

// Whatever the files hold: no panic, findings that every writer takes, and no
// finding that says a file loads which does not, or the other way round.
func FuzzCSV(f *testing.F) {
	for _, c := range ruleCases {
		if len(c.csv) < 1000 && len(c.roster) < 1000 {
			f.Add(c.csv, c.roster, byte(c.opts.Dual))
		}
	}
	refused := map[string]bool{"RS001": true, "RS002": true, "RS003": true, "RS004": true}
	f.Fuzz(func(t *testing.T, text, users string, dual byte) {
		o := rls.Options{Dual: rls.Dual(dual % 3), MaxValues: 20}
		opts := &Options{Rules: &o, Data: fuzzData(t)}
		defer opts.Data.Release()
		if list, err := roster.ReadCSV(strings.NewReader(users), &roster.Options{File: "roster"}); err == nil {
			opts.Roster = list
		}
		findings, err := CSV(strings.NewReader(text), opts)
		require.NoError(t, err)
		rs, err := rls.ReadCSV(strings.NewReader(text), &o)
		said := false
		for _, f := range findings {
			said = said || refused[f.ID]
		}
		require.Equal(t, err != nil, said, "%v\n%v", err, findings)
		write(t, findings, text+users)

		opts.Data = nil
		loaded, err := Rules(rs, opts)
		require.NoError(t, err)
		write(t, loaded, text+users)
	})
}

func fuzzData(t *testing.T) array.RecordReader {
	return reader(t, memory.DefaultAllocator, []testColumn{col("Region", "EMEA", "US", "", "us"), col("Segment", "SMB", "", "SMB", "a,b")})
}

// write checks what findings print; input is what a finding may quote.
func write(t *testing.T, findings []Finding, input string) {
	for _, f := range findings {
		require.True(t, utf8.ValidString(f.Reason))
		require.NotEqual(t, None, f.Severity)
		require.NotContains(t, f.String(), "\n")
		if !strings.Contains(input, "%") {
			require.NotContains(t, f.String(), "%!", "a format without its argument")
		}
	}
	for _, write := range writers {
		require.NoError(t, write(io.Discard, findings))
	}
}

func FuzzTags(f *testing.F) {
	for _, c := range tagCases {
		f.Add(c.json, "tenant")
	}
	f.Fuzz(func(t *testing.T, text, key string) {
		opts := &TagOptions{Data: fuzzData(t), Sessions: []Session{{Tags: tagrules.Tags{{Key: key, Value: "x"}}}}}
		defer opts.Data.Release()
		findings, err := Tags(strings.NewReader(text), opts)
		require.NoError(t, err)
		_, err = tagrules.Parse(strings.NewReader(text), nil)
		said := false
		for _, f := range findings {
			said = said || f.ID == "RS101"
		}
		require.Equal(t, err != nil, said, "%v\n%v", err, findings)
		write(t, findings, text+key)
	})
}

// The cells that vet reads are those that rls reads.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"", ",", "a", "a,b", `"a,b"`, `"a""b",c`, `""`, `"a"b`, `a"b`, `"a`, "b,a,b,", `"a",`, "a\x00,b\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rs, err := rls.Read(&oneCell{text: text}, &rls.Options{MaxRunes: -1})
		got := parseCell(text)
		if !utf8.ValidString(text) {
			require.Error(t, err)
			return
		}
		require.Equal(t, err != nil, got.bad, "%q: %v", text, err)
		if err != nil {
			return
		}
		for rule := range rs.All() {
			var want []string
			for value := range rule.Values("Region") {
				want = append(want, value)
			}
			require.Equal(t, want, got.Values, "%q", text)
		}
	})
}

// oneCell is a permission dataset of one rule.
type oneCell struct {
	text string
	done bool
}

func (*oneCell) Columns() []string { return []string{"UserName", "Region"} }
func (*oneCell) Err() error        { return nil }
func (c *oneCell) Next() bool {
	first := !c.done
	c.done = true
	return first
}

func (c *oneCell) Text(i int) (string, bool) {
	if i == 0 {
		return "al", true
	}
	return c.text, true
}
