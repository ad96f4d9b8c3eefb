package tabular

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	_, err := CSV("", strings.NewReader(""), nil)
	require.ErrorIs(t, err, ErrNoData)
	_, err = ArrowStream("", strings.NewReader(""), nil)
	require.Error(t, err)
	_, err = JSONWith(arrow.NewSchema(nil, nil))
	require.ErrorIs(t, err, ErrColumns)
	r, err := NewJSON(nil).Read(t.Context(), "", strings.NewReader(""))
	require.NoError(t, err)
	require.False(t, r.Next())
}

// readAll reads everything as text: "a|b" for a row, "-" for NULL.
func readAll(r array.RecordReader, err error) (lines []string, _ error) {
	if err != nil {
		return nil, err
	}
	defer r.Release()
	for r.Next() {
		for row := range int(r.Record().NumRows()) {
			var cells []string
			for _, col := range r.Record().Columns() {
				cell := "-"
				if col.IsValid(row) {
					cell = col.ValueStr(row)
				}
				cells = append(cells, cell)
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return lines, r.Err()
}

func schemaOf(fields ...any) *arrow.Schema {
	var all []arrow.Field
	for i := 0; i < len(fields); i += 2 {
		all = append(all, arrow.Field{Name: fields[i].(string), Type: fields[i+1].(arrow.DataType), Nullable: true})
	}
	return arrow.NewSchema(all, nil)
}

var (
	text = arrow.BinaryTypes.String
	i64  = arrow.PrimitiveTypes.Int64
	f64  = arrow.PrimitiveTypes.Float64
	flag = arrow.FixedWidthTypes.Boolean
	day  = arrow.FixedWidthTypes.Date32
	us   = &arrow.TimestampType{Unit: arrow.Microsecond}
	zone = &arrow.TimestampType{Unit: arrow.Second, TimeZone: "UTC"}
	dec  = &arrow.Decimal128Type{Precision: 6, Scale: 2}
)

func TestCSVTyped(t *testing.T) {
	tests := []struct {
		reason, in string
		opts       CSVOptions
		want       []string
	}{
		{"every type", "t,i,f,b,d,u,z,c\n007,-7,1.50,true,2024-02-29,2024-01-02 03:04:05.000006,2024-01-02T03:04:05+01:00,-12.3\n,,,,,,,\n",
			CSVOptions{Schema: schemaOf("t", text, "i", i64, "f", f64, "b", flag, "d", day, "u", us, "z", zone, "c", dec)},
			[]string{"007|-7|1.5|true|2024-02-29|2024-01-02 03:04:05.000006Z|2024-01-02 02:04:05Z|-12.3", "|-|-|-|-|-|-|-"}},
		{"columns in another order", "b,a\n1,x\n", CSVOptions{Schema: schemaOf("a", text, "b", i64)}, []string{"x|1"}},
		{"no header", "1,x\n2,y\n", CSVOptions{NoHeader: true, Schema: schemaOf("n", i64, "s", text)}, []string{"1|x", "2|y"}},
		{"no header and no schema", "1,x\n", CSVOptions{NoHeader: true}, []string{"1|x"}},
		{"no header and no row", "", CSVOptions{NoHeader: true, Schema: schemaOf("n", i64)}, nil},
		{"another quote", "a,b\n'x, \"y',2\n", CSVOptions{Quote: '\''}, []string{`x, "y|2`}},
		{"a tab", "a\tb\n1\t2\n", CSVOptions{Delimiter: '\t'}, []string{"1|2"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			got, err := readAll(CSV("f.csv", strings.NewReader(tt.in), &tt.opts))
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

// TestCSVTypedRefuses: the mark ∑ stands where the error points. SECRET is in
// the data and in no message.
func TestCSVTypedRefuses(t *testing.T) {
	tests := []struct {
		reason, in string
		dt         arrow.DataType
		want       string
	}{
		{"text", "a,b\nSECRET,∑SECRET\n", i64, "an integer of 64 bits"},
		{"a blank", "a,b\nx,∑ 1\n", i64, "an integer"},
		{"too large", "a,b\nx,∑9223372036854775808\n", i64, "an integer"},
		{"a fraction", "a,b\nx,∑1.0\n", i64, "an integer"},
		{"no number", "a,b\nx,∑NaN\n", f64, "a number"},
		{"infinite", "a,b\nx,∑1e999\n", f64, "a number"},
		{"underscores", "a,b\nx,∑1_000\n", f64, "a number"},
		{"a digit for a truth", "a,b\nx,∑1\n", flag, "true or false"},
		{"no such day", "a,b\nx,∑2023-02-29\n", day, "a date"},
		{"a zone where there is none", "a,b\nx,∑2024-01-02T03:04:05Z\n", us, "a time"},
		{"none where there is one", "a,b\nx,∑2024-01-02T03:04:05\n", zone, "a time"},
		{"finer than the column", "a,b\nx,∑2024-01-02T03:04:05.5Z\n", zone, "a time"},
		{"more decimals", "a,b\nx,∑1.001\n", dec, "fits decimal(6, 2)"},
		{"more digits", "a,b\nx,∑12345.67\n", dec, "fits decimal(6, 2)"},
		{"two points", "a,b\nx,∑1.2.3\n", dec, "fits"},
		{"on a later line, in quotes", "a,b\n\"x\ny\",1\nz,∑\"SECRET\"\n", i64, "an integer"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			before, after, found := strings.Cut(tt.in, "∑")
			require.True(t, found)
			got, err := readAll(CSV("f.csv", strings.NewReader(before+after), &CSVOptions{Schema: schemaOf("a", text, "b", tt.dt)}))
			require.Empty(t, got)
			require.ErrorContains(t, err, fmt.Sprintf("f.csv:%d:%d: column \"b\": got other text, want ", 1+strings.Count(before, "\n"), len(before)-strings.LastIndexByte(before, '\n')))
			require.ErrorContains(t, err, tt.want)
			require.NotContains(t, err.Error(), "SECRET")
		})
	}
	_, err := readAll(CSV("f.csv", strings.NewReader("a,b\nx,y\n1,2\nz\n1,w\n"), &CSVOptions{Schema: schemaOf("a", i64, "b", i64)}))
	for _, want := range []string{"f.csv:2:1: ", "f.csv:2:3: ", "f.csv:4:1: ", "f.csv:5:3: "} {
		require.ErrorContains(t, err, want, "every problem")
	}
}

func TestCSVColumns(t *testing.T) {
	want := schemaOf("a", text, "b", text)
	for reason, tt := range map[string]struct{ in, want string }{
		"a column too many": {"a,b,c\n", `f.csv:1:5: the columns differ from those expected: column "c" is not expected`},
		"one too few":       {"b\n", `f.csv:1: the columns differ from those expected: column "a" is missing`},
		"one twice":         {"a,b,a\n", `f.csv:1:5: the columns differ from those expected: column "a" is there twice`},
		"another case":      {"A,b\n", `f.csv:1:1: the columns differ from those expected: column "A" is not expected`},
	} {
		_, err := CSV("f.csv", strings.NewReader(tt.in), &CSVOptions{Schema: want})
		require.ErrorIs(t, err, ErrColumns, reason)
		require.ErrorContains(t, err, tt.want, reason)
	}
	_, err := CSV("f.csv", strings.NewReader("1,2,3\n"), &CSVOptions{Schema: want, NoHeader: true})
	require.ErrorContains(t, err, "got 3 columns, want 2")
	_, err = CSV("f.csv", strings.NewReader("a\n"), &CSVOptions{Schema: schemaOf("a", arrow.ListOf(text))})
	require.ErrorContains(t, err, "cannot be read from text")
}

func TestJSONWith(t *testing.T) {
	j, err := JSONWith(schemaOf("a", text, "n", i64, "f", f64, "b", flag))
	require.NoError(t, err)
	got, err := readAll(j.Read(t.Context(), "f.jsonl", strings.NewReader("{\"n\":1,\"a\":\"x\"}\n{\"f\":1.5,\"b\":true,\"a\":null}\n")))
	require.NoError(t, err)
	require.Equal(t, []string{"x|1|-|-", "-|-|1.5|true"}, got)
	_, err = readAll(j.Read(t.Context(), "f.jsonl", strings.NewReader("{\"a\":1}\n{\"c\":\"x\"}\n")))
	require.ErrorContains(t, err, `f.jsonl:1:2: key "a": got an integer, want text`)
	require.ErrorContains(t, err, `f.jsonl:2:2: the columns differ from those expected: the key "c" is not expected`)
	_, err = JSONWith(schemaOf("a", day, "a", text))
	require.ErrorContains(t, err, "cannot be read from JSON lines")
	require.ErrorContains(t, err, `column "a" is there twice`)
}

// TestDecimal128 compares with rational numbers.
func TestDecimal128(t *testing.T) {
	dt := &arrow.Decimal128Type{Precision: 38, Scale: 10}
	for _, s := range []string{"0", "-0", "1", "+1.5", "-.5", "5.", "0.0000000001", "1.00000000000000", "9999999999999999999999999999.9999999999", "0001"} {
		n, err := parseDecimal(s, dt)
		require.NoError(t, err, s)
		want, ok := new(big.Rat).SetString(s)
		require.True(t, ok)
		got := new(big.Rat).SetFrac(n.BigInt(), new(big.Int).Exp(big.NewInt(10), big.NewInt(10), nil))
		require.Zero(t, want.Cmp(got), s)
	}
	for _, s := range []string{"", ".", "-", "1e3", "0.00000000001", "10000000000000000000000000000", strings.Repeat("9", 10_000), "१"} {
		_, err := parseDecimal(s, dt)
		require.Error(t, err, s)
	}
}

// TestZstdWindow reads headers of every form (RFC 8878).
func TestZstdWindow(t *testing.T) {
	const magic = "\x28\xb5\x2f\xfd"
	for _, tt := range []struct {
		reason, header string
		want           uint64
	}{
		{"the smallest window", "\x00\x00", 1 << 10},
		{"an exponent and a mantissa", "\x04\x53", 1<<20 + 3<<17},
		{"a window beside a content size", "\x80\x58\xff\xff\xff\xff", 2 << 20},
		{"one byte of content size is the window", "\x20\x64", 100},
		{"two bytes count from 256", "\x60\x01\x01", 513},
		{"four bytes", "\xa4\x00\x00\x10\x00", 1 << 20},
		{"eight bytes, behind a dictionary id of two", "\xe2\xaa\xbb\x00\x00\x00\x00\x01\x00\x00\x00", 1 << 32},
		{"a window for the whole address space", "\x00\xff", 1<<41 + 7<<38},
	} {
		got, ok := zstdWindow([]byte(magic + tt.header))
		require.True(t, ok, tt.reason)
		require.Equal(t, tt.want, got, tt.reason)
	}
	for _, bad := range []string{"", "PK\x03\x04xx", "\x28\xb5\x2f\xfd", "\x28\xb5\x2f\xfd\xe0\x01", "\x50\x2a\x4d\x18\x00\x00\x00\x00"} {
		_, ok := zstdWindow([]byte(bad))
		require.False(t, ok, "%q", bad)
	}
}

// FuzzCSV holds that typed columns are what the text says, or an error.
func FuzzCSV(f *testing.F) {
	f.Add("a,b\n1,x\n", "i")
	f.Add("a,b\n1.50,x\n-1,\"y\n\"\n", "c")
	f.Add("b,a\r\nx,2024-01-02 03:04:05\r\n", "u")
	types := map[string]arrow.DataType{"i": i64, "f": f64, "b": flag, "d": day, "u": us, "z": zone, "c": dec}
	f.Fuzz(func(t *testing.T, in, kind string) {
		plain, plainErr := readAll(CSV("", strings.NewReader(in), nil))
		dt, ok := types[kind]
		if !ok {
			return
		}
		typed, err := readAll(CSV("", strings.NewReader(in), &CSVOptions{Schema: schemaOf("a", dt, "b", text)}))
		if err == nil {
			require.NoError(t, plainErr, "types do not make bad text good")
			require.Len(t, typed, len(plain))
		}
	})
}
