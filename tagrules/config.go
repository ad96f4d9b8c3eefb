package tagrules

import (
	"bytes"
	"encoding/json"
)

// The limits of the API: numbers of rules, lists and tags, and lengths in
// characters (T1, T7).
const (
	MaxRules          = 50
	MaxConfigurations = 50
	MaxTags           = 50  // of a session
	MaxKey            = 128 // characters of a tag key
	MaxDelimiter      = 10
	MaxMatchAll       = 256
	MaxValue          = 256 // characters of a tag value
)

// A Status says whether tag rules are enforced. The zero Status, an absent
// field, means that they are (T1).
type Status string

// The values of a Status.
const (
	Enabled  Status = "ENABLED"
	Disabled Status = "DISABLED" // the rules are attached and do not restrict (T10)
)

// A Config states which session tags restrict which columns. It has the fields
// and the JSON form of the API object RowLevelPermissionTagConfiguration. Reading
// and writing JSON checks everything that [Config.Validate] checks. The zero
// Config is invalid and admits no row. A Config is safe for concurrent use as
// long as nobody changes it.
//
// Printing or logging a Config shows no match-all value (T8). Its JSON form shows
// them, because the API needs them.
type Config struct {
	Status                Status
	TagRules              []Rule
	TagRuleConfigurations [][]string // lists of tag keys: AND inside a list, OR between lists; no list means one list of all keys (T2)

	opts    Options // as given to Parse, without File
	refused error   // why Inspect refused the document; the Config is invalid then
}

// A Rule restricts a column to the values of a session tag.
type Rule struct {
	TagKey                 string
	ColumnName             string
	TagMultiValueDelimiter string `json:",omitempty"` // splits a tag value into several; "" for one literal value (T4)
	MatchAllValue          string `json:",omitempty"` // the tag value that lifts the restriction; "" for none (T5). Secret
}

// Options control the names of documents and the reading of tag values. A nil
// *Options and the zero Options are the default.
type Options struct {
	File           string // named in errors
	DataSet        string // id, name, logical id or address of the dataset that is meant in a document of several; "" for the only one
	LiteralSpaces  bool   // white space around the items of a list is part of them (T4)
	MatchAllInList bool   // the match-all value also lifts the restriction as an item of a list (T5)
}

// MarshalJSON writes the API object. An invalid Config is an error.
func (c Config) MarshalJSON() ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Status                Status `json:",omitempty"`
		TagRules              []Rule
		TagRuleConfigurations [][]string `json:",omitempty"`
	}{c.Status, c.TagRules, c.TagRuleConfigurations})
}

// UnmarshalJSON reads the API object standing alone, as strictly as [Parse]. On
// error c is the zero Config.
func (c *Config) UnmarshalJSON(data []byte) error {
	*c = Config{}
	doc, err := readDocument(bytes.NewReader(data), "")
	if err != nil {
		return err
	}
	found := doc.config(doc.Root, "")
	if err := doc.Err(); err != nil {
		return err
	}
	*c = found.Config
	return nil
}

// lists returns the lists of keys of which one must be complete.
func (c *Config) lists() [][]string {
	if len(c.TagRuleConfigurations) > 0 {
		return c.TagRuleConfigurations
	}
	all := make([]string, len(c.TagRules))
	for i, r := range c.TagRules {
		all[i] = r.TagKey
	}
	return [][]string{all}
}

// rule returns the rule of a tag key.
func (c *Config) rule(key string) (Rule, bool) {
	for _, r := range c.TagRules {
		if r.TagKey == key {
			return r, true
		}
	}
	return Rule{}, false
}
