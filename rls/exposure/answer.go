package exposure

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// An Answer lists the viewers who see rows with given values. The zero Answer
// lists nobody.
type Answer struct {
	Values      map[string]string // the values asked about; "" is NULL
	NotEnforced bool              // the rules are disabled: everybody sees the rows (U17)
	Access      []Access          // users, then groups, by name
	Refused     []Refusal         // viewers viewers whose rules admit the rows, but who see nothing
}

// An Access is a viewer who sees the rows, with the rules that admit them.
type Access struct {
	Viewer roster.Viewer
	Rules  []rls.Rule          // the rules that admit the rows, in file order; at least one
	Rows   predicate.Predicate // which of the rows the viewer sees; [predicate.All] for all of them
}

// A Refusal is a viewer above a limit, who sees no row (U14, U15).
type Refusal struct {
	Viewer roster.Viewer
	Err    error
}

// String returns the answer as lines of text.
func (a Answer) String() string { return string(a.AppendTo(nil)) }

// AppendTo appends [Answer.String] to b.
func (a Answer) AppendTo(b []byte) []byte {
	what := a.what()
	switch {
	case a.NotEnforced:
		return fmt.Appendf(b, "%s: everybody, because the rules are disabled\n", what)
	case len(a.Access) == 0:
		b = fmt.Appendf(b, "%s: nobody\n", what)
	case len(a.Access) == 1:
		b = fmt.Appendf(b, "%s: 1 viewer\n", what)
	default:
		b = fmt.Appendf(b, "%s: %d viewers\n", what, len(a.Access))
	}
	for _, s := range a.Access {
		b = fmt.Appendf(b, "  %s by %s", s.Viewer, lines(s.Rules))
		if s.Rows.Op() != predicate.OpAll {
			b = s.Rows.AppendTo(append(b, ", where "...))
		}
		b = append(b, '\n')
	}
	for _, r := range a.Refused {
		b = fmt.Appendf(b, "  not %s: %v\n", r.Viewer, r.Err)
	}
	return b
}

// what names the rows that were asked for.
func (a Answer) what() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(a.Values)) {
		if v := a.Values[name]; v == "" {
			parts = append(parts, plain.Text(name)+" is NULL or empty")
		} else {
			parts = append(parts, plain.Text(name)+" is "+strconv.Quote(v))
		}
	}
	if len(parts) == 0 {
		return "any row"
	}
	return strings.Join(parts, ", ")
}

// maxLines is how many rules are named on a line.
const maxLines = 5

// lines names rules by their places: rules.csv:2, 4 and 7.
func lines(rules []rls.Rule) string {
	var s strings.Builder
	for i, r := range rules {
		pos := r.Pos()
		switch {
		case i == 0 && pos.File != "":
			s.WriteString(pos.File + ":")
		case i == 0:
			s.WriteString("line ")
		case i == maxLines:
			return fmt.Sprintf("%s and %d more", s.String(), len(rules)-i)
		default:
			s.WriteString(", ")
		}
		s.WriteString(strconv.Itoa(pos.Line))
	}
	return s.String()
}

// MarshalJSON writes the answer as an object. "rows" is left out if the viewer
// sees every row:
//
//	{"values":{"Region":"EMEA"},"sights":[{"viewer":{"kind":"user","name":"al"},
//	  "rules":[{"file":"rules.csv","line":2,"user":"al"}],"rows":{"op":"in",…}}]}
func (a Answer) MarshalJSON() ([]byte, error) {
	type sight struct {
		Viewer jsonViewer           `json:"viewer"`
		Rules  []jsonRule           `json:"rules"`
		Rows   *predicate.Predicate `json:"rows,omitempty"`
	}
	type refusal struct {
		Viewer jsonViewer `json:"viewer"`
		Error  string     `json:"error"`
	}
	sights := make([]sight, 0, len(a.Access))
	for _, s := range a.Access {
		j := sight{Viewer: newJSONViewer(s.Viewer)}
		for _, r := range s.Rules {
			j.Rules = append(j.Rules, jsonRule{r.Pos().File, r.Pos().Line, r.User(), r.Group()})
		}
		if s.Rows.Op() != predicate.OpAll {
			j.Rows = &s.Rows
		}
		sights = append(sights, j)
	}
	var refused []refusal
	for _, r := range a.Refused {
		refused = append(refused, refusal{newJSONViewer(r.Viewer), r.Err.Error()})
	}
	return json.Marshal(struct {
		Values      map[string]string `json:"values"`
		NotEnforced bool              `json:"notEnforced,omitempty"`
		Sights      []sight           `json:"sights"`
		Refused     []refusal         `json:"refused,omitempty"`
	}{a.Values, a.NotEnforced, sights, refused})
}

type jsonViewer struct {
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	Groups []string `json:"groups,omitempty"`

	Unlisted bool `json:"unlisted,omitempty"` // the roster lacks it
}

func newJSONViewer(v roster.Viewer) jsonViewer {
	return jsonViewer{string(v.Kind), v.Name, v.Groups, v.Unlisted}
}

type jsonRule struct {
	File  string `json:"file,omitempty"`
	Line  int    `json:"line"`
	User  string `json:"user,omitempty"`
	Group string `json:"group,omitempty"`
}
