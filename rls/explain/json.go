package explain

import "encoding/json"

// MarshalJSON writes the answer as an object. Members without a value are left
// out, except visible, reason and rules:
//
//	{"who":"al","row":3,"visible":false,"reason":"denied","rules":2,
//	 "nearest":[{"rule":{"file":"rules.csv","line":4,"user":"al"},
//	   "fields":[{"column":"Region","has":"APAC","want":["EMEA","US"],"values":2}]}]}
func (a Answer) MarshalJSON() ([]byte, error) {
	by := make([]jsonRule, len(a.By))
	for i, r := range a.By {
		by[i] = r.json()
	}
	nearest := make([]jsonMiss, len(a.Nearest))
	for i, m := range a.Nearest {
		nearest[i].Rule = m.Rule.json()
		for _, f := range m.Fields {
			j := jsonFailure{Column: f.Column, Null: f.Null, Want: f.Want, Values: f.Values, Tag: f.Key, Unquoted: f.Unquoted}
			if !f.Null {
				j.Has = &f.Has
			}
			if f.Key != "" {
				j.State = f.State.String()
			}
			nearest[i].Fields = append(nearest[i].Fields, j)
		}
	}
	return json.Marshal(struct {
		Who     string     `json:"who,omitempty"`
		Row     int        `json:"row,omitempty"`
		Visible bool       `json:"visible"`
		Reason  Reason     `json:"reason"`
		Rules   int        `json:"rules"`
		By      []jsonRule `json:"by,omitempty"`
		Nearest []jsonMiss `json:"nearest,omitempty"`
		More    int        `json:"more,omitempty"`
	}{a.Who, a.Row, a.Visible, a.Reason, a.Rules, by, nearest, a.More})
}

type jsonRule struct {
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
	User  string `json:"user,omitempty"`
	Group string `json:"group,omitempty"`
	List  int    `json:"list,omitempty"`
}

type jsonMiss struct {
	Rule   jsonRule      `json:"rule"`
	Fields []jsonFailure `json:"fields"`
}

type jsonFailure struct {
	Column string   `json:"column"`
	Has    *string  `json:"has,omitempty"`
	Null   bool     `json:"null,omitempty"`
	Want   []string `json:"want,omitempty"`
	Values int      `json:"values"`
	Tag    string   `json:"tag,omitempty"`
	State  string   `json:"state,omitempty"`

	Unquoted bool `json:"unquoted,omitempty"`
}

func (r Rule) json() jsonRule {
	return jsonRule{r.Pos.File, r.Pos.Line, r.User, r.Group, r.List}
}
