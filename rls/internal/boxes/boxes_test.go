package boxes_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/internal/boxes"
	"github.com/rowsight/rowsight/rls/internal/randrules"
)

func TestZero(t *testing.T) {
	require.Empty(t, boxes.Of(predicate.Predicate{}))
	require.Equal(t, predicate.OpNone, boxes.NewUnion(nil).Predicate().Op())
	left, err := boxes.Irredundant(nil, nil, nil)
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestRandom: what is left out of boxes shows nowhere.
func TestRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	dropped, reduced := 0, 0
	for range 3000 {
		all := func() []predicate.Predicate {
			f := randrules.New(rnd, 8)
			rs, err := f.Read()
			require.NoError(t, err)
			p, err := rs.For(namespace.Named("al", randrules.Groups...))
			require.NoError(t, err)
			return boxes.Of(p)
		}
		p, known := all(), all()
		left, err := boxes.Irredundant(nil, p, known)
		require.NoError(t, err)
		union := boxes.NewUnion(known)
		require.True(t, predicate.Or(append(p, known...)...).Implies(predicate.Or(append(left, known...)...)))
		trimmed, err := boxes.Trim(nil, left, known)
		require.NoError(t, err)
		require.True(t, predicate.Or(append(p, known...)...).Implies(predicate.Or(append(trimmed, known...)...)))
		for i := range left {
			require.True(t, trimmed[i].Implies(left[i]))
		}
		dropped += len(p) - len(left)
		for _, box := range left {
			near := union.Near(box)
			require.Equal(t, box.Implies(union.Predicate()), box.Implies(near.Predicate()), "%s beside %s", box, union.Predicate())
			if box.Implies(near.Predicate()) {
				continue
			}
			small, err := near.Reduce(nil, box)
			require.NoError(t, err)
			require.True(t, small.Implies(box))
			require.True(t, box.Implies(predicate.Or(small, union.Predicate())))
			if !small.Equal(box) {
				reduced++
			}
		}
	}
	require.Greater(t, dropped, 300)
	require.Greater(t, reduced, 300)
}

func TestNested(t *testing.T) {
	a, b, c := predicate.In("A", "x", "y"), predicate.In("B", "x", "y"), predicate.In("C", "x", "y")
	nested := predicate.And(a, predicate.Or(b, c))
	require.False(t, nested.IsBox())
	same, err := boxes.NewUnion(nil).Reduce(nil, nested)
	require.NoError(t, err)
	require.True(t, same.Equal(nested), "what is no box stays as it is")
	left, err := boxes.Irredundant(nil, []predicate.Predicate{nested, predicate.And(a, b), predicate.And(a, c)}, nil)
	require.NoError(t, err)
	require.Len(t, left, 1, "the last go first")
}
