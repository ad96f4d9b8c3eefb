package output

import (
	"bytes"
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/internal/columns"
)

// column makes a record of one column from JSON values.
func column(t *testing.T, dt arrow.DataType, values string) arrow.Record {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "c", Type: dt, Nullable: true}}, nil)
	arr, _, err := array.FromJSON(memory.DefaultAllocator, dt, strings.NewReader(values))
	require.NoError(t, err)
	return array.NewRecord(schema, []arrow.Array{arr}, int64(arr.Len()))
}

func text(t *testing.T, format input.Format, recs ...arrow.Record) (string, error) {
	t.Helper()
	var b bytes.Buffer
	w, err := New(&b, format, recs[0].Schema(), nil)
	require.NoError(t, err)
	for _, rec := range recs {
		if err := w.Write(rec); err != nil {
			return "", err
		}
	}
	err = w.Close()
	return b.String(), err
}

func TestText(t *testing.T) {
	ms := &arrow.TimestampType{Unit: arrow.Millisecond}
	us := &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "America/New_York"}
	tests := []struct {
		dt        arrow.DataType
		values    string
		csv, json []string
		reason    string
	}{
		{arrow.PrimitiveTypes.Int64, `["9223372036854775807",-1,null]`, []string{"9223372036854775807", "-1", ""}, []string{"9223372036854775807", "-1", "null"}, "all digits"},
		{arrow.PrimitiveTypes.Uint64, `["18446744073709551615"]`, []string{"18446744073709551615"}, []string{"18446744073709551615"}, "all digits"},
		{arrow.PrimitiveTypes.Float64, `[0.1,1e300,-0.0000001,100000]`, []string{"0.1", "1e+300", "-1e-07", "100000"}, []string{"0.1", "1e+300", "-1e-07", "100000"}, "shortest text that reads back"},
		{arrow.PrimitiveTypes.Float32, `[0.1,16777216]`, []string{"0.1", "16777216"}, []string{"0.1", "16777216"}, "of 32 bits, not the 64 they widen to"},
		{arrow.FixedWidthTypes.Boolean, `[true,false,null]`, []string{"true", "false", ""}, []string{"true", "false", "null"}, "words"},
		{&arrow.Decimal128Type{Precision: 10, Scale: 3}, `["1.5","-0.001",null,"0"]`, []string{"1.500", "-0.001", "", "0.000"}, []string{"1.500", "-0.001", "null", "0.000"}, "the scale is kept"},
		{arrow.FixedWidthTypes.Date32, `["2024-02-29","0001-01-01"]`, []string{"2024-02-29", "0001-01-01"}, []string{`"2024-02-29"`, `"0001-01-01"`}, "dates"},
		{ms, `["2024-02-29T23:59:59.5"]`, []string{"2024-02-29T23:59:59.500"}, []string{`"2024-02-29T23:59:59.500"`}, "no zone: none is made up"},
		{us, `["2024-02-29T23:59:59.000001Z"]`, []string{"2024-02-29T23:59:59.000001Z"}, []string{`"2024-02-29T23:59:59.000001Z"`}, "an instant, in UTC"},
		{arrow.FixedWidthTypes.Time64ns, `["23:59:59.000000001"]`, []string{"23:59:59.000000001"}, []string{`"23:59:59.000000001"`}, "all digits of the unit"},
		{arrow.FixedWidthTypes.Duration_ms, `[1500]`, []string{"1500ms"}, []string{`"1500ms"`}, "no unit is converted"},
		{arrow.BinaryTypes.Binary, `["AP8="]`, []string{"AP8="}, []string{`"AP8="`}, "base64"},
		{arrow.BinaryTypes.String, `["a\"b\n","",null]`, []string{"\"a\"\"b\n\"", `""`, `""`}, []string{`"a\"b\n"`, `""`, "null"}, "CSV has one empty text; a blank line would be none"},
		{arrow.ListOf(arrow.PrimitiveTypes.Int8), `[[1,null],[],null]`, []string{`"[1,null]"`, "[]", `""`}, []string{"[1,null]", "[]", "null"}, "nested values are JSON"},
		{arrow.StructOf(arrow.Field{Name: "a", Type: arrow.BinaryTypes.String, Nullable: true}), `[{"a":"x"},{"a":null}]`, []string{`"{""a"":""x""}"`, `"{""a"":null}"`}, []string{`{"a":"x"}`, `{"a":null}`}, "a struct"},
		{arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int8), `[[{"key":"k","value":1}]]`, []string{`"[{""key"":""k"",""value"":1}]"`}, []string{`[{"key":"k","value":1}]`}, "a map keeps order and repeated keys"},
		{&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}, `["x",null,"x"]`, []string{"x", `""`, "x"}, []string{`"x"`, "null", `"x"`}, "the value, not the index"},
		{arrow.Null, `[null]`, []string{`""`}, []string{"null"}, "nothing but NULL"},
	}
	for _, test := range tests {
		rec := column(t, test.dt, test.values)
		got, err := text(t, input.CSV, rec)
		require.NoError(t, err, test.reason)
		want := "c\n"
		for _, s := range test.csv {
			s = cmp.Or(s, `""`) // the only column: see csvtext
			want += s + "\n"
		}
		require.Equal(t, want, got, "%s: %s", test.dt, test.reason)
		got, err = text(t, input.JSONL, rec)
		require.NoError(t, err, test.reason)
		want = ""
		for _, s := range test.json {
			want += `{"c":` + s + "}\n"
		}
		require.Equal(t, want, got, "%s: %s", test.dt, test.reason)
	}
}

func TestTextRefusesWhatItCannotSay(t *testing.T) {
	far := column(t, &arrow.TimestampType{Unit: arrow.Second}, `[0]`)
	b := array.NewTimestampBuilder(memory.DefaultAllocator, &arrow.TimestampType{Unit: arrow.Second})
	b.Append(1 << 60)
	far = array.NewRecord(far.Schema(), []arrow.Array{b.NewArray()}, 1)
	s := array.NewStringBuilder(memory.DefaultAllocator)
	s.Append("\xff")
	broken := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "c", Type: arrow.BinaryTypes.String}}, nil), []arrow.Array{s.NewArray()}, 1)
	for _, format := range []input.Format{input.CSV, input.JSONL} {
		_, err := text(t, format, far)
		require.ErrorIs(t, err, errYear)
		_, err = text(t, format, broken)
		require.ErrorIs(t, err, errUTF8)
		require.ErrorContains(t, err, `column "c"`)
	}
}

func TestDecimals(t *testing.T) {
	for _, test := range []struct {
		digits string
		scale  int32
		want   string
	}{{"15", 1, "1.5"}, {"-5", 3, "-0.005"}, {"0", 2, "0.00"}, {"12", 0, "12"}, {"12", -2, "1200"}, {"0", -2, "0"}} {
		require.Equal(t, test.want, string(appendDecimal(nil, test.digits, test.scale)))
	}
}

func TestTable(t *testing.T) {
	rec := column(t, arrow.BinaryTypes.String, `["plain","\u001b[2J","a\tb",null,"`+strings.Repeat("x", 50)+`"]`)
	got, err := text(t, Table, rec)
	require.NoError(t, err)
	require.Equal(t, strings.Join([]string{
		"c                                       ",
		strings.Repeat("─", 40),
		"plain", `\u{1b}[2J`, `a\tb`, "NULL", strings.Repeat("x", 39) + "…", "",
	}, "\n"), strings.Replace(got, "c\n", "c                                       \n", 1))
	empty, err := text(t, Table, rec.NewSlice(0, 0))
	require.NoError(t, err)
	require.Equal(t, "c\n─\n", empty)
}

// A dictionary of its own in every batch is too much for an IPC file.
func TestArrowWithDictionaries(t *testing.T) {
	dt := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	one, two := column(t, dt, `["x"]`), column(t, dt, `["y"]`)
	path := filepath.Join(t.TempDir(), "a.arrow")
	file, err := Create(path, nil)
	require.NoError(t, err)
	w, err := New(file, input.Arrow, one.Schema(), nil)
	require.NoError(t, err)
	require.NoError(t, w.Write(one))
	require.NoError(t, w.Write(two))
	require.NoError(t, w.Close())
	require.NoError(t, file.Commit())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	r, err := ipc.NewReader(bytes.NewReader(content))
	require.NoError(t, err)
	var got []string
	for r.Next() {
		got = append(got, r.Record().Column(0).ValueStr(0))
	}
	require.Equal(t, []string{"x", "y"}, got)
}

func names(t *testing.T, dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	file, err := Create(path, nil)
	require.NoError(t, err)
	_, err = file.WriteString("new")
	require.NoError(t, err)
	require.NotContains(t, names(t, dir), "out", "half a file has not its name")
	file.Discard()
	require.Empty(t, names(t, dir))
	require.ErrorIs(t, file.Commit(), fs.ErrClosed)

	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	file, err = Create(path, nil)
	require.NoError(t, err)
	_, err = file.WriteString("new")
	require.NoError(t, err)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(content))
	require.NoError(t, file.Commit())
	file.Discard()
	require.Equal(t, []string{"out"}, names(t, dir))
	content, err = os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "new", string(content))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), "who could not read the old file cannot read the new one")

	_, err = Create(path, func(other fs.FileInfo) bool { return os.SameFile(info, other) })
	require.ErrorContains(t, err, "is being read")
	_, err = Create(dir, nil)
	require.ErrorContains(t, err, "is a folder")
}

func TestZero(t *testing.T) {
	_, err := New(&bytes.Buffer{}, "", arrow.NewSchema(nil, nil), nil)
	require.ErrorContains(t, err, "unknown format")
}

// TestWideTable: columns align where characters are wide or take no place.
func TestWideTable(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "City", Type: arrow.BinaryTypes.String}, {Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"東京", "Kyoto", "Zu\u0308rich", strings.Repeat("京", 30)}, nil)
	b.Field(1).(*array.Int64Builder).AppendValues([]int64{1, 20, 300, 4000}, nil)
	rec := b.NewRecord()
	defer rec.Release()
	got, err := text(t, Table, rec)
	require.NoError(t, err)
	for line := range strings.Lines(got) {
		require.Equal(t, 40+2+4, columns.Width(strings.TrimSuffix(line, "\n")), "%s", got)
	}
}
