package eval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

func one(rec arrow.Record) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) { yield(rec, nil) }
}

// column returns a record with one column called c.
func column(t *testing.T, dt arrow.DataType, add func(b array.Builder)) arrow.Record {
	t.Helper()
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema([]arrow.Field{{Name: "c", Type: dt, Nullable: true}}, nil))
	defer b.Release()
	add(b.Field(0))
	return b.NewRecord()
}

func ask(t *testing.T, rec arrow.Record, q query.Query, opts *Options) (*Result, error) {
	t.Helper()
	plan, err := q.Check(Columns(rec.Schema()))
	require.NoError(t, err)
	return Answer(t.Context(), plan, one(rec), opts)
}

func TestZero(t *testing.T) {
	var r Result
	require.Nil(t, r.Rows)
	r.Release()
	(*Result)(nil).Release()
	_, err := Answer(t.Context(), query.Plan{}, one(nil), nil)
	require.ErrorIs(t, err, ErrPlan)
	require.Empty(t, Columns(nil))
	require.Zero(t, Schema(nil).NumFields())
	rec := column(t, arrow.BinaryTypes.String, func(b array.Builder) { b.(*array.StringBuilder).AppendValues([]string{"a"}, nil) })
	got, err := ask(t, rec, query.Query{Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{query.Where{}}}, nil)
	require.NoError(t, err)
	require.Equal(t, "0", got.Rows.Column(0).ValueStr(0), "the zero Where selects no row")
}

// TestFsum compares sums with fractions, in every order.
func TestFsum(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var values []float64
		exact := new(big.Rat)
		for range 1 + rnd.IntN(20) {
			f := math.Ldexp(rnd.Float64()-0.5, rnd.IntN(2020)-1000)
			if rnd.IntN(8) == 0 {
				f = []float64{math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e16, 1, -1e16}[rnd.IntN(6)]
			}
			values = append(values, f)
			exact.Add(exact, new(big.Rat).SetFloat64(f))
		}
		want, _ := exact.Float64()
		var a, b, c fsum
		for i, f := range values {
			a.add(f)
			if i%2 == 0 {
				b.add(f)
			} else {
				c.add(f)
			}
		}
		b.merge(&c)
		require.Equal(t, want, a.sum(), "%v", values)
		require.Equal(t, want, b.sum(), "%v", values)
		require.Equal(t, math.IsInf(want, 0), a.overflows())
	}
	var s fsum
	s.add(math.Inf(1))
	require.False(t, s.overflows())
	s.add(math.Inf(-1))
	require.True(t, math.IsNaN(s.sum()))
}

// TestExact compares small and large numbers with big ones.
func TestExact(t *testing.T) {
	edges := []int64{0, 1, -1, 2, 3037000500, -3037000500, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, 1 << 32, -1 << 32}
	for _, a := range edges {
		for _, b := range edges {
			x, y := whole(a), whole(b)
			p, q := big.NewInt(a), big.NewInt(b)
			require.Zero(t, x.add(y).value().Cmp(new(big.Int).Add(p, q)), "%d + %d", a, b)
			require.Zero(t, x.mul(y).value().Cmp(new(big.Int).Mul(p, q)), "%d * %d", a, b)
			require.Zero(t, x.neg().value().Cmp(new(big.Int).Neg(p)), "-%d", a)
			require.Equal(t, p.Cmp(q), x.cmp(y))
			require.Equal(t, a == b, string(x.appendTo(nil)) == string(y.appendTo(nil)))
			if b > 0 {
				half, _ := new(big.Int).SetString(new(big.Rat).SetFrac(p, q).FloatString(0), 10)
				require.Zero(t, half.Cmp(divide(p, b)), "%d / %d", a, b)
			}
		}
	}
}

// TestKeys: the keys of groups are equal for equal values only, also of several dimensions whose
// texts hold what a key is made of.
func TestKeys(t *testing.T) {
	text := func(s string) cell { return cell{ok: true, s: s} }
	for _, pair := range [][4]cell{
		{text("a\x01"), text("b"), text("a"), text("\x01b")},
		{text(""), text(strings.Repeat("x", 254) + "\x01\x00"), text("\x01\x00" + strings.Repeat("x", 254)), text("")},
		{{}, text(""), text(""), {}},
	} {
		key := func(a, b cell) string { return string(b.appendTo(a.appendTo(nil, query.Text), query.Text)) }
		require.NotEqual(t, key(pair[0], pair[1]), key(pair[2], pair[3]))
	}
}

// TestDecimals reads decimals of either sign that just fit 64 bits, and those that do not.
func TestDecimals(t *testing.T) {
	b := array.NewDecimal128Builder(memory.DefaultAllocator, &arrow.Decimal128Type{Precision: 38})
	var want []*big.Int
	for _, bits := range []uint{0, 62, 63, 64, 65, 126} {
		for near := int64(-2); near <= 2; near++ {
			n := new(big.Int).Lsh(big.NewInt(1), bits)
			n.Add(n, big.NewInt(near))
			want = append(want, n, new(big.Int).Neg(n))
		}
	}
	for _, n := range want {
		b.Append(decimal128.FromBigInt(n))
	}
	read, keys := readerOf(b.NewArray()), make(map[string]string)
	for i, n := range want {
		c, err := read(i)
		require.NoError(t, err)
		require.Zero(t, n.Cmp(c.x.value()), n)
		require.Equal(t, n.IsInt64(), c.x.big == nil, n)
		key := string(c.appendTo(nil, query.Decimal))
		require.Contains(t, []string{"", n.String()}, keys[key])
		keys[key] = n.String()
	}
}

// Sums that do not fit 64 bits are exact, and those that do not fit 38 digits are
// errors.
func TestSumsDoNotWrap(t *testing.T) {
	rec := column(t, arrow.PrimitiveTypes.Int64, func(b array.Builder) {
		b.(*array.Int64Builder).AppendValues([]int64{math.MaxInt64, math.MaxInt64, math.MaxInt64, -1}, nil)
	})
	sum := query.Query{Measures: []query.Measure{{Func: query.Sum, Of: query.Col("c")}}}
	got, err := ask(t, rec, sum, nil)
	require.NoError(t, err)
	require.Equal(t, "27670116110564327420", got.Rows.Column(0).(*array.Decimal128).Value(0).BigInt().String())
	square := query.Multiply(query.Col("c"), query.Col("c"))
	_, err = ask(t, rec, query.Query{Measures: []query.Measure{{Func: query.Sum, Of: square}}}, nil)
	require.ErrorIs(t, err, ErrOverflow, "three times a number of 38 digits")
	unsigned := column(t, arrow.PrimitiveTypes.Uint64, func(b array.Builder) {
		b.(*array.Uint64Builder).AppendValues([]uint64{math.MaxUint64, math.MaxUint64}, nil)
	})
	got, err = ask(t, unsigned, sum, nil)
	require.NoError(t, err)
	require.Equal(t, "36893488147419103230", got.Rows.Column(0).(*array.Decimal128).Value(0).BigInt().String())
	floats := column(t, arrow.PrimitiveTypes.Float64, func(b array.Builder) {
		b.(*array.Float64Builder).AppendValues([]float64{math.MaxFloat64, math.MaxFloat64}, nil)
	})
	_, err = ask(t, floats, sum, nil)
	require.ErrorIs(t, err, ErrOverflow)
	_, err = ask(t, floats, query.Query{Measures: []query.Measure{{Func: query.Sum, Of: square}}}, nil)
	require.ErrorIs(t, err, ErrOverflow)
}

// NaN is the greatest number and in no range, and -0 is 0.
func TestFloats(t *testing.T) {
	rec := column(t, arrow.PrimitiveTypes.Float64, func(b array.Builder) {
		b.(*array.Float64Builder).AppendValues([]float64{math.NaN(), 1, math.Inf(-1), math.Copysign(0, -1)}, nil)
	})
	got, err := ask(t, rec, query.Query{Measures: []query.Measure{{Func: query.Min, Of: query.Col("c")}, {Func: query.Max, Of: query.Col("c")}, {Func: query.Percentile, Of: query.Col("c"), Percent: "50"}}}, nil)
	require.NoError(t, err)
	require.Equal(t, math.Inf(-1), got.Rows.Column(0).(*array.Float64).Value(0))
	require.True(t, math.IsNaN(got.Rows.Column(1).(*array.Float64).Value(0)))
	require.Zero(t, got.Rows.Column(2).(*array.Float64).Value(0))
	got, err = ask(t, rec, query.Query{Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{query.Range{Column: "c", From: "0"}}}, nil)
	require.NoError(t, err)
	require.Equal(t, "2", got.Rows.Column(0).ValueStr(0), "0 and 1")
}

// Times of every unit are read exactly or refused.
func TestTimes(t *testing.T) {
	for _, tt := range []struct {
		reason string
		unit   arrow.TimeUnit
		n      int64
		want   arrow.Timestamp
		refuse bool
	}{
		{"seconds", arrow.Second, -1, -1_000_000, false},
		{"seconds beyond 64 bits", arrow.Second, math.MaxInt64, 0, true},
		{"milliseconds", arrow.Millisecond, 5, 5000, false},
		{"nanoseconds", arrow.Nanosecond, -7000, -7, false},
		{"part of a microsecond", arrow.Nanosecond, 7001, 0, true},
	} {
		rec := column(t, &arrow.TimestampType{Unit: tt.unit}, func(b array.Builder) { b.(*array.TimestampBuilder).Append(arrow.Timestamp(tt.n)) })
		got, err := ask(t, rec, query.Query{Measures: []query.Measure{{Func: query.Max, Of: query.Col("c")}}}, nil)
		if tt.refuse {
			require.ErrorIs(t, err, ErrOverflow, tt.reason)
			continue
		}
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, got.Rows.Column(0).(*array.Timestamp).Value(0), tt.reason)
	}
	rec := column(t, arrow.FixedWidthTypes.Date64, func(b array.Builder) { b.(*array.Date64Builder).Append(86_400_000 * 3) })
	got, err := ask(t, rec, query.Query{Dimensions: []query.Dimension{{Column: "c"}}}, nil)
	require.NoError(t, err)
	require.Equal(t, "1970-01-04", got.Rows.Column(0).ValueStr(0))
	rec = column(t, arrow.FixedWidthTypes.Date32, func(b array.Builder) { b.(*array.Date32Builder).AppendValues([]arrow.Date32{0, 0, -4}, nil) })
	got, err = ask(t, rec, query.Query{Dimensions: []query.Dimension{{Column: "c", Cut: query.Week}}}, nil)
	require.NoError(t, err)
	require.Equal(t, `["1969-12-22","1969-12-29"]`, fmt.Sprintf("[%q,%q]", got.Rows.Column(0).ValueStr(0), got.Rows.Column(0).ValueStr(1)), "of the first day")
}

// An answer is bounded, ends with its context, and passes on errors.
func TestLimits(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	rec := column(t, arrow.PrimitiveTypes.Int64, func(b array.Builder) {
		for i := range 10_000 {
			b.(*array.Int64Builder).Append(int64(i))
		}
	})
	for reason, q := range map[string]query.Query{
		"groups":   {Dimensions: []query.Dimension{{Column: "c"}}},
		"a median": {Measures: []query.Measure{{Func: query.Median, Of: query.Col("c")}}},
		"distinct": {Measures: []query.Measure{{Func: query.CountDistinct, Of: query.Col("c")}}},
		"a top":    {Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{query.Top{Column: "c", N: 1, By: query.Measure{Func: query.Count}}}},
	} {
		_, err := ask(t, rec, q, &Options{MaxBytes: 100_000, Allocator: mem})
		require.ErrorIs(t, err, ErrMemory, reason)
		got, err := ask(t, rec, q, &Options{Allocator: mem})
		require.NoError(t, err, reason)
		got.Release()
	}
	plan, err := query.Query{Measures: []query.Measure{{Func: query.Count}, {Func: query.Sum, Of: query.Col("c")}}, Filters: []query.Filter{query.Where{Predicate: predicate.All()}}}.Check(Columns(rec.Schema()))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	records := 0
	_, err = Answer(ctx, plan, func(yield func(arrow.Record, error) bool) {
		for records = 0; records < 100; records++ {
			if records == 3 {
				cancel()
			}
			if !yield(rec, nil) {
				return
			}
		}
	}, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, records)
	broken := errors.New("broken")
	_, err = Answer(t.Context(), plan, func(yield func(arrow.Record, error) bool) { yield(nil, broken) }, nil)
	require.ErrorIs(t, err, broken)
	other := column(t, arrow.BinaryTypes.String, func(b array.Builder) { b.AppendNull() })
	_, err = Answer(t.Context(), plan, one(other), nil)
	require.ErrorIs(t, err, ErrSchema, "a column of another type")
}

// Finish refuses records that are not of the statement.
func TestFinishRefuses(t *testing.T) {
	plan, err := query.Query{Measures: []query.Measure{{Func: query.Avg, Of: query.Col("c")}}}.Check([]query.Column{{Name: "c", Kind: query.Int}})
	require.NoError(t, err)
	rec := column(t, arrow.PrimitiveTypes.Int64, func(b array.Builder) { b.(*array.Int64Builder).Append(1) })
	_, err = Finish(plan, rec, false, nil)
	require.ErrorIs(t, err, ErrSchema, "too few columns")
	_, err = Finish(query.Plan{}, rec, false, nil)
	require.ErrorIs(t, err, ErrPlan)
	count, err := query.Query{Measures: []query.Measure{{Func: query.Count}}}.Check(nil)
	require.NoError(t, err)
	two := array.NewRecord(arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}, {Name: "b", Type: arrow.PrimitiveTypes.Int64}}, nil), []arrow.Array{rec.Column(0), rec.Column(0)}, 1)
	_, err = Finish(count, two, false, nil)
	require.ErrorIs(t, err, ErrSchema, "too many columns")
}

// The JSON of an answer keeps every digit.
func TestMarshalJSON(t *testing.T) {
	rec := column(t, arrow.PrimitiveTypes.Int64, func(b array.Builder) {
		b.(*array.Int64Builder).AppendValues([]int64{math.MaxInt64, 0}, []bool{true, false})
	})
	got, err := ask(t, rec, query.Query{Dimensions: []query.Dimension{{Column: "c"}}, Measures: []query.Measure{{Func: query.Avg, Of: query.Col("c")}}, Totals: true}, nil)
	require.NoError(t, err)
	text, err := json.Marshal(got)
	require.NoError(t, err)
	require.JSONEq(t, `{"columns": [{"name": "c", "type": "int"}, {"name": "avg(c)", "type": "decimal"}],
		"rows": [["9223372036854775807", "9223372036854775807.000000"], [null, null]], "totals": ["9223372036854775807.000000"]}`, string(text))
	floats := column(t, arrow.PrimitiveTypes.Float64, func(b array.Builder) { b.(*array.Float64Builder).AppendValues([]float64{math.NaN(), 0.5}, nil) })
	got, err = ask(t, floats, query.Query{Measures: []query.Measure{{Func: query.Min, Of: query.Col("c")}, {Func: query.Max, Of: query.Col("c")}}}, nil)
	require.NoError(t, err)
	text, err = json.Marshal(got)
	require.NoError(t, err)
	require.Contains(t, string(text), `[0.5,"NaN"]`)
	times := column(t, arrow.FixedWidthTypes.Timestamp_us, func(b array.Builder) { b.(*array.TimestampBuilder).Append(-1) })
	got, err = ask(t, times, query.Query{Dimensions: []query.Dimension{{Column: "c"}, {Column: "c", Cut: query.Year, As: "y"}}}, nil)
	require.NoError(t, err)
	text, err = json.Marshal(got)
	require.NoError(t, err)
	require.Contains(t, string(text), `["1969-12-31T23:59:59.999999Z","1969-01-01"]`)
	text, err = json.Marshal((*Result)(nil))
	require.NoError(t, err)
	require.Equal(t, "null", string(text))
}
