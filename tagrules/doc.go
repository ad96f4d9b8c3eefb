// Package tagrules turns the tags of an anonymous embedding session into the
// rows the session may see, by tag-based row-level security rules.
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
// [Parse] reads it, alone or out of the description of a dataset.
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
// # Who writes the tags
//
// A tag value is text in which the delimiter and the match-all value have
// power, so a value from a customer must not be pasted in: a tenant called "*"
// would see all tenants. [Config.NewTags] returns a [Builder] that knows the
// difference (T9).
//
// # Why do I see nothing?
//
// [Config.Explain] says which tags a session lacks, which it has in vain, and
// which are one blank or one capital letter away from a rule. It shows no
// values.
//
// # Secrets
//
// Tag values and match-all values are secrets (T8). No error holds one, and
// [Tag], [Tags], [Rule] and [Config] print and log without them. Only their
// JSON forms, which the API needs, have them: log a [Tags], not a []Tag, to a
// handler that writes JSON.
package tagrules
