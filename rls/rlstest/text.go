package rlstest

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/columns"
	"github.com/rowsight/rowsight/internal/plain"
)

// TextOptions configure [WriteText]. A nil *TextOptions and the zero
// TextOptions are the default: everything.
type TextOptions struct {
	OnlyFailed bool // omit cases that passed without a warning
}

// WriteText writes reports as text tables, one for each file, and a line with
// the totals. It contains no tag values, except in names of cases.
func WriteText(w io.Writer, reports []Report, opts *TextOptions) error {
	if opts == nil {
		opts = new(TextOptions)
	}
	b := bufio.NewWriter(w)
	var passed, failed, problems, warnings int
	var took time.Duration
	for i := range reports {
		r := &reports[i]
		p, f := r.Counts()
		passed, failed, problems, warnings = passed+p, failed+f, problems+len(r.Problems), warnings+len(r.Warnings)
		took += r.Duration
		for k := range r.Results {
			warnings += len(r.Results[k].Warnings)
		}
		writeReport(b, r, opts)
	}
	if len(reports) == 0 {
		problems = 1
		fmt.Fprintf(b, "  FAIL  %v\n", ErrNoFiles)
	}
	fmt.Fprintf(b, "%d passed, %d failed", passed, failed)
	if problems > 0 {
		fmt.Fprintf(b, ", %s", plain.Count(problems, "problem"))
	}
	if warnings > 0 {
		fmt.Fprintf(b, ", %s", plain.Count(warnings, "warning"))
	}
	if took > 0 {
		fmt.Fprintf(b, " in %s", took.Round(time.Millisecond/10))
	}
	b.WriteByte('\n')
	return b.Flush()
}

func writeReport(b *bufio.Writer, r *Report, opts *TextOptions) {
	fmt.Fprintf(b, "%s\n", oneLine(r.File))
	width := 0
	for i := range r.Results {
		width = max(width, min(60, columns.Width(oneLine(r.Results[i].Name))))
	}
	for i := range r.Results {
		c := &r.Results[i]
		if opts.OnlyFailed && c.Status == Passed && len(c.Warnings) == 0 {
			continue
		}
		mark := "ok  "
		if c.Status != Passed {
			mark = "FAIL"
		}
		name := oneLine(c.Name)
		fmt.Fprintf(b, "  %s  %s%s  %s\n", mark, name, columns.Pad(name, width), plain.Count(c.Visible, "row"))
		for _, warning := range c.Warnings {
			fmt.Fprintf(b, "        %s: warning: %s\n", c.Pos, warning)
		}
		if c.Status != Passed && c.Because != "" {
			fmt.Fprintf(b, "        because: %s\n", oneLine(c.Because))
		}
		for _, reason := range c.Reasons {
			fmt.Fprintf(b, "        %s\n", oneLine(reason.String()))
			for _, row := range reason.Rows {
				fmt.Fprintf(b, "          %s\n", oneLine(row))
			}
		}
	}
	for _, problem := range r.Problems {
		fmt.Fprintf(b, "  FAIL  %s\n", oneLine(problem))
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(b, "  warning: %s\n", oneLine(warning))
	}
	if r.Coverage.Rules > 0 {
		fmt.Fprintf(b, "  coverage: %d of %s\n", r.Coverage.Exercised, plain.Count(r.Coverage.Rules, "rule"))
		for _, m := range r.Coverage.Missing {
			fmt.Fprintf(b, "        %s: %s: %s\n", m.Pos, oneLine(m.Rule), m.Reason)
		}
	}
	if m := r.Mutation; m != nil {
		fmt.Fprintf(b, "  mutants: %d of %d tried, %d killed, %d change nothing, %d survived\n",
			m.Tried, m.Possible, m.Killed, m.Equivalent, len(m.Survivors))
		for _, s := range m.Survivors {
			fmt.Fprintf(b, "        %s\n", oneLine(s.String()))
		}
	}
}

// oneLine keeps a text from breaking a table, or from steering a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}
