package main

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// An e2eKey names the measurements of which one median is taken.
type e2eKey struct {
	flow          Flow
	rows, threads int
	form, engine  string
	name          string // of the case
}

// e2eCell is what was measured for a key.
type e2eCell struct {
	wall, work, cpu []time.Duration
	peak, out       int64
	err, wrong      string
}

// reportE2E returns all measurements as Markdown.
func reportE2E(all e2eResults, m Machine, notes []string) string {
	r := &reporter{}
	cells := map[e2eKey]*e2eCell{}
	versions := map[string]bool{}
	var tables []e2eKey
	var engines []string
	for _, x := range all {
		key := e2eKey{x.Flow, x.Rows, x.Threads, x.Form, x.Engine, x.Case}
		c := cells[key]
		if c == nil {
			c = &e2eCell{}
			cells[key] = c
		}
		if x.Err != "" {
			c.err = x.Err
			continue
		}
		c.wall, c.work, c.cpu = append(c.wall, x.Wall), append(c.work, x.Work), append(c.cpu, x.CPU)
		c.peak, c.out = max(c.peak, x.Peak), x.Out
		if x.Wrong != "" {
			c.wrong = x.Wrong
		}
		if x.Version != "" {
			versions[x.Engine+" "+x.Version] = true
		}
		if !slices.Contains(engines, x.Engine) {
			engines = append(engines, x.Engine)
		}
		if key.engine, key.name = "", ""; !slices.Contains(tables, key) {
			tables = append(tables, key)
		}
	}
	r.line("# Files in, files out, %s", m.Date.Format(time.DateOnly))
	r.line("")
	r.line("- commit %s, %s", m.Commit, m.Go)
	r.line("- %s, %d cores, %s of memory", m.CPU, m.Cores, m.Memory)
	r.line("- last command, in bench: `GOWORK=off %s`", m.Command)
	for _, v := range slices.Sorted(maps.Keys(versions)) {
		r.line("- %s", v)
	}
	for _, n := range notes {
		r.line("- **not measured:** %s", n)
	}
	r.line("")
	r.line("Each engine is a process of its own; engines take turns. *Process* is the time of the whole process, *work* the time of the query without the start of")
	r.line("Python and the imports (of rowsight, the whole process; of spice-count, without opening the store). Peak memory is that of the process. The rows that")
	r.line("were written were compared with the reference one by one, all cells, in any order. *Ratio* is the least time of another engine divided by the time of rowsight.")
	for _, t := range tables {
		r.line("")
		r.line("## %s, %s rows, %s, loops: %s", t.flow, thousands(t.rows), plural(t.threads, "thread"), t.form)
		r.head(2, "case", "engine", "process, s", "work, s", "processor, s", "peak, MB", "output")
		for _, c := range Cases() {
			bestWall, bestWork, own := time.Duration(0), time.Duration(0), time.Duration(0)
			for _, e := range engines {
				key := t
				key.engine, key.name = e, c.Name
				cell := cells[key]
				if cell == nil {
					continue
				}
				if cell.err != "" {
					r.row(c.Name, e, "–", "–", "–", "–", cell.err)
					continue
				}
				out := thousands(int(cell.out)) + " rows"
				if t.flow == ParquetToParquet || t.flow == CSVToCSV {
					out = fmt.Sprintf("%.1f MB", float64(cell.out)/1e6)
				}
				if cell.wrong != "" {
					out += " **WRONG**: " + cell.wrong
				}
				wall, work := median(cell.wall), median(cell.work)
				r.row(c.Name, e, seconds(wall), seconds(work), seconds(median(cell.cpu)), fmt.Sprintf("%.0f", float64(cell.peak)/1e6), out)
				switch {
				case cell.wrong != "":
				case e == "rowsight":
					own = wall
				default:
					if bestWall == 0 || wall < bestWall {
						bestWall = wall
					}
					if bestWork == 0 || work < bestWork {
						bestWork = work
					}
				}
			}
			if own > 0 && bestWall > 0 {
				target := ""
				if want := e2eTargets[t.flow][c.Name]; want > 0 && t.threads == 2 && classOf(t.form) == narrow {
					target = fmt.Sprintf("target %s×: %s", number(want), yesNo(float64(bestWall)/float64(own) >= want))
				}
				r.row(c.Name, "**ratio**", "**"+ratio(bestWall, own)+"**", ratio(bestWork, own), "", "", target)
			}
		}
	}
	r.line("")
	return r.b.String()
}

func ratio(other, own time.Duration) string { return number(float64(other)/float64(own)) + "×" }

func seconds(d time.Duration) string { return number(d.Seconds()) }
