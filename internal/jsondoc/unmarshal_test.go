package jsondoc_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/stretchr/testify/require"
)

type embedded struct{ E int }

type sample struct {
	embedded
	Name  string
	Items []struct {
		Key string `json:"k,omitempty"`
		On  bool
	}
	At     time.Time
	More   *embedded
	By     map[string]int
	Bytes  []byte
	Hidden int `json:"-"`
}

func TestUnmarshal(t *testing.T) {
	for _, tt := range []struct{ reason, in, want string }{
		{"everything", `{"E":1,"Name":"n","Items":[{"k":"x","On":true}],"At":"2026-11-21T00:00:00Z","More":{"E":2},"By":{"a":1},"Bytes":"AA=="}`, ""},
		{"nothing, and null where a value can be absent", "\uFEFF" + `{"Items":null,"More":null,"By":null,"Bytes":null}`, ""},
		{"an unknown field", `{"Nam":"n"}`, `1:2: unknown field "Nam", want E, Name, Items, At, More, By, Bytes`},
		{"a field in another case", `{"name":"n"}`, `1:2: unknown field "name", want Name`},
		{"a field that is not for JSON", `{"Hidden":1}`, `1:2: unknown field "Hidden"`},
		{"a field twice", `{"Name":"n","Name":"m"}`, "1:13: Name: field given twice"},
		{"a field twice, deep down", `{"By":{"a":1,"a":2}}`, "1:14: By.a: field given twice"},
		{"null", `{"Name":null}`, "1:9: Name: wrong type: found null, want a string"},
		{"other types, all of them", `{"Name":1,"Items":{},"More":[],"By":{"a":"x"}}`, "1:9: Name: wrong type: found a number, want a string\n1:19: Items: wrong type: found an object, want a list\n1:29: More: wrong type: found a list, want an object\n1:42: By.a: wrong type: found a string, want a number"},
		{"incomplete surrogate pair", `{"Name":"\ud800"}`, "1:9: Name: not valid UTF-8: incomplete surrogate pair"},
		{"text behind it", `{} {}`, "1:4: not JSON from here on"},
		{"a number that does not fit", `{"E":1e99}`, "cannot unmarshal number"},
		{"no document", ``, "1:1: not JSON from here on"},
	} {
		var got sample
		err := jsondoc.Unmarshal(strings.NewReader(tt.in), "", &got, nil)
		if tt.want == "" {
			require.NoError(t, err, tt.reason)
			continue
		}
		require.ErrorContains(t, err, tt.want, tt.reason)
	}
	var got sample
	require.NoError(t, jsondoc.Unmarshal(strings.NewReader(`{"E":1,"Name":"n","Items":[{"k":"x","On":true}],"By":{"a":1}}`), "", &got, nil))
	require.Equal(t, 1, got.E)
	require.Equal(t, "x", got.Items[0].Key)
	require.Equal(t, map[string]int{"a": 1}, got.By)
}
