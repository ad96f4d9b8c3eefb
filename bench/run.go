package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// Config says what to run.
type Config struct {
	Rows    map[Layout]int // 0 leaves a layout out
	Rounds  int
	Least   bool          // report the least of the rounds and not the median
	Budget  time.Duration // for all rounds of one cell; what would take longer runs over a part of the table
	Threads []int
	Peers   []Peer
	Cases   []*Case
	Kinds   []Kind
	Env     *Env
}

// statistic names what is taken of the rounds.
func (c *Config) statistic() string {
	if c.Least {
		return "least"
	}
	return "median"
}

// Env is what peers need to know of their surroundings.
type Env struct {
	Cache   string                           // a folder for data and environments
	Timeout time.Duration                    // for one run of an engine that can be stopped
	Log     func(format string, args ...any) // progress
}

// A Key names one number of the result.
type Key struct {
	Layout  Layout
	Kind    Kind
	Threads int
	Peer    string
	Case    string
}

// A Cell is what was measured for a key.
type Cell struct {
	Part  Part
	Rows  int
	Times []time.Duration
	Wrong string // how the answer differs; a wrong answer takes no part in the comparison
	Err   error  // why there is no number
}

// NsPerRow returns the median.
func (c *Cell) NsPerRow() float64 {
	return float64(median(c.Times)) / float64(c.Rows)
}

// least returns the least of times alone, which is then their median.
func least(times []time.Duration) []time.Duration {
	if len(times) == 0 {
		return nil
	}
	return []time.Duration{slices.Min(times)}
}

func median(times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(times))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// A Result is all that a run found out.
type Result struct {
	Config   *Config
	Cells    map[Key]*Cell
	Selected map[Layout]map[string]float64 // share of the rows that a case shows
	RowBytes map[Layout]float64
	Prepare  map[Key][]time.Duration // of Kind "" and one thread: once per principal
	Skipped  map[string]string       // peer -> why
	Versions map[string]string
	Growth   []GrowthTable
	Allocs   []AllocRow
}

// participant is a peer with the data and a number of threads.
type participant struct {
	peer    Peer
	threads int
	session Session
	query   Query
	slow    error // errTooSlow: the case is given up
}

// Run measures everything, one layout after the other.
func Run(cfg *Config) (*Result, error) {
	res := &Result{
		Config:   cfg,
		Cells:    make(map[Key]*Cell),
		Selected: make(map[Layout]map[string]float64),
		RowBytes: make(map[Layout]float64),
		Prepare:  make(map[Key][]time.Duration),
		Skipped:  make(map[string]string),
		Versions: make(map[string]string),
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, l := range []Layout{Plain, Dict} {
		if cfg.Rows[l] == 0 {
			continue
		}
		if err := res.layout(l); err != nil {
			return nil, fmt.Errorf("layout %s: %w", l, err)
		}
		runtime.GC() // the next layout needs the room
	}
	if cfg.Least {
		for _, cell := range res.Cells {
			cell.Times = least(cell.Times)
		}
		for key, times := range res.Prepare {
			res.Prepare[key] = least(times)
		}
	}
	return res, nil
}

func (res *Result) layout(l Layout) error {
	cfg := res.Config
	cfg.Env.Log("%s: load %d rows", l, cfg.Rows[l])
	d, err := LoadData(l, cfg.Rows[l], cfg.Env.Cache)
	if err != nil {
		return err
	}
	res.Selected[l] = make(map[string]float64)
	res.RowBytes[l] = float64(d.Bytes()) / float64(d.Rows)
	parts, err := res.open(d)
	if err != nil {
		return err
	}
	defer func() {
		for _, p := range parts {
			p.session.Close()
		}
	}()
	for _, c := range cfg.Cases {
		if err := res.measure(d, c, parts); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	if err := res.growth(d); err != nil {
		return err
	}
	return res.allocs(d)
}

func (res *Result) open(d *Data) (parts []*participant, err error) {
	for _, peer := range res.Config.Peers {
		for _, threads := range res.Config.Threads {
			s, err := peer.Open(res.Config.Env, d, threads)
			if errors.Is(err, errSkipped) {
				res.Skipped[peer.Name] = err.Error()
				res.Config.Env.Log("%s: %s: %v", d.Layout, peer.Name, err)
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", peer.Name, err)
			}
			if v := s.Version(); v != "" {
				res.Versions[peer.Name] = v
			}
			parts = append(parts, &participant{peer: peer, threads: threads, session: s})
		}
	}
	return parts, nil
}

// measure runs one case: every participant prepares it, and then the kinds are
// measured one after the other.
func (res *Result) measure(d *Data, c *Case, parts []*participant) error {
	res.Config.Env.Log("%s %s: %s", d.Layout, c.Name, c.What)
	want := newReference(d, c)
	res.Selected[d.Layout][c.Name] = float64(want[Whole].Rows) / float64(d.Rows)
	var ready []*participant
	for _, p := range parts {
		runtime.GOMAXPROCS(p.threads)
		q, took, err := p.session.Prepare(c)
		if errors.Is(err, errNoKind) {
			continue
		}
		if err != nil {
			for _, k := range res.Config.Kinds {
				res.Cells[p.key(d, k, c)] = &Cell{Err: err}
			}
			continue
		}
		p.query, p.slow = q, nil
		ready = append(ready, p)
		if p.threads == 1 {
			key := p.key(d, "", c)
			res.Prepare[key] = append(res.Prepare[key], took)
		}
	}
	defer func() {
		for _, p := range ready {
			p.query.Close()
		}
	}()
	for _, k := range res.Config.Kinds {
		res.rounds(d, c, k, ready, want)
	}
	return res.prepareAgain(d, c, ready)
}

func (p *participant) key(d *Data, k Kind, c *Case) Key {
	return Key{d.Layout, k, p.threads, p.peer.Name, c.Name}
}

// rounds measures one kind of one case. First every participant is checked and
// told how much of the table to run over; then they take turns, and each round
// begins with another one, so that whatever else the machine does falls on all
// of them alike.
func (res *Result) rounds(d *Data, c *Case, k Kind, parts []*participant, want *reference) {
	cfg := res.Config
	var turns []*participant
	for _, p := range parts {
		runtime.GOMAXPROCS(p.threads)
		cell := &Cell{Err: p.slow}
		if p.slow == nil && res.check(d, c, k, p, want, cell) {
			turns = append(turns, p)
		}
		if errors.Is(cell.Err, errTooSlow) {
			p.slow = cell.Err
		}
		if errors.Is(cell.Err, errNoKind) {
			continue
		}
		res.Cells[p.key(d, k, c)] = cell
	}
	spent := make(map[*participant]time.Duration)
	for round := range cfg.Rounds {
		for i := range turns {
			p := turns[(i+round)%len(turns)]
			cell := res.Cells[p.key(d, k, c)]
			if round > 0 && spent[p] > cfg.Budget {
				continue
			}
			runtime.GOMAXPROCS(p.threads)
			start := time.Now()
			took, err := p.query.Run(k, cell.Part, nil)
			spent[p] += time.Since(start)
			if err != nil {
				cell.Err = err
				continue
			}
			cell.Times = append(cell.Times, took)
		}
	}
}

// check compares a participant's answers with the reference and chooses how
// much of the table it will be measured on. It reports whether there is
// anything to measure.
//
// Time has a part that does not depend on the rows, such as planning 192,000
// literals. Two points tell it apart, so one batch is tried whenever a run
// over it cannot take longer than the budget; the whole table is taken if all
// rounds over it fit.
func (res *Result) check(d *Data, c *Case, k Kind, p *participant, want *reference, cell *Cell) bool {
	var before struct {
		took time.Duration
		rows int
	}
	for part := Sample; part <= Whole; part++ {
		cell.Part = part
		_, cell.Rows = d.Part(part)
		if p.peer.Role == Limit {
			_, cell.Err = p.query.Run(k, part, nil) // warms up, as an answer does
		} else {
			p.compare(k, part, want, cell)
		}
		if cell.Err != nil || cell.Wrong != "" || part == Whole {
			break
		}
		var took time.Duration
		if took, cell.Err = p.query.Run(k, part, nil); cell.Err != nil {
			break
		}
		_, rows := d.Part(part + 1)
		perRow := float64(max(took-before.took, 0)) / float64(max(cell.Rows-before.rows, 1))
		estimate := took + time.Duration(perRow*float64(rows-cell.Rows))
		if part == OneBatch {
			estimate *= time.Duration(res.Config.Rounds)
		}
		if estimate > res.Config.Budget {
			break
		}
		before.took, before.rows = took, cell.Rows
	}
	return cell.Err == nil
}

// compare notes in the cell whether the answer is right. One that is wrong is
// measured all the same, but marked.
func (p *participant) compare(k Kind, part Part, want *reference, cell *Cell) {
	var got Answer
	_, cell.Err = p.query.Run(k, part, &got)
	if w := want.answer(k, part); cell.Err == nil && got != w {
		cell.Wrong = fmt.Sprintf("got %s; want %s", got, w)
	}
}

// reference is the right answer to a case for each part, found with the plainest
// fast code there is.
type reference [Whole + 1]Answer

func newReference(d *Data, c *Case) *reference {
	match := compileBitsets(c, d.Schema)
	var ref reference
	for part := range ref {
		batches, _ := d.Part(Part(part))
		for _, rec := range batches {
			ref[part].add(selectedAnswer(rec, match(rec)))
		}
	}
	return &ref
}

func (r *reference) answer(k Kind, p Part) Answer {
	if k == Mask {
		return r[p].masked()
	}
	return r[p]
}
