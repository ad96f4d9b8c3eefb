package vet_test

import (
	"fmt"
	"os"

	"github.com/rowsight/rowsight/rls/vet"
)

func ExampleAccountKinds() {
	for _, k := range vet.AccountKinds()[:2] {
		fmt.Println(k.ID, k.Severity, k.Title)
	}
	// Output:
	// RA001 warning A data set without rules is shared with readers or a namespace
	// RA002 warning User rules are attached and DISABLED
}

func ExampleWriteAccountSARIF() {
	_ = vet.WriteAccountSARIF(os.Stderr, nil) // package account/check makes the findings
	// Output:
}
