package tabular

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkObject parses 1,000 lines of seven keys.
func BenchmarkObject(b *testing.B) {
	var all [][]byte
	for i := range 1000 {
		all = append(all, fmt.Appendf(nil, `{"id":%d,"region":"EMEA","customer":"Müller & Söhne %d","amount":%d.25,"note":"a \"quoted\" text","tags":{"a":1,"b":[1,2,3]},"ok":true}`, i, i, i))
	}
	var p parser
	var members []member
	var err error
	b.ReportAllocs()
	for b.Loop() {
		for _, line := range all {
			members, err = p.object(line, members[:0])
			require.NoError(b, err)
		}
	}
}
