package main

import (
	"fmt"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/tagrules"
)

func TestVisible(t *testing.T) {
	s, err := Open(configuration)
	require.NoError(t, err)
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "tenant", Type: arrow.BinaryTypes.String}, {Name: "region", Type: arrow.BinaryTypes.String},
	}, nil))
	defer b.Release()
	for i := range 100 {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprint("t", i%10))
		b.Field(1).(*array.StringBuilder).Append([]string{"US", "EMEA"}[i/10%2])
	}
	rec := b.NewRecord()
	defer rec.Release()
	var wg sync.WaitGroup
	for tenant := range 10 {
		for range 5 {
			wg.Go(func() {
				name := fmt.Sprint("t", tenant)
				visible, err := s.Visible(rec, tagrules.Tag{Key: "tenant", Value: name}, tagrules.Tag{Key: "region", Value: "US"})
				if err != nil {
					t.Error(err)
					return
				}
				defer visible.Release()
				for i := range int(visible.NumRows()) {
					if got := visible.Column(0).(*array.String).Value(i); got != name {
						t.Errorf("%s sees a row of %s", name, got)
					}
				}
				if visible.NumRows() != 5 {
					t.Errorf("%s sees %d rows, want 5", name, visible.NumRows())
				}
			})
		}
	}
	wg.Wait()
	require.EqualValues(t, 10, s.filters.Stats().Misses)
	visible, err := s.Visible(rec)
	require.NoError(t, err)
	defer visible.Release()
	require.Zero(t, visible.NumRows(), "a session without tags sees no row")
}
