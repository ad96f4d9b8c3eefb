// Package tagrules applies tag-based row-level security rules: it resolves the
// tags of an anonymous session into the rows that the session may see.
//
// A configuration says which tag restricts which column:
//
//	{
//	  "Status": "ENABLED",
//	  "TagRules": [
//	    {"TagKey": "tenant", "ColumnName": "TenantID"},
//	    {"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}
//	  ]
//	}
//
// [Parse] reads it, alone or inside the description of a dataset.
// [Config.For] applies it to a session:
//
//	rows, err := config.For(
//		tagrules.Tag{Key: "tenant", Value: "acme"},
//		tagrules.Tag{Key: "region", Value: "EMEA, US"})
//	// TenantID in ("acme") and Region in ("EMEA", "US")
//
// What a session sees:
//
//   - Every rule must be satisfied; or, with TagRuleConfigurations, every rule
//     of one of its lists (T2).
//   - A tag that is missing or empty satisfies nothing, so forgetting one hides
//     rows (T3).
//   - With a delimiter a value is a list; white space around items is dropped
//     (T4). There is no quoting.
//   - The match-all value, alone, lifts the restriction (T5).
//   - NULL and "" in a column are visible under match-all only (T6).
//
// # Values from customers
//
// The delimiter and the match-all value have a special meaning inside a tag
// value. Never insert a value from a customer directly: a tenant named "*"
// would see all tenants. [Config.NewTags] returns a [Builder] that refuses such
// values (T9).
//
// # Troubleshooting: a session sees no rows
//
// [Config.Explain] lists the tags that a session lacks, the tags without a
// rule, and the tags that differ from a key only in case or white space. It
// shows no values.
//
// # Secrets
//
// Tag values and match-all values are secrets (T8). No error contains one, and
// [Tag], [Tags], [Rule] and [Config] print and log without them. Only their
// JSON forms contain them, because the API needs them. If your log handler
// writes JSON, log a [Tags] and not a []Tag.
package tagrules
