package main

import (
	"runtime"
)

// An AllocRow says what rowsight asks of the Go heap for a batch once it has
// seen some.
type AllocRow struct {
	Layout Layout
	Peer   string
	Kind   Kind
	Case   string
	Allocs float64 // per batch
	Bytes  float64 // per batch
	Output float64 // bytes that the result of a batch needs
}

// allocs counts what a second pass over the table allocates.
func (res *Result) allocs(d *Data) error {
	res.Config.Env.Log("%s: allocations", d.Layout)
	runtime.GOMAXPROCS(1)
	for _, peer := range res.Config.Peers {
		if peer.Role != Own {
			continue
		}
		s, err := peer.Open(res.Config.Env, d, 1)
		if err != nil {
			return err
		}
		for _, c := range res.Config.Cases {
			q, _, err := s.Prepare(c)
			if err != nil {
				return err
			}
			for _, k := range res.Config.Kinds {
				if _, err := q.Run(k, Whole, nil); err != nil {
					continue // not offered
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				if _, err := q.Run(k, Whole, nil); err != nil {
					return err
				}
				runtime.ReadMemStats(&after)
				n := float64(len(d.Batches))
				res.Allocs = append(res.Allocs, AllocRow{
					Layout: d.Layout, Peer: peer.Name, Kind: k, Case: c.Name,
					Allocs: float64(after.Mallocs-before.Mallocs) / n,
					Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / n,
					Output: res.output(d, k, c) / n,
				})
			}
			q.Close()
		}
		s.Close()
	}
	return nil
}

// output returns about how many bytes the results of a case hold: a bit a row
// of a mask, and of rows the visible share of the table. Rows that are handed
// on as they are need nothing.
func (res *Result) output(d *Data, k Kind, c *Case) float64 {
	if k == Mask {
		return float64(d.Rows) / 8
	}
	share := res.Selected[d.Layout][c.Name]
	if share == 1 {
		return 0
	}
	return share * res.RowBytes[d.Layout] * float64(d.Rows)
}
