package jsondoc_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// A thing is what the tests decode: every kind of field.
type thing struct {
	Name string
	Port int
	On   bool
	List []string
}

func decode(in string, opts *jsondoc.Options) (t thing, err error) {
	d, err := jsondoc.Read(strings.NewReader(in), "f.json", opts)
	if err != nil {
		return thing{}, err
	}
	d.Object(d.Root, "", []jsondoc.Field{
		{Name: "Name", Must: true, Alias: "na me", Decode: func(v *jsondoc.Value, f string) { t.Name = d.String(v, f) }},
		{Name: "Port", Decode: func(v *jsondoc.Value, f string) { t.Port = d.Int(v, f) }},
		{Name: "On", Decode: func(v *jsondoc.Value, f string) { t.On = d.Bool(v, f) }},
		{Name: "List", Decode: func(v *jsondoc.Value, f string) { t.List = d.Strings(v, f) }},
	})
	if err := d.Err(); err != nil {
		return thing{}, err
	}
	return t, nil
}

func TestZero(t *testing.T) {
	_, err := decode("", nil)
	require.EqualError(t, err, "f.json:1:1: not JSON from here on")
	require.Zero(t, (*jsondoc.Document)(nil).Pos(nil))
	require.Equal(t, "", jsondoc.Position{}.String())
}

func TestRead(t *testing.T) {
	want := thing{"n", 7, true, []string{"a", "b"}}
	for reason, in := range map[string]string{
		"plain":             `{"Name":"n","Port":7,"On":true,"List":["a","b"]}`,
		"a byte order mark": "\uFEFF" + `{"Name":"n","Port":7,"On":true,"List":["a","b"]}`,
		"another spelling":  `{"na me":"n","Port":7,"On":true,"List":["a","b"]}`,
		"comments":          "// one\n{\"Name\":\"n\", /* two\n, */\"Port\":7,\"On\":true,\"List\":[\"a\",\"b\"\n// ]\n]}//",
	} {
		got, err := decode(in, &jsondoc.Options{Comments: reason == "comments"})
		require.NoError(t, err, reason)
		require.Equal(t, want, got, reason)
	}
	got, err := decode(`{"Name":"http://a/*b*/\"//"}`, &jsondoc.Options{Comments: true})
	require.NoError(t, err)
	require.Equal(t, `http://a/*b*/"//`, got.Name, "in a string they are text")
}

// TestProblems marks with ∑ where the problem is. The secret stands in the
// documents and in no message.
func TestProblems(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		is       error
		reason   string
	}{
		{`{"Name":"n"}∑ x`, `not JSON from here on`, jsondoc.ErrSyntax, "data after the document"},
		{`{"Name":"SECRET"∑`, `not JSON from here on`, jsondoc.ErrSyntax, "cut off"},
		{`∑// no`, `not JSON from here on`, jsondoc.ErrSyntax, "a comment where none may be"},
		{`{"Name":"SECRET` + "∑\xff" + `"}`, `not valid UTF-8`, jsondoc.ErrEncoding, "raw bytes"},
		{`{"Name":∑"\ud800"}`, `Name: not valid UTF-8: incomplete surrogate pair`, jsondoc.ErrEncoding, "half a character"},
		{`{∑"name":"SECRET"}`, `unknown field "name", want Name`, jsondoc.ErrField, "case of a field"},
		{`{∑"names":"SECRET"}`, `unknown field "names", want Name`, jsondoc.ErrField, "a plural"},
		{`{"Name":"n",∑"Pass":"SECRET"}`, `unknown field "Pass", want Name, Port, On, List`, jsondoc.ErrField, "a field that is none"},
		{`{"Name":"n",∑"Name":"SECRET"}`, `Name: field given twice`, jsondoc.ErrTwice, "which one counts?"},
		{`{"Name":"n",∑"na me":"SECRET"}`, `na me: field given twice: also as "Name"`, jsondoc.ErrTwice, "two spellings"},
		{`∑{}`, `Name: field missing`, jsondoc.ErrMissing, "nothing"},
		{`∑[]`, `wrong type: found a list, want an object`, jsondoc.ErrType, "a list"},
		{`{"Name":∑7}`, `Name: wrong type: found a number, want a string`, jsondoc.ErrType, "a number"},
		{`{"Name":"n","Port":∑7.5}`, `Port: wrong type: found a number, want an integer`, jsondoc.ErrType, "a fraction"},
		{`{"Name":"n","Port":∑"7"}`, `Port: wrong type: found a string, want a number`, jsondoc.ErrType, "a number in quotes"},
		{`{"Name":"n","On":∑"true"}`, `On: wrong type: found a string, want true or false`, jsondoc.ErrType, "a truth in quotes"},
		{`{"Name":"n","List":["a",∑null]}`, `List[1]: wrong type: found null, want a string`, jsondoc.ErrType, "null in a list"},
		{"{\"Name\":\"n\",\n\n \"List\":∑{}}", `List: wrong type: found an object, want a list`, jsondoc.ErrType, "on another line"},
	} {
		before, after, found := strings.Cut(tt.in, "∑")
		require.True(t, found, tt.reason)
		got, err := decode(before+after, nil)
		require.Zero(t, got, tt.reason)
		require.ErrorIs(t, err, tt.is, tt.reason)
		require.NotContains(t, err.Error(), "SECRET", tt.reason)
		line, column := 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")
		if after == " x" { // a blank is JSON still
			column++
		}
		require.EqualError(t, err, fmt.Sprintf("f.json:%d:%d: %s", line, column, tt.want), tt.reason)
	}
}

func TestEveryProblem(t *testing.T) {
	_, err := decode("{\"x\":1,\n\"Port\":\"a\",\"List\":[1,\"b\",2]}", nil)
	require.EqualError(t, err, "f.json:1:1: Name: field missing\n"+
		"f.json:1:2: unknown field \"x\", want Name, Port, On, List\n"+
		"f.json:2:8: Port: wrong type: found a string, want a number\n"+
		"f.json:2:20: List[0]: wrong type: found a number, want a string\n"+
		"f.json:2:26: List[2]: wrong type: found a number, want a string")
}

func TestReader(t *testing.T) {
	broken := errors.New("broken pipe")
	_, err := jsondoc.Read(iotest.ErrReader(broken), "f.json", nil)
	require.ErrorIs(t, err, broken)
	_, err = jsondoc.Read(strings.NewReader(strings.Repeat(" ", 11)), "", &jsondoc.Options{Max: 10})
	require.ErrorIs(t, err, jsondoc.ErrTooLarge)
	_, err = jsondoc.Read(strings.NewReader(strings.Repeat("[", 20_000)), "", nil)
	require.ErrorIs(t, err, jsondoc.ErrSyntax, "too deep")
}

// FuzzRead holds that what is read is JSON, and comments are blanks.
func FuzzRead(f *testing.F) {
	for _, s := range []string{`{"a":[1,true,null,"\ud83d\ude00"]}`, "// x\n{}", `/* */"/*"`, "/*", `"\`, `[1,2`, `{"a":1,"a":2}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		plain, err := jsondoc.Read(strings.NewReader(in), "", nil)
		require.Equal(t, err == nil, json.Valid([]byte(strings.TrimPrefix(in, "\uFEFF"))) && strings.ToValidUTF8(in, "") == in)
		_, err = jsondoc.Read(strings.NewReader(in), "", &jsondoc.Options{Comments: true})
		if plain != nil {
			require.NoError(t, err, "JSON has no comments to lose")
			_ = plain.Err()
		}
		_, _ = jsondoc.Read(io.LimitReader(strings.NewReader(in), 3), "", nil)
	})
}

// TestSequence: documents that follow one another are read if the caller asks
// for it, and errors stand where they are in the file.
func TestSequence(t *testing.T) {
	opts := &jsondoc.Options{Sequence: true}
	for in, want := range map[string]int{`{}`: 1, "{}{}": 2, "{} \n[1]\t3 \"x\" ": 4, "\uFEFF{}\n{}": 2} {
		d, err := jsondoc.Read(strings.NewReader(in), "", opts)
		require.NoError(t, err, in)
		require.Len(t, d.All, want, in)
		require.Same(t, d.Root, d.All[0])
	}
	for in, want := range map[string]string{"": "1:1: ", "{}\n,{}": "2:1: ", "{}\n{\"a\"}": "2:5: ", "{}\n{": "2:2: ", "{}\n}": "2:1: "} {
		_, err := jsondoc.Read(strings.NewReader(in), "", opts)
		require.ErrorIs(t, err, jsondoc.ErrSyntax)
		require.ErrorContains(t, err, want, "%q", in)
	}
	_, err := jsondoc.Read(strings.NewReader("{}{}"), "", nil)
	require.ErrorIs(t, err, jsondoc.ErrSyntax)
	d, err := jsondoc.Read(strings.NewReader("{}\n{\"a\":1,\n \"a\":2}"), "f", opts)
	require.NoError(t, err)
	require.EqualError(t, d.Err(), "f:3:2: a: field given twice")
}

func TestAdd(t *testing.T) {
	d, err := jsondoc.Read(strings.NewReader(`{"a": 1}`), "", nil)
	require.NoError(t, err)
	v, other := d.Root.Member("a"), errors.New("other")
	d.Add(v, "a", other)
	require.False(t, d.Bad(v), "so that the next problem is told, too")
	d.Fail(v, "a", jsondoc.ErrType)
	require.True(t, d.Bad(v))
	d.AddName(d.Root.Members[0], "", jsondoc.ErrField)
	require.EqualError(t, d.Err(), "1:2: unknown field\n1:7: a: other\n1:7: a: wrong type")
	require.ErrorIs(t, d.Err(), other)
}
