package roster_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

const people = `user,groups,region
al,"sales,emea",EMEA
bo,sales,"US,APAC"
cy,,*
`

func ExampleReadCSV() {
	r, err := roster.ReadCSV(strings.NewReader(people), nil)
	fmt.Println(r.Len(), r.Attributes(), err)
	// Output: 3 [region] <nil>
}

func ExampleGenerate() {
	r, err := roster.ReadCSV(strings.NewReader(people), nil)
	if err != nil {
		panic(err)
	}
	rules, err := roster.Generate(r, []roster.Mapping{{Field: "Region", Attribute: "region", Separator: ",", All: "*"}}, nil)
	if err != nil {
		panic(err)
	}
	if err := rules.WriteCSV(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// UserName,Region
	// al,EMEA
	// bo,"APAC,US"
	// cy,
}

func ExampleFromRules() {
	rules, err := rls.ReadCSV(strings.NewReader("UserName,GroupName,Region\nal,,EMEA\n,sales,US\n"), nil)
	fmt.Println(roster.FromRules(rules), err)
	// Output: [user al group sales] <nil>
}

func ExampleViewers() {
	rules, err := rls.ReadCSV(strings.NewReader("GroupName,Region\nsales,US\n"), nil)
	if err != nil {
		panic(err)
	}
	r, err := roster.ReadCSV(strings.NewReader(people), nil)
	if err != nil {
		panic(err)
	}
	viewers, err := roster.Viewers(r, rules)
	for _, v := range viewers {
		p, _ := rules.For(v.Principal)
		fmt.Println(v, v.Groups, p)
	}
	fmt.Println(err)
	// Output:
	// user al [emea sales] Region in ("US")
	// user bo [sales] Region in ("US")
	// user cy [] none
	// <nil>
}

func ExampleCompare() {
	fmt.Println(roster.Compare(roster.Viewer{Kind: "user", Name: "zo"}, roster.Viewer{Kind: "group", Name: "a"}))
	// Output: -1
}

func ExampleUserColumns() {
	fmt.Println(roster.UserColumns()[:4])
	// Output: [user username userarn userprincipalname]
}

func ExampleGroupColumns() {
	fmt.Println(roster.GroupColumns()[:4])
	// Output: [group groups groupname grouparn]
}

func ExampleReadJSON() {
	const answer = `{"GroupMemberList": [{"Arn": "arn:aws:quicksight:us-east-1:111122223333:user/default/al", "MemberName": "al"}]}`
	r, err := roster.ReadJSON(strings.NewReader(answer), "sales", nil)
	for u := range r.All() {
		fmt.Println(u.Name, u.Groups)
	}
	fmt.Println(err)
	// Output:
	// arn:aws:quicksight:us-east-1:111122223333:user/default/al [arn:aws:quicksight:us-east-1:111122223333:group/default/sales]
	// <nil>
}

func ExampleMerge() {
	a, err := roster.ReadCSV(strings.NewReader("user,groups\nal,sales\n"), nil)
	if err != nil {
		panic(err)
	}
	b, err := roster.ReadCSV(strings.NewReader("user,groups\nal,emea\nbo,\n"), nil)
	if err != nil {
		panic(err)
	}
	all, err := roster.Merge(a, b)
	for u := range all.All() {
		fmt.Println(u.Name, u.Groups)
	}
	fmt.Println(err)
	// Output:
	// al [emea sales]
	// bo []
	// <nil>
}
