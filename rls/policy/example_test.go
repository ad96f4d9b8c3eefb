package policy_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/policy"
	"github.com/rowsight/rowsight/rls/roster"
)

const rulesCSV = `UserName,GroupName,Region,Segment
al,,EMEA,"SMB,Startup"
,sales,US,
`

// A permission dataset becomes the file of rules of Trino's file-based access
// control. A roster says that al is in the group.
func ExampleForRules() {
	rules, err := rls.ReadCSV(strings.NewReader(rulesCSV), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	people, err := roster.ReadCSV(strings.NewReader("user,groups\nal,sales\n"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	viewers, err := people.Viewers(rules)
	if err != nil {
		fmt.Println(err)
		return
	}
	grants, err := policy.ForRules(rules, viewers, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range grants {
		fmt.Println(g.Kind, g.Name, "sees", g.Rows)
	}
	// Output:
	// user al sees Region in ("US") or Region in ("EMEA") and Segment in ("SMB", "Startup")
}

func ExampleScript() {
	script, err := policy.Script(policy.ClickHouse, policy.Policy{
		Table: policy.Table{Name: []string{"shop", "sales"}},
		Grants: []policy.Grant{
			{Kind: policy.User, Name: "al", Rows: predicate.In("Region", "EMEA")},
			{Kind: policy.Group, Name: "audit", Rows: predicate.All()},
		},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(script)
	// Output:
	// -- Row-level security, written by rowsight. It holds for every user, the administrator included.
	// CREATE ROW POLICY OR REPLACE `rowsight` ON `shop`.`sales` FOR SELECT USING
	//   ((currentUser() IN ('al')) AND (`Region` = 'EMEA'))
	//   OR ((hasAny(enabledRoles(), ['audit'])) AND (1 = 1))
	// AS PERMISSIVE TO ALL;
}

// A policy agent answers Trino's question for the row filters of a viewer.
func ExampleFilter() {
	rows := predicate.And(predicate.In("Region", "EMEA", "US"), predicate.In("Segment", "SMB"))
	answer, err := policy.Filter(policy.TrinoOPA, policy.Table{}, rows, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(answer)
	// Output:
	// {
	//   "result": [
	//     {
	//       "expression": "\"Region\" IN ('EMEA', 'US') AND \"Segment\" = 'SMB'"
	//     }
	//   ]
	// }
}

func ExampleTargets() {
	for _, t := range policy.Targets() {
		fmt.Println(t, t.OneViewer(), t.Dialect())
	}
	// Output:
	// postgresql false postgresql
	// clickhouse false clickhouse
	// snowflake false snowflake
	// bigquery false bigquery
	// databricks false databricks
	// trino-file false trino
	// lakeformation false none
	// superset false none
	// trino-opa true trino
	// superset-guest true none
	// iceberg true none
	// substrait true none
}

func ExampleParseTarget() {
	t, err := policy.ParseTarget("lakeformation")
	fmt.Println(t, err)
	_, err = policy.ParseTarget("lake formation")
	fmt.Println(err)
	// Output:
	// lakeformation <nil>
	// unknown target: got "lake formation", want postgresql, clickhouse, snowflake, bigquery, databricks, trino-file, lakeformation, superset, trino-opa, superset-guest, iceberg, substrait
}
