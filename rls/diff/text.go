package diff

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/internal/boxes"
	"github.com/rowsight/rowsight/rls/roster"
)

// String returns the result as lines of text: "+" marks gains, "-" marks
// losses. Long lists are shortened and show their length.
func (r *Result) String() string { return string(r.AppendTo(nil)) }

// AppendTo appends [Result.String] to b.
func (r *Result) AppendTo(b []byte) []byte {
	if len(r.Differences) == 0 {
		return append(b, "no difference\n"...)
	}
	for _, d := range r.Differences {
		b = append(append(b, names(d.Viewers)...), '\n')
		for _, side := range []struct {
			what string
			err  error
		}{{"old", d.Old}, {"new", d.New}} {
			if side.err != nil {
				b = fmt.Appendf(b, "  over a limit by the %s rules, and sees nothing: %v\n", side.what, side.err)
			}
		}
		b = d.appendTo(b)
		if r.HasData {
			b = appendCounts(b, r.Rows, d.Gained, d.Lost, d.GainedRows, d.LostRows)
		}
	}
	return b
}

// String returns the change as lines of text.
func (c Change) String() string {
	if c.IsZero() {
		return "no difference\n"
	}
	return string(c.appendTo(nil))
}

func (c Change) appendTo(b []byte) []byte {
	for _, p := range c.Gains {
		b = fmt.Appendf(b, "  + %s\n      such as %s\n", boxes.Text(p.Rows), row(p.Witness))
	}
	for _, p := range c.Losses {
		b = fmt.Appendf(b, "  - %s\n      such as %s\n", boxes.Text(p.Rows), row(p.Witness))
	}
	return b
}

func appendCounts(b []byte, rows, gained, lost int, gainedRows, lostRows []Sample) []byte {
	b = fmt.Appendf(b, "  of %d rows: %d gained, %d lost\n", rows, gained, lost)
	b = appendSamples(b, "+", gainedRows)
	return appendSamples(b, "-", lostRows)
}

func appendSamples(b []byte, sign string, rows []Sample) []byte {
	for _, s := range rows {
		b = fmt.Appendf(b, "  %s row %d", sign, s.Row)
		if s.Count > 1 {
			b = fmt.Appendf(b, " and %d like it", s.Count-1)
		}
		b = fmt.Appendf(b, ": %s\n", row(s.Values))
	}
	return b
}

// maxNames is how many viewers a line names.
const maxNames = 8

// names lists viewers: user al, user bo and 3 more.
func names(viewers []roster.Viewer) string {
	var s strings.Builder
	for i, v := range viewers {
		if i == maxNames && len(viewers) > maxNames+1 {
			fmt.Fprintf(&s, " and %d more", len(viewers)-i)
			break
		}
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString(v.String())
	}
	return s.String()
}

// row writes a row: Region = "US", Segment = "SMB".
func row(values map[string]string) string {
	if len(values) == 0 {
		return "a row without a value in any restricted column"
	}
	var parts []string
	for _, column := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, plain.Text(column)+" = "+strconv.Quote(values[column]))
	}
	return strings.Join(parts, ", ")
}
