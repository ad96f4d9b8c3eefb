package spice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// K2: a read that is on record twice, as it begins and as it ends, is one read.
func TestOneRead(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	rows := table{{"id"}}
	for range 10_000 {
		rows = append(rows, []string{"x"})
	}
	d := w.create("big", rows)
	before := len(w.audit.Records())
	for _, err := range d.Records(ctx, user("anna")) {
		require.NoError(t, err)
	}
	for _, err := range d.Records(ctx, user("bob")) {
		require.NoError(t, err)
		break // after the first record of three
	}
	n, err := d.Count(ctx, user("carl"))
	require.NoError(t, err)
	require.Equal(t, int64(10_000), n)

	var text strings.Builder
	ids := make(map[string]int)
	for _, r := range w.audit.Records()[before:] {
		if r.EventName == audit.ReadDataSet {
			ids[r.RequestID]++
		}
		line, err := json.Marshal(r)
		require.NoError(t, err)
		fmt.Fprintf(&text, "%s\n", line)
	}
	require.Len(t, ids, 3, "two reads that begin and end, each with an id, and a count without")
	require.Equal(t, 1, ids[""])
	var trail audit.Trail
	require.NoError(t, trail.Read(strings.NewReader(text.String()), "audit.jsonl"))
	var got []string
	for _, e := range trail.WhoRead(d.ARN().String()) {
		if e.Name == audit.ReadDataSet {
			got = append(got, fmt.Sprintf("%v read %d", e.Who, *e.Rows))
		}
	}
	require.Equal(t, []string{"anna read 10000", "bob read 4096", "carl read 10000"}, got)
}

// What failed in a refresh is on record, and nobody was denied anything.
func TestIngestionCode(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	d := w.create("sales", sales())
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	for _, tt := range []struct {
		ctx    context.Context
		src    Source
		how    IngestionType
		is     error
		want   string
		reason string
	}{
		{ctx, failing{sales()}, RefreshFull, ErrSource, "CUSTOMER_ERROR", "the source broke"},
		{ctx, table{{"id", "id"}, {"1", "x"}}, RefreshFull, ErrSchema, "InvalidParameterValueException", "columns that cannot be stored"},
		{ctx, sales(), "x", ErrInput, "InvalidParameterValueException", "asked for wrongly"},
		{canceled, sales(), RefreshFull, context.Canceled, "INGESTION_CANCELED", "called off"},
	} {
		_, err := d.Refresh(tt.ctx, tt.src, tt.how)
		require.ErrorIs(t, err, tt.is, tt.reason)
		last := w.audit.Records()[len(w.audit.Records())-1]
		require.Equal(t, audit.CreateIngestion, last.EventName, tt.reason)
		require.Equal(t, tt.want, last.ErrorCode, tt.reason)
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{ErrKey, "CustomerManagedKeyUnavailableException"},
		{ErrCorrupt, "InternalFailureException"},
		{ErrRules, "InvalidParameterValueException"},
		{spicefile.ErrTooLong, "InvalidParameterValueException"},
		{errors.New("no space left on device"), "InternalFailureException"},
	} {
		require.Equal(t, tt.want, ingestionCode(fmt.Errorf("refresh: %w", tt.err)))
	}
}
