// Package revenue makes the data of the OkTank example: what three hospitals
// earned in four regions, a row for each month, department and payer. It is
// the same on every machine, so that a page can be compared with an oracle.
package revenue

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// The names that occur in the rows.
var (
	hospitals   = []string{"North Hospital", "South Hospital", "Downtown Hospital"}
	regions     = []string{"Central", "East", "South", "West"}
	departments = []string{"Cardiology", "Emergency", "Maternity", "Oncology", "Orthopedics", "Pediatrics"}
	payers      = []string{"Medicare", "Medicaid", "Private", "Self-pay"}
)

// How many more visits a hospital has, and a region, the last being none.
var (
	busy = []int{30, 0, 55}
	full = []int{25, 10, 0, 40, 0}
)

const (
	firstYear = 2025
	months    = 18
)

// Row is one line of the books. Region is "" where none was booked: such a row
// is seen only by viewers whose region is not restricted (rule U12, T6).
type Row struct {
	Month, Hospital, Region, Department, Payer string
	Revenue                                    float64 // whole US dollars, so that sums are exact in any order
	Visits                                     int32
}

// Schema is the schema of the records.
func Schema() *arrow.Schema {
	text := arrow.BinaryTypes.String
	return arrow.NewSchema([]arrow.Field{
		{Name: "month", Type: text},
		{Name: "hospital", Type: text},
		{Name: "region", Type: text, Nullable: true},
		{Name: "department", Type: text},
		{Name: "payer", Type: text},
		{Name: "revenue", Type: arrow.PrimitiveTypes.Float64},
		{Name: "visits", Type: arrow.PrimitiveTypes.Int32},
	}, nil)
}

// Rows returns the books, by month.
func Rows() []Row {
	random := rand.New(rand.NewPCG(20, 25))
	var rows []Row
	for m := range months {
		month := fmt.Sprintf("%d-%02d", firstYear+m/12, m%12+1)
		for h, hospital := range hospitals {
			for r, region := range append(regions, "") {
				if region == "" && m%3 != 0 {
					continue // a few late bookings a quarter
				}
				for d, department := range departments {
					for p, payer := range payers {
						if region == "" && (d+p)%5 != 0 {
							continue
						}
						visits := 20 + random.IntN(60) + busy[h] + full[r] + 8*((h+2*r+d)%5) + 2*m
						price := 140 + 35*d + 25*((h+p)%4) + random.IntN(40)
						rows = append(rows, Row{month, hospital, region, department, payer, float64(visits * price), int32(visits)})
					}
				}
			}
		}
	}
	return rows
}

// A Source is the rows, to be read into a store.
type Source struct{}

// Records returns the rows as one record. The caller releases the reader.
func (Source) Records(context.Context) (array.RecordReader, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, Schema())
	defer b.Release()
	for _, row := range Rows() {
		for i, text := range []string{row.Month, row.Hospital, row.Region, row.Department, row.Payer} {
			if text == "" {
				b.Field(i).AppendNull()
				continue
			}
			b.Field(i).(*array.StringBuilder).Append(text)
		}
		b.Field(5).(*array.Float64Builder).Append(row.Revenue)
		b.Field(6).(*array.Int32Builder).Append(row.Visits)
	}
	rec := b.NewRecord()
	defer rec.Release()
	return array.NewRecordReader(Schema(), []arrow.Record{rec})
}
