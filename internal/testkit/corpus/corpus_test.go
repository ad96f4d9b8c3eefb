package corpus

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

func TestZero(t *testing.T) {
	tbl := new(Table)
	require.Empty(t, tbl.Matched(predicate.All()), "a table without rows")
	require.Equal(t, []int64{}, tbl.IDs(t, json.RawMessage(`"all"`)))
	require.False(t, new(Case).AtBinding())
}

// TestStrict: a case that somebody misspelled is no case.
func TestStrict(t *testing.T) {
	var v struct{ A int }
	require.NoError(t, Strict([]byte(`{"A":1}`), &v))
	require.Error(t, Strict([]byte(`{"B":1}`), &v), "an unknown field")
	require.Error(t, Strict([]byte(`{"A":1}{}`), &v), "text behind")
	require.NotEmpty(t, Load(t))
	require.NotEmpty(t, Tables(t))
}

func TestTextNotation(t *testing.T) {
	tests := []struct{ reason, in, want string }{
		{"a string is itself", `"a{0}"`, "a{0}"},
		{"parts are joined", `["a", "b"]`, "ab"},
		{"bytes", `["a", {"hex": "ff00"}]`, "a\xff\x00"},
		{"a repeat counts from 0", `[{"repeat": 3, "of": "x{0}", "join": ","}]`, "x0,x1,x2"},
		{"a repeat in a repeat", `[{"repeat": 2, "of": ["{0}:", {"repeat": 2, "of": "{0}{1} "}]}]`, "0:00 01 1:10 11 "},
		{"other braces are text", `[{"repeat": 1, "of": "{x}{1}"}]`, "{x}{1}"},
		{"nothing", `[{"repeat": 0, "of": "x"}]`, ""},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, Text(t, json.RawMessage(tt.in)), tt.reason)
	}
}
