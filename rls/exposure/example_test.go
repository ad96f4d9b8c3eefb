package exposure_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/exposure"
)

func ExampleNewIndex() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,GroupName,Region,Segment\nal,,EMEA,SMB\n,admins,,\n"), &rls.Options{File: "rules.csv"})
	if err != nil {
		panic(err)
	}
	x, err := exposure.NewIndex(rules, nil)
	if err != nil {
		panic(err)
	}
	who, err := x.Values(map[string]string{"Region": "EMEA"})
	fmt.Print(who)
	fmt.Println(err)
	// Output:
	// Region is "EMEA": 2 viewers
	//   user al by rules.csv:2, where Segment in ("SMB")
	//   group admins by rules.csv:3
	// <nil>
}

func ExampleNewReport() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region\nal,EMEA\nbo,\"EMEA,US\"\n"), nil)
	if err != nil {
		panic(err)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "Region", Type: arrow.BinaryTypes.String}}, nil))
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"EMEA", "US", "EMEA", "APAC"}, nil)
	rec := b.NewRecord()
	data, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	if err != nil {
		panic(err)
	}
	report, err := exposure.NewReport(rules, data, nil)
	if err != nil {
		panic(err)
	}
	if err := report.WriteText(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// 4 rows, 2 viewers
	// seen by everybody: 2 (50.0%)
	// seen by nobody: 1 (25.0%)
	//
	// viewer   rules  rows  share
	// user al  1      2     50.0%
	// user bo  1      3     75.0%
	//
	// Region  rows  viewers  everybody  nobody
	// EMEA    2     2        2          0
	// APAC    1     0        0          1
	// US      1     1        0          0
}

// A report that takes too long ends with its context.
func ExampleNewReportContext() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region\nal,EMEA\n"), nil)
	if err != nil {
		panic(err)
	}
	data, err := array.NewRecordReader(arrow.NewSchema([]arrow.Field{{Name: "Region", Type: arrow.BinaryTypes.String}}, nil), nil)
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = exposure.NewReportContext(ctx, rules, data, nil)
	fmt.Println(err)
	// Output: context canceled
}
