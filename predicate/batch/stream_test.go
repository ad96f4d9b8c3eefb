package batch

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// source reads records and then fails, if it has an error, or panics.
type source struct {
	array.RecordReader
	left  int
	err   error
	boom  bool
	after func() // called when left records were read
}

func (s *source) Next() bool {
	if s.left == 0 {
		if s.boom {
			panic("broken file, in it SECRET")
		}
		if s.after != nil {
			s.after()
		}
		return s.err == nil && s.RecordReader.Next()
	}
	s.left--
	return s.RecordReader.Next()
}

func (s *source) Err() error { return s.err }

// numbered returns records of two rows each: "yes", i and "no", i. Every fifth
// has no visible row.
func numbered(t *testing.T, mem memory.Allocator, n int) array.RecordReader {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.BinaryTypes.String}, {Name: "i", Type: arrow.BinaryTypes.String}}, nil)
	var recs []arrow.Record
	for i := range n {
		yes := "yes"
		if i%5 == 4 {
			yes = "never"
		}
		number := cell{fmt.Sprint(i), true}
		tt := textTable{names: []string{"a", "i"}, cells: [][]cell{{{yes, true}, {"no", true}}, {number, number}}}
		recs = append(recs, tt.record(mem, textLayouts()[:2], 0, 0))
		schema = recs[0].Schema()
	}
	r, err := array.NewRecordReader(schema, recs)
	require.NoError(t, err)
	for _, rec := range recs {
		rec.Release()
	}
	return r
}

func bindYes(t *testing.T, mem memory.Allocator, r array.RecordReader, workers int) *Filter {
	t.Helper()
	f, err := Bind(predicate.In("a", "yes"), r.Schema(), &Options{Allocator: mem, Workers: workers})
	require.NoError(t, err)
	return f
}

// settled fails if goroutines are left behind.
func settled(t *testing.T, before int) {
	t.Helper()
	for range 5000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before, "goroutines were left behind")
}

func TestRecords(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			before := runtime.NumGoroutine()
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			r := numbered(t, mem, 100)
			defer r.Release()
			var got []string
			for rec, err := range bindYes(t, mem, r, workers).Records(t.Context(), r) {
				require.NoError(t, err)
				require.EqualValues(t, 1, rec.NumRows())
				v, _ := textAt(rec.Column(1), 0)
				got = append(got, v)
			}
			var want []string
			for i := range 100 {
				if i%5 != 4 {
					want = append(want, fmt.Sprint(i))
				}
			}
			require.Equal(t, want, got, "all, in order, without the empty ones")
			settled(t, before)
		})
	}
}

// TestRecordsEnds ends streams in every other way.
func TestRecordsEnds(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		reason string
		wrap   func(*source, context.CancelFunc)
		stop   int // leave the loop after so many records
		want   error
	}{
		{"leaving the loop early", func(*source, context.CancelFunc) {}, 3, nil},
		{"an error of the reader comes after the rows before it", func(s *source, _ context.CancelFunc) { s.left, s.err = 20, broken }, -1, broken},
		{"a panic of the reader is an error", func(s *source, _ context.CancelFunc) { s.left, s.boom = 20, true }, -1, ErrMalformed},
		{"a cancelled context is an error, never a short success", func(s *source, cancel context.CancelFunc) { s.left, s.after = 20, cancel }, -1, context.Canceled},
		{"a context cancelled before the start", func(_ *source, cancel context.CancelFunc) { cancel() }, -1, context.Canceled},
	} {
		for _, workers := range []int{1, 4} {
			t.Run(fmt.Sprint(tt.reason, "/", workers), func(t *testing.T) {
				before := runtime.NumGoroutine()
				mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
				defer mem.AssertSize(t, 0)
				r := numbered(t, mem, 200)
				defer r.Release()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s := &source{RecordReader: r, left: 1000}
				tt.wrap(s, cancel)
				n, last := 0, error(nil)
				for rec, err := range bindYes(t, mem, r, workers).Records(ctx, s) {
					require.NoError(t, last, "nothing comes after an error")
					if last = err; err != nil {
						require.Nil(t, rec)
						continue
					}
					if n++; n == tt.stop {
						break
					}
				}
				if tt.want == nil {
					require.NoError(t, last)
					require.Equal(t, tt.stop, n)
				} else {
					require.ErrorIs(t, last, tt.want)
					require.NotContains(t, last.Error(), "SECRET")
					require.Less(t, n, 160, "not all rows came")
				}
				settled(t, before)
			})
		}
	}
}

// TestRecordsPanic leaves the loop by a panic of its body, as a failed check in
// a test does.
func TestRecordsPanic(t *testing.T) {
	before := runtime.NumGoroutine()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	r := numbered(t, mem, 100)
	defer r.Release()
	require.Panics(t, func() {
		for range bindYes(t, mem, r, 4).Records(t.Context(), r) {
			panic("body")
		}
	})
	settled(t, before)
}

func TestReader(t *testing.T) {
	for _, workers := range []int{1, 4} {
		for _, read := range []int{0, 3, 1000} {
			t.Run(fmt.Sprint(workers, "/", read), func(t *testing.T) {
				before := runtime.NumGoroutine()
				mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
				defer mem.AssertSize(t, 0)
				r := numbered(t, mem, 50)
				v := bindYes(t, mem, r, workers).Reader(t.Context(), r)
				r.Release()
				require.True(t, v.Schema().Equal(r.Schema()))
				n := 0
				for n < read && v.Next() {
					require.EqualValues(t, 1, v.Record().NumRows())
					n++
				}
				require.NoError(t, v.Err())
				require.Equal(t, min(read, 40), n)
				v.Retain()
				v.Release()
				v.Release()
				require.Nil(t, v.Record())
				settled(t, before)
			})
		}
	}
	var f *Filter
	v := f.Reader(t.Context(), nil)
	defer v.Release()
	require.False(t, v.Next())
	require.Error(t, v.Err())
}

// TestConcurrentUse shares one filter, and one dictionary, among goroutines.
func TestConcurrentUse(t *testing.T) {
	cells := randomCells(newRand(11), 3000, hostile)
	tt := textTable{names: []string{"a"}, cells: [][]cell{cells}}
	p := predicate.In("a", hostile[:10]...)
	layouts := textLayouts()
	want := 0
	for i := range cells {
		if p.Match(tt.value(i)) {
			want++
		}
	}
	for _, layout := range []arrow.DataType{layouts[0], layouts[5], layouts[12]} {
		rec := tt.record(memory.DefaultAllocator, []arrow.DataType{layout}, 0, 0)
		f, err := Bind(p, rec.Schema(), nil)
		require.NoError(t, err)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 20 {
					got, err := f.Apply(rec)
					if err != nil || int(got.NumRows()) != want {
						t.Errorf("%v: %v rows, want %d: %v", layout, got, want, err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
}
