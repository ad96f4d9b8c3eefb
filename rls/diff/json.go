package diff

import (
	"encoding/json"

	"github.com/rowsight/rowsight/predicate"
)

// MarshalJSON writes the result as an object. With data, it has row counts and
// samples. "unlisted" marks a viewer that the roster lacks:
//
//	{"viewers":12,"rows":9994,"differences":[{
//	  "viewers":[{"kind":"user","name":"al"}],
//	  "gains":[{"rows":{"op":"in",…},"text":"Region in (\"US\")","witness":{"Region":"US"}}],
//	  "losses":[],"gained":12,"lost":0,"gainedRows":[{"row":3,"values":{"Region":"US"},"count":12}]}]}
func (r *Result) MarshalJSON() ([]byte, error) {
	type viewer struct {
		Kind     string   `json:"kind"`
		Name     string   `json:"name"`
		Groups   []string `json:"groups,omitempty"`
		Unlisted bool     `json:"unlisted,omitempty"`
	}
	type difference struct {
		Viewers    []viewer     `json:"viewers"`
		Gains      []jsonPart   `json:"gains"`
		Losses     []jsonPart   `json:"losses"`
		OldLimit   string       `json:"oldLimit,omitempty"`
		NewLimit   string       `json:"newLimit,omitempty"`
		Gained     *int         `json:"gained,omitempty"`
		Lost       *int         `json:"lost,omitempty"`
		GainedRows []jsonSample `json:"gainedRows,omitempty"`
		LostRows   []jsonSample `json:"lostRows,omitempty"`
	}
	list := make([]difference, 0, len(r.Differences))
	for _, d := range r.Differences {
		j := difference{Gains: jsonParts(d.Gains), Losses: jsonParts(d.Losses), GainedRows: jsonSamples(d.GainedRows), LostRows: jsonSamples(d.LostRows)}
		for _, v := range d.Viewers {
			j.Viewers = append(j.Viewers, viewer{string(v.Kind), v.Name, v.Groups, v.Unlisted})
		}
		if d.Old != nil {
			j.OldLimit = d.Old.Error()
		}
		if d.New != nil {
			j.NewLimit = d.New.Error()
		}
		if r.HasData {
			j.Gained, j.Lost = &d.Gained, &d.Lost
		}
		list = append(list, j)
	}
	out := struct {
		Viewers     int          `json:"viewers"`
		Rows        *int         `json:"rows,omitempty"`
		Differences []difference `json:"differences"`
	}{Viewers: r.Viewers, Differences: list}
	if r.HasData {
		out.Rows = &r.Rows
	}
	return json.Marshal(out)
}

type jsonPart struct {
	Rows    predicate.Predicate `json:"rows"`
	Text    string              `json:"text"`
	Witness map[string]string   `json:"witness"`
}

func jsonParts(parts []Part) []jsonPart {
	list := make([]jsonPart, len(parts))
	for i, p := range parts {
		list[i] = jsonPart{p.Rows, p.Rows.String(), p.Witness}
	}
	return list
}

type jsonSample struct {
	Row    int               `json:"row"`
	Values map[string]string `json:"values"`
	Count  int               `json:"count"`
}

func jsonSamples(rows []Sample) []jsonSample {
	list := make([]jsonSample, len(rows))
	for i, s := range rows {
		list[i] = jsonSample(s)
	}
	return list
}
