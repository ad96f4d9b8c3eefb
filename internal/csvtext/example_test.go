package csvtext_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
)

// Every problem of a file is reported, and the good records are read.
func ExampleReader_Read() {
	r := csvtext.NewReader(strings.NewReader("UserName,Region\nal,EM\"EA\nbo,US\ncy\n"), nil)
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		fmt.Println(record, err)
	}
	// Output:
	// [UserName Region] <nil>
	// [] 2:6: bare quote in unquoted text
	// [bo US] <nil>
	// [] 4:1: wrong number of fields: got 1, want 2
}

func ExampleReader_FieldPos() {
	r := csvtext.NewReader(strings.NewReader("\"two\nlines\",Region\n"), nil)
	record, _ := r.Read()
	for i := range record {
		line, column := r.FieldPos(i)
		fmt.Printf("%q begins at %d:%d\n", record[i], line, column)
	}
	// Output:
	// "two\nlines" begins at 1:1
	// "Region" begins at 2:8
}

func ExampleWriter() {
	w := csvtext.NewWriter(os.Stdout, &csvtext.Options{Delimiter: ';'})
	w.Write([]string{"al", "EMEA,US", "a;b", " "})
	w.Flush()
	// Output: al;EMEA,US;"a;b";" "
}

func ExampleAppendRecord() {
	fmt.Printf("%s", csvtext.AppendRecord(nil, []string{"al", `"AWS,INC"`}))
	// Output: al,"""AWS,INC"""
}
