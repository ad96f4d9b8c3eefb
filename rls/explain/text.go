package explain

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/tagrules"
)

// String returns the answer as lines of text.
func (a Answer) String() string { return string(a.AppendTo(nil)) }

// AppendTo appends [Answer.String] to b.
func (a Answer) AppendTo(b []byte) []byte {
	if a.Row > 0 {
		b = fmt.Appendf(b, "row %d ", a.Row)
	}
	rules := "rules"
	if a.tags() {
		rules = "lists of tags"
	}
	who := a.Who
	who = cmp.Or(who, "nobody")
	switch a.Reason {
	case NotEnforced:
		return fmt.Appendf(b, "visible to %s: the rules are disabled, everybody sees every row\n", who)
	case Admitted:
		b = fmt.Appendf(b, "visible to %s: %d of %d %s %s the row\n", who, len(a.By), a.Rules, rules, verb(len(a.By), "admit"))
		for _, r := range a.By {
			b = fmt.Appendf(b, "  %s\n", r)
		}
		return b
	case Denied:
		none := fmt.Sprintf("none of %d %s admits", a.Rules, rules)
		switch {
		case a.Rules == 1 && a.tags():
			none = "the only list of tags does not admit"
		case a.Rules == 1:
			none = "the only rule does not admit"
		}
		b = fmt.Appendf(b, "hidden from %s: %s the row; nearest:\n", who, none)
	default:
		return fmt.Appendf(b, "hidden from %s: no applicable rule\n", who)
	}
	for _, m := range a.Nearest {
		b = fmt.Appendf(b, "  %s\n", m.Rule)
		for _, f := range m.Fields {
			b = append(f.AppendTo(append(b, "    "...)), '\n')
		}
	}
	if a.More > 0 {
		b = fmt.Appendf(b, "  and %d more as near\n", a.More)
	}
	return b
}

func (a Answer) tags() bool {
	return len(a.By) > 0 && a.By[0].List > 0 || len(a.Nearest) > 0 && a.Nearest[0].Rule.List > 0
}

func verb(n int, s string) string {
	if n == 1 {
		return s + "s"
	}
	return s
}

// String returns the failure on one line.
func (f Failure) String() string { return string(f.AppendTo(nil)) }

// AppendTo appends [Failure.String] to b.
func (f Failure) AppendTo(b []byte) []byte {
	if f.Key != "" && f.State != tagrules.HasValues {
		return fmt.Appendf(b, "tag %q, which restricts %s: %s", f.Key, plain.Text(f.Column), f.State)
	}
	b = append(append(b, plain.Text(f.Column)...), " is "...)
	if f.Null {
		b = append(b, "NULL or empty"...)
	} else {
		b = strconv.AppendQuote(b, f.Has)
	}
	switch {
	case f.Key != "" && f.Values == 1:
		return fmt.Appendf(b, ", which is not the value of tag %q", f.Key)
	case f.Key != "":
		return fmt.Appendf(b, ", which is none of the %d values of tag %q", f.Values, f.Key)
	case f.Values == 0:
		return append(b, ", want a value"...)
	case f.Values == 1:
		b = append(b, ", want "...)
	default:
		b = append(b, ", want one of "...)
	}
	for i, w := range f.Want {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendQuote(b, w)
	}
	if f.Values > len(f.Want) {
		b = fmt.Appendf(b, " and %d more", f.Values-len(f.Want))
	}
	if f.Unquoted {
		quoted := strings.ReplaceAll(f.Has, `"`, `""`)
		b = fmt.Appendf(b, `; the rule has this text and splits it at the commas, write it as "%s" in the cell`, quoted)
	}
	return b
}
