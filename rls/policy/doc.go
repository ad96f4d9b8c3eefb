// Package policy writes predicates as native row policies of engines, catalogs
// and dashboards. The target then enforces the rules for every query.
//
//	grants, err := policy.ForRules(rules, nil, nil)
//	script, err := policy.Script(policy.PostgreSQL, policy.Policy{
//		Table:  policy.Table{Name: []string{"public", "sales"}},
//		Grants: grants,
//	}, nil)
//
// # Two kinds of targets
//
// Some targets know the viewer of a query. [Script] writes all grants for them:
// PostgreSQL, ClickHouse, Snowflake, BigQuery, Databricks, Trino's access
// control files, Lake Formation and Superset. Other targets request the filter
// of one viewer, which [Filter] writes: Trino with OPA, Superset's guest
// tokens, Iceberg REST catalogs and readers of Substrait.
//
// # Exact or refused
//
// A viewer sees the rows of all grants to the viewer's user and groups, and
// nobody else sees a row (U10, U11). Every script closes the table to all
// others and replaces the policies of an earlier script; where it cannot,
// docs/policies.md says what to remove. Names and values are quoted as in
// package where. A policy that the target cannot express exactly is an error:
// groups in a target that applies only the first matching rule, a value that
// its templates would interpret, a reserved name, or a text that is too long.
// With an error there is no script.
//
// The limits of 999 rules and 192,000 values per viewer (U14, U15) are checked
// when grants are made from rules, because engines do not check them.
package policy
