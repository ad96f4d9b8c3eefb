package output

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/internal/testkit/randrecords"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
)

// TestNothingHiddenIsWritten filters random nested records, with a secret in
// every place that no visible value needs, and searches what is written in every
// format for it (S3).
func TestNothingHiddenIsWritten(t *testing.T) {
	rnd := rand.New(rand.NewPCG(61, 62))
	written := make(map[input.Format]int)
	for range 600 {
		allowed := randrecords.Plain
		if rnd.IntN(3) == 0 {
			allowed = randrecords.Any
		}
		types := []arrow.DataType{randrecords.Type(rnd, rnd.IntN(5), allowed), randrecords.Type(rnd, rnd.IntN(2), allowed)}
		rec, visible := randrecords.Record(rnd, types)
		f, err := batch.Bind(predicate.In(randrecords.Column, randrecords.Ours), rec.Schema(), nil)
		require.NoError(t, err)
		got, err := f.Apply(rec)
		require.NoError(t, err)
		for _, format := range Formats() {
			text, err := written1(format, got)
			if err != nil {
				continue // a type that the format has no form for
			}
			if got.NumRows() > 0 {
				written[format]++
			}
			for _, form := range []string{randrecords.Secret, "U0VDUkVU", "NFQ1JFV", "TRUNSRV", "53454352"} { // in base64, at any place, and hexadecimal
				require.NotContains(t, text, form, "%s: %s, of %d rows", format, rec.Schema(), len(visible))
			}
		}
		// The control: the same search finds what went in.
		if text, err := written1(input.JSONL, rec); err == nil && strings.Contains(text, randrecords.Secret) {
			written["control"]++
		}
	}
	for _, format := range append(Formats(), "control") {
		require.Greater(t, written[format], 100, format)
	}
}

func written1(format input.Format, rec arrow.Record) (string, error) {
	var b bytes.Buffer
	w, err := New(&b, format, rec.Schema(), nil)
	if err != nil {
		return "", err
	}
	if err := w.Write(rec); err != nil {
		return "", err
	}
	err = w.Close()
	return b.String(), err
}
