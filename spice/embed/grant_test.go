package embed

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/tagrules"
)

func TestGrant(t *testing.T) {
	want := grant{
		Namespace: "tenant1", Resources: []namespace.ARN{arnOf("dashboard/d1"), arnOf("topic/t1")}, Minutes: 15,
		Experience: Experience{DashboardVisual: &DashboardVisual{VisualId{"d1", "s", "v"}}},
		Tags:       []tagrules.Tag{{Key: " k", Value: "\u2028<&>\x00 😀"}, {Key: "k", Value: ""}}, Domains: []string{"https://a.example"},
	}
	b, err := want.marshal()
	require.NoError(t, err)
	got, err := unmarshal(b)
	require.NoError(t, err)
	require.Equal(t, want, got)
	for reason, text := range map[string]string{
		"no JSON": "x", "nobody's": `{"Minutes": 15}`, "a moment": `{"Namespace": "n", "Minutes": 14}`, "for good": `{"Namespace": "n", "Minutes": 601}`,
	} {
		got, err := unmarshal([]byte(text))
		require.ErrorIs(t, err, ErrTampered, reason)
		require.Zero(t, got, reason)
	}
}
