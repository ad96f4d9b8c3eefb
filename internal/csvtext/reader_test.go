package csvtext_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/stretchr/testify/require"
)

// readAll returns the records and the problems of a file, as text.
func readAll(r io.Reader, opts *csvtext.Options) (records [][]string, problems []string, err error) {
	csv := csvtext.NewReader(r, opts)
	for {
		record, err := csv.Read()
		var e *csvtext.Error
		switch {
		case err == nil:
			records = append(records, append([]string(nil), record...))
		case err == io.EOF:
			return records, problems, nil
		case errors.As(err, &e):
			problems = append(problems, e.Error())
		default:
			return records, problems, err
		}
	}
}

func TestRead(t *testing.T) {
	// ∑ marks where a problem is expected, in the order of the reasons listed.
	tests := []struct {
		reason   string
		in       string
		opts     *csvtext.Options
		want     [][]string
		problems []string
	}{
		{reason: "an empty file has no record", in: ""},
		{reason: "blank lines alone are no record", in: "\n\r\n\n"},
		{reason: "plain records", in: "a,b\nc,d\n", want: [][]string{{"a", "b"}, {"c", "d"}}},
		{reason: "the last line end may be missing", in: "a,b\nc,d", want: [][]string{{"a", "b"}, {"c", "d"}}},
		{reason: "CRLF ends a record", in: "a,b\r\nc,\"d\"\r\n", want: [][]string{{"a", "b"}, {"c", "d"}}},
		{reason: "empty fields, bare and quoted", in: ",\n\"\",\"\"\n", want: [][]string{{"", ""}, {"", ""}}},
		{reason: "a trailing comma is one more field", in: "a,\n", want: [][]string{{"a", ""}}},
		{reason: "line ends inside quotes are kept", in: "\"a\r\nb\",\"c\nd\"\n", want: [][]string{{"a\r\nb", "c\nd"}}},
		{reason: "a lone CR inside quotes is kept", in: "\"a\rb\",c\n", want: [][]string{{"a\rb", "c"}}},
		{reason: "doubled quotes", in: "\"\"\"AWS,INC\"\"\",\"\"\"\"\n", want: [][]string{{`"AWS,INC"`, `"`}}},
		{reason: "doubled quotes at the end of the file", in: "x,\"a\"\"\"", want: [][]string{{"x", `a"`}}},
		{reason: "spaces are kept", in: " a , b\n", want: [][]string{{" a ", " b"}}},
		{reason: "a byte order mark is no text", in: "\uFEFF\"a\",b\n", want: [][]string{{"a", "b"}}},
		{reason: "a second one is", in: "a,\uFEFFb\n", want: [][]string{{"a", "\uFEFFb"}}},
		{reason: "blank lines between records", in: "a,b\n\n\r\nc,d\n", want: [][]string{{"a", "b"}, {"c", "d"}}},
		{reason: "blank lines of one column are empty fields", in: "\na\n\nb\n", want: [][]string{{"a"}, {""}, {"b"}}},
		{reason: "tabs", in: "a,\tb\n", opts: &csvtext.Options{Delimiter: '\t'}, want: [][]string{{"a,", "b"}}},
		{reason: "a delimiter of two bytes", in: "a§b¨§\"c§\"\n", opts: &csvtext.Options{Delimiter: '§'}, want: [][]string{{"a", "b¨", "c§"}}},
		{reason: "single quotes", in: "'a,''b',\"c\n", opts: &csvtext.Options{Quote: '\''}, want: [][]string{{"a,'b", "\"c"}}},
		{reason: "ragged records on request", in: "a,b\nc\nd,e,f\n", opts: &csvtext.Options{Ragged: true}, want: [][]string{{"a", "b"}, {"c"}, {"d", "e", "f"}}},
		{reason: "NUL is text", in: "a\x00,b\n", want: [][]string{{"a\x00", "b"}}},

		{reason: "a bare quote, and reading goes on", in: "a∑\"b,c\nd,e\n", want: [][]string{{"d", "e"}},
			problems: []string{"bare quote in unquoted text"}},
		{reason: "one problem a field, all fields of a record", in: "a∑\"\"b,c∑\"\nx,y\n", want: [][]string{{"x", "y"}},
			problems: []string{"bare quote in unquoted text", "bare quote in unquoted text"}},
		{reason: "text after a closing quote", in: "ä,\"a\"∑x,\"b\"∑ \nd,e,f\n", want: [][]string{{"d", "e", "f"}},
			problems: []string{"text after closing quote", "text after closing quote"}},
		{reason: "an unterminated quote points at the quote", in: "a,b\nc,∑\"d\ne,f\n", want: [][]string{{"a", "b"}},
			problems: []string{"unterminated quote"}},
		{reason: "a lone CR", in: "a,b∑\rc,d\n", problems: []string{"carriage return without line feed"}},
		{reason: "a lone CR at the end of the file", in: "a,b\nc,d∑\r", want: [][]string{{"a", "b"}}, problems: []string{"carriage return without line feed"}},
		{reason: "CR CR LF", in: "a,b∑\r\r\n", problems: []string{"carriage return without line feed"}},
		{reason: "invalid UTF-8, each field", in: "a,b\nx∑\xffy\xff,\"\n∑\xc3\"\n", want: [][]string{{"a", "b"}},
			problems: []string{"invalid UTF-8: byte 0xFF", "invalid UTF-8: byte 0xC3"}},
		{reason: "problems of one record in order", in: "a,b\n∑\xff,c∑\"\n", want: [][]string{{"a", "b"}},
			problems: []string{"invalid UTF-8: byte 0xFF", "bare quote in unquoted text"}},
		{reason: "too few and too many fields", in: "a,b\n∑c\n\"d\ne\",f\n∑\"g\n\",h,i\n", want: [][]string{{"a", "b"}, {"d\ne", "f"}},
			problems: []string{"wrong number of fields: got 1, want 2", "wrong number of fields: got 3, want 2"}},
		{reason: "lines count inside quoted fields and blank ones", in: "\"a\r\n\n\",b\r\n\r\n\nc,d∑\"\n", want: [][]string{{"a\r\n\n", "b"}},
			problems: []string{"bare quote in unquoted text"}},
		{reason: "UTF-16, big end first", in: "∑\xFE\xFF\x00a", problems: []string{"UTF-16 text, want UTF-8"}},
		{reason: "UTF-16, little end first", in: "∑\xFF\xFEa\x00\n\x00", problems: []string{"UTF-16 text, want UTF-8"}},
		{reason: "a record beyond the limit", in: "a,b\nc,∑\"" + strings.Repeat("d\n", 40), opts: &csvtext.Options{MaxRecord: 32}, want: [][]string{{"a", "b"}},
			problems: []string{"record too large: more than 32 bytes without an end"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			in, want := place(tt.in, tt.problems)
			for name, r := range map[string]io.Reader{
				"at once":      strings.NewReader(in),
				"byte by byte": iotest.OneByteReader(strings.NewReader(in)),
				"data and EOF": iotest.DataErrReader(strings.NewReader(in)),
			} {
				got, problems, err := readAll(r, tt.opts)
				require.NoError(t, err, name)
				require.Equal(t, tt.want, got, name)
				require.Equal(t, want, problems, name)
			}
		})
	}
}

// place removes the marks and puts their positions before the reasons.
func place(in string, reasons []string) (string, []string) {
	var b strings.Builder
	var placed []string
	line, column := 1, 1
	for in != "" {
		if strings.HasPrefix(in, "∑") {
			if len(placed) < len(reasons) {
				placed = append(placed, fmt.Sprintf("%d:%d: %s", line, column, reasons[len(placed)]))
			}
			in = in[len("∑"):]
			continue
		}
		b.WriteByte(in[0])
		column++
		if in[0] == '\n' {
			line, column = line+1, 1
		}
		in = in[1:]
	}
	return b.String(), placed
}

// TestNext: problems are reported in order, and records without problems returned.
func TestNext(t *testing.T) {
	var problems []string
	r := csvtext.NewReader(strings.NewReader("a,b\nx\"\nc,d\n\"e\n"), &csvtext.Options{File: "f.csv"})
	var records [][]string
	for {
		record, err := r.Next(func(e *csvtext.Error) { problems = append(problems, e.Error()) })
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		records = append(records, append([]string(nil), record...))
	}
	require.Equal(t, [][]string{{"a", "b"}, {"c", "d"}}, records)
	require.Equal(t, []string{"f.csv:2:2: bare quote in unquoted text", "f.csv:4:1: unterminated quote"}, problems)
	_, err := csvtext.NewReader(strings.NewReader("a\n"), &csvtext.Options{Delimiter: '"'}).Next(nil)
	require.ErrorIs(t, err, csvtext.ErrOptions)
}
