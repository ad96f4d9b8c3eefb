package tagrules_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/tagrules"
)

// document is what describing a dataset returns, shortened.
const document = `{
  "DataSet": {
    "Name": "sales",
    "RowLevelPermissionTagConfiguration": {
      "Status": "ENABLED",
      "TagRules": [
        {"TagKey": "tenant", "ColumnName": "TenantID"},
        {"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}
      ]
    }
  }
}`

func mustParse(doc string) *tagrules.Config {
	config, err := tagrules.Parse(strings.NewReader(doc), nil)
	if err != nil {
		panic(err)
	}
	return config
}

// A request to embed a dashboard brings tags; the rules of the dataset say
// which rows they admit.
func Example() {
	config, err := tagrules.Parse(strings.NewReader(document), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	tags, err := tagrules.ParseTags(strings.NewReader(`{
		"Namespace": "default",
		"SessionTags": [{"Key": "tenant", "Value": "acme"}, {"Key": "region", "Value": "EMEA, US"}]
	}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := config.For(tags...)
	fmt.Println(rows, err)
	// Output: Region in ("EMEA", "US") and TenantID in ("acme") <nil>
}

func ExampleParse() {
	config, err := tagrules.Parse(strings.NewReader(document), &tagrules.Options{File: "sales.json"})
	fmt.Println(config, err)

	_, err = tagrules.Parse(strings.NewReader(`{"TagRules": [{"tagKey": "tenant", "ColumnName": "TenantID"}]}`), &tagrules.Options{File: "bad.json"})
	fmt.Println(err)
	// Output:
	// tag rules, ENABLED
	//   "tenant" restricts "TenantID"
	//   "region" restricts "Region", values split at ",", match-all value (hidden) <nil>
	// bad.json:1:16: TagRules[0]: unknown field "tagKey", want TagKey
}

func ExampleParseTags() {
	tags, err := tagrules.ParseTags(strings.NewReader(`[{"Key": "tenant", "Value": "acme"}]`), nil)
	fmt.Println(tags, err)
	// Output: ["tenant"=(hidden)] <nil>
}

func ExampleConfig_For() {
	config := mustParse(document)
	fmt.Println(config.For(tagrules.Tag{Key: "tenant", Value: "acme"}, tagrules.Tag{Key: "region", Value: "*"}))
	fmt.Println(config.For(tagrules.Tag{Key: "tenant", Value: "acme"}))
	// Output:
	// TenantID in ("acme") restricting Region <nil>
	// none <nil>
}

func ExampleConfig_ForOptions() {
	config := mustParse(document)
	rows, err := config.ForOptions(&tagrules.Options{LiteralSpaces: true},
		tagrules.Tag{Key: "tenant", Value: "acme"}, tagrules.Tag{Key: "region", Value: "EMEA, US"})
	fmt.Println(rows, err)
	// Output: Region in (" US", "EMEA") and TenantID in ("acme") <nil>
}

func ExampleConfig_Options() {
	config, err := tagrules.Parse(strings.NewReader(document), &tagrules.Options{LiteralSpaces: true})
	fmt.Println(config.Options().LiteralSpaces, err)
	// Output: true <nil>
}

func ExampleConfig_Validate() {
	config := tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "tenant"}}}
	fmt.Println(config.Validate())
	// Output: TagRules[0].ColumnName: outside the limits: got no character, want at least 1
}

func ExampleConfig_Explain() {
	e, err := mustParse(document).Explain(tagrules.Tag{Key: "tenant", Value: "acme"}, tagrules.Tag{Key: "Region", Value: "US"})
	fmt.Println(e, err)
	// Output:
	// no row: the session has not all tags of any list
	// list 1: incomplete
	//   "tenant" restricts "TenantID": has values (1)
	//   "region" restricts "Region": missing
	// session tag "Region" has no rule
	// session tag "Region" is not "region": case and white space count
	//  <nil>
}

func ExampleConfig_ExplainOptions() {
	e, err := mustParse(document).ExplainOptions(&tagrules.Options{MatchAllInList: true},
		tagrules.Tag{Key: "tenant", Value: "acme"}, tagrules.Tag{Key: "region", Value: "US,*"})
	fmt.Println(e.Lists[0].Tags[1].State, err)
	// Output: match all <nil>
}

func ExampleExplanation_String() {
	fmt.Print(tagrules.Explanation{Disabled: true}.String())
	// Output: tag rules are disabled: they hide no row
}

func ExampleExplanation_Restricted() {
	e, _ := mustParse(document).Explain(tagrules.Tag{Key: "tenant", Value: "acme"})
	fmt.Println(e.Restricted())
	// Output: true
}

func ExampleList_Complete() {
	e, _ := mustParse(document).Explain(tagrules.Tag{Key: "tenant", Value: "acme"})
	fmt.Println(e.Lists[0].Complete())
	// Output: false
}

func ExampleState_String() {
	fmt.Println(tagrules.Missing, "/", tagrules.MatchAll)
	// Output: missing / match all
}

// A tenant chose a name that would open every tenant's rows.
func ExampleConfig_NewTags() {
	config := mustParse(document)
	tags, err := config.NewTags().One("tenant", "acme").All("region").Tags()
	fmt.Println(tags, err)

	tags, err = config.NewTags().One("region", "EMEA,US").Tags()
	fmt.Println(tags, err)
	// Output:
	// ["tenant"=(hidden) "region"=(hidden)] <nil>
	// [] tag "region": not safe as a value: it contains the delimiter ","
}

func ExampleBuilder_One() {
	_, err := mustParse(document).NewTags().One("region", "*").Tags()
	fmt.Println(err)
	// Output: tag "region": not safe as a value: it contains the match-all value
}

func ExampleBuilder_List() {
	config := mustParse(document)
	tags, _ := config.NewTags().One("tenant", "acme").List("region", "EMEA", "US").Tags()
	fmt.Println(config.For(tags...))
	// Output: Region in ("EMEA", "US") and TenantID in ("acme") <nil>
}

func ExampleBuilder_All() {
	_, err := mustParse(document).NewTags().All("tenant").Tags()
	fmt.Println(err)
	// Output: tag "tenant": the rule has no match-all value
}

func ExampleBuilder_Tags() {
	tags, err := mustParse(document).NewTags().One("tenant", "").One("Region", "US").Tags()
	fmt.Println(len(tags))
	fmt.Println(err)
	// Output:
	// 0
	// tag "tenant": not safe as a value: it is empty
	// tag "Region": no rule has this tag key
}

func ExampleConfig_MarshalJSON() {
	b, err := json.Marshal(mustParse(document))
	fmt.Println(string(b), err)
	// Output: {"Status":"ENABLED","TagRules":[{"TagKey":"tenant","ColumnName":"TenantID"},{"TagKey":"region","ColumnName":"Region","TagMultiValueDelimiter":",","MatchAllValue":"*"}]} <nil>
}

func ExampleConfig_UnmarshalJSON() {
	var config tagrules.Config
	err := json.Unmarshal([]byte(`{"TagRules": [{"TagKey": "tenant", "ColumnName": "TenantID"}]}`), &config)
	fmt.Println(config, err)
	// Output:
	// tag rules, ENABLED
	//   "tenant" restricts "TenantID" <nil>
}

func ExampleConfig_String() {
	fmt.Println(mustParse(document).String())
	// Output:
	// tag rules, ENABLED
	//   "tenant" restricts "TenantID"
	//   "region" restricts "Region", values split at ",", match-all value (hidden)
}

func ExampleConfig_Format() {
	fmt.Printf("%#v\n", tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "k", ColumnName: "c", MatchAllValue: "secret"}}})
	// Output:
	// tag rules, ENABLED
	//   "k" restricts "c", match-all value (hidden)
}

func ExampleConfig_LogValue() {
	config := tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "k", ColumnName: "c", MatchAllValue: "secret"}}}
	logger().Info("attached", "rules", config)
	// Output: {"level":"INFO","msg":"attached","rules":"tag rules, ENABLED\n  \"k\" restricts \"c\", match-all value (hidden)"}
}

func ExampleRule_String() {
	fmt.Println(tagrules.Rule{TagKey: "k", ColumnName: "c", TagMultiValueDelimiter: "|"}.String())
	// Output: "k" restricts "c", values split at "|"
}

func ExampleRule_Format() {
	fmt.Printf("%+v\n", tagrules.Rule{TagKey: "k", ColumnName: "c", MatchAllValue: "secret"})
	// Output: "k" restricts "c", match-all value (hidden)
}

func ExampleRule_LogValue() {
	logger().Info("added", "rule", tagrules.Rule{TagKey: "k", ColumnName: "c"})
	// Output: {"level":"INFO","msg":"added","rule":"\"k\" restricts \"c\""}
}

func ExampleTag_String() {
	fmt.Println(tagrules.Tag{Key: "tenant", Value: "acme"}.String())
	// Output: "tenant"=(hidden)
}

func ExampleTag_Format() {
	fmt.Printf("%#v\n", tagrules.Tag{Key: "tenant", Value: "acme"})
	// Output: "tenant"=(hidden)
}

func ExampleTag_LogValue() {
	logger().Info("session", "tag", tagrules.Tag{Key: "tenant", Value: "acme"})
	// Output: {"level":"INFO","msg":"session","tag":"\"tenant\"=(hidden)"}
}

func ExampleTag_MarshalJSON() {
	b, err := json.Marshal(tagrules.Tag{Key: "tenant", Value: "acme"})
	fmt.Println(string(b), err)
	// Output: {"Key":"tenant","Value":"acme"} <nil>
}

func ExampleTag_UnmarshalJSON() {
	var tag tagrules.Tag
	fmt.Println(json.Unmarshal([]byte(`{"Key":"tenant"}`), &tag))
	// Output: 1:1: Value: field missing
}

func ExampleTags_String() {
	fmt.Println(tagrules.Tags{{Key: "tenant", Value: "acme"}}.String())
	// Output: ["tenant"=(hidden)]
}

func ExampleInspect() {
	config, at, err := tagrules.Inspect(strings.NewReader(`{"TagRules": [{"TagKey": "tenant", "Column": "Tenant"}]}`), nil)
	fmt.Println(err)
	fmt.Println(at("TagRules[0].TagKey"), config.TagRules[0].TagKey)
	p, err := config.For(tagrules.Tag{Key: "tenant", Value: "acme"})
	fmt.Println(p, err != nil)
	// Output:
	// 1:15: TagRules[0].ColumnName: field missing
	// 1:36: TagRules[0]: unknown field "Column", want TagKey, ColumnName, TagMultiValueDelimiter, MatchAllValue
	// 1:26 tenant
	// none true
}

func ExampleTags_Format() {
	fmt.Printf("%+v\n", tagrules.Tags{{Key: "tenant", Value: "acme"}})
	// Output: ["tenant"=(hidden)]
}

func ExampleTags_LogValue() {
	logger().Info("session", "tags", tagrules.Tags{{Key: "tenant", Value: "acme"}})
	// Output: {"level":"INFO","msg":"session","tags":"[\"tenant\"=(hidden)]"}
}

func ExampleError() {
	err := &tagrules.Error{Pos: tagrules.Position{File: "sales.json", Line: 3, Column: 7}, Field: "TagRules[0].TagKey", Err: tagrules.ErrDuplicateKey}
	fmt.Println(err)
	// Output: sales.json:3:7: TagRules[0].TagKey: duplicate tag key
}

func ExamplePosition_String() {
	fmt.Println(tagrules.Position{Line: 3, Column: 7})
	// Output: 3:7
}

func logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func ExampleConfig_Check() {
	config := &tagrules.Config{TagRules: []tagrules.Rule{{TagKey: "tenant", ColumnName: "TenantID"}}}
	fmt.Println(config.Columns())
	fmt.Println(config.Check([]predicate.Column{{Name: "tenant_id", Text: true}}))
	// Output:
	// [TenantID]
	// column "TenantID": no such column; did you mean "tenant_id"?
}
