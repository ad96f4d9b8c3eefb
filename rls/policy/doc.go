// Package policy writes predicates as the row policies that engines, catalogs
// and dashboards have themselves, so that whoever asks them, by whatever way,
// sees the rows that the rules allow.
//
//	grants, err := policy.ForRules(rules, nil, nil)
//	script, err := policy.Script(policy.PostgreSQL, policy.Policy{
//		Table:  policy.Table{Name: []string{"public", "sales"}},
//		Grants: grants,
//	}, nil)
//
// # Two kinds of targets
//
// Some targets know who asks, and get all grants at once from [Script]:
// PostgreSQL, ClickHouse, Snowflake, BigQuery, Databricks, Trino's access
// control files, Lake Formation and Superset. Others ask somebody else for the
// filter of one viewer, which [Filter] writes: Trino with OPA, Superset's guest
// tokens, Iceberg REST catalogs and whatever reads Substrait.
//
// # Exact or refused
//
// A viewer sees the rows of all grants to the viewer's user and groups, and
// nobody else sees a row (U10, U11): every script closes the table to those
// whom it does not name, and replaces what an earlier script left, or says in
// docs/policies.md what to remove. Names and values are quoted as package where
// quotes them. What a target cannot say exactly is an error: groups where it
// takes the first rule that fits, a value that its templates would read, a name
// that it gives a meaning, a text longer than it takes. With an error comes no
// script.
//
// The limits of 999 rules and 192,000 values a viewer (U14, U15) count when
// grants are made of rules; no engine would.
package policy
