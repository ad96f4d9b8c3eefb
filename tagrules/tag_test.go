package tagrules

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseTags(t *testing.T) {
	want := Tags{{"tenant", "acme"}, {" region", ""}, {"é", "\u2028*, 😀"}}
	list, err := json.Marshal(want)
	require.NoError(t, err)
	for reason, doc := range map[string]string{
		"a list":             `%s`,
		"a request":          `{"AwsAccountId":"1","SessionTags":%s,"Namespace":"default"}`,
		"a byte order mark":  "\uFEFF%s",
		"case of the others": `{"namespace":"default","SessionTags":%s}`,
	} {
		got, err := ParseTags(strings.NewReader(fmt.Sprintf(doc, list)), nil)
		require.NoError(t, err, reason)
		require.Equal(t, want, got, reason)
	}
}

// TestParseTagsErrors marks with ∑ where each error is reported.
func TestParseTagsErrors(t *testing.T) {
	ok := `{"Key":"k","Value":"SECRET"}`
	var many []string
	for i := range MaxTags + 1 {
		many = append(many, fmt.Sprintf(`{"Key":"k%d","Value":"SECRET"}`, i))
	}
	for _, tt := range []struct {
		in, want string
		is       error
		reason   string
	}{
		{`[` + ok + `]∑]`, `not JSON from here on`, ErrSyntax, "a bracket too many"},
		{`∑{}`, `no session tags: want a list, or an object with SessionTags`, ErrNoTags, "an empty object"},
		{`∑{"k":"SECRET"}`, `no session tags: want a list, or an object with SessionTags`, ErrNoTags, "keys as fields"},
		{`∑[]`, `no session tags: want 1 to 50`, ErrNoTags, "an empty list"},
		{`∑null`, `wrong type: found null, want a list`, ErrType, "null"},
		{`{"SessionTags":∑{"k":"SECRET"}}`, `SessionTags: wrong type: found an object, want a list`, ErrType, "an object"},
		{`{∑"sessionTags":[` + ok + `],"SessionTags":[` + ok + `]}`, `unknown field "sessionTags", want SessionTags`, ErrField, "case"},
		{`{"SessionTags":[` + ok + `],∑"SessionTags":[` + ok + `]}`, `SessionTags: field given twice`, ErrTwice, "twice"},
		{`[∑"SECRET"]`, `[0]: wrong type: found a string, want an object`, ErrType, "a string"},
		{`[∑{"Key":"k"}]`, `[0].Value: field missing`, ErrMissing, "no value"},
		{`[∑{"Value":"SECRET"}]`, `[0].Key: field missing`, ErrMissing, "no key"},
		{`{"SessionTags":[{"Key":"k",∑"value":"SECRET","Value":"SECRET"}]}`, `SessionTags[0]: unknown field "value", want Value`, ErrField, "case of a field"},
		{`[{"Key":"k","Value":∑["SECRET"]}]`, `[0].Value: wrong type: found a list, want a string`, ErrType, "a list of values"},
		{`[{"Key":"k","Value":∑null}]`, `[0].Value: wrong type: found null, want a string`, ErrType, "null must not become a value"},
		{`[{"Key":"k","Value":∑1e999}]`, `[0].Value: wrong type: found a number, want a string`, ErrType, "a number"},
		{"[" + ok + ",\n ∑" + ok + "]", `tag "k": duplicate session tag`, ErrDuplicateTag, "the same tag twice"},
		{`[∑{"Key":"","Value":"SECRET"}]`, `tag "": key: outside the limits: got 0 characters, want 1 to 128`, ErrLimit, "an empty key"},
		{`[∑{"Key":"k","Value":"` + strings.Repeat("SECRET", 43) + `"}]`, `tag "k": value: outside the limits: got 258 characters, want 0 to 256`, ErrLimit, "a long value"},
		{`∑[` + strings.Join(many, ",") + `]`, `got 51 session tags, want at most 50`, ErrLimit, "too many"},
		{`[{"Key":"k","Value":∑"\udc00SECRET"}]`, `incomplete surrogate pair`, ErrEncoding, "no character"},
	} {
		before, after, found := strings.Cut(tt.in, "∑")
		require.True(t, found, tt.reason)
		tags, err := ParseTags(strings.NewReader(before+after), &Options{File: "t.json"})
		require.Nil(t, tags, tt.reason)
		require.ErrorIs(t, err, tt.is, tt.reason)
		require.NotContains(t, err.Error(), "SECRET", tt.reason)
		require.NotContains(t, err.Error(), "\n", "one problem, one error: %s", tt.reason)
		line, column := 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")
		require.Contains(t, err.Error(), fmt.Sprintf("t.json:%d:%d: ", line, column), tt.reason)
		require.Contains(t, err.Error(), tt.want, tt.reason)
	}
}

func TestTagJSON(t *testing.T) {
	b, err := json.Marshal([]Tag{{"k", "a<b"}})
	require.NoError(t, err)
	var tags []Tag
	require.NoError(t, json.Unmarshal(b, &tags))
	require.Equal(t, []Tag{{"k", "a<b"}}, tags)

	_, err = json.Marshal(Tag{"k", "\xff"})
	require.ErrorIs(t, err, ErrEncoding)

	tag := Tag{"k", "v"}
	require.ErrorIs(t, json.Unmarshal([]byte(`{"key":"k","Value":"v"}`), &tag), ErrField)
	require.Zero(t, tag, "an error leaves the zero Tag")
}
