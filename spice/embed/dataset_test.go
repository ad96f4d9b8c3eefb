package embed

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/tagrules"
)

// TestDashboardGone checks that a Dataset which a session opened shows nothing
// once the dashboard in front of it is gone, or shows other data, or is not
// shared any more.
func TestDashboardGone(t *testing.T) {
	tags := []tagrules.Tag{{Key: "customer_region", Value: "*"}, {Key: "customer_hospital", Value: "*"}}
	for _, tt := range []struct {
		dataset string
		change  func(*Dashboards) error
		reason  string
	}{
		{"dataset/s1", func(d *Dashboards) error { d.Remove(arnOf("dashboard/d1")); return nil }, "the dashboard of the request is removed"},
		{"dataset/s1", func(d *Dashboards) error {
			return d.Add(arnOf("dashboard/d1"), []namespace.ARN{arnOf("dataset/s3")})
		}, "it shows another dataset"},
		{"dataset/s2", func(d *Dashboards) error {
			return d.Add(arnOf("dashboard/d2"), []namespace.ARN{arnOf("dataset/s2")})
		}, "it is shared with nobody any more"},
	} {
		w := newOkTank(t, 1)
		req := aRequest(tags...)
		req.Namespace = "tenant2"
		_, session := w.open(t, req)
		d, err := session.Open(t.Context(), arnOf(tt.dataset))
		require.NoError(t, err)
		n, err := d.Count(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 12, n)

		require.NoError(t, tt.change(w.dashboards))
		n, err = d.Count(t.Context())
		require.ErrorIs(t, err, ErrForbidden, tt.reason)
		require.Zero(t, n)
		texts, err := d.Distinct(t.Context(), "hospital")
		require.ErrorIs(t, err, ErrForbidden, tt.reason)
		require.Empty(t, texts)
		schema, err := d.Schema(t.Context())
		require.ErrorIs(t, err, ErrForbidden, tt.reason)
		require.Nil(t, schema)
		yields := 0
		for rec, err := range d.Records(t.Context()) {
			require.ErrorIs(t, err, ErrForbidden, tt.reason)
			require.Nil(t, rec)
			yields++
		}
		require.Equal(t, 1, yields, tt.reason)
	}
}

// TestSessionDataset: what Open would refuse is refused, and nothing is opened.
func TestSessionDataset(t *testing.T) {
	w := newOkTank(t, 1)
	_, session := w.open(t, aRequest(user("North Hospital", "East")...))
	before := len(w.events())
	require.NoError(t, session.Dataset(t.Context(), arnOf("dataset/s1")))
	require.ErrorIs(t, session.Dataset(t.Context(), arnOf("dataset/s2")), ErrForbidden)
	require.ErrorIs(t, new(Session).Dataset(t.Context(), arnOf("dataset/s1")), ErrNoCode)
	require.Len(t, w.events(), before)
	require.NoError(t, w.Revoke(t.Context(), trusted(t), session.User()))
	require.ErrorIs(t, session.Dataset(t.Context(), arnOf("dataset/s1")), ErrRevoked)
}
