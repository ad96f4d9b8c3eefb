package csvtext_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

	"github.com/rowsight/rowsight/internal/csvtext"
)

func table(quoted bool) []byte {
	var b bytes.Buffer
	for i := range 100_000 {
		if quoted && i%5 == 0 {
			fmt.Fprintf(&b, "user%06d,EMEA,\"Enterprise,SMB,Startup\",\"\"\"a, b\"\"\"\n", i)
		} else {
			fmt.Fprintf(&b, "user%06d,EMEA,Enterprise,product %d\n", i, i%3000)
		}
	}
	return b.Bytes()
}

func BenchmarkRead(b *testing.B) {
	for _, quoted := range []bool{false, true} {
		data := table(quoted)
		run := func(name string, read func() (int, error)) {
			b.Run(fmt.Sprintf("%s/quoted=%v", name, quoted), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				rows := 0
				for b.Loop() {
					n, err := read()
					if err != nil {
						b.Fatal(err)
					}
					rows += n
				}
				b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
			})
		}
		run("csvtext", func() (int, error) {
			r := csvtext.NewReader(bytes.NewReader(data), nil)
			return count(func() error { _, err := r.Read(); return err })
		})
		run("csvtext bytes", func() (int, error) {
			r := csvtext.NewReader(bytes.NewReader(data), nil)
			return count(func() error { _, err := r.ReadBytes(); return err })
		})
		run("encoding/csv", func() (int, error) {
			r := csv.NewReader(bytes.NewReader(data))
			r.ReuseRecord = true
			return count(func() error { _, err := r.Read(); return err })
		})
	}
}

func count(next func() error) (n int, err error) {
	for ; err == nil; n++ {
		err = next()
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}
