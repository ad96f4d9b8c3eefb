package arrow18_test

import (
	"errors"
	"fmt"
	"strings"

	v18 "github.com/apache/arrow-go/v18/arrow"
	array18 "github.com/apache/arrow-go/v18/arrow/array"
	mem18 "github.com/apache/arrow-go/v18/arrow/memory"
	v15 "github.com/apache/arrow/go/v15/arrow"
	array15 "github.com/apache/arrow/go/v15/arrow/array"
	mem15 "github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

func sales18() v18.RecordBatch {
	schema := v18.NewSchema([]v18.Field{{Name: "region", Type: v18.BinaryTypes.String}}, nil)
	rec, _, err := array18.RecordFromJSON(mem18.DefaultAllocator, schema, strings.NewReader(`[{"region":"US"},{"region":"EMEA"}]`))
	if err != nil {
		panic(err)
	}
	return rec
}

func sales15() v15.Record {
	schema := v15.NewSchema([]v15.Field{{Name: "region", Type: v15.BinaryTypes.String}}, nil)
	rec, _, err := array15.RecordFromJSON(mem15.DefaultAllocator, schema, strings.NewReader(`[{"region":"US"},{"region":"EMEA"}]`))
	if err != nil {
		panic(err)
	}
	return rec
}

func ExampleRecord() {
	src := sales18()
	rec, err := arrow18.Record(src)
	if err != nil {
		panic(err)
	}
	src.Release() // rec keeps the memory
	defer rec.Release()
	fmt.Println(rec.Column(0))
	// Output: ["US" "EMEA"]
}

func ExampleFromRecord() {
	src := sales15()
	rec, err := arrow18.FromRecord(src)
	if err != nil {
		panic(err)
	}
	src.Release()
	defer rec.Release()
	fmt.Println(rec.Column(0))
	// Output: ["US" "EMEA"]
}

func ExampleArray() {
	src := sales18()
	defer src.Release()
	arr, err := arrow18.Array(src.Column(0))
	if err != nil {
		panic(err)
	}
	defer arr.Release()
	fmt.Println(arr)
	// Output: ["US" "EMEA"]
}

func ExampleFromArray() {
	src := sales15()
	defer src.Release()
	arr, err := arrow18.FromArray(src.Column(0))
	if err != nil {
		panic(err)
	}
	defer arr.Release()
	fmt.Println(arr)
	// Output: ["US" "EMEA"]
}

func ExampleSchema() {
	s, err := arrow18.Schema(v18.NewSchema([]v18.Field{{Name: "price", Type: &v18.Decimal128Type{Precision: 10, Scale: 2}}}, nil))
	fmt.Println(s.Field(0), err)
	// Output: price: type=decimal(10, 2) <nil>
}

func ExampleFromSchema() {
	s, err := arrow18.FromSchema(v15.NewSchema([]v15.Field{{Name: "region", Type: v15.BinaryTypes.String}}, nil))
	fmt.Println(s.Field(0), err)
	// Output: region: type=utf8 <nil>
}

func ExampleDataType() {
	_, err := arrow18.DataType(&v18.Decimal32Type{Precision: 5, Scale: 1})
	fmt.Println(errors.Is(err, arrow18.ErrType))
	// Output: true
}

func ExampleFromDataType() {
	fmt.Println(arrow18.FromDataType(v15.ListOf(v15.PrimitiveTypes.Int32)))
	// Output: list<item: int32, nullable> <nil>
}

func ExampleReader() {
	rec := sales18()
	src, err := array18.NewRecordReader(rec.Schema(), []v18.RecordBatch{rec})
	if err != nil {
		panic(err)
	}
	r, err := arrow18.Reader(src)
	if err != nil {
		panic(err)
	}
	defer r.Release()
	for r.Next() {
		fmt.Println(r.Record().NumRows())
	}
	fmt.Println(r.Err())
	// Output:
	// 2
	// <nil>
}

func ExampleFromReader() {
	rec := sales15()
	src, err := array15.NewRecordReader(rec.Schema(), []v15.Record{rec})
	if err != nil {
		panic(err)
	}
	r, err := arrow18.FromReader(src)
	if err != nil {
		panic(err)
	}
	defer r.Release()
	for r.Next() {
		fmt.Println(r.RecordBatch().NumRows())
	}
	fmt.Println(r.Err())
	// Output:
	// 2
	// <nil>
}

func ExampleValidate() {
	rec, err := arrow18.Record(sales18())
	if err != nil {
		panic(err)
	}
	defer rec.Release()
	fmt.Println(arrow18.Validate(rec))
	// Output: <nil>
}

func ExampleError() {
	_, err := arrow18.Schema(v18.NewSchema([]v18.Field{{Name: "price", Type: &v18.Decimal64Type{Precision: 12, Scale: 2}}}, nil))
	if where, ok := errors.AsType[*arrow18.Error](err); ok {
		fmt.Println(where.Path, where.Type)
	}
	// Output: column "price" decimal64(12, 2)
}
