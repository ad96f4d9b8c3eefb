package source_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/source"
)

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// parsers are all that read a document.
var parsers = map[string]func(r io.Reader) error{
	"create":   func(r io.Reader) error { _, err := source.ParseCreate(r, nil); return err },
	"update":   func(r io.Reader) error { _, err := source.ParseUpdate(r, nil); return err },
	"manifest": func(r io.Reader) error { _, err := source.ParseManifest(r, nil); return err },
	"policy":   func(r io.Reader) error { _, err := source.ParsePolicy(r, nil); return err },
	"trust":    func(r io.Reader) error { _, err := source.ParseTrustPolicy(r, nil); return err },
}

// TestParseCost: a document that is four times as long costs about four times as
// much, and a hostile one at most 20 times as much as one of its length that is
// right.
func TestParseCost(t *testing.T) {
	numbered := func(format string) func(n int) string {
		return func(n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, format, i)
			}
			return b.String()
		}
	}
	items := func(before, item, after string) func(n int) string {
		return func(n int) string { return before + strings.TrimSuffix(numbered(item+",")(n), ",") + after }
	}
	usual := items(`{"fileLocations":[{"URIs":[`, `"s3://bucket/%d"`, `]}]}`)
	perByte := func(text string, parse func(r io.Reader) error) float64 {
		return float64(allocated(func() { _ = parse(strings.NewReader(text)) })) / float64(len(text))
	}
	fair := perByte(usual(4000), parsers["manifest"])
	for reason, text := range map[string]func(n int) string{
		"right":                       usual,
		"unknown fields":              items(`{`, `"f%d":1`, `}`),
		"one field again and again":   items(`{`, `"Name":%d`, `}`),
		"known fields of wrong type":  items(`{`, `"Type":[%d],"Statement":[%[1]d],"fileLocations":[%[1]d]`, `}`),
		"objects in lists":            items(`{"fileLocations":[`, `{"URIs":[],"x%d":{}}`, `]}`),
		"wrong items":                 items(`{"fileLocations":[{"URIs":[`, `%d`, `]}]}`),
		"wrong statements":            items(`{"Version":"2012-10-17","Statement":[`, `{"Effect":"x%d","Action":[1]}`, `]}`),
		"wrong permissions":           items(`{"Name":"n","Permissions":[`, `{"Principal":"p%d","Actions":[""]}`, `]}`),
		"deep lists":                  func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) },
		"deep objects":                func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) },
		"deep statements":             func(n int) string { return strings.Repeat(`{"Statement":[`, n) + strings.Repeat("]}", n) },
		"lines":                       func(n int) string { return strings.Repeat("\n", n) + `{"x":1}` },
		"one long text":               func(n int) string { return `{"Name":"` + strings.Repeat("é\\n", n) + `"}` },
		"not closed":                  func(n int) string { return `{"Name":[` + strings.Repeat("1,", n) },
		"comments that do not end":    func(n int) string { return strings.Repeat("/*", n) },
		"fields that differ in case":  items(`{`, `"nAmE%d":1`, `}`),
		"fields with long names":      items(`{`, `"`+strings.Repeat("x", 300)+`%d":1`, `}`),
		"conditions":                  items(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{`, `"StringEquals%d":{"a":"b"}`, `}}]}`),
		"actions with stars":          items(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[`, `"*:*%d*"`, `]}]}`),
		"principals that are nothing": items(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":[`, `"%d"`, `]}}]}`),
	} {
		for name, parse := range parsers {
			t.Run(reason+": "+name, func(t *testing.T) {
				once, four := text(1000), text(4000)
				a, b := perByte(once, parse), perByte(four, parse)
				require.Less(t, b, 2*a+20, "bytes of memory for a byte of a document that is four times as long")
				require.Less(t, b, 20*fair+100)
				err := parse(strings.NewReader(four))
				require.Equal(t, reason == "right" && name == "manifest", err == nil && strings.HasPrefix(four, `{"fileLocations":[{"URIs":["`), "%.200v", err)
				if err != nil {
					require.LessOrEqual(t, len(err.Error()), 100_000, "errors are listed up to a number")
				}
			})
		}
	}
}
