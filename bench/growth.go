package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/rowsight/rowsight/predicate/batch"
)

// A GrowthTable says how a mask, and what precedes it, grows with one
// dimension of the rules.
type GrowthTable struct {
	Layout Layout
	What   string  // "rules" or "values"
	Max    float64 // how much dearer the last may be than the first
	Points []GrowthPoint
}

// A GrowthPoint is one size.
type GrowthPoint struct {
	N        int
	Selected float64
	NsPerRow float64
	Bind     time.Duration // For and Bind
	Memory   uint64        // heap that a bound filter holds, its predicate included
}

// growth measures both dimensions: F4 with fewer rules, and F3 with fewer
// values. The sizes take turns like peers do.
func (res *Result) growth(d *Data) error {
	if !slices.ContainsFunc(res.Config.Peers, func(p Peer) bool { return p.Role == Own }) {
		return nil
	}
	rules := GrowthTable{Layout: d.Layout, What: "rules", Max: 2}
	var cases []*Case
	for _, n := range []int{1, 10, 100, 999} {
		cases = append(cases, &Case{Name: fmt.Sprintf("%d rules", n), Rules: manyRules(999)[:n]})
		rules.Points = append(rules.Points, GrowthPoint{N: n})
	}
	if err := res.grow(d, &rules, cases); err != nil {
		return err
	}
	values := GrowthTable{Layout: d.Layout, What: "values", Max: 4}
	cases = nil
	all := customers(192_000)
	for _, n := range []int{10, 100, 1_000, 10_000, 100_000, 192_000} {
		cases = append(cases, &Case{Name: fmt.Sprintf("%d values", n), Rules: []Rule{{"customer": all[:n]}}})
		values.Points = append(values.Points, GrowthPoint{N: n})
	}
	if err := res.grow(d, &values, cases); err != nil {
		return err
	}
	res.Growth = append(res.Growth, rules, values)
	return nil
}

func (res *Result) grow(d *Data, t *GrowthTable, cases []*Case) error {
	res.Config.Env.Log("%s: growth with %s", d.Layout, t.What)
	runtime.GOMAXPROCS(1)
	filters := make([]*batch.Filter, len(cases))
	times := make([][]time.Duration, len(cases))
	for i, c := range cases {
		rules, err := readRules(c)
		if err != nil {
			return err
		}
		before := heap()
		var binds []time.Duration
		for range res.Config.Rounds {
			took, err := timed(func() error {
				filters[i], err = bindFor(rules, d.Schema, &batch.Options{Workers: 1})
				return err
			})
			if err != nil {
				return err
			}
			binds = append(binds, took)
		}
		t.Points[i].Bind = median(binds)
		t.Points[i].Memory = max(heap(), before) - before
		runtime.KeepAlive(rules)
	}
	for round := range res.Config.Rounds {
		for i := range cases {
			i := (i + round) % len(cases)
			visible := 0
			took, err := timed(func() error {
				for _, rec := range d.Batches {
					n, err := filters[i].Count(rec)
					if err != nil {
						return err
					}
					visible += n
				}
				return nil
			})
			if err != nil {
				return err
			}
			times[i] = append(times[i], took)
			t.Points[i].Selected = float64(visible) / float64(d.Rows)
		}
	}
	for i := range cases {
		t.Points[i].NsPerRow = float64(median(times[i])) / float64(d.Rows)
	}
	return nil
}

// heap returns the bytes that live on the heap. What is kept in pools is gone
// with the second collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
