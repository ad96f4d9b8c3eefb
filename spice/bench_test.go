package spice

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
)

// tenants is a Source of rows of a thousand tenants, mixed.
type tenants struct{ rows int }

func (s tenants) Records(context.Context) (array.RecordReader, error) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "tenant", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "note", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "amount", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range s.rows {
		k := i * 7919 % 1000
		b.Field(0).(*array.StringBuilder).Append(tenantID(k))
		b.Field(1).(*array.StringBuilder).Append([]string{"EMEA", "US", "APAC", "LATAM"}[i%4])
		b.Field(2).(*array.StringBuilder).Append("a note of some length that is in this row only" + fmt.Sprint(i))
		b.Field(3).(*array.Float64Builder).Append(float64(i))
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewRecordReader(schema, []arrow.Record{rec})
}

func tenantID(k int) string { return fmt.Sprintf("%08x-tenant-%04d", uint32(k)*2654435761, k) }

// What a read costs, and what a refresh.
func BenchmarkStore(b *testing.B) {
	const rows = 500_000
	ctx := context.Background()
	store, err := Open(b.TempDir(), nil)
	require.NoError(b, err)
	defer store.Close()
	d, err := store.CreateDataset(ctx, DatasetInput{ID: "d", ImportMode: SPICE, Cluster: []string{"tenant"}})
	require.NoError(b, err)
	src, err := tenants{rows}.Records(ctx)
	require.NoError(b, err)
	require.True(b, src.Next())
	made := same{src.Record()}
	_, err = d.Refresh(ctx, made, RefreshFull)
	require.NoError(b, err)
	b.Run("refresh", func(b *testing.B) {
		for b.Loop() {
			_, err := d.Refresh(ctx, made, RefreshFull)
			require.NoError(b, err)
		}
	})
	read := func(name string) {
		b.Run("read="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range d.Records(ctx, user("viewer")) {
					require.NoError(b, err)
				}
			}
		})
	}
	read("all")
	rules, err := rls.ReadCSV(strings.NewReader("UserName,tenant,region\nviewer,"+tenantID(7)+",\n"), nil)
	require.NoError(b, err)
	require.NoError(b, d.Attach(ctx, Permissions{Rules: rules}))
	read("tenant")
	rules, err = rls.ReadCSV(strings.NewReader("UserName,tenant,region\nviewer,,\"EMEA,US\"\n"), nil)
	require.NoError(b, err)
	require.NoError(b, d.Attach(ctx, Permissions{Rules: rules}))
	read("half")
}

type same struct{ rec arrow.Record }

func (s same) Records(context.Context) (array.RecordReader, error) {
	return array.NewRecordReader(s.rec.Schema(), []arrow.Record{s.rec})
}
