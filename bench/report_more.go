package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// scaling writes how much faster two threads are than one.
func (r *reporter) scaling() {
	cfg := r.res.Config
	if !slices.Contains(cfg.Threads, 1) || !slices.Contains(cfg.Threads, 2) {
		return
	}
	r.line("")
	r.line("## Two threads beside one (times faster)")
	r.line("")
	r.line("The target is %.1f× on %s.", scalingTarget, strings.Join(scalingCases, ", "))
	names := append([]string{"kind", "layout", "peer"}, scalingCases...)
	r.head(3, append(names, "met")...)
	for _, l := range []Layout{Plain, Dict} {
		for _, k := range cfg.Kinds {
			for _, p := range cfg.Peers {
				cells, met, some := []string{string(k), string(l), p.Name}, true, false
				for _, name := range scalingCases {
					one, two := r.res.Cells[Key{l, k, 1, p.Name, name}], r.res.Cells[Key{l, k, 2, p.Name, name}]
					if !one.counts() || !two.counts() || one.Part != Whole || two.Part != Whole {
						cells = append(cells, "–")
						continue
					}
					ratio := one.NsPerRow() / two.NsPerRow()
					cells, met, some = append(cells, number(ratio)), met && ratio >= scalingTarget, true
				}
				if !some {
					continue
				}
				verdict := ""
				if p.Role == Own {
					verdict = yesNo(met)
				}
				r.row(append(cells, verdict)...)
			}
		}
	}
}

// prepare writes what is done once per principal.
func (r *reporter) prepare() {
	r.line("")
	r.line("## Once per principal (ms)")
	r.line("")
	r.line("For rowsight `For` and `Bind`; for others whatever precedes the first row: tables of rules, statements, maps.")
	names := []string{"layout", "peer"}
	for _, c := range r.res.Config.Cases {
		names = append(names, c.Name)
	}
	r.head(2, names...)
	for _, l := range []Layout{Plain, Dict} {
		for _, p := range r.res.Config.Peers {
			cells, some := []string{string(l), p.Name}, false
			for _, c := range r.res.Config.Cases {
				times := r.res.Prepare[Key{l, "", 1, p.Name, c.Name}]
				if len(times) == 0 || p.Role == Limit {
					cells = append(cells, "–")
					continue
				}
				some = true
				ms := milliseconds(median(times))
				cell := number(ms)
				if want, ok := prepareTargets[c.Name]; ok && p.Role == Own {
					cell += fmt.Sprintf(" (target %s: %s)", number(want), yesNo(ms <= want))
				}
				cells = append(cells, cell)
			}
			if some {
				r.row(cells...)
			}
		}
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// growth writes how the cost of a row grows with the rules.
func (r *reporter) growth() {
	if len(r.res.Growth) == 0 {
		return
	}
	r.line("")
	r.line("## Growth (rowsight, Count, 1 thread)")
	for _, t := range r.res.Growth {
		first, last := t.Points[0], t.Points[len(t.Points)-1]
		ratio := last.NsPerRow / first.NsPerRow
		r.line("")
		r.line("%s, %s: %s to %s costs %s× (target at most %s×: %s).",
			t.Layout, t.What, thousands(first.N), thousands(last.N), number(ratio), number(t.Max), yesNo(ratio <= t.Max))
		r.head(0, t.What, "ns/row", "selects", "For + Bind (ms)", "held (KB)")
		for _, p := range t.Points {
			r.row(thousands(p.N), number(p.NsPerRow), fmt.Sprintf("%.2f %%", 100*p.Selected), number(milliseconds(p.Bind)), number(float64(p.Memory)/1024))
		}
	}
}

// allocs writes what a batch costs on the heap.
func (r *reporter) allocs() {
	if len(r.res.Allocs) == 0 {
		return
	}
	r.line("")
	r.line("## Allocations per batch, steady state (1 thread)")
	r.line("")
	r.line("\"Output\" is what the result itself holds, about; with reused buffers it comes from the allocator and not from the heap.")
	r.head(4, "layout", "kind", "peer", "filter", "allocations", "KB", "output KB")
	for _, a := range r.res.Allocs {
		r.row(string(a.Layout), string(a.Kind), a.Peer, a.Case, number(a.Allocs), number(a.Bytes/1024), number(a.Output/1024))
	}
}

// wrong lists wrong answers and errors.
func (r *reporter) wrong() {
	var lines []string
	for key, cell := range r.res.Cells {
		where := fmt.Sprintf("%s, %s %s, %s, %s", key.Peer, key.Kind, key.Layout, plural(key.Threads, "thread"), key.Case)
		if cell.Wrong != "" {
			why := "NOT A KNOWN FAULT"
			if known, ok := knownFault(key); ok {
				why = "known: " + known
			}
			lines = append(lines, fmt.Sprintf("- WRONG: %s: %s (%s)", where, cell.Wrong, why))
		}
		if cell.Err != nil && !errors.Is(cell.Err, errNoKind) {
			lines = append(lines, fmt.Sprintf("- no number: %s: %v", where, cell.Err))
		}
	}
	if len(lines) == 0 {
		return
	}
	slices.Sort(lines)
	r.line("")
	r.line("## Wrong answers and errors")
	r.line("")
	for _, l := range lines {
		r.line("%s", l)
	}
}
