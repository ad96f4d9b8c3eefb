package namespace_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/rowsight/rowsight/namespace"
	"github.com/stretchr/testify/require"
)

func TestConformance(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "testdata", "conformance", "arns.json"))
	require.NoError(t, err)
	var corpus struct {
		Cases []struct {
			ID, Reason, ARN, Other, Error string
			Parts                         *struct{ Partition, Region, Account, Kind, Namespace, Name string }
			Same                          bool
		}
	}
	require.NoError(t, json.Unmarshal(b, &corpus))
	require.Greater(t, len(corpus.Cases), 20)
	for _, c := range corpus.Cases {
		t.Run(c.ID, func(t *testing.T) {
			a, err := namespace.ParseARN(c.ARN)
			if c.Error != "" {
				require.Equal(t, "invalid ARN", c.Error)
				require.ErrorIs(t, err, namespace.ErrARN, c.Reason)
				return
			}
			require.NoError(t, err, c.Reason)
			if w := c.Parts; w != nil {
				require.Equal(t, namespace.ARN{Partition: w.Partition, Region: w.Region, Account: w.Account,
					Kind: namespace.Kind(w.Kind), Namespace: w.Namespace, Name: w.Name}, a, c.Reason)
			}
			if c.Other != "" {
				other, err := namespace.ParseARN(c.Other)
				require.NoError(t, err)
				require.Equal(t, c.Same, a.Same(other), c.Reason)
			}
		})
	}
}
