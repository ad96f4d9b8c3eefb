package compact_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/compact"
)

func ExampleRules() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region,Segment\nal,EMEA,SMB\nal,US,SMB\nal,EMEA,Startup\nal,US,Startup\nbo,,\nbo,US,\n"), nil)
	if err != nil {
		panic(err)
	}
	result, err := compact.Rules(rules, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(result)
	if err := result.Rules.WriteCSV(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// 6 rules with 9 values become 2 rules with 4 values; at most 4 of one principal become 1
	// UserName,Region,Segment
	// al,"EMEA,US","SMB,Startup"
	// bo,,
}
