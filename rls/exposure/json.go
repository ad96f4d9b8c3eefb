package exposure

import "encoding/json"

// MarshalJSON writes the report as an object. "seen" of a viewer has a list for
// each of "fields", and in it a number for each of its "values". "by" lists the
// rules that admit rows, and how many each admits on its own:
//
//	{"rows":9994,"everybody":0,"nobody":12,
//	 "fields":[{"name":"Region","values":[{"value":"EMEA","rows":2883,"viewers":3,"everybody":0,"nobody":0},
//	   {"null":true,…},{"others":7,…}]}],
//	 "viewers":[{"kind":"user","name":"al","rules":2,"rows":3982,"by":[{"line":3,"rows":3982}],"seen":[[2800,0,0]]}]}
func (r *Report) MarshalJSON() ([]byte, error) {
	type value struct {
		Value     *string `json:"value,omitempty"`
		Null      bool    `json:"null,omitempty"`
		Others    int     `json:"others,omitempty"`
		Rows      int     `json:"rows"`
		Viewers   int     `json:"viewers"`
		Everybody int     `json:"everybody"`
		Nobody    int     `json:"nobody"`
	}
	type field struct {
		Name   string  `json:"name"`
		Values []value `json:"values"`
	}
	type by struct {
		Line int `json:"line"`
		Rows int `json:"rows"`
	}
	type viewer struct {
		jsonViewer
		Rules int     `json:"rules"`
		Rows  int     `json:"rows"`
		By    []by    `json:"by"`
		Seen  [][]int `json:"seen"`
		Error string  `json:"error,omitempty"`
	}
	fields := make([]field, len(r.Fields))
	for i, f := range r.Fields {
		fields[i] = field{f.Name, make([]value, len(f.Values))}
		for k, v := range f.Values {
			j := value{Null: v.Null, Rows: v.Rows, Viewers: v.Viewers, Everybody: v.Everybody, Nobody: v.Nobody}
			switch {
			case v.Others:
				j.Others = f.Others
			case !v.Null:
				j.Value = &v.Text
			}
			fields[i].Values[k] = j
		}
	}
	viewers := make([]viewer, len(r.Viewers))
	for i, v := range r.Viewers {
		viewers[i] = viewer{jsonViewer: newJSONViewer(v.Viewer), Rules: v.Rules, Rows: v.Rows, By: make([]by, len(v.By)), Seen: v.Seen}
		for k, r := range v.By {
			viewers[i].By[k] = by{r.Rule.Pos().Line, r.Rows}
		}
		if v.Err != nil {
			viewers[i].Error = v.Err.Error()
		}
	}
	return json.Marshal(struct {
		Rows      int      `json:"rows"`
		Everybody int      `json:"everybody"`
		Nobody    int      `json:"nobody"`
		Disabled  bool     `json:"disabled,omitempty"`
		Fields    []field  `json:"fields"`
		Viewers   []viewer `json:"viewers"`
	}{r.Rows, r.Everybody, r.Nobody, r.Disabled, fields, viewers})
}
