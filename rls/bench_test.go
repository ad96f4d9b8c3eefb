package rls_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// manyRules is a file of n rules of four columns, each for one of users; a fifth
// of the segments are lists.
func manyRules(n, users int) []byte {
	var b bytes.Buffer
	b.WriteString("UserName,Region,Segment,Customer\n")
	for i := range n {
		segment := "SMB"
		if i%5 == 0 {
			segment = `"Enterprise,SMB,Startup"`
		}
		fmt.Fprintf(&b, "user%07d,region %d,%s,customer %05d\n", i%users, i%12, segment, i*7919%50_000)
	}
	return b.Bytes()
}

func BenchmarkReadCSV(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		b.Run("rules="+strconv.Itoa(n), func(b *testing.B) {
			data := manyRules(n, n/3+1)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			peak := watchHeap()
			for b.Loop() {
				rules, err := rls.ReadCSV(bytes.NewReader(data), nil)
				if err != nil || rules.Len() != n {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(peak())/1e6, "peak-MB")
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds()/1e6, "Mrules/s")
		})
	}
}

// watchHeap samples how much memory the heap takes until the function it returns
// is called.
func watchHeap() func() uint64 {
	var peak uint64
	stop := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		var m runtime.MemStats
		for {
			select {
			case <-stop:
				return
			default:
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
				time.Sleep(10 * time.Millisecond)
			}
		}
	})
	return func() uint64 {
		close(stop)
		done.Wait()
		return peak
	}
}

func BenchmarkFor(b *testing.B) {
	b.Run("users=1000000/rules=3", func(b *testing.B) {
		rules, err := rls.ReadCSV(bytes.NewReader(manyRules(3_000_000, 1_000_000)), nil)
		if err != nil {
			b.Fatal(err)
		}
		i := 0
		for b.Loop() {
			i = (i + 7919) % 1_000_000
			p, err := rules.For(namespace.Named(fmt.Sprintf("user%07d", i)))
			if err != nil || p.Op() == predicate.OpNone {
				b.Fatal(p, err)
			}
		}
	})
	for _, n := range []int{1, 10, 100, 999} {
		b.Run("rules="+strconv.Itoa(n)+"/columns=3", func(b *testing.B) {
			rules, err := rls.ReadCSV(bytes.NewReader(manyRules(n, 1)), nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if p, err := rules.For(namespace.Named("user0000000")); err != nil || p.Op() == predicate.OpNone {
					b.Fatal(p, err)
				}
			}
		})
	}
	b.Run("values=192000/columns=1", func(b *testing.B) {
		var file bytes.Buffer
		file.WriteString("UserName,Customer\n")
		for i := range 960 {
			file.WriteString("al,\"")
			for k := range 200 {
				fmt.Fprintf(&file, "c%05d,", (i*200+k)*7919%192_000)
			}
			file.WriteString("\"\n")
		}
		rules, err := rls.ReadCSV(&file, nil)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if p, err := rules.For(namespace.Named("al")); err != nil || p.Len() != 192_000 {
				b.Fatal(p.Len(), err)
			}
		}
	})
}

func BenchmarkWriteCSV(b *testing.B) {
	rules, err := rls.ReadCSV(bytes.NewReader(manyRules(100_000, 30_000)), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := rules.WriteCSV(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
