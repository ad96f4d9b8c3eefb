package vet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/rls"
)

// A Finding is one problem or probable mistake in a permission dataset or a tag
// configuration. Its text may quote the rule file and, with data, values of the
// data. It is for operators, not for viewers. It never contains the value of a
// tag or a match-all value (T8).
type Finding struct {
	ID         string       // "RS022", see [Kinds]
	Severity   Severity     // the severity
	Pos        rls.Position // the position; zero if unknown
	Thing      string       // the subject: column "Region", user "al"
	Reason     string       // the problem, on one line
	Suggestion string       // the suggestion, on one line
	More       int          // the number of omitted findings of this ID
	Silenced   string       // the reason of the [Config] that silences it, or ""
}

// String returns "file:line:column: severity RS022: thing: reason (suggestion)",
// without the parts that are empty.
func (f Finding) String() string {
	var b strings.Builder
	if at := f.Pos.String(); at != "" {
		b.WriteString(at + ": ")
	}
	fmt.Fprintf(&b, "%s %s: %s", f.Severity, f.ID, f.message())
	if f.More > 0 {
		fmt.Fprintf(&b, " [and %d more %s]", f.More, f.ID)
	}
	return b.String()
}

func (f Finding) message() string {
	text := f.Reason
	if f.Thing != "" {
		text = f.Thing + ": " + text
	}
	if f.Suggestion != "" {
		text += " (" + f.Suggestion + ")"
	}
	return text
}

// Max returns the highest severity of the findings that are not silenced, or
// [None]. Use it for an exit code.
func Max(findings []Finding) Severity {
	most := None
	for _, f := range findings {
		if f.Silenced == "" {
			most = max(most, f.Severity)
		}
	}
	return most
}

// DefaultMaxPerID is the default of [Options.MaxPerID].
const DefaultMaxPerID = 1000

// A report collects findings.
type report struct {
	refused  bool   // the file does not load, for reasons that are findings
	unclear  bool   // the header does not say which column is which
	vetted   string // the file whose findings come first
	most     int    // of one id; negative: no limit
	findings []Finding
	count    map[string]int
	kinds    map[string]Kind
}

func newReport(file string, most int) *report {
	most = cmp.Or(most, DefaultMaxPerID)
	r := &report{vetted: file, most: most, count: make(map[string]int), kinds: make(map[string]Kind)}
	for _, k := range Kinds() {
		r.kinds[k.ID] = k
	}
	return r
}

// add notes a finding. A million lines with one mistake are counted, not
// formatted.
func (r *report) add(id string, pos rls.Position, thing, suggestion, reason string, args ...any) {
	r.count[id]++
	if r.most >= 0 && r.count[id] > r.most {
		return
	}
	r.findings = append(r.findings, Finding{
		ID: id, Severity: r.kinds[id].Severity, Pos: pos, Thing: thing,
		Reason: oneLine(fmt.Sprintf(reason, args...)), Suggestion: oneLine(suggestion),
	})
}

// finish returns the findings in order of position: those of the file that is
// vetted first, then those of others, such as the roster.
func (r *report) finish() []Finding {
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(other(a, r.vetted), other(b, r.vetted)), strings.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), strings.Compare(a.ID, b.ID))
	})
	listed := make(map[string]bool)
	for i, f := range slices.Backward(r.findings) {
		if n := r.count[f.ID]; !listed[f.ID] && r.most >= 0 && n > r.most {
			r.findings[i].More = n - r.most
		}
		listed[f.ID] = true
	}
	return r.findings
}

func other(f Finding, file string) int {
	if f.Pos.File == file {
		return 0
	}
	return 1
}

// oneLine keeps messages of others on one line.
func oneLine(s string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s)
}

// quote quotes a text from a file, and keeps it short.
func quote(s string) string {
	const most = 120
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 { // not inside a character
		cut--
	}
	return fmt.Sprintf("%q…", s[:cut])
}
