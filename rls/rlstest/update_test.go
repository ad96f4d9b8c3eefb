package rlstest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestUpdate: numbers are filled in, and every other byte stays.
func TestUpdate(t *testing.T) {
	const before = `# who sees what
rules:   r.csv   # beside this file

data:
    - {R: a}
    - {R: b}   # two
    - {R: c}
cases:
    - name: right
      who: al
      count: 2     # stays

    - name: wrong
      who: al
      count: 999   # äöü
    - {name: in one line, count: 0, who: bo}
    - { name: nothing yet, who: al, count: , because: "so" }
    - name: nothing yet, with a comment
      count:       # later
      who: al
    - name: a null
      count: ~
      who: al
    - name: not all
      all:   true  # no longer
      who: al
    - name: not none
      who: bo
      none: true
    - name: a leak
      who: al
      hidden: [{R: a}]
    - "name": quoted
      'who': bo
      "count": 7
`
	after := strings.NewReplacer(
		"count: 999 ", "count: 2 ", "in one line, count: 0", "in one line, count: 1", "al, count: ,", "al, count: 2 ,",
		"count:       # later", "count: 2       # later", "count: ~", "count: 2", "all:   true", "count: 2",
		"none: true", "count: 1", "\"count\": 7", "\"count\": 1",
	).Replace(before)
	for _, bom := range []string{"", bom} {
		for _, eol := range []string{"\n", "\r\n"} {
			text := bom + strings.ReplaceAll(before, "\n", eol)
			s := load(t, "c.yaml", text, "r.csv", "UserName,R\nal,\"a,b\"\nbo,b\n")
			u, err := s.Update(t.Context(), nil)
			require.NoError(t, err)
			require.Equal(t, bom+strings.ReplaceAll(after, "\n", eol), string(u.Text))
			require.Len(t, u.Changes, 8)
			require.Equal(t, "c.yaml:15:7: wrong: count: 999 becomes count: 2", u.Changes[0].String())
			require.Len(t, u.Left, 1)
			require.ErrorIs(t, u.Left[0], ErrNotUpdated)
			require.Contains(t, u.Left[0].Error(), "a leak: hidden cannot be updated")

			s = load(t, "c.yaml", string(u.Text), "r.csv", "UserName,R\nal,\"a,b\"\nbo,b\n")
			again, err := s.Update(t.Context(), nil)
			require.NoError(t, err)
			require.Empty(t, again.Changes, "an update of what is right")
			require.Equal(t, u.Text, again.Text)
			_, failed := new(Report).Counts()
			require.Zero(t, failed)
			r := runSuite(t, s, &Options{Lenient: true})
			_, failed = r.Counts()
			require.Equal(t, 1, failed, "the leak")
		}
	}
}

// TestUpdateInOtherWords: YAML that the edits do not know of is refused, and
// never broken.
func TestUpdateInOtherWords(t *testing.T) {
	for _, c := range []string{
		"- name: n\n  who: al\n  ? all\n  : true\n",
		"- name: n\n  who: al\n  ? count\n",
		"- name: n\n  who: al\n  ? count\n  : 7\n",
		"- name: n\n  who: al\n  count:\n    7\n",
		"- name: n\n  who: al\n  all: # why: it\n    true\n",
	} {
		s := load(t, "c.yaml", "rules: r.csv\ndata: [{R: a}, {R: b}]\ncases:\n"+c, "r.csv", "UserName,R\nal,a\n")
		u, err := s.Update(t.Context(), nil)
		if err != nil {
			require.ErrorIs(t, err, ErrNotUpdated)
			require.Zero(t, u)
			continue
		}
		r := runSuite(t, load(t, "c.yaml", string(u.Text), "r.csv", "UserName,R\nal,a\n"), nil)
		require.True(t, r.OK(), "%s\n%s", c, u.Text)
	}
}
