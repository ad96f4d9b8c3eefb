package predicate_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rowsight/rowsight/predicate"
)

var (
	exampleRow   = predicate.In("Region", "EMEA", "US")
	exampleRules = []predicate.Predicate{predicate.In("Region", "EMEA"), predicate.In("Segment", "SMB")}
)

func ExampleNewEffort() {
	effort := predicate.NewEffort(context.Background(), 0)
	ok, err := effort.Implies(exampleRow, predicate.HasValue("Region"))
	fmt.Println(ok, err)
	// Output: true <nil>
}

func ExampleEffort_Implies() {
	var none predicate.Effort // has no steps, as one that is spent
	ok, err := none.Implies(exampleRow, predicate.HasValue("Region"))
	fmt.Println(ok, errors.Is(err, predicate.ErrTooHard))
	// Output: false true
}

func ExampleEffort_Minus() {
	effort := predicate.NewEffort(context.Background(), predicate.MaxSteps)
	witness, ok, err := effort.Minus(exampleRow, predicate.Or(exampleRules...))
	fmt.Println(witness, ok, err)
	// Output: map[Region:US] true <nil>
}

func ExampleEffort_Covers() {
	effort := predicate.NewEffort(context.Background(), 0)
	ok, err := effort.Covers(exampleRules, predicate.And(exampleRow, predicate.In("Segment", "SMB")))
	fmt.Println(ok, err)
	// Output: true <nil>
}

func ExamplePredicate_ImpliesContext() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	ok, err := exampleRow.ImpliesContext(ctx, predicate.Or(exampleRules...))
	fmt.Println(ok, err)
	// Output: false <nil>
}

func ExamplePredicate_MinusContext() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	witness, ok, err := exampleRow.MinusContext(ctx, predicate.Or(exampleRules...))
	fmt.Println(witness, ok, err)
	// Output: map[Region:US] true <nil>
}
