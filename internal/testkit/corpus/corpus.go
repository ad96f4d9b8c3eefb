// Package corpus reads and resolves the conformance cases: those of
// testdata/conformance, whose README.md describes their form, and a second corpus,
// written by others, where it is there. Its users compare the rows that each case
// expects with what they select: Match in rls and tagrules, filters in test, engines in
// integration.
package corpus

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// The types here mirror schemas/conformance.schema.json.

type file struct {
	Format int    `json:"format"`
	Kind   string `json:"kind"`
	About  string `json:"about"`
	Cases  []Case `json:"cases"`
}

// A Case is one case of a corpus.
type Case struct {
	ID     string   `json:"id"`
	Rules  []string `json:"rules"`
	Reason string   `json:"reason"`

	// What the case gives, by kind.
	CSV       json.RawMessage `json:"csv"`
	Settings  Settings        `json:"settings"`
	Options   Options         `json:"options"`
	Viewer    Viewer          `json:"viewer"`
	Config    json.RawMessage `json:"config"`
	Document  json.RawMessage `json:"document"`
	Tags      json.RawMessage `json:"tags"`
	Predicate json.RawMessage `json:"predicate"`
	P         json.RawMessage `json:"p"`
	Q         json.RawMessage `json:"q"`
	ARN       string          `json:"arn"`
	Other     string          `json:"other"`

	// What it expects.
	Table      string          `json:"table"`
	Visible    json.RawMessage `json:"visible"`
	Error      string          `json:"error"`
	At         struct{ Line int }
	Text       string `json:"text"`
	PImpliesQ  bool   `json:"p_implies_q"`
	QImpliesP  bool   `json:"q_implies_p"`
	Same       bool   `json:"same"`
	Parts      *Parts
	Kind, File string `json:"-"`
}

// Settings are the settings of a permission dataset.
type Settings struct{ Arn, Namespace, PermissionPolicy, FormatVersion, Status string }

// Options are the options of a case, for rules of users or of tags.
type Options struct {
	Dual           string   `json:"dual"`
	User           string   `json:"user"`
	Group          string   `json:"group"`
	AllowNoFields  bool     `json:"allow_no_fields"`
	HideNulls      bool     `json:"hide_nulls"`
	MaxValues      int      `json:"max_values"`
	NoValue        []string `json:"no_value"`
	LiteralSpaces  bool     `json:"literal_spaces"`
	MatchAllInList bool     `json:"match_all_in_list"`
}

// A Viewer is who looks.
type Viewer struct {
	User      string   `json:"user"`
	Groups    []string `json:"groups"`
	Namespace string   `json:"namespace"`
	UserARN   string   `json:"user_arn"`
	GroupARNs []string `json:"group_arns"`
}

// Parts are those of an ARN.
type Parts struct{ Partition, Region, Account, Kind, Namespace, Name string }

// Load reads the files of the corpus, and counts the cases in a second way
// so that a case that the decoder drops is noticed.
func Load(t testing.TB) []Case {
	t.Helper()
	files, err := fs.Glob(os.DirFS(folder(t)), "*.json")
	require.NoError(t, err)
	var cases []Case
	counted := 0
	for _, name := range files {
		base := strings.TrimSuffix(name, ".json")
		if base == "schema" || base == "tables" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder(t), name))
		require.NoError(t, err)
		counted += bytes.Count(data, []byte(`"reason": "`))
		var f file
		require.NoError(t, Strict(data, &f), name)
		require.Equal(t, 1, f.Format, name)
		seen := make(map[string]bool)
		for _, c := range f.Cases {
			require.NotEmpty(t, c.Reason, c.ID)
			require.NotEmpty(t, c.Rules, c.ID)
			require.False(t, seen[c.ID], "%s: %s twice", name, c.ID)
			seen[c.ID] = true
			c.Kind, c.File = f.Kind, base
			c.Table = cmp.Or(c.Table, "sales")
			cases = append(cases, c)
		}
	}
	require.Len(t, cases, counted, "every case of the files is read")
	return cases
}

// folder returns the folder of the corpus, which tests find above their own.
func folder(t testing.TB) string {
	t.Helper()
	for dir := "."; ; dir = filepath.Join(dir, "..") {
		at := filepath.Join(dir, "testdata", "conformance")
		if _, err := os.Stat(filepath.Join(at, "tables.json")); err == nil {
			return at
		}
		require.Less(t, len(dir), 40, "no testdata/conformance above this folder")
	}
}

// LoadShared reads the second corpus, of one kind, and its table. It skips the test
// where the corpus is not there. Its form is simpler; its errors are the same words.
func LoadShared(t testing.TB, kind string) ([]Case, *Table) {
	t.Helper()
	data, err := os.ReadFile(realdata.Path(t, "conformance", kind+".json"))
	require.NoError(t, err)
	var f struct {
		Data []struct {
			ID              int64
			Region, Segment *string
		}
		Cases []struct {
			Name, CSV, User string
			Groups, Rules   []string
			Config, Tags    json.RawMessage
			Options         Options
			Visible         json.RawMessage
			Error           string
		}
	}
	require.NoError(t, Strict(data, &f))
	require.Len(t, f.Cases, strings.Count(string(data), `"name": "`), "every case of the file is read")
	tbl := &Table{Columns: []Column{{"id", "int64"}, {"Region", "text"}, {"Segment", "text"}}}
	for _, row := range f.Data {
		tbl.Rows = append(tbl.Rows, []any{row.ID, textOrNull(row.Region), textOrNull(row.Segment)})
	}
	var cases []Case
	for _, in := range f.Cases {
		csv, err := json.Marshal(in.CSV)
		require.NoError(t, err)
		cases = append(cases, Case{
			ID: in.Name, Kind: kind, CSV: csv, Options: in.Options, Viewer: Viewer{User: in.User, Groups: in.Groups},
			Config: in.Config, Tags: in.Tags, Visible: in.Visible, Error: in.Error,
		})
	}
	return cases, tbl
}

func textOrNull(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

// Strict decodes one value and refuses unknown fields.
func Strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("text behind the value")
	}
	return nil
}
