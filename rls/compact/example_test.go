package compact_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

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
	if err := result.WriteCSV(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// 6 rules with 9 values become 2 rules with 4 values; the most rules of one principal: 4 before, 1 after
	// UserName,Region,Segment
	// al,"EMEA,US","SMB,Startup"
	// bo,,
}

func ExampleRulesContext() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region\nal,EMEA\nal,US\n"), nil)
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	result, err := compact.RulesContext(ctx, rules, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(result)
	// Output:
	// 2 rules with 2 values become 1 rule with 2 values; the most rules of one principal: 2 before, 1 after
}

func ExampleResult_WriteCSV() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,Region\nzoe,\"US,APAC\"\nal,EMEA\nzoe,EMEA\n"), nil)
	if err != nil {
		panic(err)
	}
	result, err := compact.Rules(rules, nil)
	if err != nil {
		panic(err)
	}
	if err := result.WriteCSV(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// UserName,Region
	// zoe,"US,APAC,EMEA"
	// al,EMEA
}
