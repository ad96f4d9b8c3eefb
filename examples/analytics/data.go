package main

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/adapters/parquet"
)

// Orders are generated rows in the order of time: any row may be of any tenant. Equal
// Orders give equal rows.
type Orders struct {
	Rows    int
	Tenants int
	Columns int // at least; 20 have a meaning, and the others are amounts
	Seed    uint64
}

const (
	batchRows = 65_536
	firstDay  = 20_089 // 2025-01-01, in days since 1970
	days      = 365
)

var (
	word  = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	money = &arrow.Decimal128Type{Precision: 12, Scale: 2}
)

// meant is how many columns have a meaning.
const meant = 20

// columns are the columns of a wide table: a dashboard asks for few of them.
func (o Orders) columns() *arrow.Schema {
	var fields []arrow.Field
	add := func(t arrow.DataType, names ...string) {
		for _, name := range names {
			fields = append(fields, arrow.Field{Name: name, Type: t, Nullable: true})
		}
	}
	add(word, "tenant", "region", "segment", "product", "customer", "channel", "country", "carrier", "note")
	add(arrow.PrimitiveTypes.Date32, "day", "shipped")
	add(arrow.PrimitiveTypes.Int64, "order_id", "quantity")
	add(money, "price", "discount", "cost", "tax", "revenue")
	add(arrow.PrimitiveTypes.Float64, "rating")
	add(arrow.FixedWidthTypes.Boolean, "returned")
	for i := meant; i < o.Columns; i++ {
		add(money, fmt.Sprintf("amount_%02d", i))
	}
	return arrow.NewSchema(fields, nil)
}

// tenant is the name of a tenant, which is the value of the session tag.
func tenant(n int) string { return fmt.Sprintf("tenant-%03d", n) }

// each calls do with all rows, in records that it must not keep.
func (o Orders) each(do func(rec arrow.Record) error) error {
	b := array.NewRecordBuilder(memory.DefaultAllocator, o.columns())
	defer b.Release()
	rnd := rand.New(rand.NewPCG(o.Seed, 18))
	for from := 0; from < o.Rows; from += batchRows {
		for i := from; i < min(from+batchRows, o.Rows); i++ {
			o.row(b, rnd, i)
		}
		rec := b.NewRecord()
		err := do(rec)
		rec.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

func (o Orders) row(b *array.RecordBuilder, rnd *rand.Rand, i int) {
	of := func(prefix string, n int) string { return fmt.Sprintf("%s-%d", prefix, rnd.IntN(n)) }
	who := rnd.IntN(o.Tenants)
	texts := []string{
		tenant(who), []string{"EMEA", "US", "APAC", "LATAM"}[rnd.IntN(4)], []string{"Enterprise", "SMB", "Startup"}[rnd.IntN(3)],
		of("product", 200), of("customer", 500), of("channel", 5), of("country", 40), of("carrier", 12), of("note", 1000),
	}
	for k, text := range texts {
		_ = b.Field(k).(*array.BinaryDictionaryBuilder).AppendString(text) // the memory of this program
	}
	day := firstDay + i*days/max(o.Rows, 1)
	b.Field(9).(*array.Date32Builder).Append(arrow.Date32(day))
	b.Field(10).(*array.Date32Builder).Append(arrow.Date32(day + rnd.IntN(9)))
	quantity, price := 1+rnd.Int64N(20), 100+rnd.Int64N(50_000)
	b.Field(11).(*array.Int64Builder).Append(int64(i))
	b.Field(12).(*array.Int64Builder).Append(quantity)
	for k, cents := range []int64{price, price / 20, price * quantity * 6 / 10, price * quantity / 5, price * quantity} {
		b.Field(13 + k).(*array.Decimal128Builder).Append(decimal128.FromI64(cents))
	}
	b.Field(18).(*array.Float64Builder).Append(float64(rnd.IntN(11)) / 2)
	b.Field(19).(*array.BooleanBuilder).Append(rnd.IntN(50) == 0)
	for k := meant; k < o.Columns; k++ {
		b.Field(k).(*array.Decimal128Builder).Append(decimal128.FromI64(rnd.Int64N(10_000)))
	}
}

// WriteParquet writes the rows to a file, under another name until it is complete.
func (o Orders) WriteParquet(path string) (err error) {
	file, err := os.Create(path + ".tmp")
	if err != nil {
		return err
	}
	defer file.Close()
	buffered := bufio.NewWriterSize(file, 1<<20)
	w, err := parquet.NewWriter(buffered, o.columns(), &parquet.WriterOptions{Compression: parquet.Snappy})
	if err != nil {
		return err
	}
	if err := errors.Join(o.each(w.Write), w.Close(), buffered.Flush(), file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
