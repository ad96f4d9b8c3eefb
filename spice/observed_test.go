package spice

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/observe"
)

// observer keeps a line for each operation, in the order of their
// ends, with the operations around it.
type observer struct {
	mu    sync.Mutex
	lines []string
}

type parent struct{}

func (o *observer) Start(ctx context.Context, op observe.Operation) (context.Context, func(observe.Result)) {
	above, _ := ctx.Value(parent{}).(string)
	path := above + "/" + op.Kind.String()
	return context.WithValue(ctx, parent{}, path), func(r observe.Result) {
		o.mu.Lock()
		defer o.mu.Unlock()
		line := fmt.Sprintf("%s %s rows=%d cached=%t code=%s", path, op.Name, r.Rows, r.Cached, r.Code)
		if r.Failed == (r.Code == "") && op.Kind != observe.KeyUse && op.Kind != observe.Bind {
			line += fmt.Sprintf(" but failed=%t", r.Failed)
		}
		o.lines = append(o.lines, line)
	}
}

func (o *observer) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := o.lines
	o.lines = nil
	return lines
}

func TestObserver(t *testing.T) {
	var seen observer
	w := newWorld(t)
	w.opts.Observer, w.opts.KeyCache = &seen, time.Minute
	w.open(spicefile.Disk{})
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", "GroupName,Region\nemea,EMEA\n"))
	lines := seen.take()
	require.Contains(t, lines, "/refresh CreateIngestion rows=15 cached=false code=")
	require.Contains(t, lines, "/refresh/key use GenerateDataKey rows=0 cached=false code=")

	anna := user("anna", "emea")
	rows := 0
	for rec, err := range d.Records(t.Context(), anna) {
		require.NoError(t, err)
		rows += int(rec.NumRows())
	}
	lines = seen.take()
	require.Equal(t, fmt.Sprintf("/read ReadDataSet rows=%d cached=false code=", rows), lines[len(lines)-1])
	require.Contains(t, lines, "/read/bind Bind rows=0 cached=false code=")
	require.Contains(t, lines, "/read/key use Decrypt rows=0 cached=true code=")
	for _, line := range lines {
		require.NotContains(t, line, "EMEA")
		require.NotContains(t, line, "anna")
	}

	n, err := d.Count(t.Context(), anna)
	require.NoError(t, err)
	lines = seen.take()
	require.Equal(t, fmt.Sprintf("/read ReadDataSet rows=%d cached=false code=", n), lines[len(lines)-1])
	_, err = d.Count(t.Context(), anna)
	require.NoError(t, err)
	require.Contains(t, seen.take(), "/read/bind Bind rows=0 cached=true code=")
	_, err = d.CountOptions(t.Context(), anna, &ReadOptions{Where: predicate.In("Region", "EMEA")})
	require.NoError(t, err)
	require.Contains(t, seen.take(), "/read/bind Bind rows=0 cached=false code=")

	// Refusals, before and after the first row.
	_, err = d.Distinct(t.Context(), anna, "Absent")
	require.Error(t, err)
	lines = seen.take()
	require.Equal(t, "/read ReadDataSet rows=0 cached=false code=InvalidParameterValueException", lines[len(lines)-1])
	require.NoError(t, w.keys.Disable(t.Context(), w.key))
	w.opts.KeyCache = 0
	w.open(spicefile.Disk{})
	d, err = w.store.Dataset("sales")
	require.NoError(t, err)
	_, err = d.Count(t.Context(), anna)
	require.Error(t, err)
	lines = seen.take()
	require.Equal(t, "/read ReadDataSet rows=0 cached=false code=DisabledException", lines[len(lines)-1])
	require.True(t, slices.ContainsFunc(lines, func(l string) bool { return strings.HasSuffix(l, "key use Decrypt rows=0 cached=false code=") }))
}
