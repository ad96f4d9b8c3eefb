package vet

// AccountKinds returns every kind of finding about an account, which package
// account/check reports, in the order of the ids.
func AccountKinds() []Kind {
	return []Kind{
		// Who can open what.
		{"RA001", "shared-without-rules", Warning, "A data set without rules is shared with readers or a namespace", "V1"},
		{"RA002", "user-rules-disabled", Warning, "User rules are attached and DISABLED", "U17"},
		{"RA003", "tag-rules-disabled", Warning, "Tag rules are attached and DISABLED", "T10"},
		{"RA004", "only-tag-rules", Warning, "Registered users can open a data set that has tag rules only, and see nothing", "V1"},
		{"RA005", "shared-with-namespace", Warning, "A dashboard is shared with everybody in a namespace", "N4"},
		{"RA006", "shared-by-link", Warning, "Everybody who has the link can open a dashboard", "N4"},
		{"RA007", "public-sharing", Warning, "The account allows dashboards that the public can open", "N4"},
		{"RA008", "unknown-permission", Warning, "A permission names a user, group or namespace that is not in the account", "N4"},

		// Permission datasets.
		{"RA010", "permission-dataset-missing", Error, "The permission dataset is not in the account, and nobody sees a row", "V4"},
		{"RA011", "not-for-rules", Warning, "A permission dataset can be used as data: UseAs is not RLS_RULES", "U1"},
		{"RA012", "rules-readable", Warning, "Users whom the rules restrict can open the permission dataset", "U1"},
		{"RA013", "settings-refused", Error, "The settings of user rules are refused", "U17"},
		{"RA014", "rules-refused", Error, "The rows of a permission dataset are refused", "U19"},
		{"RA015", "bad-rule-columns", Error, "The columns of a permission dataset are not valid for rules", "U1"},
		{"RA016", "no-such-column", Error, "The data set has no column that the user rules name", "U2"},
		{"RA017", "column-not-text", Error, "A column that the user rules name is not text", "U2"},

		// Principals of rules.
		{"RA020", "unknown-user", Warning, "A rule names a user who is not in the account", "U9"},
		{"RA021", "unknown-group", Warning, "A rule names a group that is not in the account", "U9"},
		{"RA022", "near-user", Error, "A rule names a user with other capitals, or without the role", "U9"},
		{"RA023", "near-group", Error, "A rule names a group with other capitals", "U9"},
		{"RA024", "empty-group", Warning, "A rule names a group without members", "U9"},
		{"RA025", "user-sees-nothing", Warning, "Users can open a data set in which no rule shows them a row", "U11"},
		{"RA026", "user-sees-everything", Info, "Users who can open a data set see every row by their own rules", "U8"},
		{"RA027", "group-sees-nothing", Warning, "A data set is shared with a group whose members see no row", "U11"},
		{"RA028", "group-sees-everything", Info, "The members of a group see every row", "U8"},
		{"RA029", "unknown-namespace", Error, "The rules are for a namespace that is not in the account", "U16"},

		// Limits.
		{"RA030", "near-rule-limit", Warning, "A viewer has at least 90 % of the 999 rules that may apply", "U14"},
		{"RA031", "over-rule-limit", Error, "More than 999 rules apply to a viewer, who sees nothing", "U14"},
		{"RA032", "near-value-limit", Warning, "A viewer has at least 90 % of the 192,000 values that may apply", "U15"},
		{"RA033", "over-value-limit", Error, "More than 192,000 values apply to a viewer, who sees nothing", "U15"},
		{"RA034", "near-tag-limit", Warning, "A data set has at least 90 % of the 50 tag rules, or lists of keys, that it may have", "T1"},

		// Tags and columns.
		{"RA040", "tags-refused", Error, "The tag configuration is refused", "T1"},
		{"RA041", "no-such-tag-column", Error, "The data set has no column that a tag rule names", "T6"},
		{"RA042", "tag-column-not-text", Error, "A column that a tag rule names is not text", "T6"},
		{"RA043", "no-such-hidden-column", Warning, "The data set has no column that a column rule names", "V6"},
		{"RA044", "hidden-from-all", Warning, "A column rule names a user or group that is not in the account", "V6"},

		// Data sets of data sets.
		{"RA050", "restricted-spice-child", Error, "A SPICE data set derives from one that has rules", "V5"},
		{"RA051", "too-deep", Error, "Data sets derive from each other over more than three levels", "V5"},
		{"RA052", "parent-missing", Error, "A data set derives from one that is not in the account", "V5"},

		// Data sources and keys.
		{"RA060", "stored-credentials", Warning, "A data source has credentials of its own in place of a secret", "K4"},
		{"RA061", "foreign-role", Error, "A data source is read as a role of another account", "K5"},
		{"RA062", "no-key", Info, "No customer-managed key is registered", "K1"},
		{"RA063", "no-default-key", Warning, "Keys are registered and none is the default", "K1"},
		{"RA064", "several-default-keys", Error, "Several keys are the default", "K1"},
		{"RA065", "source-missing", Error, "A data set reads a data source that is not in the account", "K4"},
	}
}
