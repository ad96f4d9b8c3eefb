package tagrules

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
)

// TestRealFiles reads every real file: configurations load, requests give their
// tags, and a reference to a permission dataset is not a tag configuration.
func TestRealFiles(t *testing.T) {
	dir := realdata.Path(t, "data", "3_tagrules")
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	require.NoError(t, err)
	configs, requests := 0, 0
	for _, file := range files {
		name := strings.TrimPrefix(file, dir+"/")
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		switch base := filepath.Base(file); {
		case base == "config.json" || base == "quicksight-rls-config.json":
			config, err := Parse(bytes.NewReader(data), &Options{File: name})
			require.NoError(t, err)
			b, err := json.Marshal(config)
			require.NoError(t, err)
			again, err := Parse(bytes.NewReader(b), &Options{File: name})
			require.NoError(t, err)
			require.Equal(t, config, again)
			rows, err := config.For()
			require.NoError(t, err)
			require.Zero(t, rows, "%s: no tags, no rows", name)
			configs++
		case base == "embed_request.json" || name == "seed-three-tags/session_tags.json":
			tags, err := ParseTags(bytes.NewReader(data), &Options{File: name})
			require.NoError(t, err)
			require.NotEmpty(t, tags, name)
			_, err = Parse(bytes.NewReader(data), &Options{File: name})
			require.ErrorIs(t, err, ErrNoConfig, "a request is not a configuration: %s", name)
			requests++
		case strings.HasPrefix(name, "permission-dataset-refs/"):
			_, err := Parse(bytes.NewReader(data), nil)
			require.ErrorIs(t, err, ErrNoConfig, name)
		case base == "shorthand.txt":
			_, err := Parse(bytes.NewReader(data), nil)
			require.ErrorIs(t, err, ErrSyntax, name)
		default:
			require.Contains(t, []string{"oktank/session_tags.json", "oktank/expected.json"}, name, "a file that no test reads")
		}
	}
	require.Equal(t, 4, configs)
	require.Equal(t, 5, requests)
}

// TestThreeTags is the example with a delimiter, a match-all and neither.
func TestThreeTags(t *testing.T) {
	config := parseFile(t, "seed-three-tags", "config.json")
	f, err := os.Open(realdata.Path(t, "data", "3_tagrules", "seed-three-tags", "session_tags.json"))
	require.NoError(t, err)
	defer f.Close()
	tags, err := ParseTags(f, nil)
	require.NoError(t, err)
	rows, err := config.For(tags...)
	require.NoError(t, err)
	require.Equal(t, `column_name_1 in ("value1", "value2") and column_name_3 in ("value3")`, rows.Rows().String())
}

// TestOkTank checks who sees which rows on generated ones: every pair of
// hospital and region that is named, one that is not, "" and NULL.
func TestOkTank(t *testing.T) {
	config := parseFile(t, "oktank", "config.json")
	var sessions map[string]json.RawMessage
	decodeFile(t, &sessions, "oktank", "session_tags.json")
	var expected struct {
		Expectations []struct {
			User    string
			Visible json.RawMessage
		}
	}
	decodeFile(t, &expected, "oktank", "expected.json")
	require.Len(t, expected.Expectations, len(sessions))

	hospitals := []any{"North Hospital", "South Hospital", "East Hospital", "", nil}
	regions := []any{"Central", "East", " East", "South", "North", "*", "", nil}
	for _, want := range expected.Expectations {
		tags, err := ParseTags(bytes.NewReader(sessions[want.User]), nil)
		require.NoError(t, err)
		rows, err := config.For(tags...)
		require.NoError(t, err)
		var visible struct {
			AnyOf []map[string][]any `json:"any_of"`
		}
		all := string(want.Visible) == `"ALL"`
		if !all {
			require.NoError(t, json.Unmarshal(want.Visible, &visible))
		}
		seen := 0
		for _, hospital := range hospitals {
			for _, region := range regions {
				row := map[string]any{"hospital": hospital, "region": region}
				may := all
				for _, box := range visible.AnyOf {
					in := true
					for column, values := range box {
						found := false
						for _, v := range values {
							found = found || v == row[column]
						}
						in = in && found
					}
					may = may || in
				}
				require.Equal(t, may, match(rows, row), "%s, %v", want.User, row)
				if may {
					seen++
				}
			}
		}
		require.Positive(t, seen, want.User)
	}
}

func parseFile(t *testing.T, elem ...string) *Config {
	t.Helper()
	f, err := os.Open(realdata.Path(t, append([]string{"data", "3_tagrules"}, elem...)...))
	require.NoError(t, err)
	defer f.Close()
	config, err := Parse(f, nil)
	require.NoError(t, err)
	return config
}

func decodeFile(t *testing.T, v any, elem ...string) {
	t.Helper()
	data, err := os.ReadFile(realdata.Path(t, append([]string{"data", "3_tagrules"}, elem...)...))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, v))
}
