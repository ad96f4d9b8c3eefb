package main

import (
	"math/rand/v2"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// batchRows is the number of rows of every batch but the last.
const batchRows = 65_536

// A Layout says how the text columns that rules restrict are stored.
type Layout string

// Layouts.
const (
	Plain Layout = "plain" // utf8
	Dict  Layout = "dict"  // dictionary<int32, utf8>, one dictionary a column for all batches
)

// schemaOf returns the schema of a layout. The note is utf8 in both: almost no
// two are equal.
func schemaOf(l Layout, cols []column) *arrow.Schema {
	var text arrow.DataType = arrow.BinaryTypes.String
	if l == Dict {
		text = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: text}
	}
	var fields []arrow.Field
	for _, c := range cols {
		fields = append(fields, arrow.Field{Name: c.name, Type: text, Nullable: c.holes})
	}
	fields = append(fields,
		arrow.Field{Name: "amount", Type: arrow.PrimitiveTypes.Float64},
		arrow.Field{Name: "ts", Type: arrow.PrimitiveTypes.Int64},
		arrow.Field{Name: "note", Type: arrow.BinaryTypes.String})
	return arrow.NewSchema(fields, nil)
}

// A generator makes the batches of a layout. Both layouts hold the same rows,
// and fewer rows are a prefix of more.
type generator struct {
	layout   Layout
	schema   *arrow.Schema
	columns  []column
	samplers []sampler
	dicts    []arrow.Array // of layout Dict: the values by rank, then ""
}

func newGenerator(l Layout) *generator {
	g := &generator{layout: l, columns: textColumns()}
	g.schema = schemaOf(l, g.columns)
	for _, c := range g.columns {
		g.samplers = append(g.samplers, newSampler(len(c.values)))
		if l == Dict {
			b := array.NewStringBuilder(memory.DefaultAllocator)
			b.AppendValues(c.values, nil)
			b.Append("")
			g.dicts = append(g.dicts, b.NewArray())
		}
	}
	return g
}

// batch returns rows [from, from+rows), from being a multiple of batchRows.
func (g *generator) batch(from, rows int) arrow.Record {
	r := rand.New(rand.NewPCG(seed, 1_000+uint64(from)))
	cols := make([]arrow.Array, 0, g.schema.NumFields())
	ranks := make([]int32, rows)
	for i, c := range g.columns {
		for row := range ranks {
			ranks[row] = int32(g.samplers[i].rank(r.Uint64()))
			if c.holes {
				switch r.IntN(100) {
				case 0:
					ranks[row] = isNull
				case 1:
					ranks[row] = isEmpty
				}
			}
		}
		if g.layout == Dict {
			cols = append(cols, g.dictColumn(i, ranks))
		} else {
			cols = append(cols, plainColumn(c.values, ranks))
		}
	}
	amount := make([]float64, rows)
	ts := make([]int64, rows)
	for row := range rows {
		amount[row] = float64(r.IntN(4_000_000)) / 4 // quarters: sums are exact in any order
		ts[row] = epoch + int64(from+row)
	}
	cols = append(cols, floatColumn(amount), intColumn(ts), noteColumn(r, rows))
	rec := array.NewRecord(g.schema, cols, int64(rows))
	for _, c := range cols {
		c.Release()
	}
	return rec
}

// Ranks of rows without a value.
const (
	isNull  = -1
	isEmpty = -2
)

func plainColumn(values []string, ranks []int32) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(len(ranks))
	for _, rank := range ranks {
		switch rank {
		case isNull:
			b.AppendNull()
		case isEmpty:
			b.Append("")
		default:
			b.Append(values[rank])
		}
	}
	return b.NewArray()
}

func (g *generator) dictColumn(i int, ranks []int32) arrow.Array {
	b := array.NewInt32Builder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(len(ranks))
	for _, rank := range ranks {
		switch rank {
		case isNull:
			b.AppendNull()
		case isEmpty:
			b.Append(int32(len(g.columns[i].values)))
		default:
			b.Append(rank)
		}
	}
	indices := b.NewArray()
	defer indices.Release()
	return array.NewDictionaryArray(g.schema.Field(i).Type, indices, g.dicts[i])
}

func floatColumn(values []float64) arrow.Array {
	b := array.NewFloat64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.AppendValues(values, nil)
	return b.NewArray()
}

func intColumn(values []int64) arrow.Array {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.AppendValues(values, nil)
	return b.NewArray()
}

// noteColumn returns 30 to 50 random printable bytes a row.
func noteColumn(r *rand.Rand, rows int) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(rows)
	var note [56]byte
	for range rows {
		for i := 0; i < len(note); i += 8 {
			bits := r.Uint64()
			for j := range 8 {
				note[i+j] = ' ' + byte(bits>>(8*j)&63)
			}
		}
		b.Append(string(note[:30+r.IntN(21)]))
	}
	return b.NewArray()
}
