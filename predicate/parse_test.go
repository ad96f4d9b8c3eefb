package predicate_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/rowsight/rowsight/predicate"
)

// hostile are columns and values that a careless writer or reader would change.
var hostile = []string{
	"x", " x", "x ", "\t", "\n", "\r\n", "\x00", "\x7f", `"`, `""`, `\`, `\"`, `\u0041`, "'", "`", "--", "%", "_",
	"a,b", `"AWS,INC"`, "(", ")", "in", "and", "or", "all", "none", "has", "value", "has value", "In", "ALL", "0", "9lives",
	"\xff", "\xc3\x28", "\xed\xa0\x80", "a\x80b", "\uFFFD", "\U0010FFFF", "\u2028", "\uFEFF", "é", "e\u0301", "ß", "SS",
	"😀", "\u202E", strings.Repeat("long ", 500),
}

func TestParseRoundTrip(t *testing.T) {
	var all []Predicate
	for i, column := range hostile {
		all = append(all, In(column, hostile...), HasValue(column),
			And(In(column, hostile[i]), Or(HasValue(column+"2"), In("B", hostile[i]))))
	}
	r := rand.New(rand.NewPCG(1, 9))
	for range 2000 {
		p, _ := randomPair(r, 4)
		all = append(all, p)
	}
	for _, p := range all {
		got, err := Parse(p.String())
		require.NoError(t, err, p.String())
		require.True(t, p.Equal(got), "%s became %s", p, got)
		require.Equal(t, p.String(), got.String())
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		reason   string
	}{
		{`all`, `all`, "a constant"},
		{" none\n", `none`, "space around"},
		{`A in ("y","x" , "x")`, `A in ("x", "y")`, "values are a set"},
		{"A\nin\t(\r\n\"x\")", `A in ("x")`, "space between tokens is free"},
		{`((A in ("x")))`, `A in ("x")`, "parentheses anywhere"},
		{`A has value and(B has value)or C has value`, `C has value or A has value and B has value`, "and binds tighter; no space is needed at parentheses"},
		{`A has value and (B has value or C has value)`, `A has value and (B has value or C has value)`, "parentheses where they matter"},
		{`"all" in ("x")`, `"all" in ("x")`, "a column called like a key word"},
		{`All in ("x")`, `All in ("x")`, "key words are lower case, so All is a name"},
		{`"Region" has value`, `Region has value`, "quotes that are not needed go"},
		{`"" has value`, `"" has value`, "a column without a name"},
		{`A in ("x") and A in ("y")`, `none`, "what is read is made canonical"},
		{`A in ("\x41\u00e9\n")`, `A in ("Aé\n")`, "escapes of Go string literals"},
	} {
		p, err := Parse(tt.in)
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, p.String(), tt.reason)
	}
}

// TestParseErrors marks with ∑ where each error is reported.
func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		reason   string
	}{
		{`∑`, `found the end, want a column, "all", "none" or "("`, "nothing is not a predicate"},
		{`A∑`, `found the end, want "in" or "has value"`, "a column alone"},
		{`A in ∑"x"`, `found a quoted text, want "("`, "no parenthesis"},
		{`A in (∑)`, `found ")", want a quoted value`, "an empty list"},
		{`A in (∑US)`, `found a name, want a quoted value`, "a value without quotes"},
		{`A in (∑in)`, `found "in", want a quoted value`, "a key word as value"},
		{`A in (∑"")`, `found an empty value, want a value: NULL and "" are in no set`, "an empty value"},
		{`A in ("x",∑)`, `found ")", want a quoted value`, "a comma too many"},
		{`A in ("x" ∑"y")`, `found a quoted text, want "," or ")"`, "a comma too few"},
		{`A in (∑"x)`, `found an unterminated or malformed quoted text, want a quoted value`, "no closing quote"},
		{"A in (∑\"x\n\")", `found an unterminated or malformed quoted text, want a quoted value`, "a line break in a value"},
		{`A in (∑"\q")`, `found an unterminated or malformed quoted text, want a quoted value`, "an escape that is none"},
		{`A in (∑'x')`, `found a character that starts nothing, want a quoted value`, "single quotes"},
		{"A in (∑`x`)", `found a character that starts nothing, want a quoted value`, "back quotes"},
		{"A in (\"∑\xff\")", `not valid UTF-8`, "raw bytes would be changed"},
		{`A has ∑`, `found the end, want "value"`, "half an operator"},
		{`A in ("x") ∑AND B in ("y")`, `found a name, want "and", "or", "restricting" or the end`, "key words are lower case"},
		{`A in ("x") and ∑`, `found the end, want a column, "all", "none" or "("`, "an operand too few"},
		{`(A has value∑`, `found the end, want "and", "or" or ")"`, "an open parenthesis"},
		{`A has value∑)`, `found ")", want "and", "or", "restricting" or the end`, "a closing one too many"},
		{"A has value\n  and\n  ∑;", `found a character that starts nothing, want a column, "all", "none" or "("`, "the third line"},
		{`all ∑all`, `found "all", want "and", "or", "restricting" or the end`, "two predicates"},
		{strings.Repeat("(", 100) + `∑(A has value`, `nested more than 100 deep`, "too deep"},
	} {
		before, after, _ := strings.Cut(tt.in, "∑")
		p, err := Parse(before + after)
		require.Zero(t, p, "an error comes with the zero Predicate")
		var syntax *SyntaxError
		require.ErrorAs(t, err, &syntax, tt.reason)
		require.Equal(t, len(before), syntax.Offset, "%s: %v", tt.reason, err)
		require.Equal(t, 1+strings.Count(before, "\n"), syntax.Line, tt.reason)
		require.Equal(t, len(before)-strings.LastIndex(before, "\n"), syntax.Column, tt.reason)
		require.Contains(t, err.Error(), tt.want, tt.reason)
		require.NotContains(t, err.Error(), "US", "what stands there may be a value")
	}
}

func TestSyntaxErrorIs(t *testing.T) {
	for s, want := range map[string]error{"": ErrSyntax, "\xff": ErrEncoding, strings.Repeat("(", 101): ErrTooDeep} {
		_, err := Parse(s)
		require.ErrorIs(t, err, want)
	}
}

func TestMustParse(t *testing.T) {
	require.Panics(t, func() { MustParse("A in ()") })
	require.Equal(t, "all", MustParse("all").String())
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`all`, `none`, `A in ("x")`, `"a b" has value and (B in ("x", "\xff") or C in ("\u2028"))`, `((A in ("x")))`, `A in (`, "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Parse(s)
		if err != nil {
			require.Zero(t, p)
			var syntax *SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.LessOrEqual(t, syntax.Offset, len(s))
			return
		}
		again, err := Parse(p.String())
		require.NoError(t, err)
		require.True(t, p.Equal(again), "%s became %s", p, again)
	})
}
