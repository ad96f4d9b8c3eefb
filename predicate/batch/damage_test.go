package batch

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/tabular"
	"github.com/rowsight/rowsight/internal/testkit/judge"
	"github.com/rowsight/rowsight/predicate"
)

// damageTypes are nested in ways in which one damaged byte leads far.
func damageTypes() []arrow.DataType {
	str := arrow.BinaryTypes.String
	field := func(dt arrow.DataType) []arrow.Field {
		return []arrow.Field{{Name: "a", Type: dt, Nullable: true}, {Name: "b", Type: str, Nullable: true}}
	}
	types := append(otherTypes(), textLayouts()...)
	types = slices.DeleteFunc(types, func(dt arrow.DataType) bool { return dt.ID() == arrow.NULL }) // of a null count nobody reads
	return append(types,
		arrow.ListOf(arrow.StructOf(field(arrow.ListOf(str))...)),
		arrow.StructOf(field(arrow.StructOf(field(arrow.ListOf(arrow.PrimitiveTypes.Int8))...))...),
		arrow.ListOf(arrow.DenseUnionOf(field(arrow.PrimitiveTypes.Int64), []arrow.UnionTypeCode{0, 1})),
		arrow.StructOf(field(arrow.MapOf(str, arrow.ListOf(str)))...),
		arrow.FixedSizeListOf(2, arrow.ListOf(str)),
	)
}

// TestDamage damages Arrow streams and asks another reader: whatever comes out
// of a filter is what that reader reads, filtered. ROWSIGHT_DAMAGE says how many.
func TestDamage(t *testing.T) {
	n := judge.Cases(t, 4000)
	rng := rand.New(rand.NewPCG(21, 22))
	j := judge.Start(t, "tenant", "ours")
	left := 0
	types := damageTypes()
	var whole []byte
	var dt arrow.DataType
	for i := range n {
		if i%200 == 0 {
			for { // some types do not make it through IPC whole
				dt = types[rng.IntN(len(types))]
				whole = damageSource(t, rng, dt)
				ours, err := damagedRows(whole)
				if err != nil {
					left++
					continue
				}
				v, why := j.Ask('i', whole, ours)
				require.NotEqual(t, judge.Differs, v, "%s, whole: %s", dt, why)
				if v == judge.Equal {
					break
				}
				left++
			}
		}
		from := 0
		if rng.IntN(4) > 0 {
			from = len(whole) / 2 // more in the buffers
		}
		b, what := judge.Damage(rng, whole, from)
		j.Try(t, 'i', fmt.Sprintf("%s: %s", dt, what), b, damagedRows)
	}
	t.Logf("%d sources left out", left)
	j.Finish(t)
}

// damageSource is a stream of two records with a tenant and two other columns.
func damageSource(t *testing.T, rng *rand.Rand, dt arrow.DataType) []byte {
	mem := memory.DefaultAllocator
	var out bytes.Buffer
	var w *ipc.Writer
	for range 2 {
		rows := 1 + rng.IntN(12)
		tenant := textArray(mem, arrow.BinaryTypes.String, randomCells(rng, rows, []string{"ours", "theirs"}), 0, 0)
		x := randomArray(t, mem, rng, dt, rows, 0, 0)
		schema := arrow.NewSchema([]arrow.Field{{Name: "tenant", Type: tenant.DataType(), Nullable: true}, {Name: "x", Type: x.DataType(), Nullable: true}}, nil)
		if w == nil {
			w = ipc.NewWriter(&out, ipc.WithSchema(schema), ipc.WithDictionaryDeltas(false))
		}
		if err := w.Write(array.NewRecord(schema, []arrow.Array{tenant, x}, int64(rows))); err != nil {
			return nil
		}
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// damagedRows returns a stream of the visible rows of a stream, as it is read
// where nothing is trusted.
func damagedRows(b []byte) (ours []byte, err error) {
	r, err := tabular.ArrowStream("damaged", bytes.NewReader(b), nil)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	f, err := Bind(predicate.In("tenant", "ours"), r.Schema(), nil)
	if err != nil {
		return nil, err
	}
	defer func() { // the writer of answers, over what it cannot write
		if p := recover(); p != nil {
			err = fmt.Errorf("not written: %v", p)
		}
	}()
	return judge.Visible(r, f.Apply)
}
