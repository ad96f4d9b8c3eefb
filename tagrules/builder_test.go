package tagrules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBuilder(t *testing.T) {
	c := &Config{TagRules: []Rule{
		{"list", "L", ",", "*"},
		{"plain", "P", "", "ALL"},
		{"bare", "B", "", ""},
		{"aa", "A", "aa", ""},
		{"joined", "J", ",", "x,y"},
	}}
	for _, tt := range []struct {
		build  func(b *Builder) *Builder
		want   Tags   // nil: an error
		text   string // of the error
		reason string
	}{
		{func(b *Builder) *Builder { return b.One("list", "acme") }, Tags{{"list", "acme"}}, "", "one value"},
		{func(b *Builder) *Builder { return b.One("list", "acme,globex") }, nil, `tag "list": not safe as a value: it contains the delimiter ","`, "two tenants in one name"},
		{func(b *Builder) *Builder { return b.One("list", "*") }, nil, `it contains the match-all value`, "a tenant called like match-all"},
		{func(b *Builder) *Builder { return b.One("list", "a*") }, nil, `it contains the match-all value`, "the match-all value inside"},
		{func(b *Builder) *Builder { return b.One("list", " acme") }, nil, `white space around it would be lost`, "the value would change"},
		{func(b *Builder) *Builder { return b.One("list", "") }, nil, `it is empty`, "an empty value"},
		{func(b *Builder) *Builder { return b.One("list", "a\xff") }, nil, `not valid UTF-8`, "no text"},
		{func(b *Builder) *Builder { return b.One("list", strings.Repeat("é", 257)) }, nil, `got 257 characters, want at most 256`, "a long value"},
		{func(b *Builder) *Builder { return b.One("plain", " a,b *") }, Tags{{"plain", " a,b *"}}, "", "without a delimiter all is literal"},
		{func(b *Builder) *Builder { return b.One("plain", "ALL") }, nil, `it contains the match-all value`, "match-all without a delimiter"},
		{func(b *Builder) *Builder { return b.One("bare", "*") }, Tags{{"bare", "*"}}, "", "a star is a value where no rule gives it power"},
		{func(b *Builder) *Builder { return b.One("other", "x") }, nil, `tag "other": no rule has this tag key`, "an unknown key"},
		{func(b *Builder) *Builder { return b.One("List", "x") }, nil, `tag "List": no rule has this tag key`, "case of the key"},

		{func(b *Builder) *Builder { return b.List("list", "b", "a") }, Tags{{"list", "b,a"}}, "", "a list"},
		{func(b *Builder) *Builder { return b.List("list", "a") }, Tags{{"list", "a"}}, "", "a list of one"},
		{func(b *Builder) *Builder { return b.List("list") }, nil, `got no value, want at least 1`, "a list of nothing"},
		{func(b *Builder) *Builder { return b.List("list", "a", "b,c") }, nil, `value 2 of 2: not safe as a value: it contains the delimiter`, "an item of two"},
		{func(b *Builder) *Builder { return b.List("list", "*") }, nil, `value 1 of 1: not safe as a value: it would match all`, "match-all as the only item"},
		{func(b *Builder) *Builder { return b.List("list", "a", "*") }, nil, `value 2 of 2: not safe as a value: it would match all`, "match-all among others"},
		{func(b *Builder) *Builder { return b.List("list", "a", "b*") }, Tags{{"list", "a,b*"}}, "", "inside an item it has no power"},
		{func(b *Builder) *Builder { return b.List("list", "a", "") }, nil, `value 2 of 2: not safe as a value: it is empty`, "an empty item"},
		{func(b *Builder) *Builder { return b.List("list", "a ") }, nil, `white space around it would be lost`, "a blank"},
		{func(b *Builder) *Builder { return b.List("plain", "a") }, nil, `the rule has no delimiter, so the tag cannot be a list`, "no list without a delimiter"},
		{func(b *Builder) *Builder { return b.List("aa", "xa", "y") }, nil, `joined, the values would be read as other values`, "xaaay is x, ay"},
		{func(b *Builder) *Builder { return b.List("joined", "x", "y") }, nil, `joined, the values would be read as other values`, "joined they are the match-all value"},
		{func(b *Builder) *Builder { return b.List("list", strings.Repeat("a", 200), strings.Repeat("b", 56)) }, nil, `got 257 characters`, "too long together"},

		{func(b *Builder) *Builder { return b.All("list") }, Tags{{"list", "*"}}, "", "match all, said so"},
		{func(b *Builder) *Builder { return b.All("bare") }, nil, `tag "bare": the rule has no match-all value`, "no match-all value"},
		{func(b *Builder) *Builder { return b.All("other") }, nil, `no rule has this tag key`, "an unknown key"},

		{func(b *Builder) *Builder { return b.One("bare", "x").All("plain").List("list", "a", "b") }, Tags{{"bare", "x"}, {"plain", "ALL"}, {"list", "a,b"}}, "", "in the order added"},
		{func(b *Builder) *Builder { return b.One("bare", "x").One("bare", "y") }, nil, `tag "bare": duplicate session tag`, "a key twice"},
		{func(b *Builder) *Builder { return b.One("list", "*").All("bare").One("bare", "x") }, nil,
			"tag \"list\": not safe as a value: it contains the match-all value\ntag \"bare\": the rule has no match-all value\ntag \"bare\": duplicate session tag", "all problems"},
		{func(b *Builder) *Builder { return b }, Tags(nil), "", "no tag at all, which admits nothing"},
	} {
		tags, err := tt.build(c.NewTags()).Tags()
		if tt.text != "" {
			require.ErrorContains(t, err, tt.text, tt.reason)
			require.Nil(t, tags, tt.reason)
			continue
		}
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, tags, tt.reason)
	}
}
