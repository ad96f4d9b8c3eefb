package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Report returns the result as Markdown.
func Report(res *Result, m Machine) string {
	r := &reporter{res: res, targets: targets[classOf(m.Form)]}
	r.heading(m)
	for _, l := range []Layout{Plain, Dict} {
		if res.Config.Rows[l] == 0 {
			continue
		}
		for _, k := range res.Config.Kinds {
			for _, threads := range res.Config.Threads {
				r.comparison(l, k, threads)
			}
		}
	}
	r.scaling()
	r.prepare()
	r.growth()
	r.allocs()
	r.wrong()
	return r.b.String()
}

type reporter struct {
	res     *Result
	targets map[Kind]map[Layout]map[string]float64
	b       strings.Builder
}

func (r *reporter) line(format string, args ...any) { fmt.Fprintf(&r.b, format+"\n", args...) }

// row writes a row of a table.
func (r *reporter) row(cells ...string) { r.line("| %s |", strings.Join(cells, " | ")) }

// head writes the first two lines of a table: text on the left, numbers on the
// right.
func (r *reporter) head(left int, cells ...string) {
	r.line("")
	r.row(cells...)
	rule := make([]string, len(cells))
	for i := range rule {
		rule[i] = "---:"
		if i < left {
			rule[i] = "---"
		}
	}
	r.line("|%s|", strings.Join(rule, "|"))
}

func (r *reporter) heading(m Machine) {
	cfg := r.res.Config
	r.line("# Benchmark of %s", m.Date.Format(time.DateOnly))
	r.line("")
	r.line("- commit %s, %s", m.Commit, m.Go)
	r.line("- %s, %d cores, %s of memory; loops: %s; targets: %s", m.CPU, m.Cores, m.Memory, m.Form, classOf(m.Form))
	r.line("- command, in bench: `GOWORK=off %s`", m.Command)
	var tables []string
	for _, l := range []Layout{Plain, Dict} {
		if n := cfg.Rows[l]; n > 0 {
			tables = append(tables, fmt.Sprintf("%s: %s rows of %.0f bytes", l, thousands(n), r.res.RowBytes[l]))
		}
	}
	r.line("- %s; batches of %s rows; the %s of %d rounds, one interleaved run", strings.Join(tables, "; "), thousands(batchRows), cfg.statistic(), cfg.Rounds)
	var versions []string
	for _, p := range cfg.Peers {
		if v := r.res.Versions[p.Name]; v != "" && p.Role == Other {
			versions = append(versions, p.Name+" "+v)
		}
	}
	if len(versions) > 0 {
		r.line("- peers: %s", strings.Join(versions, "; "))
	}
	for _, name := range slices.Sorted(maps.Keys(r.res.Skipped)) {
		r.line("- **not measured:** %s: %s", name, r.res.Skipped[name])
	}
	r.line("")
	r.line("Every answer was compared with a reference: the number of rows, sums over their ids, and of rows also the")
	r.line("lengths of all texts and the sum of the amounts. Where the whole table would have taken too long, † was measured")
	r.line("on one batch and ‡ on %s rows. – is not offered. \"Ratio\" is the best peer's time divided by rowsight's best.", thousands(sampleRows))
	cells := []string{"filter", "what"}
	for _, l := range []Layout{Plain, Dict} {
		if cfg.Rows[l] > 0 {
			cells = append(cells, "selects, "+string(l))
		}
	}
	r.head(2, cells...)
	for _, c := range cfg.Cases {
		cells := []string{c.Name, c.What}
		for _, l := range []Layout{Plain, Dict} {
			if cfg.Rows[l] > 0 {
				cells = append(cells, fmt.Sprintf("%.2f %%", 100*r.res.Selected[l][c.Name]))
			}
		}
		r.row(cells...)
	}
}

// comparison writes the table of a layout, a kind and a number of threads.
func (r *reporter) comparison(l Layout, k Kind, threads int) {
	r.line("")
	r.line("## %s, %s, %s (ns/row)", k, l, plural(threads, "thread"))
	names := []string{""}
	for _, c := range r.res.Config.Cases {
		names = append(names, c.Name)
	}
	r.head(1, names...)
	for _, p := range r.res.Config.Peers {
		cells, some := []string{p.Name}, false
		for _, c := range r.res.Config.Cases {
			cell := r.res.Cells[Key{l, k, threads, p.Name, c.Name}]
			some = some || cell != nil
			cells = append(cells, cell.String())
		}
		if some {
			r.row(cells...)
		}
	}
	best, ratio := []string{"best peer"}, []string{"**ratio**"}
	target, met := []string{"target"}, []string{"met"}
	perBatch := []string{"rowsight, µs a batch"}
	for _, c := range r.res.Config.Cases {
		own, _ := r.best(l, k, threads, c, Own)
		other, name := r.best(l, k, threads, c, Other)
		best = append(best, name)
		if own == nil {
			perBatch = append(perBatch, "–")
		} else {
			perBatch = append(perBatch, number(own.NsPerRow()*batchRows/1000))
		}
		if own == nil || other == nil {
			ratio, target, met = append(ratio, "–"), append(target, ""), append(met, "")
			continue
		}
		times := other.NsPerRow() / own.NsPerRow()
		ratio = append(ratio, "**"+number(times)+"×**"+partMarks[min(own.Part, other.Part)])
		if want, ok := r.targets[k][l][c.Name]; ok && threads == 1 {
			target, met = append(target, number(want)+"×"), append(met, yesNo(times >= want))
		} else {
			target, met = append(target, ""), append(met, "")
		}
	}
	r.row(best...)
	r.row(ratio...)
	if threads == 1 {
		r.row(target...)
		r.row(met...)
	}
	r.row(perBatch...)
}

// best returns the fastest right cell of the peers of a role, and whose it is;
// nil if there is none.
func (r *reporter) best(l Layout, k Kind, threads int, c *Case, role Role) (best *Cell, name string) {
	name = "–"
	for _, p := range r.res.Config.Peers {
		cell := r.res.Cells[Key{l, k, threads, p.Name, c.Name}]
		if p.Role != role || !cell.counts() {
			continue
		}
		if best == nil || cell.NsPerRow() < best.NsPerRow() {
			best, name = cell, p.Name
		}
	}
	return best, name
}

// partMarks tell that a number is not of the whole table.
var partMarks = [Whole + 1]string{OneBatch: "†", Sample: "‡"}

// counts reports whether there is a number and the answer was right.
func (c *Cell) counts() bool {
	return c != nil && c.Err == nil && c.Wrong == "" && len(c.Times) > 0
}

// String returns the cell as it stands in the table.
func (c *Cell) String() string {
	switch {
	case c == nil:
		return "–"
	case errors.Is(c.Err, errTooSlow):
		return "too slow"
	case c.Err != nil:
		return "error"
	case len(c.Times) == 0:
		return "–"
	}
	s := number(c.NsPerRow()) + partMarks[c.Part]
	if c.Wrong != "" {
		s += " **WRONG**"
	}
	return s
}

func yesNo(ok bool) string {
	if ok {
		return "yes"
	}
	return "**no**"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// number prints three digits that count.
func number(v float64) string {
	switch {
	case v < 0.0995:
		return fmt.Sprintf("%.3f", v)
	case v < 9.95:
		return fmt.Sprintf("%.2f", v)
	case v < 99.5:
		return fmt.Sprintf("%.1f", v)
	default:
		return thousands(int(v + 0.5))
	}
}

// thousands prints 1234567 as 1,234,567.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
