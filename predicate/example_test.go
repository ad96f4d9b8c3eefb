package predicate_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"github.com/rowsight/rowsight/predicate"
)

// A rule file grants a user one region in two segments, and another region
// whole.
func Example() {
	p := predicate.Or(
		predicate.And(predicate.In("Region", "EMEA"), predicate.In("Segment", "Enterprise", "SMB")),
		predicate.In("Region", "US"),
	)
	fmt.Println(p)

	row := map[string]string{"Region": "EMEA", "Segment": "Startup"}
	fmt.Println(p.Match(func(column string) (string, bool) {
		text, ok := row[column]
		return text, ok
	}))
	// Output:
	// Region in ("US") or Region in ("EMEA") and Segment in ("Enterprise", "SMB")
	// false
}

func ExampleIn() {
	fmt.Println(predicate.In("Region", "US", "EMEA", "", "US"))
	fmt.Println(predicate.In("Region"))
	// Output:
	// Region in ("EMEA", "US")
	// none
}

func ExampleHasValue() {
	p := predicate.HasValue("Region")
	fmt.Println(p, p.Match(func(string) (string, bool) { return "", true }))
	// Output: Region has value false
}

func ExampleAll() {
	fmt.Println(predicate.All())
	// Output: all
}

func ExampleAnd() {
	p := predicate.In("Region", "EMEA", "US")
	fmt.Println(predicate.And(p, predicate.In("Region", "US", "APAC")))
	fmt.Println(predicate.And(p, predicate.In("Region", "APAC")))
	// Output:
	// Region in ("US")
	// none
}

func ExampleOr() {
	us := predicate.In("Region", "US")
	fmt.Println(predicate.Or(us, predicate.And(us, predicate.In("Segment", "SMB"))))
	fmt.Println(predicate.Or())
	// Output:
	// Region in ("US")
	// none
}

func ExamplePredicate_Match() {
	p := predicate.In("Region", "EMEA", "US")
	null := func(string) (string, bool) { return "", false }
	us := func(string) (string, bool) { return "US", true }
	fmt.Println(p.Match(us), p.Match(null))
	// Output: true false
}

func ExamplePredicate_Op() {
	fmt.Println(predicate.Predicate{}.Op(), predicate.All().Op(), predicate.In("Region", "US").Op())
	// Output: none all in
}

func ExamplePredicate_Args() {
	for q := range predicate.And(predicate.In("Segment", "SMB"), predicate.In("Region", "US")).Args() {
		fmt.Println(q)
	}
	// Output:
	// Region in ("US")
	// Segment in ("SMB")
}

func ExamplePredicate_Column() {
	fmt.Println(predicate.In("Region", "US").Column())
	// Output: Region
}

func ExamplePredicate_Values() {
	for v := range predicate.In("Region", "US", "EMEA").Values() {
		fmt.Println(v)
	}
	// Output:
	// EMEA
	// US
}

func ExamplePredicate_Len() {
	p := predicate.In("Region", "US", "EMEA")
	fmt.Println(p.Len(), predicate.And(p, predicate.In("Segment", "SMB"), predicate.HasValue("Tier")).Len())
	// Output: 2 3
}

func ExamplePredicate_Columns() {
	fmt.Println(predicate.Or(predicate.In("Segment", "SMB"), predicate.In("Region", "US")).Columns())
	// Output: [Region Segment]
}

func ExamplePredicate_Equal() {
	p := predicate.Or(predicate.In("Region", "US"), predicate.In("Region", "EMEA"))
	fmt.Println(p.Equal(predicate.In("Region", "EMEA", "US")))
	// Output: true
}

func ExamplePredicate_Implies() {
	before := predicate.In("Region", "EMEA", "US")
	after := predicate.And(before, predicate.In("Segment", "SMB"))
	fmt.Println("the change shows nobody more:", after.Implies(before))
	// Output: the change shows nobody more: true
}

func ExamplePredicate_Minus() {
	before := predicate.And(predicate.In("Region", "EMEA", "US"), predicate.In("Segment", "SMB"))
	after := predicate.In("Region", "US")
	fmt.Println(after.Minus(before))
	fmt.Println(before.Minus(after))
	// Output:
	// map[Region:US] true
	// map[Region:EMEA Segment:SMB] true
}

func ExamplePredicate_String() {
	fmt.Println(predicate.And(predicate.In("Ship Mode", `"AWS,INC"`), predicate.HasValue("Region")))
	// Output: Region has value and "Ship Mode" in ("\"AWS,INC\"")
}

func ExamplePredicate_AppendTo() {
	fmt.Printf("%s\n", predicate.In("Region", "US").AppendTo([]byte("where ")))
	// Output: where Region in ("US")
}

func ExampleOp_String() {
	fmt.Printf("%v, %v\n", predicate.OpNone, predicate.OpHasValue)
	// Output: none, has value
}

func ExampleParse() {
	p, err := predicate.Parse(`(Segment in ("SMB") or Segment in ("Startup")) and Region in ("US")`)
	fmt.Println(p, err)

	_, err = predicate.Parse(`Region in (US)`)
	fmt.Println(err)
	// Output:
	// Region in ("US") and Segment in ("SMB", "Startup") <nil>
	// 1:12: syntax error: found a name, want a quoted value
}

func ExampleMustParse() {
	fmt.Println(predicate.MustParse(`Region has value`).Column())
	// Output: Region
}

func ExamplePredicate_MarshalJSON() {
	b, err := json.Marshal(predicate.And(predicate.In("Region", "US"), predicate.HasValue("Segment")))
	fmt.Println(string(b), err)
	// Output: {"op":"and","args":[{"op":"in","column":"Region","values":["US"]},{"op":"has value","column":"Segment"}]} <nil>
}

func ExamplePredicate_UnmarshalJSON() {
	var p predicate.Predicate
	err := json.Unmarshal([]byte(`{"op":"in","column":"Region","values":["US"]}`), &p)
	fmt.Println(p, err)

	err = json.Unmarshal([]byte(`{"op":"and","args":[]}`), &p)
	fmt.Println(p, err)
	// Output:
	// Region in ("US") <nil>
	// none 1:20: syntax error: found an empty list, want at least one item
}

func ExamplePredicate_LogValue() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	log.Info("filter", "rows", predicate.Or(predicate.In("Region", "EMEA", "US"), predicate.In("Segment", "SMB")))
	// Output: level=INFO msg=filter rows.op=or rows.columns="[Region Segment]" rows.operands=2 rows.values=3
}

func ExampleSyntaxError() {
	_, err := predicate.Parse("Region in (\"US\")\nand Segment")
	fmt.Println(err)
	// Output: 2:12: syntax error: found the end, want "in" or "has value"
}

func ExamplePredicate_Hash() {
	p := predicate.Or(predicate.In("Region", "US"), predicate.In("Region", "EMEA"))
	q := predicate.In("Region", "EMEA", "US")
	fmt.Println(p.Hash() == q.Hash(), p.Equal(q))
	// Output: true true
}
