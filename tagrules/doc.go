// Package tagrules applies tag-based row-level security rules. These are for
// anonymous sessions: viewers without an account, for which a program sends
// tags, pairs of a key and a value. For the tags of a session the package returns
// the rows that the session may see, as a predicate.
//
// A tag configuration says which tag restricts which column:
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
//   - A row must match every tag rule. With TagRuleConfigurations, a row must
//     match every rule of at least one of its lists (T2).
//   - If a tag is missing or empty, its rule matches no row. So a program that
//     forgets a tag hides rows (T3).
//   - With a delimiter, a tag value is a list. White space around its items is
//     dropped (T4). There is no quoting.
//   - A tag value equal to the match-all value lifts the restriction of its rule.
//     As one of several items it is an ordinary value (T5).
//   - NULL and "" match no tag value. Such rows are visible only to sessions that
//     are not restricted in that column (T6).
//
// # Values from customers
//
// The delimiter and the match-all value have a special meaning inside a tag
// value. Never use a value from a customer as it is: in the example, a tenant
// that chooses the region "*" would see all regions. [Config.NewTags] returns a
// [Builder] that refuses such values (T9).
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
