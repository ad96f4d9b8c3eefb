package spice

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

var soakRegions = []string{"EMEA", "US", "APAC"}

// soakPart are the rows of part m of refresh n: ten of each region.
func soakPart(n, m int64) table {
	t := table{{"refresh", "part", "Region"}}
	for i := range 30 {
		t = append(t, []string{fmt.Sprint(n), fmt.Sprint(m), soakRegions[i%3]})
	}
	return t
}

// soakRules are version k of the rules: everybody sees another region.
func soakRules(k int64) table {
	return table{{"UserName", "Region"}, {"anna", soakRegions[k%3]}, {"ben", soakRegions[(k+1)%3]}}
}

// epoch counts changes of one thing. A reader that saw done = a before it began
// and begun = b after it ended saw one of the states a … b that did not fail.
type epoch struct {
	begun, done atomic.Int64
	failed      sync.Map
}

func (e *epoch) change(f func(n int64) error) error {
	n := e.begun.Add(1)
	err := f(n)
	if err == nil {
		e.done.Store(n)
	} else {
		e.failed.Store(n, true)
	}
	return err
}

// possible reports whether one of the states a reader may have seen is it. A
// change that fails later is among them until it does.
func (e *epoch) possible(from, to int64, is func(int64) bool) bool {
	for n := from; n <= to; n++ {
		if _, failed := e.failed.Load(n); !failed && is(n) {
			return true
		}
	}
	return false
}

// soak is what the goroutines of one run of the store share.
type soak struct {
	t                          *testing.T
	w                          *world
	disk                       *failingDisk
	stop                       atomic.Bool
	data                       epoch // full refreshes
	rules                      epoch
	keys                       epoch       // odd: the key is disabled
	wild                       atomic.Bool // the disk fails: changes may hold or not
	reads, rows, locked, parts atomic.Int64
}

// TestSoak mixes readers, refreshes, changes of rules, keys that come and go,
// and disks that fail, with a store that is opened again and again. It takes
// two seconds; ROWSIGHT_SOAK=2m takes two minutes.
func TestSoak(t *testing.T) {
	length := 2 * time.Second
	if s := os.Getenv("ROWSIGHT_SOAK"); s != "" {
		var err error
		length, err = time.ParseDuration(s)
		require.NoError(t, err)
	}
	before := runtime.NumGoroutine()
	w := newWorld(t)
	s := &soak{t: t, w: w}
	s.disk = &failingDisk{left: -1}
	w.opts.Now = nil // the real clock
	w.open(s.disk)
	d := w.create("data", soakPart(0, 0))
	w.attach(d, w.rules("rules", ""+"UserName,Region\nanna,EMEA\nben,US\n"))
	for start := time.Now(); time.Since(start) < length || (s.rows.Load() == 0 || s.locked.Load() == 0) && time.Since(start) < length+time.Minute; {
		s.round(min(500*time.Millisecond, length/4))
	}
	require.Positive(t, s.rows.Load())
	require.Positive(t, s.locked.Load(), "the key was away at times")
	t.Logf("%d reads, %d rows, %d found the key away, %d full and %d incremental refreshes, %d rules",
		s.reads.Load(), s.rows.Load(), s.locked.Load(), s.data.done.Load(), s.parts.Load(), s.rules.done.Load())
	for i := 0; runtime.NumGoroutine() > before && i < 6000; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before, "goroutines are left")
}

// round runs everything at once for a while, and then lets the disk fail under
// it and opens the store again, as after a crash.
func (s *soak) round(length time.Duration) {
	ctx := context.Background()
	d, err := s.w.store.Dataset("data")
	require.NoError(s.t, err)
	rules, err := s.w.store.Dataset("rules")
	require.NoError(s.t, err)
	s.stop.Store(false)
	s.wild.Store(false)
	var wg sync.WaitGroup
	run := func(f func()) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for !s.stop.Load() {
				f()
				runtime.Gosched()
			}
		}()
	}
	for _, name := range []string{"anna", "ben"} {
		run(func() { s.read(d, name) })
	}
	run(func() {
		for _, who := range []Session{user("carl"), {}, tagged("region", "EMEA")} {
			ids, err := read1(d, who)
			if err != nil {
				s.allowed(err)
			}
			if len(ids) > 0 {
				s.t.Errorf("%v sees %d rows", who, len(ids))
			}
		}
	})
	run(func() {
		s.check(s.data.change(func(n int64) error {
			_, err := d.Refresh(ctx, soakPart(n, 0), RefreshFull)
			return err
		}))
		// The parts count from 0 again, and are complete one by one.
		for m := int64(1); m < 4 && !s.stop.Load() && !s.wild.Load(); m++ {
			snap, err := d.current(ctx)
			if err != nil || int64(len(snap.body.Segments)) != m {
				return
			}
			_, err = d.Refresh(ctx, soakPart(s.data.done.Load(), m), RefreshIncremental)
			s.check(err)
			s.parts.Add(1)
		}
	})
	run(func() {
		s.check(s.rules.change(func(k int64) error {
			_, err := rules.Refresh(ctx, soakRules(k), RefreshFull)
			return err
		}))
		time.Sleep(time.Millisecond)
	})
	run(func() {
		time.Sleep(time.Duration(30+rand.IntN(60)) * time.Millisecond)
		s.check(s.keys.change(func(int64) error { return s.w.keys.Disable(ctx, s.w.key) }))
		time.Sleep(time.Duration(rand.IntN(10)) * time.Millisecond)
		s.check(s.keys.change(func(int64) error { return s.w.keys.Enable(ctx, s.w.key) }))
	})
	time.Sleep(length)
	s.wild.Store(true)
	s.disk.mu.Lock()
	s.disk.left, s.disk.lied = rand.IntN(20), rand.IntN(2) == 0
	s.disk.mu.Unlock()
	time.Sleep(length / 8)
	s.stop.Store(true)
	wg.Wait()
	require.Empty(s.t, pinned(d))
	s.disk.left = -1
	require.NoError(s.t, s.w.keys.Enable(ctx, s.w.key))
	s.w.open(s.disk)
	// Whatever the last changes came to, the next ones are counted from here.
	d, err = s.w.store.Dataset("data")
	require.NoError(s.t, err)
	rules, err = s.w.store.Dataset("rules")
	require.NoError(s.t, err)
	require.NoError(s.t, s.data.change(func(n int64) error {
		_, err := d.Refresh(ctx, soakPart(n, 0), RefreshFull)
		return err
	}))
	require.NoError(s.t, s.rules.change(func(k int64) error {
		_, err := rules.Refresh(ctx, soakRules(k), RefreshFull)
		return err
	}))
	require.Len(s.t, segmentFiles(s.t, d), 3)
	s.wild.Store(false)
	s.read(d, "anna")
	require.NoError(s.t, s.keys.change(func(int64) error { return s.w.keys.Disable(ctx, s.w.key) }))
	s.read(d, "anna")
	require.NoError(s.t, s.keys.change(func(int64) error { return s.w.keys.Enable(ctx, s.w.key) }))
	if records, ok := s.w.opts.Audit.(*audit.Memory); ok && len(records.Records()) > 100_000 {
		s.w.opts.Audit = new(audit.Memory) // of the next round
	}
}

// read reads the rows of a viewer and holds them against every state that may
// have been.
func (s *soak) read(d *Dataset, name string) {
	data0, rules0, keys0 := s.data.done.Load(), s.rules.done.Load(), s.keys.done.Load()
	calm := !s.wild.Load()
	type row struct{ refresh, part, region string }
	counts := make(map[row]int)
	total := 0
	var failed error
	for rec, err := range d.Records(context.Background(), user(name)) {
		if err != nil {
			failed = err
			break
		}
		for i := range int(rec.NumRows()) {
			counts[row{rec.Column(0).ValueStr(i), rec.Column(1).ValueStr(i), rec.Column(2).ValueStr(i)}]++
			total++
		}
	}
	data1, rules1, keys1 := s.data.begun.Load(), s.rules.begun.Load(), s.keys.begun.Load()
	calm = calm && !s.wild.Load()
	s.reads.Add(1)
	if failed != nil {
		s.allowed(failed)
		if calm && keys0 == keys1 && keys0%2 == 0 {
			s.t.Errorf("%s: %v, and the key is there", name, failed)
		}
		s.locked.Add(1)
		return
	}
	if calm && keys0 == keys1 && keys0%2 == 1 {
		s.t.Errorf("%s sees %d rows, and the key is disabled", name, total)
	}
	if total == 0 {
		s.t.Errorf("%s sees nothing", name)
		return
	}
	s.rows.Add(int64(total))
	// One refresh, one region, and ten rows of each part from the first on.
	var of row
	var parts []string
	for r, n := range counts {
		if of.region != "" && (r.region != of.region || r.refresh != of.refresh) {
			s.t.Errorf("%s sees rows of %v and of %v", name, r, of)
		}
		of = r
		parts = append(parts, r.part)
		if n != 10 {
			s.t.Errorf("%s sees %d rows of %v, want 10", name, n, r)
		}
	}
	slices.Sort(parts)
	for i, p := range parts {
		if p != fmt.Sprint(i) {
			s.t.Errorf("%s sees parts %v", name, parts)
		}
	}
	if !calm {
		return // a change that failed may hold
	}
	if !s.data.possible(data0, data1, func(n int64) bool { return of.refresh == fmt.Sprint(n) }) {
		s.t.Errorf("%s sees refresh %s, want one of %d to %d", name, of.refresh, data0, data1)
	}
	shift := int64(0)
	if name == "ben" {
		shift = 1
	}
	if !s.rules.possible(rules0, rules1, func(k int64) bool { return of.region == soakRegions[(k+shift)%3] }) {
		s.t.Errorf("%s sees %s by rules %d to %d", name, of.region, rules0, rules1)
	}
}

// allowed reports an error that no reader should get.
func (s *soak) allowed(err error) {
	if !errors.Is(err, ErrKey) {
		s.t.Errorf("unexpected: %v", err)
	}
}

// check reports an error that no change should end in.
func (s *soak) check(err error) {
	if err != nil && !errors.Is(err, ErrKey) && !errors.Is(err, errDisk) && !s.wild.Load() {
		s.t.Errorf("unexpected: %v", err)
	}
}
