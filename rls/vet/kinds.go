package vet

// A Kind is one kind of finding. Its ID never changes its meaning; an ID that
// is given up is not used again. docs/findings has a page for each. Each group
// has ten ids; RS060 to RS099 are for groups without a free one.
type Kind struct {
	ID       string   // "RS001" to "RS099" for rules, "RS101" and on for tag configurations
	Name     string   // a name for machines, such as "surrounding-space"
	Severity Severity // unless a [Config] says otherwise
	Title    string   // one line
	Rules    string   // of the semantics: "U3, U6"
}

// URL returns the address of the page that explains the kind.
func (k Kind) URL() string {
	return "https://github.com/rowsight/rowsight/blob/main/docs/findings/" + k.ID + ".md"
}

// Kinds returns every kind of finding in the order of the ids.
func Kinds() []Kind {
	return []Kind{
		// The file as a whole.
		{"RS001", "not-csv", Error, "The file is not valid CSV, and is rejected", "U19"},
		{"RS002", "bad-header", Error, "The header is not valid for a permission dataset", "U1, U2"},
		{"RS003", "bad-cell", Error, "A cell is ambiguous or names no principal, and the file is rejected", "U5, U9, U16"},
		{"RS004", "long-cell", Error, "A cell is longer than 2,047 characters", "U18"},
		{"RS005", "header-near-miss", Error, "A column is almost named like a principal column", "U1"},
		{"RS006", "byte-order-mark", Info, "The file begins with a byte order mark", "U19"},
		{"RS007", "nobody-sees-anything", Warning, "No rule applies to anybody", "U6, U7, U11"},
		{"RS008", "not-enforced", Warning, "The rules are disabled: everybody sees every row", "U17"},
		{"RS009", "assumed-format", Info, "Reading the file needed an assumption about its format", "U19"},

		// Rules.
		{"RS010", "no-principal", Error, "A rule has values but names nobody", "U7"},
		{"RS011", "empty-rule", Info, "A rule is empty and skipped", "U6"},
		{"RS012", "two-principals", Warning, "A rule names both a user and a group", "U9"},
		{"RS013", "duplicate-rule", Info, "A rule repeats an earlier one", "U13"},
		{"RS014", "subsumed-rule", Warning, "Other rules of the principal admit everything that the rule admits", "U10, U14"},
		{"RS015", "admits-everything", Info, "A rule admits every row", "U8"},
		{"RS016", "near-rule-limit", Warning, "A viewer has at least 90 % of the 999 rules that may apply", "U14"},
		{"RS017", "over-rule-limit", Error, "More than 999 rules apply to a viewer, who sees nothing", "U14"},
		{"RS018", "near-value-limit", Warning, "A viewer has at least 90 % of the 192,000 values that may apply", "U15"},
		{"RS019", "over-value-limit", Error, "More than 192,000 values apply to a viewer, who sees nothing", "U15"},

		// Cells.
		{"RS020", "commas-only", Warning, "A cell of commas only is a wildcard", "U3, U6"},
		{"RS021", "idle-items", Info, "A list has empty or repeated items", "U4"},
		{"RS022", "surrounding-space", Warning, "White space around a value is part of it", "U4, U20"},
		{"RS023", "invisible-character", Warning, "A value has an invisible character", "U4, U20"},
		{"RS024", "look-alikes", Warning, "Two values look alike and are not equal", "U4, U20"},
		{"RS025", "the-word-null", Warning, "A word for a missing value is text", "U20"},
		{"RS026", "long-value", Warning, "A value is longer than 2,047 characters and matches no SPICE data", "U18"},
		{"RS027", "principal-list", Warning, "A principal cell looks like a list and is one name", "U20"},
		{"RS028", "no-such-syntax", Warning, "A value looks like an exclusion, a pattern or a word for all values", "U3, U4"},
		{"RS029", "spreadsheet-value", Warning, "A value looks like a number that a spreadsheet changed", "U4"},

		// Principals.
		{"RS030", "short-arn", Warning, "An ARN without a namespace means the namespace default", "U16"},
		{"RS031", "mixed-namespaces", Warning, "The ARNs of the file are of several namespaces", "U16, N1"},
		{"RS032", "mixed-accounts", Warning, "The ARNs of the file are of several accounts or partitions", "U16, N1"},
		{"RS033", "arn-as-name", Warning, "A column of names holds an ARN", "U1, U16"},
		{"RS034", "everybody-principal", Warning, "A principal looks like a word for everybody", "U9, U20"},
		{"RS035", "unfinished-line", Warning, "The last line may have been cut before a value", "U3, U19"},

		// With data.
		{"RS040", "no-such-column", Error, "The data lacks a restricted column", "U2"},
		{"RS041", "column-not-text", Error, "A restricted column is not text in the data, or the data has several of that name", "U2"},
		{"RS042", "value-not-in-data", Warning, "The data lacks a value that a rule names", "U4"},
		{"RS043", "look-alike-in-data", Warning, "The data also holds a look-alike that no rule names", "U4"},
		{"RS044", "rows-for-nobody", Warning, "Rows of the data are visible to nobody", "U10, U11"},
		{"RS045", "truncation-collision", Error, "Two values of the data are the same after SPICE cuts them", "V7"},
		{"RS046", "unquoted-comma", Warning, "A list is one value of the data, written without quotes", "U5"},

		// With a roster.
		{"RS050", "user-without-rule", Warning, "A user has no rule and sees nothing", "U11"},
		{"RS051", "group-without-members", Warning, "Nobody is in a group that a rule names", "U9"},
		{"RS052", "unknown-user", Warning, "A rule names a user who is not in the roster", "U9"},

		// Tag configurations.
		{"RS101", "bad-tag-configuration", Error, "The tag configuration is refused", "T1"},
		{"RS102", "unused-key", Warning, "A tag key is in no list and restricts nothing", "T2"},
		{"RS103", "tags-not-enforced", Warning, "The tag rules are disabled: they restrict nobody", "T10"},
		{"RS104", "all-liftable", Info, "A session can lift every restriction at once", "T5"},
		{"RS105", "guessable-match-all", Warning, "The match-all value could be an ordinary value", "T5, T9"},
		{"RS106", "match-all-in-data", Error, "The match-all value is a value of the data", "T5, T9"},
		{"RS107", "odd-delimiter", Warning, "The delimiter is one that values contain, or has spaces", "T4"},
		{"RS108", "idle-list", Warning, "A list of keys contains all keys of another list", "T2"},
		{"RS109", "confusable-keys", Warning, "A tag key has hidden characters, or looks like another", "T7"},
		{"RS110", "keys-share-column", Info, "Several tags of a list restrict one column", "T6"},
		{"RS111", "no-such-tag-column", Error, "The data has no column that a tag rule names", "T6"},
		{"RS112", "tag-column-not-text", Error, "The column of a tag rule is not text, or the data has several of that name", "T6"},
		{"RS113", "delimiter-in-data", Warning, "Values of the data contain the delimiter", "T4, T9"},
		{"RS114", "unnameable-value", Warning, "No tag can name some values of the data", "T4, T7"},
		{"RS115", "near-key", Warning, "A session tag is almost a key of the rules", "T7"},
		{"RS116", "session-sees-nothing", Warning, "A session completes no list of tags and sees nothing", "T2, T3"},
		{"RS117", "bad-session", Error, "The tags of a session are refused", "T7"},
	}
}
