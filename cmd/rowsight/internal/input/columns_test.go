package input

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"
)

// texts are the columns of a test file: name, type, and a text a row; "" is
// NULL.
type texts struct {
	name string
	typ  arrow.DataType
	rows []string
}

// writeArrow makes an Arrow file.
func writeArrow(t *testing.T, path string, columns ...texts) {
	t.Helper()
	var fields []arrow.Field
	var arrays []arrow.Array
	for _, c := range columns {
		fields = append(fields, arrow.Field{Name: c.name, Type: c.typ, Nullable: true})
		b := array.NewBuilder(memory.DefaultAllocator, c.typ)
		for _, text := range c.rows {
			if text == "" {
				b.AppendNull()
			} else {
				require.NoError(t, b.AppendValueFromString(text))
			}
		}
		arrays = append(arrays, b.NewArray())
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	schema := arrow.NewSchema(fields, nil)
	w, err := ipc.NewFileWriter(f, ipc.WithSchema(schema))
	require.NoError(t, err)
	rec := array.NewRecord(schema, arrays, int64(len(columns[0].rows)))
	require.NoError(t, w.Write(rec))
	require.NoError(t, w.Close())
}

// readRows returns the schema and the rows of paths.
func readRows(t *testing.T, opts *Options, paths ...string) (schema string, rows []string, err error) {
	t.Helper()
	data, err := Open(context.Background(), paths, opts)
	if err != nil {
		return "", nil, err
	}
	defer data.Release()
	for data.Next() {
		rec := data.Record()
		for row := range int(rec.NumRows()) {
			line := ""
			for _, c := range rec.Columns() {
				line += c.ValueStr(row) + "|"
			}
			rows = append(rows, line)
		}
	}
	for _, f := range data.Schema().Fields() {
		schema += f.Name + " " + f.Type.String() + "|"
	}
	return schema, rows, data.Err()
}

// TestUnify reads two parts of every pair of kinds of text.
func TestUnify(t *testing.T) {
	kinds := []arrow.DataType{
		arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString,
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String},
		&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String},
		arrow.Null,
	}
	for i, a := range kinds {
		for j, b := range kinds {
			t.Run(fmt.Sprintf("%s and %s", a, b), func(t *testing.T) {
				values := func(typ arrow.DataType, text string) []string {
					if typ == arrow.Null {
						return []string{"", ""}
					}
					return []string{text, ""}
				}
				dir := t.TempDir()
				writeArrow(t, filepath.Join(dir, "a.arrow"), texts{"c", a, values(a, "x")}, texts{"d", arrow.BinaryTypes.String, []string{"1", "2"}})
				writeArrow(t, filepath.Join(dir, "b.arrow"), texts{"d", arrow.BinaryTypes.String, []string{"3", "4"}}, texts{"c", b, values(b, "y")})
				schema, rows, err := readRows(t, nil, dir)
				require.NoError(t, err)
				want := a
				if a == arrow.Null {
					want = b
				}
				require.Equal(t, fmt.Sprintf("c %s|d utf8|", want), schema)
				x, y := "x", "y"
				if i == len(kinds)-1 {
					x = "(null)"
				}
				if j == len(kinds)-1 {
					y = "(null)"
				}
				require.Equal(t, []string{x + "|1|", "(null)|2|", y + "|3|", "(null)|4|"}, rows)
			})
		}
	}
}

// TestUnifyRefuses holds that types with another meaning stay an error, with the
// name of the file on every line.
func TestUnifyRefuses(t *testing.T) {
	dir := t.TempDir()
	writeArrow(t, filepath.Join(dir, "a.arrow"), texts{"c", arrow.BinaryTypes.String, []string{"x"}}, texts{"n", arrow.PrimitiveTypes.Int64, []string{"1"}})
	writeArrow(t, filepath.Join(dir, "b.arrow"), texts{"c", arrow.PrimitiveTypes.Int64, []string{"1"}}, texts{"m", arrow.PrimitiveTypes.Int64, []string{"1"}})
	_, _, err := readRows(t, nil, dir)
	require.ErrorIs(t, err, ErrSchema)
	at := filepath.Join(dir, "b.arrow") + ": the columns differ from those of the first file: "
	require.EqualError(t, err, at+"column \"c\": got type int64, want utf8\n"+at+"column \"n\" is missing\n"+at+"column \"m\" is new")
}

func TestPartitions(t *testing.T) {
	dir := t.TempDir()
	one := texts{"n", arrow.PrimitiveTypes.Int64, []string{"1"}}
	writeArrow(t, filepath.Join(dir, "Region=A%2FB C", "y=2024", "p.arrow"), one)
	writeArrow(t, filepath.Join(dir, "Region="+hiveNull, "y=2025", "p.arrow"), one)
	schema, rows, err := readRows(t, nil, dir)
	require.NoError(t, err)
	require.Equal(t, "n int64|Region utf8|y utf8|", schema)
	require.Equal(t, []string{"1|A/B C|2024|", "1|(null)|2025|"}, rows)

	// A folder above what was named counts for a restricted column, and for no
	// other.
	_, rows, err = readRows(t, &Options{Restricted: []string{"Region"}}, filepath.Join(dir, "Region=A%2FB C"))
	require.NoError(t, err)
	require.Equal(t, []string{"1|A/B C|2024|"}, rows)
	schema, _, err = readRows(t, nil, filepath.Join(dir, "Region=A%2FB C"))
	require.NoError(t, err)
	require.Equal(t, "n int64|y utf8|", schema)

	// A column of the file's own wins over a folder above what was named.
	writeArrow(t, filepath.Join(dir, "own=1", "p.arrow"), texts{"own", arrow.BinaryTypes.String, []string{"x"}})
	schema, rows, err = readRows(t, &Options{Restricted: []string{"own"}}, filepath.Join(dir, "own=1", "p.arrow"))
	require.NoError(t, err)
	require.Equal(t, "own utf8|", schema)
	require.Equal(t, []string{"x|"}, rows)

	_, _, err = readRows(t, nil, dir)
	require.ErrorIs(t, err, ErrSchema, "parts with other folders around them")
	writeArrow(t, filepath.Join(dir, "a=1", "a=2", "p.arrow"), one)
	_, _, err = readRows(t, &Options{Restricted: []string{"a"}}, filepath.Join(dir, "a=1"))
	require.ErrorContains(t, err, `two folders around the file say what column "a" holds`)
}

// TestPathOfPartitions holds that a path says of its files what the folders say
// that they are in, whether it ends in a folder or in a file.
func TestPathOfPartitions(t *testing.T) {
	dir := t.TempDir()
	one := texts{"n", arrow.PrimitiveTypes.Int64, []string{"1"}}
	for _, folder := range []string{"a=1", "a=2", "a=2/b=3", "a=2/a=1", "a=2/%61=1"} {
		writeArrow(t, filepath.Join(dir, filepath.FromSlash(folder), "f", "p.arrow"), one)
	}
	for _, tt := range []struct {
		reason, path string
		want         string // "" if it is refused
	}{
		{"as it is", "a=2/f", "1|2|"},
		{"left again", "a=1/../a=2/f", "1|2|"},
		{"left again, from far below", "a=2/b=3/../../a=1/./f", "1|1|"},
		{"left and entered again", "a=2/../a=2/f", "1|2|"},
		{"another column below", "a=2/b=3/f", "1|2|"},
		{"twice", "a=2/a=1/f", ""},
		{"twice, once escaped", "a=2/%61=1/f", ""},
	} {
		for _, end := range []string{"", "/", "/p.arrow", "/../f"} {
			_, rows, err := readRows(t, &Options{Restricted: []string{"a"}}, dir+"/"+tt.path+end)
			if tt.want == "" {
				require.ErrorContains(t, err, `two folders around the file say what column "a" holds`, tt.reason+end)
				continue
			}
			require.NoError(t, err, tt.reason+end)
			require.Equal(t, []string{tt.want}, rows, tt.reason+end)
		}
	}
}

func TestBinaryAsText(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.arrow"), filepath.Join(dir, "bad.arrow")
	writeArrow(t, good, texts{"c", arrow.BinaryTypes.Binary, []string{"RU1FQQ==", ""}}, texts{"d", arrow.BinaryTypes.Binary, []string{"/w==", ""}})
	writeArrow(t, bad, texts{"c", arrow.BinaryTypes.Binary, []string{"/w=="}}, texts{"d", arrow.BinaryTypes.Binary, []string{""}})
	schema, rows, err := readRows(t, &Options{Restricted: []string{"c"}, BinaryAsText: true}, good)
	require.NoError(t, err)
	require.Equal(t, "c utf8|d binary|", schema)
	require.Equal(t, []string{"EMEA|/w==|", "(null)|(null)|"}, rows)
	_, rows, err = readRows(t, &Options{Restricted: []string{"c"}, BinaryAsText: true}, good, bad)
	require.ErrorIs(t, err, errNotUTF8)
	require.ErrorContains(t, err, `bad.arrow: column "c"`)
	require.Len(t, rows, 2, "nothing of the bad part")
	schema, _, err = readRows(t, nil, good)
	require.NoError(t, err)
	require.Equal(t, "c binary|d binary|", schema)
}
