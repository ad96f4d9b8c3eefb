package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// exampleFile is a Parquet file of two rows.
func exampleFile() []byte {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "region", Type: arrow.BinaryTypes.String},
		{Name: "amount", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema,
		strings.NewReader(`[{"region":"US","amount":10},{"region":"EMEA","amount":20}]`))
	if err != nil {
		panic(err)
	}
	defer rec.Release()
	var buf bytes.Buffer
	w, err := parquet.NewWriter(&buf, schema, nil)
	if err != nil {
		panic(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

func ExampleNewReader() {
	b := exampleFile()
	r, err := parquet.NewReader(io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))), &parquet.Options{Columns: []string{"region"}})
	if err != nil {
		panic(err)
	}
	defer r.Release()
	for r.Next() {
		fmt.Println(r.Record().Column(0))
	}
	fmt.Println(r.Err())
	// Output:
	// ["US" "EMEA"]
	// <nil>
}

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "parquet")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "sales.parquet")
	if err := os.WriteFile(path, exampleFile(), 0o600); err != nil {
		panic(err)
	}
	r, err := parquet.Open(path, nil)
	if err != nil {
		panic(err)
	}
	defer r.Release() // closes the file
	fmt.Println(r.NumRows(), r.Schema().Field(1))
	// Output: 2 amount: type=int64
}

func ExampleNewWriter() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}}, nil)
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"region":"US"}]`))
	if err != nil {
		panic(err)
	}
	defer rec.Release()
	var buf bytes.Buffer
	w, err := parquet.NewWriter(&buf, schema, &parquet.WriterOptions{Compression: parquet.Snappy})
	if err != nil {
		panic(err)
	}
	fmt.Println(w.Write(rec), w.Close(), buf.String()[:4])
	// Output: <nil> <nil> PAR1
}

func ExampleReader_Compression() {
	r, err := parquet.NewReader(bytes.NewReader(exampleFile()), nil)
	if err != nil {
		panic(err)
	}
	defer r.Release()
	w, err := parquet.NewWriter(io.Discard, r.Schema(), &parquet.WriterOptions{Compression: r.Compression()})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Compression() == parquet.Zstd, w.Close())
	// Output: true <nil>
}

func ExampleError() {
	_, err := parquet.NewReader(io.NewSectionReader(strings.NewReader("region,amount\nUS,10\n"), 0, 20), nil)
	fmt.Println(err)
	fmt.Println(errors.Is(err, parquet.ErrCorrupt))
	// Output:
	// parquet: corrupt Parquet file: it does not end in PAR1
	// true
}
