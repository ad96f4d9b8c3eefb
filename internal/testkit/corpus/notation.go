package corpus

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// Text reads the text notation. counters are those of the repeats around.
func Text(tb testing.TB, raw json.RawMessage, counters ...int) string {
	tb.Helper()
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return count(s, counters)
	}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		parts = []json.RawMessage{raw}
	}
	var b strings.Builder
	for _, part := range parts {
		var p struct {
			Hex    *string         `json:"hex"`
			Repeat int             `json:"repeat"`
			Of     json.RawMessage `json:"of"`
			Join   string          `json:"join"`
		}
		switch {
		case json.Unmarshal(part, &s) == nil:
			b.WriteString(count(s, counters))
		default:
			require.NoError(tb, Strict(part, &p), "%s", part)
			if p.Hex != nil {
				data, err := hex.DecodeString(*p.Hex)
				require.NoError(tb, err)
				b.Write(data)
				continue
			}
			for i := range p.Repeat {
				if i > 0 {
					b.WriteString(p.Join)
				}
				b.WriteString(Text(tb, p.Of, append(counters[:len(counters):len(counters)], i)...))
			}
		}
	}
	return b.String()
}

// count puts the counters in the place of {0}, {1}, …
func count(s string, counters []int) string {
	for depth, n := range counters {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(depth)+"}", strconv.Itoa(n))
	}
	return s
}

// List reads a list in which {"repeat": n, "of": element} stands for n
// elements.
func List(tb testing.TB, raw json.RawMessage, counters []int, element func(raw json.RawMessage, counters []int)) {
	tb.Helper()
	var list []json.RawMessage
	require.NoError(tb, json.Unmarshal(raw, &list), "%s", raw)
	for _, e := range list {
		var r struct {
			Repeat int             `json:"repeat"`
			Of     json.RawMessage `json:"of"`
		}
		if Strict(e, &r) == nil && r.Of != nil {
			for i := range r.Repeat {
				element(r.Of, append(counters[:len(counters):len(counters)], i))
			}
			continue
		}
		element(e, counters)
	}
}

// Predicate reads a predicate.
func Predicate(tb testing.TB, raw json.RawMessage, counters ...int) predicate.Predicate {
	tb.Helper()
	switch string(raw) {
	case `"all"`:
		return predicate.All()
	case `"none"`:
		return predicate.Predicate{}
	}
	var p struct {
		Column   string          `json:"column"`
		In       json.RawMessage `json:"in"`
		HasValue bool            `json:"has_value"`
		And      json.RawMessage `json:"and"`
		Or       json.RawMessage `json:"or"`
	}
	require.NoError(tb, Strict(raw, &p), "%s", raw)
	operands := func(raw json.RawMessage) (ps []predicate.Predicate) {
		List(tb, raw, counters, func(raw json.RawMessage, counters []int) {
			ps = append(ps, Predicate(tb, raw, counters...))
		})
		return ps
	}
	switch {
	case p.HasValue:
		return predicate.HasValue(p.Column)
	case p.In != nil:
		var values []string
		List(tb, p.In, counters, func(raw json.RawMessage, counters []int) {
			values = append(values, Text(tb, raw, counters...))
		})
		return predicate.In(count(p.Column, counters), values...)
	case p.And != nil:
		ps := operands(p.And)
		return predicate.And(ps[0], ps[1:]...)
	case p.Or != nil:
		return predicate.Or(operands(p.Or)...)
	default:
		require.FailNow(tb, "not a predicate", "%s", raw)
		return predicate.Predicate{}
	}
}
