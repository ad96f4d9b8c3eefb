package predicate_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	. "github.com/rowsight/rowsight/predicate"
)

func TestJSON(t *testing.T) {
	for _, tt := range []struct{ p, want string }{
		{`none`, `{"op":"none"}`},
		{`all`, `{"op":"all"}`},
		{`Region in ("US", "EMEA")`, `{"op":"in","column":"Region","values":["EMEA","US"]}`},
		{`Region has value`, `{"op":"has value","column":"Region"}`},
		{`A has value and B in ("x")`, `{"op":"and","args":[{"op":"has value","column":"A"},{"op":"in","column":"B","values":["x"]}]}`},
		{`A has value or B in ("x")`, `{"op":"or","args":[{"op":"has value","column":"A"},{"op":"in","column":"B","values":["x"]}]}`},
	} {
		b, err := json.Marshal(MustParse(tt.p))
		require.NoError(t, err)
		require.Equal(t, tt.want, string(b))
	}
}

func TestJSONRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	var all []Predicate
	for _, s := range hostile {
		all = append(all, In("A", s), In(s, "x"), And(HasValue(s), Or(In("B", s), HasValue("other"))))
	}
	for range 1000 {
		p, _ := randomPair(r, 4)
		all = append(all, p)
	}
	for _, p := range all {
		b, err := json.Marshal(p)
		if strings.Contains(p.String(), `\x`) && !utf8.ValidString(mustUnescape(p)) {
			require.ErrorIs(t, err, ErrEncoding, p.String())
			require.Nil(t, b)
			continue
		}
		require.NoError(t, err)
		var got Predicate
		require.NoError(t, json.Unmarshal(b, &got))
		require.True(t, p.Equal(got), "%s became %s", p, got)
	}
}

// mustUnescape returns the columns and values of p, one after the other.
func mustUnescape(p Predicate) string {
	s := p.Column()
	for v := range p.Values() {
		s += v
	}
	for q := range p.Args() {
		s += mustUnescape(q)
	}
	return s
}

// TestJSONErrors marks with ∑ where each error is reported.
func TestJSONErrors(t *testing.T) {
	deep := strings.Repeat(`{"op":"and","args":[`, 101) + `∑{"op":"all"}` + strings.Repeat("]}", 101)
	for _, tt := range []struct{ in, want, reason string }{
		{`∑`, `not JSON from here on`, "nothing"},
		{`{"op":"all"∑`, `not JSON from here on`, "cut off"},
		{`∑null`, `found null, want an object`, "null is not a predicate"},
		{`∑[]`, `found a list, want an object`, "a list"},
		{`∑"all"`, `found a string, want an object`, "a string"},
		{`∑{}`, `no field op`, "an empty object"},
		{`∑{"column":"A"}`, `no field op`, "no op"},
		{`∑{"op":"not","args":[{"op":"all"}]}`, `unknown op, want none, all, in, has value, and, or`, "there is no not"},
		{`∑{"op":"IN","column":"A","values":["x"]}`, `unknown op`, "case"},
		{`{∑"Op":"all"}`, `unknown field "Op", want op, column, values, args or restricting`, "case of fields"},
		{`{"op":"all",∑"op":"none"}`, `field "op" twice`, "which one counts?"},
		{`{"op":∑null}`, `found null, want the name of an operator`, "op is null"},
		{`∑{"op":"in","column":"A"}`, `op "in" has no field values`, "no values"},
		{`∑{"op":"in","values":["x"]}`, `op "in" has no field column`, "no column"},
		{`∑{"op":"or"}`, `op "or" has no field args`, "no args"},
		{`∑{"op":"all","column":"A"}`, `op "all" takes no other field than op`, "a field too many"},
		{`{"op":"in","column":"A","values":∑[]}`, `found an empty list, want at least one item`, "no value"},
		{`{"op":"and","args":∑[]}`, `found an empty list, want at least one item`, "and of nothing must not be all rows"},
		{`{"op":"in","column":"A","values":[∑1]}`, `found a number, want a value`, "a number"},
		{`{"op":"in","column":"A","values":[∑1e999]}`, `found a number, want a value`, "a number no float holds"},
		{`{"op":"in","column":"A","values":[∑null]}`, `found null, want a value`, "NULL is in no set"},
		{`{"op":"in","column":"A","values":[∑""]}`, `found an empty value, want a value`, `"" is in no set`},
		{`{"op":"in","column":∑["A"],"values":["x"]}`, `found a list, want the name of a column`, "a list of columns"},
		{`{"op":"in","column":"A","values":∑"x"}`, `found a string, want a list`, "a value alone"},
		{`{"op":"or","args":[{"op":"all"},∑true]}`, `found true or false, want an object`, "an argument that is none"},
		{`{"op":"in","column":"A","values":[∑"\ud800"]}`, `incomplete surrogate pair`, "no character"},
		{`{"op":"in","column":"A","values":[∑"\\\ud83dx\ude00"]}`, `incomplete surrogate pair`, "two halves apart"},
		{"{\"op\":\"in\",\"column\":\"A\",\"values\":[\"∑\xff\"]}", `not valid UTF-8`, "raw bytes"},
		{`{"op":"all"}∑{"op":"all"}`, `not JSON from here on`, "data after the document"},
		{`{"op":"all",∑}`, `not JSON from here on`, "a comma too many"},
		{"{\n\"op\":\n  ∑7}", `found a number`, "the third line"},
		{deep, `nested more than 100 deep`, "too deep"},
	} {
		before, after, _ := strings.Cut(tt.in, "∑")
		p := All()
		err := p.UnmarshalJSON([]byte(before + after))
		require.Error(t, err, tt.reason)
		require.Zero(t, p, "an error leaves the zero Predicate: %s", tt.reason)
		var syntax *SyntaxError
		require.ErrorAs(t, err, &syntax, tt.reason)
		require.Contains(t, err.Error(), tt.want, tt.reason)
		require.Equal(t, len(before), syntax.Offset, "%s: %v", tt.reason, err)
		require.Equal(t, 1+strings.Count(before, "\n"), syntax.Line, tt.reason)
	}
}

func TestJSONAllProblems(t *testing.T) {
	var p Predicate
	err := p.UnmarshalJSON([]byte("{\"op\":\"or\",\"args\":[\n{\"op\":\"in\"},\n7,\n{\"op\":\"all\",\"x\":{\"y\":[1,{}]}}]}"))
	require.EqualError(t, err, strings.Join([]string{
		`2:1: syntax error: op "in" has no field column`,
		`3:1: syntax error: found a number, want an object`,
		`4:13: syntax error: unknown field "x", want op, column, values, args or restricting`,
	}, "\n"))
}

func TestJSONSurrogates(t *testing.T) {
	var p Predicate
	require.NoError(t, p.UnmarshalJSON([]byte(`{"op":"in","column":"\ud83d\ude00","values":["\ufffd","�","\\ud800�","\ud83d\ude00\ufffd"]}`)))
	require.True(t, p.Equal(In("😀", "\uFFFD", `\ud800�`, "😀\uFFFD")))
}

// TestJSONTooDeep: what could not be read back is not written.
func TestJSONTooDeep(t *testing.T) {
	p := In("A", "x")
	for i := range 60 {
		p = Or(And(p, In("B", string(rune('a'+i)))), In("C", string(rune('a'+i))))
	}
	_, err := p.MarshalJSON()
	require.ErrorIs(t, err, ErrTooDeep)
	require.ErrorIs(t, p.UnmarshalJSON([]byte(strings.Repeat("[", 20_000))), ErrSyntax)
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"op":"all"}`, `{"op":"in","column":"A","values":["\ud83d\ude00","\ud800"]}`, `{"op":"and","args":[{"op":"has value","column":"A"},{"op":"none"}]}`,
		`{"op":"or","args":[{"x":[[{}]]}]}`, `null`, `{"op":"in","op":"in"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := All()
		if err := p.UnmarshalJSON(data); err != nil {
			require.Zero(t, p)
			return
		}
		b, err := p.MarshalJSON()
		require.NoError(t, err)
		var again Predicate
		require.NoError(t, again.UnmarshalJSON(b))
		require.True(t, p.Equal(again), "%s became %s", p, again)
	})
}
