package randrecords_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/arraycheck"
	"github.com/rowsight/rowsight/internal/testkit/randrecords"
)

func TestZero(t *testing.T) {
	rec, visible := randrecords.Record(rand.New(rand.NewPCG(0, 0)), nil)
	require.Len(t, visible, int(rec.NumRows()))
	require.EqualValues(t, 1, rec.NumCols())
}

// TestRecords: random records are well-formed, of every kind of type, and show
// a secret in hidden rows only.
func TestRecords(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	seen := make(map[arrow.Type]int)
	hidden := 0
	for range 3000 {
		dt := randrecords.Type(rnd, rnd.IntN(5), randrecords.Any)
		seen[dt.ID()]++
		rec, visible := randrecords.Record(rnd, []arrow.DataType{dt})
		require.NoError(t, arraycheck.Validate(rec), "%s", dt)
		for row, ok := range visible {
			text := randrecords.Text(rec.Column(1), row)
			if ok {
				require.NotContains(t, text, randrecords.Secret, "%s", dt)
			} else if strings.Contains(text, randrecords.Secret) {
				hidden++
			}
		}
	}
	require.Greater(t, hidden, 1000)
	require.Greater(t, len(seen), 25)
}

func TestTypesAreAllowed(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var check func(dt arrow.DataType, allowed func(arrow.Type) bool)
	check = func(dt arrow.DataType, allowed func(arrow.Type) bool) {
		require.True(t, allowed(dt.ID()) || dt.ID() == arrow.STRUCT, "%s", dt)
		if nested, ok := dt.(arrow.NestedType); ok {
			for _, f := range nested.Fields() {
				check(f.Type, allowed)
			}
		}
	}
	for range 500 {
		check(randrecords.Type(rnd, 4, randrecords.Plain), randrecords.Plain)
		check(randrecords.Type(rnd, 4, randrecords.Flat), randrecords.Flat)
	}
	require.False(t, slices.ContainsFunc([]arrow.Type{arrow.LIST, arrow.STRING_VIEW}, randrecords.Flat))
}
