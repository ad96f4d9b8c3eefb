package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/adapters/parquet"
	"github.com/rowsight/rowsight/predicate"
)

// exampleRegions is a Parquet file sorted by region, of two rows a row group.
func exampleRegions(opts *parquet.WriterOptions) []byte {
	schema := arrow.NewSchema([]arrow.Field{{Name: "region", Type: arrow.BinaryTypes.String}}, nil)
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema,
		strings.NewReader(`[{"region":"APAC"},{"region":"APAC"},{"region":"EMEA"},{"region":"LATAM"},{"region":"US"},{"region":"US"}]`))
	if err != nil {
		panic(err)
	}
	defer rec.Release()
	opts.RowGroupRows = 2
	var buf bytes.Buffer
	w, err := parquet.NewWriter(&buf, schema, opts)
	if err != nil {
		panic(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

// A viewer of one region reads one row group of three, and one of its two rows.
// Other records may hold rows that are not theirs: filter all of them.
func ExampleOptions_prune() {
	b := exampleRegions(&parquet.WriterOptions{})
	p := predicate.In("region", "EMEA")
	r, err := parquet.NewReader(io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))), &parquet.Options{Prune: &p})
	if err != nil {
		panic(err)
	}
	defer r.Release()
	for r.Next() {
		fmt.Println(r.Record().Column(0))
	}
	fmt.Println(r.Err())
	// Output:
	// ["EMEA"]
	// <nil>
}

func ExampleReader_Stats() {
	b := exampleRegions(&parquet.WriterOptions{})
	p := predicate.In("region", "EMEA")
	r, err := parquet.NewReader(io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))), &parquet.Options{Prune: &p})
	if err != nil {
		panic(err)
	}
	defer r.Release()
	for r.Next() {
	}
	s := r.Stats()
	fmt.Printf("%d of %d row groups, %d of %d rows left out\n", s.RowGroupsSkipped, s.RowGroups, s.RowsSkipped, s.Rows)
	fmt.Println(s.BytesSkipped > s.Bytes/2)
	// Output:
	// 2 of 3 row groups, 5 of 6 rows left out
	// true
}

// Without statistics, a bloom filter finds that a value between others is absent.
func ExampleWriterOptions_bloomFilters() {
	b := exampleRegions(&parquet.WriterOptions{Statistics: []string{}, BloomFilters: []string{"region"}})
	p := predicate.In("region", "CANADA")
	r, err := parquet.NewReader(io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))), &parquet.Options{Prune: &p})
	if err != nil {
		panic(err)
	}
	defer r.Release()
	fmt.Println(r.Next(), r.Stats().RowGroupsSkipped)
	// Output: false 3
}
