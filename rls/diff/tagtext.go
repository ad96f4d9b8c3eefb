package diff

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
)

// String returns the result as lines of text: "+" marks gains, "-" marks
// losses. It shows no match-all value.
func (r *TagResult) String() string { return string(r.AppendTo(nil)) }

// AppendTo appends [TagResult.String] to b.
func (r *TagResult) AppendTo(b []byte) []byte {
	if !r.HasGain() && !r.HasLoss() {
		return append(b, "no difference\n"...)
	}
	for _, p := range r.Gains {
		b = p.appendTo(append(b, "+ "...))
	}
	for _, p := range r.Losses {
		b = p.appendTo(append(b, "- "...))
	}
	for _, keys := range r.Unproven {
		b = fmt.Appendf(b, "? sessions with tags %s: too many rules changed to try everything\n", quote(keys))
	}
	return b
}

func (p TagPart) appendTo(b []byte) []byte {
	if p.Keys == nil {
		return append(b, "every session, every row: the rules of one side are disabled\n"...)
	}
	b = fmt.Appendf(b, "sessions with tags %s\n    such as", quote(p.Keys))
	for _, t := range p.Tags {
		switch {
		case t.Secret && t.MatchAll:
			b = fmt.Appendf(b, " %s = (match all)", plain.Text(t.Key))
		case t.Secret:
			b = fmt.Appendf(b, " %s = (the match-all value of the other side)", plain.Text(t.Key))
		default:
			b = fmt.Appendf(b, " %s = %q", plain.Text(t.Key), t.Value)
		}
		b = append(b, ',')
	}
	return fmt.Appendf(b, " of a row with %s\n", row(p.Witness))
}

func quote(keys []string) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = strconv.Quote(k)
	}
	return strings.Join(list, ", ")
}

// MarshalJSON writes the result as an object. It contains no match-all value.
//
//	{"gains":[{"keys":["tenant"],"tags":[{"key":"tenant","value":"a"}],"witness":{"Tenant":"a"}}],"losses":[]}
func (r *TagResult) MarshalJSON() ([]byte, error) {
	type tag struct {
		Key      string `json:"key"`
		Value    string `json:"value,omitempty"`
		Secret   bool   `json:"secret,omitempty"`
		MatchAll bool   `json:"matchAll,omitempty"`
	}
	type part struct {
		Keys    []string          `json:"keys"`
		Tags    []tag             `json:"tags"`
		Witness map[string]string `json:"witness"`
	}
	convert := func(parts []TagPart) []part {
		list := make([]part, len(parts))
		for i, p := range parts {
			list[i] = part{Keys: slices.Clone(p.Keys), Tags: []tag{}, Witness: p.Witness}
			for _, t := range p.Tags {
				list[i].Tags = append(list[i].Tags, tag(t))
			}
		}
		return list
	}
	return json.Marshal(struct {
		Gains    []part     `json:"gains"`
		Losses   []part     `json:"losses"`
		Unproven [][]string `json:"unproven,omitempty"`
	}{convert(r.Gains), convert(r.Losses), r.Unproven})
}
