package tagrules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

func TestZero(t *testing.T) {
	for reason, c := range map[string]*Config{
		"the zero Config":              {},
		"no Config":                    nil,
		"disabled, but not valid":      {Status: Disabled},
		"a list, but no rules":         {TagRuleConfigurations: [][]string{{"r"}}},
		"an empty list is not all":     {TagRules: []Rule{{TagKey: "r", ColumnName: "Region"}}, TagRuleConfigurations: [][]string{{}}},
		"a rule without a column":      {TagRules: []Rule{{TagKey: "r"}}},
		"a rule without a key":         {TagRules: []Rule{{ColumnName: "Region"}}},
		"a status that nobody defined": {Status: "enabled", TagRules: []Rule{{TagKey: "r", ColumnName: "Region"}}},
	} {
		rows, err := c.For(Tag{"r", "US"})
		require.Error(t, err, reason)
		require.Zero(t, rows, reason)
		e, err := c.Explain(Tag{"r", "US"})
		require.Error(t, err, reason)
		require.Zero(t, e, reason)
		tags, err := c.NewTags().One("r", "US").Tags()
		require.Error(t, err, reason)
		require.Nil(t, tags, reason)
	}
	var b Builder
	tags, err := b.One("r", "US").Tags()
	require.ErrorIs(t, err, ErrNoConfig)
	require.Nil(t, tags)
	require.False(t, List{}.Complete())
	require.True(t, Explanation{}.Restricted())
	require.Equal(t, Missing, TagState{}.State)
}

var region = Rule{TagKey: "r", ColumnName: "Region", TagMultiValueDelimiter: ",", MatchAllValue: "*"}

func TestFor(t *testing.T) {
	literal, inList := &Options{LiteralSpaces: true}, &Options{MatchAllInList: true}
	for _, tt := range []struct {
		opts        *Options
		value, want string
		reason      string
	}{
		{nil, "US", `Region in ("US")`, "one value"},
		{nil, "US,EMEA", `Region in ("EMEA", "US")`, "two values"},
		{nil, " US ,\tEMEA\u00a0", `Region in ("EMEA", "US")`, "white space around items is dropped, Unicode's too (T4)"},
		{nil, "New York", `Region in ("New York")`, "white space inside stays"},
		{literal, "US, EMEA", `Region in (" EMEA", "US")`, "option LiteralSpaces"},
		{literal, " ", `Region in (" ")`, "a blank is a value, literally"},
		{nil, " ", `none`, "a list of nothing (T3)"},
		{nil, ",,", `none`, "a list of nothing"},
		{nil, "", `none`, "an empty tag (T3)"},
		{nil, "*", `all restricting Region`, "match all (T5)"},
		{nil, " *", `Region in ("*")`, "match-all is compared exactly"},
		{nil, "*,US", `Region in ("*", "US")`, "an item of a list is a value"},
		{inList, "*,US", `all restricting Region`, "option MatchAllInList"},
		{inList, "US , *", `all restricting Region`, "an item after trimming"},
		{inList, "US,**", `Region in ("**", "US")`, "the whole item"},
	} {
		c := &Config{TagRules: []Rule{region}}
		rows, err := c.ForOptions(tt.opts, Tag{"r", tt.value})
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, rows.String(), tt.reason)

		parsed, err := Parse(strings.NewReader(`{"TagRules":[{"TagKey":"r","ColumnName":"Region","TagMultiValueDelimiter":",","MatchAllValue":"*"}]}`), tt.opts)
		require.NoError(t, err)
		again, err := parsed.For(Tag{"r", tt.value})
		require.NoError(t, err)
		require.True(t, rows.Equal(again), "Parse remembers its options: %s", tt.reason)
	}
}

func TestForSession(t *testing.T) {
	c := &Config{TagRules: []Rule{region}}
	var many []Tag
	for i := range MaxTags + 1 {
		many = append(many, Tag{fmt.Sprint("k", i), "v"})
	}
	for _, tt := range []struct {
		tags   []Tag
		want   []error
		text   string
		reason string
	}{
		{[]Tag{{"r", "US"}, {"r", "US"}}, []error{ErrDuplicateTag}, `tag "r": duplicate session tag`, "the same value twice is a duplicate, too"},
		{[]Tag{{"x", "1"}, {"x", "2"}}, []error{ErrDuplicateTag}, `tag "x": duplicate session tag`, "of an unknown key"},
		{[]Tag{{"", "US"}}, []error{ErrLimit}, `tag "": key: outside the limits: got 0 characters, want 1 to 128`, "no key"},
		{[]Tag{{strings.Repeat("é", 129), "US"}}, []error{ErrLimit}, `got 129 characters`, "characters, not bytes"},
		{[]Tag{{"r", strings.Repeat("é", 257)}}, []error{ErrLimit}, `tag "r": value: outside the limits: got 257 characters, want 0 to 256`, "a long value"},
		{[]Tag{{"r", "U\xff"}}, []error{ErrEncoding}, `tag "r": value: not valid UTF-8`, "no text"},
		{many, []error{ErrLimit}, `got 51 session tags, want at most 50`, "too many"},
		{[]Tag{{"", ""}, {"r", "\xff"}, {"r", ""}}, []error{ErrLimit, ErrEncoding, ErrDuplicateTag}, ``, "all problems"},
	} {
		for _, status := range []Status{Enabled, Disabled} {
			c.Status = status
			rows, err := c.For(tt.tags...)
			require.Zero(t, rows, tt.reason)
			for _, want := range tt.want {
				require.ErrorIs(t, err, want, tt.reason)
			}
			require.ErrorContains(t, err, tt.text, tt.reason)
			var where *Error
			require.ErrorAs(t, err, &where, tt.reason)
		}
	}
	c.Status = ""
	rows, err := c.For(append(many[:MaxTags-1], Tag{"r", strings.Repeat("é", MaxValue)})...)
	require.NoError(t, err, "all limits reached, none passed")
	require.Equal(t, 1, rows.Len())
}

// slowVisible is what T2 to T6 say, read off them row by row: the oracle.
func slowVisible(c Config, o Options, tags []Tag, row map[string]any) bool {
	if c.Status == Disabled {
		return true
	}
	lists := c.TagRuleConfigurations
	if len(lists) == 0 {
		lists = [][]string{nil}
		for _, r := range c.TagRules {
			lists[0] = append(lists[0], r.TagKey)
		}
	}
	for _, keys := range lists {
		admits := true
		for _, key := range keys {
			for _, r := range c.TagRules {
				if r.TagKey == key && !slowAdmits(r, o, tags, row[r.ColumnName]) {
					admits = false
				}
			}
		}
		if admits {
			return true
		}
	}
	return false
}

func slowAdmits(r Rule, o Options, tags []Tag, cell any) bool {
	for _, t := range tags {
		if t.Key != r.TagKey || t.Value == "" {
			continue
		}
		if r.MatchAllValue != "" && t.Value == r.MatchAllValue {
			return true
		}
		rest, more := t.Value, true
		for more {
			item := rest
			if more = r.TagMultiValueDelimiter != "" && strings.Contains(rest, r.TagMultiValueDelimiter); more {
				at := strings.Index(rest, r.TagMultiValueDelimiter)
				item, rest = rest[:at], rest[at+len(r.TagMultiValueDelimiter):]
			}
			if r.TagMultiValueDelimiter != "" {
				if !o.LiteralSpaces {
					item = strings.TrimFunc(item, unicode.IsSpace)
				}
				if o.MatchAllInList && item != "" && item == r.MatchAllValue {
					return true
				}
			}
			if item != "" && cell == item {
				return true
			}
		}
	}
	return false
}

// randomCase makes a valid configuration and a session from a small alphabet,
// so that everything meets everything.
func randomCase(r *rand.Rand) (Config, Options, []Tag) {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	c := Config{Status: Status(pick("", "ENABLED", "ENABLED", "ENABLED", "DISABLED"))}
	if r.IntN(4) > 0 && c.Status == Disabled {
		c.Status = Enabled
	}
	keys := []string{"a", "b", "c", "A", " a"}
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	keys = keys[:1+r.IntN(3)]
	for _, key := range keys {
		rule := Rule{key, pick("X", "Y"), pick("", ",", "|", "; ", " ", ",,"), pick("", "*", "*", "ALL", "x,y", " ")}
		if rule.MatchAllValue == rule.TagMultiValueDelimiter {
			rule.MatchAllValue = ""
		}
		c.TagRules = append(c.TagRules, rule)
	}
	for range r.IntN(4) {
		list := slices.Clone(keys)
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		c.TagRuleConfigurations = append(c.TagRuleConfigurations, list[:1+r.IntN(len(list))])
	}
	var tags []Tag
	for _, key := range []string{"a", "b", "c", "A", " a"} {
		if r.IntN(4) == 0 {
			continue
		}
		value := ""
		for range r.IntN(5) {
			value += pick("x", "y", "z", ",", "|", ";", " ", "*", "ALL", ",,")
		}
		if r.IntN(3) == 0 {
			value = pick("x", "y", "*", "ALL", " x", "x,y")
		}
		tags = append(tags, Tag{key, value})
	}
	return c, Options{LiteralSpaces: r.IntN(2) == 0, MatchAllInList: r.IntN(2) == 0}, tags
}

var cells = []any{nil, "", "x", "y", "z", " x", "x ", "x,y", "*", "ALL", "xy", "x|y", " "}

// requireOracle compares For with the oracle on every row and returns how many
// rows were visible.
func requireOracle(t *testing.T, c Config, o Options, tags []Tag) (visible int) {
	t.Helper()
	rows, err := c.ForOptions(&o, tags...)
	require.NoError(t, err)
	e, err := c.ExplainOptions(&o, tags...)
	require.NoError(t, err)
	for _, x := range cells {
		for _, y := range cells {
			row := map[string]any{"X": x, "Y": y}
			want := slowVisible(c, o, tags, row)
			if got := match(rows, row); got != want {
				require.Failf(t, "wrong row", "%#v\n%q\n%v\n%v: got %v, want %v", c.TagRules, c.TagRuleConfigurations, rows, row, got, want)
			}
			if want {
				visible++
			}
		}
	}
	require.Equal(t, visible == len(cells)*len(cells), !e.Restricted(), "the explanation agrees:\n%s", e)
	if visible > 0 && !e.Disabled {
		require.True(t, slices.ContainsFunc(e.Lists, List.Complete), "the explanation agrees:\n%s", e)
	}
	return visible
}

func match(p predicate.Predicate, row map[string]any) bool {
	return p.Match(func(column string) (string, bool) { s, ok := row[column].(string); return s, ok })
}

func TestForOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	none, some, all := 0, 0, 0
	for range 20_000 {
		c, o, tags := randomCase(r)
		switch requireOracle(t, c, o, tags) {
		case 0:
			none++
		case len(cells) * len(cells):
			all++
		default:
			some++
		}
	}
	for _, n := range []int{none, some, all} {
		require.Greater(t, n, 500, "each outcome is common: %d none, %d some, %d all", none, some, all)
	}
}

// TestFewerTags: a session that loses a tag never gains a row.
func TestFewerTags(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 2))
	for range 3000 {
		c, o, tags := randomCase(r)
		before, err := c.ForOptions(&o, tags...)
		require.NoError(t, err)
		for i := range tags {
			after, err := c.ForOptions(&o, slices.Delete(slices.Clone(tags), i, i+1)...)
			require.NoError(t, err)
			require.True(t, after.Implies(before))
		}
	}
}

func FuzzFor(f *testing.F) {
	f.Add("r", ",", "*", "US, EMEA", false, false)
	f.Add("r", "", "", "a,b", true, true)
	f.Add("r", "aa", "a", "aaaa", false, true)
	f.Add("r", " ", "\u00a0", "\u00a0 x", false, true)
	f.Fuzz(func(t *testing.T, key, delimiter, all, value string, literal, inList bool) {
		c := Config{TagRules: []Rule{{key, "X", delimiter, all}}}
		o := Options{LiteralSpaces: literal, MatchAllInList: inList}
		tags := []Tag{{key, value}}
		rows, err := c.ForOptions(&o, tags...)
		if err != nil {
			require.Zero(t, rows)
			return
		}
		requireOracle(t, c, o, tags)
		for _, part := range append(strings.Split(value, ","), value, all, delimiter) {
			row := map[string]any{"X": part}
			require.Equal(t, slowVisible(c, o, tags, row), match(rows, row), "%q", part)
		}
		// What the builder makes means what it was given.
		if built, err := c.NewTags().One(key, value).Tags(); err == nil {
			rows, err := c.For(built...)
			require.NoError(t, err)
			require.True(t, rows.Equal(predicate.In("X", value)), "%s", rows)
		}
		items := strings.Split(value, "|")
		if built, err := c.NewTags().List(key, items...).Tags(); err == nil {
			rows, err := c.For(built...)
			require.NoError(t, err)
			require.True(t, rows.Equal(predicate.In("X", items...)), "%s", rows)
		}
	})
}
