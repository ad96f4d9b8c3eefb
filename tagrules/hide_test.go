package tagrules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSecrets formats everything that could hold a tag value or a match-all
// value, and every error made from one, in every way (T8).
func TestSecrets(t *testing.T) {
	const secret = "hunter2"
	c := Config{TagRules: []Rule{{"tenant", "Tenant", ",", secret}}, TagRuleConfigurations: [][]string{{"tenant"}}}
	tags := Tags{{"tenant", secret}, {" Tenant", secret}}
	e, err := c.Explain(tags...)
	require.NoError(t, err)
	parsed, err := Parse(strings.NewReader(`{"TagRules":[{"TagKey":"k","ColumnName":"c","MatchAllValue":"`+secret+`"}]}`), nil)
	require.NoError(t, err)

	things := map[string]any{
		"Config": c, "*Config": &c, "parsed": parsed, "Rule": c.TagRules[0], "*Rule": &c.TagRules[0], "[]Rule": c.TagRules,
		"Tag": tags[0], "*Tag": &tags[0], "[]Tag": []Tag(tags), "Tags": tags, "*Tags": &tags,
		"struct": struct{ T Tag }{tags[0]}, "map": map[string]Tag{"x": tags[0]}, "Explanation": e,
	}
	bad := Config{
		Status: "x",
		TagRules: []Rule{
			{"tenant", "Tenant", secret, secret},
			{"tenant", "", strings.Repeat(secret, 2), strings.Repeat(secret, 100)},
			{"other", "c", "", secret + "\xff"},
		},
	}
	errs := []error{bad.Validate()}
	bytesOf := func(v any) []byte { b, err := json.Marshal(v); require.NoError(t, err); return b }
	for _, doc := range []string{
		`{"TagRules":[{"TagKey":"k","ColumnName":"c","MatchAllValue":["` + secret + `"]}]}`,
		`{"TagRules":[{"TagKey":"k","ColumnName":"c","matchAllValue":"` + secret + `"}]}`,
		`{"TagRules":[{"TagKey":"k","ColumnName":"c","MatchAllValue":"` + secret + `\ud800"}]}`,
		`{"TagRules":[{"TagKey":"k","ColumnName":"c","MatchAllValue":"` + secret + `" "x"]}`,
		`{"TagRules":[{"TagKey":"k","ColumnName":"c","MatchAllValue":` + secret + `}]}`,
		`{"TagRules":[{"TagKey":"k","ColumnName":"c","MatchAllValue":"` + secret + "\xff" + `"}]}`,
		`[{"Key":"k","Value":{"` + "x" + `":"` + secret + `"}}]`,
		`[{"Key":"k","Value":"` + strings.Repeat(secret, 100) + `"}]`,
		`[{"Key":"k","Value":"` + secret + `"},{"Key":"k","Value":"` + secret + `"}]`,
		`{"A":{"RowLevelPermissionTagConfiguration":` + string(bytesOf(c)) + `},"B":{"RowLevelPermissionTagConfiguration":` + string(bytesOf(*parsed)) + `}}`,
	} {
		_, err := Parse(strings.NewReader(doc), nil)
		require.Error(t, err)
		_, tagErr := ParseTags(strings.NewReader(doc), nil)
		require.Error(t, tagErr)
		var config Config
		errs = append(errs, err, tagErr, json.Unmarshal([]byte(doc), &config))
	}
	for _, tags := range [][]Tag{{{"tenant", secret}, {"tenant", secret}}, {{"tenant", secret + "\xff"}}, {{"tenant", strings.Repeat(secret, 100)}}} {
		_, err := c.For(tags...)
		errs = append(errs, err)
	}
	for _, b := range []*Builder{
		c.NewTags().One("tenant", secret), c.NewTags().One("tenant", "a"+secret), c.NewTags().One("tenant", secret+","),
		c.NewTags().List("tenant", "a", secret), c.NewTags().One("tenant", " "+secret[1:]), c.NewTags().One("x", secret), c.NewTags().One("tenant", secret+"\xff"),
	} {
		_, err := b.Tags()
		errs = append(errs, err)
	}
	_, err = json.Marshal(Tag{"k", secret + "\xff"})
	errs = append(errs, err)
	for i, err := range errs {
		require.Error(t, err, "error %d", i)
		for ; err != nil; err = errors.Unwrap(err) {
			things[fmt.Sprintf("error %d %T", i, err)] = err
		}
	}

	for name, thing := range things {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			out := fmt.Sprintf(verb, thing)
			require.NotContains(t, out, secret, "%s of %s", verb, name)
			require.NotContains(t, out, fmt.Sprintf("%x", secret), "%s of %s", verb, name)
		}
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "thing", thing)
		if name != "[]Tag" && name != "[]Rule" && name != "struct" && name != "map" { // see the package comment
			slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "thing", thing)
		}
		require.NotContains(t, b.String(), secret, name)
	}

	// Hiding hides values, not everything.
	require.Equal(t, `["tenant"=(hidden) " Tenant"=(hidden)]`, fmt.Sprint(tags))
	require.Equal(t, "tag rules, ENABLED\n  \"tenant\" restricts \"Tenant\", values split at \",\", match-all value (hidden)\n  all of [\"tenant\"]", fmt.Sprintf("%+v", c))
	require.Contains(t, string(bytesOf(c)), secret, "the API needs it")
}
