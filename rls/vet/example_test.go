package vet_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
	"github.com/rowsight/rowsight/rls/vet"
	"github.com/rowsight/rowsight/tagrules"
)

const rules = `UserName,Region,Segment
al,EMEA,"Enterprise, SMB"
bo,EMAE,
auditor,,
`

func Example() {
	findings, err := vet.CSV(strings.NewReader(rules), &vet.Options{Rules: &rls.Options{File: "rules.csv"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range findings {
		fmt.Println(f.Pos, f.Severity, f.ID, f.Reason)
	}
	if vet.Max(findings) >= vet.Warning {
		fmt.Println("exit code 1")
	}
	// Output:
	// rules.csv:2:9 warning RS022 the list holds " SMB": white space around a value is part of it
	// rules.csv:4:1 info RS015 no field has a value: the rule admits every row of the data
	// exit code 1
}

// With the data that the rules restrict, values are compared with it.
func ExampleCSV() {
	schema := arrow.NewSchema([]arrow.Field{{Name: "Region", Type: arrow.BinaryTypes.String}, {Name: "Segment", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"EMEA", "EMEA", "US"}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"Enterprise", "SMB", "SMB"}, nil)
	rec := b.NewRecord()
	defer rec.Release()
	data, err := array.NewRecordReader(schema, []arrow.Record{rec})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer data.Release()

	findings, err := vet.CSV(strings.NewReader(rules), &vet.Options{Data: data})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range findings {
		if f.ID == "RS042" {
			fmt.Printf("%s: %s (%s)\n", f.Pos, f.Reason, f.Suggestion)
		}
	}
	// Output:
	// 2:9: the data does not hold the value " SMB", which a rule names (is it "SMB"? Naming it shows its 2 rows)
	// 3:4: the data does not hold the value "EMAE", which a rule names (is it "EMEA"? Naming it shows its 2 rows)
}

func ExampleRules() {
	loaded, err := rls.ReadCSV(strings.NewReader("UserName,Region\nal,\"EMEA,US\"\nal,US\n"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	findings, _ := vet.Rules(loaded, nil)
	_ = vet.WriteText(os.Stdout, findings)
	// Output:
	// 3:1: warning RS014: rule of user "al": line 2 admits every row that it admits (delete it, or narrow the other one: it counts for the limit of 999 rules)
}

func ExampleOptions_roster() {
	users, err := roster.ReadCSV(strings.NewReader("User,Groups\nal,\"EMEA-Sales,Managers\"\nbo,\n"), &roster.Options{File: "roster.csv"})
	if err != nil {
		fmt.Println(err)
		return
	}
	findings, _ := vet.CSV(strings.NewReader("GroupName,Region\nEMEA-Slaes,EMEA\nManagers,US\n"), &vet.Options{Roster: users})
	_ = vet.WriteText(os.Stdout, findings)
	// Output:
	// 2:1: warning RS051: group "EMEA-Slaes": nobody of the roster is in the group (is it "EMEA-Sales"? The rule then shows its rows to that group. Else put somebody in the group, or delete the rule)
	// roster.csv:3:1: warning RS050: user "bo": no rule names the user, who is in no group: they see no row (add a rule for the user or a group of theirs, unless they should see nothing)
}

func ExampleTags() {
	const config = `{"TagRules": [{"TagKey": "tenant", "ColumnName": "Tenant", "MatchAllValue": "all"}]}`
	findings, _ := vet.Tags(strings.NewReader(config), &vet.TagOptions{
		Sessions: []vet.Session{{Name: "portal", Tags: tagrules.Tags{{Key: "Tenant", Value: "acme"}}}},
	})
	for _, f := range findings {
		fmt.Println(f.ID, f.Thing+":", f.Reason)
	}
	// Output:
	// RS115 session "portal": the tag "Tenant" is not the key "tenant": no rule knows it
	// RS116 session "portal": it has not all tags of any list, and sees no row: it lacks "tenant"
	// RS104 TagRules: every key has a match-all value: a session that has them all sees every row
	// RS105 tag key "tenant": the match-all value is a word or a number, and could be an ordinary value of the column
}

func ExampleTagConfig() {
	findings, _ := vet.TagConfig(&tagrules.Config{
		TagRules:              []tagrules.Rule{{TagKey: "tenant", ColumnName: "Tenant"}, {TagKey: "region", ColumnName: "Region"}},
		TagRuleConfigurations: [][]string{{"tenant"}},
	}, nil)
	_ = vet.WriteText(os.Stdout, findings)
	// Output:
	// warning RS102: tag key "region": no list has the key, so that it restricts nothing (put it into a list of TagRuleConfigurations, or delete the rule)
}

func ExampleConfig_Apply() {
	findings, _ := vet.CSV(strings.NewReader("UserName,Region\nauditor,\n"), nil)
	config := &vet.Config{Silence: []vet.Silence{{ID: "RS015", Thing: `rule of user "auditor"`, Reason: "auditors see everything"}}}
	findings, err := config.Apply(findings)
	fmt.Println(findings[0].Silenced, vet.Max(findings), err)
	// Output:
	// auditors see everything none <nil>
}

func ExampleMax() {
	findings, _ := vet.CSV(strings.NewReader("UserName,Region\n,US\n"), nil)
	fmt.Println(vet.Max(findings))
	// Output:
	// error
}

func ExampleKinds() {
	for _, k := range vet.Kinds() {
		if k.ID == "RS022" {
			fmt.Println(k.Name, k.Severity, k.Rules)
		}
	}
	// Output:
	// surrounding-space warning U4, U20
}

func ExampleParseSeverity() {
	s, err := vet.ParseSeverity("warning")
	fmt.Println(s > vet.Info, err)
	// Output:
	// true <nil>
}

func ExampleWriteText() {
	findings, _ := vet.CSV(strings.NewReader("UserName,Region\nal, US\n"), &vet.Options{Rules: &rls.Options{File: "rules.csv"}})
	_ = vet.WriteText(os.Stdout, findings)
	// Output:
	// rules.csv:2:4: warning RS022: column "Region": the value is " US": white space around a value is part of it (write "US" if that is the value; the rule then admits the rows of that value)
}

func ExampleWriteGitHub() {
	findings, _ := vet.CSV(strings.NewReader("UserName,Region\nal, US\n"), &vet.Options{Rules: &rls.Options{File: "rules.csv"}})
	_ = vet.WriteGitHub(os.Stdout, findings)
	// Output:
	// ::warning file=rules.csv,line=2,col=4,title=RS022::column "Region": the value is " US": white space around a value is part of it (write "US" if that is the value; the rule then admits the rows of that value)
}

func ExampleWriteJSON() {
	findings, _ := vet.CSV(strings.NewReader("UserName,Region\nal, US\n"), nil)
	_ = vet.WriteJSON(os.Stdout, findings)
	// Output:
	// [
	//   {
	//     "id": "RS022",
	//     "severity": "warning",
	//     "line": 2,
	//     "column": 4,
	//     "thing": "column \"Region\"",
	//     "reason": "the value is \" US\": white space around a value is part of it",
	//     "suggestion": "write \"US\" if that is the value; the rule then admits the rows of that value",
	//     "help": "https://github.com/rowsight/rowsight/blob/main/docs/findings/RS022.md"
	//   }
	// ]
}

// The log holds every kind of finding as a rule; here are its results.
func ExampleWriteSARIF() {
	findings, _ := vet.CSV(strings.NewReader("UserName,Region\nal, US\n"), &vet.Options{Rules: &rls.Options{File: "rules.csv"}})
	var b strings.Builder
	_ = vet.WriteSARIF(&b, findings)
	_, results, _ := strings.Cut(b.String(), `"ruleId"`)
	fmt.Println(strings.Contains(results, `"uri": "rules.csv"`), strings.Contains(results, `"startLine": 2`))
	// Output:
	// true true
}

func ExampleUnreadable() {
	for _, f := range vet.Unreadable("rules.xls", errors.New("it is a workbook in an old format"), "save it as .xlsx") {
		fmt.Println(f)
	}
	// Output: rules.xls: error RS001: it is a workbook in an old format (save it as .xlsx)
}

func ExampleWriteHTML() {
	var b strings.Builder
	err := vet.WriteHTML(&b, []vet.Finding{{ID: "RS022", Severity: vet.Warning, Reason: "white space around a value is part of it"}}, nil)
	fmt.Println(strings.Contains(b.String(), "white space around a value is part of it"), err)
	// Output: true <nil>
}

func ExampleSection() {
	section, err := vet.Section(nil)
	fmt.Println(section.Title, strings.Contains(string(section.Body), "No finding."), err)
	// Output: Findings of vet true <nil>
}
