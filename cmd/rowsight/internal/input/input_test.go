package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

// write puts files into a new folder and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
	}
	return dir
}

// rows reads everything, as text: "a|b" for a row, "-" for NULL.
func rows(d *Data) (lines []string, err error) {
	defer d.Release()
	for d.Next() {
		rec := d.Record()
		for row := range int(rec.NumRows()) {
			var cells []string
			for _, col := range rec.Columns() {
				if col.IsNull(row) {
					cells = append(cells, "-")
				} else {
					cells = append(cells, col.ValueStr(row))
				}
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return lines, d.Err()
}

func read(t *testing.T, opts *Options, paths ...string) ([]string, error) {
	t.Helper()
	d, err := Open(context.Background(), paths, opts)
	if err != nil {
		return nil, err
	}
	return rows(d)
}

func TestZero(t *testing.T) {
	_, err := Open(context.Background(), nil, nil)
	require.ErrorIs(t, err, ErrNoData)
	require.Equal(t, Format(""), FormatOf("data"))
}

func TestCSV(t *testing.T) {
	tests := []struct {
		content string
		comma   rune
		want    []string
		reason  string
	}{
		{"a,b\n1,x\n", 0, []string{"1|x"}, "plain"},
		{"\uFEFFa,b\r\n007, x \r\n", 0, []string{"007| x "}, "BOM and CRLF go, zeros and spaces stay"},
		{"a;b\n\"x\r\ny\";\"q\"\"q\"\n", ';', []string{"x\r\ny|q\"q"}, "a line end inside quotes is data"},
		{"a,b\n,\"\"\n", 0, []string{"|"}, "empty text, quoted or not"},
		{"a,b\n", 0, nil, "a header and no row"},
		{"a\tb\n1\t2", '\t', []string{"1|2"}, "no line end at the end"},
	}
	for _, test := range tests {
		path := filepath.Join(write(t, map[string]string{"a.csv": test.content}), "a.csv")
		got, err := read(t, &Options{Delimiter: test.comma}, path)
		require.NoError(t, err, test.reason)
		require.Equal(t, test.want, got, test.reason)
	}
}

func TestCSVReportsEveryProblem(t *testing.T) {
	path := filepath.Join(write(t, map[string]string{"a.csv": "a,b\n1,2\n1\n1,2\n1,\"x\"y\n"}), "a.csv")
	_, err := read(t, nil, path)
	require.ErrorContains(t, err, path+":3:1: ")
	require.ErrorContains(t, err, path+":5:")
	var where *Error
	require.True(t, errors.As(err, &where))
	require.Equal(t, 3, where.Pos.Line)
}

func TestCSVBatches(t *testing.T) {
	const batchRows = 64 << 10 // of internal/tabular
	var b strings.Builder
	b.WriteString("a\n")
	for range batchRows + 1 {
		b.WriteString("x\n")
	}
	path := filepath.Join(write(t, map[string]string{"a.csv": b.String()}), "a.csv")
	d, err := Open(context.Background(), []string{path}, nil)
	require.NoError(t, err)
	defer d.Release()
	require.True(t, d.Next())
	first := d.Record()
	first.Retain()
	defer first.Release()
	require.EqualValues(t, batchRows, first.NumRows())
	require.True(t, d.Next())
	require.EqualValues(t, 1, d.Record().NumRows())
	require.False(t, d.Next())
	require.NoError(t, d.Err())
	require.EqualValues(t, batchRows+1, d.Rows())
	require.Equal(t, "x", first.Column(0).(*array.String).Value(batchRows-1), "a batch keeps its bytes when the next is read")
	done, total := d.Progress()
	require.Equal(t, total, done)
}

func TestJSONTypes(t *testing.T) {
	content := `{"t":"x","b":true,"i":1,"f":1.5,"m":1,"n":null,"big":9007199254740993,"o":{"k":[1, 2]}}
{"t":"y","b":false,"i":-9223372036854775808,"f":2,"m":"x","big":0.5,"late":"z"}

{"f":-0,"m":null}
`
	path := filepath.Join(write(t, map[string]string{"a.jsonl": content}), "a.jsonl")
	d, err := Open(context.Background(), []string{path}, nil)
	require.NoError(t, err)
	var got []string
	for _, f := range d.Schema().Fields() {
		kind := f.Type.String()
		if IsJSON(f) {
			kind = "json"
		}
		got = append(got, f.Name+" "+kind)
	}
	require.Equal(t, []string{"t utf8", "b bool", "i int64", "f float64", "m json", "n json", "big json", "o json", "late utf8"}, got)
	lines, err := rows(d)
	require.NoError(t, err)
	require.Equal(t, []string{
		`x|true|1|1.5|1|-|9007199254740993|{"k":[1, 2]}|-`,
		`y|false|-9223372036854775808|2|"x"|-|0.5|-|z`,
		`-|-|-|-0|-|-|-|-|-`,
	}, lines)
}

func TestJSONWhatDoesNotFit(t *testing.T) {
	tests := []struct{ content, want, reason string }{
		{"{\"a\":1}\n{\"a\":\"x\"}\n", `:2:2: key "a": got text, want an integer`, "another type"},
		{"{\"a\":1}\n{\"a\":2,\"b\":1}\n", `:2:8: the key "b" is not in the first 1 lines`, "another key"},
		{"{\"a\":1}\n{\"a\":2}\n{\"a\":3,}\n", `:3:7: invalid character ',' at start of value`, "no JSON"},
		{"{\"a\":\"x\"}\n{\"a\":3}\n", `:2:2: key "a": got an integer, want text`, "a number where text was"},
	}
	for _, test := range tests {
		path := filepath.Join(write(t, map[string]string{"a.jsonl": test.content}), "a.jsonl")
		_, err := read(t, &Options{InferRows: 1}, path)
		require.ErrorContains(t, err, path+test.want, test.reason)
		if test.reason != "no JSON" {
			_, err = read(t, &Options{InferRows: -1}, path)
			require.NoError(t, err, "looking at all lines first: "+test.reason)
		}
	}
}

func TestJSONRestrictedColumnsAreText(t *testing.T) {
	path := filepath.Join(write(t, map[string]string{"a.jsonl": "{\"r\":null,\"n\":1}\n{\"r\":7,\"n\":2}\n{\"n\":\"x\"}\n{\"r\":{}}"}), "a.jsonl")
	for _, lines := range []bool{true, false} {
		_, err := read(t, &Options{Columns: []string{"r"}, Lines: lines}, path)
		require.ErrorContains(t, err, path+`:2:2: key "r": got an integer, want text`)
		require.ErrorContains(t, err, path+`:4:2: key "r": got an object`)
	}
}

func TestJSONLines(t *testing.T) {
	content := "\uFEFF{\"r\":\"x\",  \"n\":1.10}\r\n \n{\"z\":[1, 2],\"r\":\"\\u0079\"}"
	path := filepath.Join(write(t, map[string]string{"a.jsonl": content}), "a.jsonl")
	d, err := Open(context.Background(), []string{path}, &Options{Lines: true, Columns: []string{"r", "absent"}, InferRows: 1})
	require.NoError(t, err)
	require.Equal(t, 2, d.Schema().NumFields(), "a column that is not there is not made up")
	require.True(t, d.Next())
	rec := d.Record()
	require.Equal(t, "y", rec.Column(0).ValueStr(1))
	require.Equal(t, `{"r":"x",  "n":1.10}`, string(rec.Column(1).(*array.Binary).Value(0)))
	require.Equal(t, `{"z":[1, 2],"r":"\u0079"}`, string(rec.Column(1).(*array.Binary).Value(1)))
	d.Release()
}

func TestFolders(t *testing.T) {
	dir := write(t, map[string]string{
		"b.csv": "a\n2\n", "a.csv": "a\n1\n", "c/d.csv": "a\n3\n",
		"_SUCCESS": "", ".a.csv.crc": "\x00", "_delta_log/0.json": "{}", "empty/_x": "",
	})
	got, err := read(t, nil, dir)
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2", "3"}, got)
	_, err = read(t, nil, filepath.Join(dir, "empty"))
	require.ErrorIs(t, err, ErrNoData)
}

func TestPartsMustAgree(t *testing.T) {
	dir := write(t, map[string]string{"a.csv": "a,b\n1,2\n", "b.csv": "a,c,d\n1,2,3\n", "c.jsonl": "{}"})
	_, err := read(t, nil, filepath.Join(dir, "a.csv"), filepath.Join(dir, "b.csv"))
	require.ErrorIs(t, err, ErrSchema)
	require.ErrorContains(t, err, `column "b" is missing`)
	require.ErrorContains(t, err, `column "c" is new`)
	require.ErrorContains(t, err, `column "d" is new`)
	_, err = read(t, nil, filepath.Join(dir, "a.csv"), filepath.Join(dir, "c.jsonl"))
	require.ErrorIs(t, err, ErrFormat)
}

func TestDetect(t *testing.T) {
	tests := []struct {
		name, head string
		want       Format
		err        error
		reason     string
	}{
		{"a", "a,b\n", CSV, nil, "text"},
		{"a", " {\"a\":1}", JSONL, nil, "an object"},
		{"a.csv", "{\"a\":1}", CSV, nil, "the name decides between texts"},
		{"a.csv", "PAR1", Parquet, nil, "the content decides between text and binary"},
		{"-", "ARROW1\x00\x00", Arrow, nil, "an IPC file"},
		{"-", "\xff\xff\xff\xff\x10", Arrow, nil, "an IPC stream"},
		{"a.csv", "\xff\xfea\x00", "", ErrEncoding, "UTF-16"},
		{"a.csv.gz", "\x1f\x8b", "", ErrFormat, "packed"},
		{"a.parquet", "a,b\n", "", ErrFormat, "text that claims to be Parquet"},
		{"a", "a\x00b", "", ErrFormat, "unknown binary"},
	}
	for _, test := range tests {
		got, err := detect(test.name, []byte(test.head))
		require.Equal(t, test.want, got, test.reason)
		require.ErrorIs(t, err, test.err, test.reason)
	}
}

func TestStdin(t *testing.T) {
	got, err := read(t, &Options{Stdin: strings.NewReader("a\n1\n")}, "-")
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, got)
	_, err = read(t, &Options{Stdin: strings.NewReader("a\n1\n")}, "-", "-")
	require.ErrorContains(t, err, "twice")
}

func TestSpoolLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	path := filepath.Join(write(t, map[string]string{"a": "x"}), "a")
	file, err := os.Create(path)
	require.NoError(t, err)
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}}, nil)
	w, err := ipc.NewFileWriter(file, ipc.WithSchema(schema))
	require.NoError(t, err)
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"a":"x"},{"a":"y"}]`))
	require.NoError(t, err)
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Close())
	require.NoError(t, file.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	want, err := read(t, nil, path)
	require.NoError(t, err)
	got, err := read(t, &Options{Stdin: bytes.NewReader(content)}, "-")
	require.NoError(t, err)
	require.Equal(t, want, got)
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestCancelWhileWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	defer w.Close()
	go func() {
		w.Write([]byte(strings.Repeat("a\n1\n", sniff)))
		time.Sleep(20 * time.Millisecond)
		cancel()
	}()
	d, err := Open(ctx, []string{"-"}, &Options{Stdin: r})
	require.NoError(t, err)
	defer d.Release()
	for d.Next() {
	}
	require.ErrorIs(t, d.Err(), context.Canceled)
}
