package otel_test

import (
	"context"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/tagrules"
)

var anonymous = namespace.MustParseARN("arn:aws:quicksight:us-east-1:000000000000:anonymousUser/default/0123456789abcdef0123456789abcdef")

// orders is a source of three rows of two tenants.
type orders struct{}

func (orders) Records(context.Context) (array.RecordReader, error) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: arrow.BinaryTypes.String}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, tenant := range []string{"acme-secret", "acme-secret", "globex"} {
		b.Field(0).(*array.StringBuilder).Append(tenant)
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewRecordReader(schema, []arrow.Record{rec})
}

// tenants creates a dataset whose rows a session tag restricts.
func tenants(t *testing.T, store *spice.Store) *spice.Dataset {
	t.Helper()
	config, err := tagrules.Parse(strings.NewReader(`{"TagRules": [{"TagKey": "tenant", "ColumnName": "tenant"}]}`), nil)
	require.NoError(t, err)
	d, err := store.CreateDataset(t.Context(), spice.DatasetInput{ID: "orders", ImportMode: spice.SPICE})
	require.NoError(t, err)
	require.NoError(t, d.SetTagRules(t.Context(), config, nil))
	_, err = d.Refresh(t.Context(), orders{}, spice.RefreshFull)
	require.NoError(t, err)
	return d
}
