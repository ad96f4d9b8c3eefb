package audit_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

// FuzzRead reads any bytes as a trail, and asks it.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"eventTime":"2026-03-01T12:00:00Z","eventName":"CreateGrant","eventSource":"kms.amazonaws.com","requestParameters":{"keyId":"k","constraints":{"encryptionContextSubset":{"aws:quicksight:arn":"` + dataset + `"}}}}`))
	f.Add([]byte(`{"Records":[{"eventTime":"2026-03-01T12:00:00+01:00","eventName":"Decrypt","eventSource":"kms.amazonaws.com","requestParameters":null,"resources":[{"ARN":3}]}]}`))
	f.Add([]byte("[\n{},\n3]"))
	f.Add([]byte("{\n\"Records\"\n:[]}"))
	f.Add([]byte("{}\n{\n"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, b []byte) {
		trail := new(audit.Trail)
		err := trail.Read(bytes.NewReader(b), "log")
		for _, resource := range append(trail.Resources(), dataset) {
			for _, e := range append(trail.WhoRead(resource), trail.Changes(resource)...) {
				require.NotEmpty(t, e.Name)
			}
			trail.KeyInUse(resource)
		}
		if err == nil {
			return
		}
		joined, ok := err.(interface{ Unwrap() []error })
		require.True(t, ok)
		last := [2]int{}
		for _, err := range joined.Unwrap() { // in order of position
			var where *audit.ReadError
			require.True(t, errors.As(err, &where))
			at := [2]int{where.Pos.Line, where.Pos.Column}
			require.Positive(t, at[0])
			require.Positive(t, at[1])
			require.True(t, at[0] > last[0] || at[0] == last[0] && at[1] >= last[1], "%v after %v", at, last)
			last = at
		}
	})
}

// FuzzVerify changes a log. Only the log itself verifies, and what is cut off its
// end at the end of a line.
func FuzzVerify(f *testing.F) {
	_, lines, _ := written(f, 3, nil)
	text := strings.Join(lines, "")
	f.Add([]byte(text))
	f.Add([]byte(lines[0]))
	f.Add([]byte(lines[0] + lines[2]))
	f.Add([]byte(strings.Replace(text, `"sequence":2`, `"sequence":02`, 1)))
	f.Add([]byte(`{,"chain":{"sequence":1,"previous":"` + strings.Repeat("0", 64) + `","digest":"` + strings.Repeat("0", 64) + `"}}` + "\n"))
	f.Add([]byte(`,"chain":{"sequence":`))
	f.Fuzz(func(t *testing.T, b []byte) {
		head, err := audit.Check{}.Verify(bytes.NewReader(b))
		if err == nil {
			// Who can compute SHA-256 can write a log; a fuzzer cannot.
			require.True(t, strings.HasPrefix(text, string(b)), "%q", b)
			require.Equal(t, uint64(strings.Count(string(b), "\n")), head.Sequence)
			return
		}
		var line *audit.LineError
		require.ErrorAs(t, err, &line)
		require.Positive(t, line.Line)
	})
}

// FuzzParseHead: a head that is accepted prints as what it was, with other digits
// for the same numbers at most.
func FuzzParseHead(f *testing.F) {
	digest := strings.Repeat("0a", 32)
	for _, s := range []string{"0:" + digest, "18446744073709551615:" + digest, "18446744073709551616:" + digest, "-1:" + digest, "7:", ":", "7:" + digest + "0a", "7:" + strings.ToUpper(digest), ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		h, err := audit.ParseHead(in)
		if err != nil {
			require.Zero(t, h)
			return
		}
		again, err := audit.ParseHead(h.String())
		require.NoError(t, err)
		require.Equal(t, h, again)
	})
}
