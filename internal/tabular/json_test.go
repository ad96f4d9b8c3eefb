package tabular

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestObject(t *testing.T) {
	tests := []struct {
		line   string
		keys   []string
		kinds  []kind
		reason string
	}{
		{`{}`, nil, nil, "an object may be empty"},
		{` { "a" : 1 , "b":"x" } ` + "\r", []string{"a", "b"}, []kind{kindInt, kindText}, "white space and CRLF"},
		{`{"":null,"\u00e9":true}`, []string{"", "é"}, []kind{kindNull, kindBool}, "any key, escapes decoded"},
		{`{"a":-0,"b":0.10,"c":1e2}`, []string{"a", "b", "c"}, []kind{kindFloat, kindFloat, kindFloat}, "an integer would lose the sign of -0"},
		{`{"a":9007199254740993}`, []string{"a"}, []kind{kindInt | kindBigInt}, "int64 holds it, float64 does not"},
		{`{"a":9223372036854775808,"b":0.1234567890123456789,"c":1e400}`, []string{"a", "b", "c"}, []kind{kindOther, kindOther, kindOther}, "nothing holds these exactly"},
		{`{"a":[1,{"b":[]}],"c":{}}`, []string{"a", "c"}, []kind{kindOther, kindOther}, "nested values stay JSON"},
		{`{"a":"\ud83d\ude00"}`, []string{"a"}, []kind{kindText}, "a pair of escapes is one character"},
	}
	for _, test := range tests {
		members, err := new(parser).object([]byte(test.line), nil)
		require.NoError(t, err, test.reason)
		var keys []string
		var kinds []kind
		for _, m := range members {
			keys, kinds = append(keys, m.key), append(kinds, m.kind)
		}
		require.Equal(t, test.keys, keys, test.reason)
		require.Equal(t, test.kinds, kinds, test.reason)
	}
}

// The mark ∑ stands before the byte that an error points at.
func TestObjectRefuses(t *testing.T) {
	tests := []struct{ line, reason string }{
		{`∑`, "no object"},
		{`∑[1]`, "an array is not a row"},
		{`{"a":1}∑ x`, "text after the object"},
		{`{"a":1∑`, "cut off"},
		{`{"a"∑ 1}`, "no colon"},
		{`{"a":1∑ "b":2}`, "no comma"},
		{`{"a":1∑,}`, "a comma too many"},
		{`{∑a:1}`, "a key without quotes"},
		{`{"a":0∑1}`, "a leading zero"},
		{`{"a":1.∑}`, "a point without digits"},
		{`{"a":∑NaN}`, "no JSON number"},
		{`{"a":∑'x'}`, "single quotes"},
		{`{"a":"x}∑`, "a quote never closed"},
		{`{"a":1,∑"a":2}`, "the same key twice: which of them would a rule look at?"},
		{`{"a":1,∑"\u0061":2}`, "the same key, written differently"},
		{`{"a":[{"b":1,∑"b":2}]}`, "the same key twice, deep inside"},
		{`{"a":"x∑` + "\xff" + `"}`, "not UTF-8"},
		{`{"a":"∑\ud800"}`, "half a character would be replaced, and then equal another"},
		{`{"a":"∑\x"}`, "no such escape"},
		{"{\"a\":\"∑\t\"}", "a control character in text"},
		{`{"b":[{"a":"∑\q"}]}`, "a bad escape deep inside"},
	}
	for _, test := range tests {
		at := strings.Index(test.line, "∑")
		line := strings.Replace(test.line, "∑", "", 1)
		_, err := new(parser).object([]byte(line), nil)
		var where *jsonError
		require.True(t, errors.As(err, &where), test.reason)
		got := line[:where.at]
		// White space before the place is passed over first.
		require.Equal(t, test.line[:at], strings.TrimRight(got, " "), test.reason+": "+err.Error())
	}
}

func TestDecimal(t *testing.T) {
	for _, same := range [][]string{
		{"1", "1.0", "1e0", "10e-1", "0.1E+1"},
		{"-120", "-1.2e2", "-1200e-1"},
		{"0", "0.00", "0e99"},
	} {
		for _, s := range same {
			require.Equal(t, decimal(same[0]), decimal(s), s)
		}
	}
	require.NotEqual(t, decimal("0.1"), decimal("0.10000000000000001"))
	require.NotEqual(t, decimal("1"), decimal("-1"))
}

// FuzzObject holds that what is accepted is JSON and means the same to
// encoding/json.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":"x\n\u00e9","c":[1,{"d":null}],"e":-1.5e-3}`, `{"a":"\ud83d\ude00"}`, `{"a":1}x`, "{\"a\":\"\xff\"}", `{"a":1,"a":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if strings.ContainsRune(string(line), '\n') {
			return
		}
		members, err := new(parser).object(line, nil)
		if err != nil {
			return
		}
		var want map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(line, &want))
		require.Len(t, members, len(want))
		for _, m := range members {
			raw, ok := want[m.key]
			require.True(t, ok)
			require.Equal(t, string(raw), string(m.raw))
			if m.kind == kindText {
				var text string
				require.NoError(t, json.Unmarshal(raw, &text))
				got, err := unquote(m.raw)
				require.NoError(t, err)
				require.Equal(t, text, got)
			}
		}
	})
}
