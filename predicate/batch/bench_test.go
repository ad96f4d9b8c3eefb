package batch

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
)

// The benchmarks go by dimension: what the filter is, how the text is laid out,
// what is asked. The numbers to compare with others are made by the module in
// bench, beside its peers.

const benchRows = 1 << 16

// benchColumn describes a text column of the benchmark table.
type benchColumn struct {
	name   string
	values []string
}

func benchTable() []benchColumn {
	rng := rand.New(rand.NewPCG(1, 1))
	letters := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + rng.IntN(26))
		}
		return string(b)
	}
	many := func(n int, f func(i int) string) []string {
		values := make([]string, n)
		for i := range values {
			values[i] = f(i)
		}
		return values
	}
	return []benchColumn{
		{"region", []string{"EMEA", "US", "APAC", "LATAM", "Nordics", "Iberia", "DACH", "Benelux", "India", "Japan", "ANZ", "Africa"}},
		{"segment", []string{"Enterprise", "SMB", "Startup", "Strategic", "Public"}},
		{"customer", many(200_000, func(i int) string { return fmt.Sprintf("C%0*d", 9+i%5, i) })},
		{"tenant", many(5000, func(i int) string {
			return fmt.Sprintf("%s-%s-%s-%s-%s", letters(8), letters(4), letters(4), letters(4), letters(12))
		})},
		{"product", many(3000, func(i int) string { return fmt.Sprintf("%s%05d", letters(7), i) })},
	}
}

// benchRecord makes one batch, with the values of each column drawn by Zipf's
// law. The dictionaries of dict records hold all values.
func benchRecord(dict bool) arrow.Record {
	rng := rand.New(rand.NewPCG(2, 2))
	var fields []arrow.Field
	var columns []arrow.Array
	for _, c := range benchTable() {
		zipf := rand.NewZipf(rng, 1.1, 8, uint64(len(c.values)-1))
		perm := rng.Perm(len(c.values))
		var a arrow.Array
		if dict {
			indices, values := array.NewInt32Builder(memory.DefaultAllocator), array.NewStringBuilder(memory.DefaultAllocator)
			values.AppendValues(c.values, nil)
			for range benchRows {
				if c.name == "region" && rng.IntN(100) == 0 {
					indices.AppendNull()
					continue
				}
				indices.Append(int32(perm[zipf.Uint64()]))
			}
			a = array.NewDictionaryArray(&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, indices.NewArray(), values.NewArray())
		} else {
			b := array.NewStringBuilder(memory.DefaultAllocator)
			for range benchRows {
				if c.name == "region" && rng.IntN(100) == 0 {
					b.AppendNull()
					continue
				}
				b.Append(c.values[perm[zipf.Uint64()]])
			}
			a = b.NewArray()
		}
		fields = append(fields, arrow.Field{Name: c.name, Type: a.DataType(), Nullable: true})
		columns = append(columns, a)
	}
	amount, ts, note := array.NewFloat64Builder(memory.DefaultAllocator), array.NewInt64Builder(memory.DefaultAllocator), array.NewStringBuilder(memory.DefaultAllocator)
	for i := range benchRows {
		amount.Append(rng.Float64())
		ts.Append(int64(i))
		note.Append(fmt.Sprintf("%0*d", 30+rng.IntN(21), i))
	}
	fields = append(fields, arrow.Field{Name: "amount", Type: arrow.PrimitiveTypes.Float64}, arrow.Field{Name: "ts", Type: arrow.PrimitiveTypes.Int64}, arrow.Field{Name: "note", Type: arrow.BinaryTypes.String})
	columns = append(columns, amount.NewArray(), ts.NewArray(), note.NewArray())
	return array.NewRecord(arrow.NewSchema(fields, nil), columns, benchRows)
}

// benchFilters are a tag filter, a few rules, a large set and as many rules as
// a viewer may have.
func benchFilters() map[string]predicate.Predicate {
	rng := rand.New(rand.NewPCG(3, 3))
	columns := make(map[string][]string)
	for _, c := range benchTable() {
		columns[c.name] = c.values
	}
	return map[string]predicate.Predicate{
		"F1": predicate.In("tenant", columns["tenant"][17]),
		"F2": predicate.Or(
			predicate.And(predicate.In("region", "EMEA", "US", "APAC"), predicate.In("segment", "SMB", "Startup")),
			predicate.And(predicate.In("region", "DACH", "Iberia"), predicate.In("segment", "Enterprise")),
			predicate.And(predicate.In("region", "Japan", "India", "LATAM"), predicate.In("segment", "Strategic", "Public", "SMB"))),
		"F3": predicate.In("customer", columns["customer"][:192_000]...),
		"F4": manyRules(rng, columns, 999),
		"F5": predicate.All(),
		"F6": {},
	}
}

func manyRules(rng *rand.Rand, columns map[string][]string, n int) predicate.Predicate {
	rules := make([]predicate.Predicate, 0, n)
	for len(rules) < n {
		var conditions []predicate.Predicate
		for _, name := range []string{"region", "segment", "product"} {
			if name != "product" && rng.IntN(4) == 0 {
				continue
			}
			values := make([]string, 1+rng.IntN(min(5, len(columns[name])-1)))
			for i := range values {
				values[i] = columns[name][rng.IntN(len(columns[name]))]
			}
			conditions = append(conditions, predicate.In(name, values...))
		}
		if len(conditions) > 1 {
			rules = append(rules, predicate.And(conditions[0], conditions[1:]...))
		}
	}
	return predicate.Or(rules...)
}

func benchEach(b *testing.B, run func(b *testing.B, f *Filter, rec arrow.Record)) {
	filters := benchFilters()
	for _, encoding := range []string{"plain", "dict"} {
		rec := benchRecord(encoding == "dict")
		for _, name := range []string{"F1", "F2", "F3", "F4", "F5", "F6"} {
			b.Run(fmt.Sprintf("filter=%s/encoding=%s", name, encoding), func(b *testing.B) {
				f, err := Bind(filters[name], rec.Schema(), nil)
				if err != nil {
					b.Fatal(err)
				}
				run(b, f, rec)
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
			})
		}
	}
}

func BenchmarkMask(b *testing.B) {
	benchEach(b, func(b *testing.B, f *Filter, rec arrow.Record) {
		b.ReportAllocs()
		for b.Loop() {
			mask, err := f.Mask(rec)
			if err != nil {
				b.Fatal(err)
			}
			mask.Release()
		}
	})
}

func BenchmarkApply(b *testing.B) {
	benchEach(b, func(b *testing.B, f *Filter, rec arrow.Record) {
		b.ReportAllocs()
		for b.Loop() {
			visible, err := f.Apply(rec)
			if err != nil {
				b.Fatal(err)
			}
			visible.Release()
		}
	})
}

// BenchmarkLayouts is one mask in each layout of its columns.
func BenchmarkLayouts(b *testing.B) {
	rec := benchRecord(false)
	p := benchFilters()["F2"]
	for _, layout := range textLayouts() {
		if ree, ok := layout.(*arrow.RunEndEncodedType); ok && ree.RunEnds().ID() == arrow.INT16 {
			continue // a batch has more rows than these can end at
		}
		var columns []arrow.Array
		var fields []arrow.Field
		for i, name := range []string{"region", "segment"} {
			texts := rec.Column(i).(*array.String)
			cells := make([]cell, texts.Len())
			for row := range cells {
				cells[row] = cell{texts.Value(row), texts.IsValid(row)}
			}
			columns = append(columns, textArray(memory.DefaultAllocator, layout, cells, 0, 0))
			fields = append(fields, arrow.Field{Name: name, Type: layout, Nullable: true})
		}
		again := array.NewRecord(arrow.NewSchema(fields, nil), columns, benchRows)
		for vectors, off := range map[string]path{"avx512": 0, "avx2": pathWide, "off": pathVector} {
			b.Run(fmt.Sprintf("layout=%s/vectors=%s", layout, vectors), func(b *testing.B) {
				f, err := Bind(p, again.Schema(), &Options{off: off})
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if _, err := f.Count(again); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
			})
		}
	}
}

func BenchmarkBind(b *testing.B) {
	rec := benchRecord(false)
	for _, name := range []string{"F1", "F2", "F3", "F4"} {
		p := benchFilters()[name]
		b.Run("filter="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Bind(p, rec.Schema(), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCodes is the part of a mask that one column takes, from texts or
// indices to codes, and BenchmarkSteps what the table adds. A batch stays in the
// caches, so what a whole table costs beyond this is memory.
func BenchmarkCodes(b *testing.B) {
	filters := benchFilters()
	for _, encoding := range []string{"plain", "dict"} {
		rec := benchRecord(encoding == "dict")
		for _, name := range []string{"F2", "F3", "F4"} {
			for vectors, off := range map[string]path{"avx512": 0, "avx2": pathWide, "off": pathVector} {
				f, err := Bind(filters[name], rec.Schema(), &Options{off: off})
				if err != nil {
					b.Fatal(err)
				}
				for _, c := range f.plan.table.columns {
					b.Run(fmt.Sprintf("filter=%s/column=%s/values=%d/encoding=%s/vectors=%s", name, c.name, c.lookup.n, encoding, vectors), func(b *testing.B) {
						column, err := openColumn(rec.Column(c.column).Data(), c)
						if err != nil {
							b.Fatal(err)
						}
						dst := make([]uint32, blockRows)
						benchBlocks(b, func(from int) {
							if err := column.read(dst, from); err != nil {
								b.Fatal(err)
							}
						})
					})
				}
			}
		}
	}
}

// BenchmarkTake is the part of the rows that one column takes, in buffers that
// are used again.
func BenchmarkTake(b *testing.B) {
	filters := benchFilters()
	for _, encoding := range []string{"plain", "dict"} {
		rec := benchRecord(encoding == "dict")
		for _, name := range []string{"F1", "F2", "F3", "F4"} {
			f, err := Bind(filters[name], rec.Schema(), nil)
			if err != nil {
				b.Fatal(err)
			}
			mask := make([]uint64, maskWords(benchRows))
			if err := f.plan.eval(rec, mask); err != nil {
				b.Fatal(err)
			}
			pool := new(Pool)
			for i, c := range rec.Columns() {
				b.Run(fmt.Sprintf("filter=%s/column=%s/encoding=%s", name, rec.ColumnName(i), encoding), func(b *testing.B) {
					for b.Loop() {
						t := newGatherer(pool)
						t.form = bestForm()
						if _, err := t.take(c.Data(), ofMask(mask, &t.arena), nil); err != nil {
							b.Fatal(err)
						}
						t.release()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
				})
			}
		}
	}
}

func BenchmarkSteps(b *testing.B) {
	rec := benchRecord(false)
	for vectors, off := range map[string]path{"avx512": 0, "avx2": pathWide, "off": pathVector} {
		f, err := Bind(benchFilters()["F4"], rec.Schema(), &Options{off: off})
		if err != nil {
			b.Fatal(err)
		}
		t := f.plan.table
		states, classes, mask := make([]uint32, blockRows), make([]uint32, blockRows), make([]uint64, blockRows/64)
		b.Run("step=advance/vectors="+vectors, func(b *testing.B) {
			benchBlocks(b, func(int) { t.advance(states, classes, t.steps[0].next) })
		})
		b.Run("step=accept/vectors="+vectors, func(b *testing.B) {
			benchBlocks(b, func(int) { t.accept(mask, states, classes, t.steps[1].final) })
		})
	}
}

// benchBlocks calls f with the first row of each block of a batch.
func benchBlocks(b *testing.B, f func(from int)) {
	for b.Loop() {
		for from := 0; from < benchRows; from += blockRows {
			f(from)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}
