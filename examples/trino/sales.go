package main

import (
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// permissions is the permission dataset. Rules are one file, wherever the rows
// are.
const permissions = `UserName,GroupName,Region,Segment
AlejandroRosalez,,EMEA,"Enterprise,SMB"
AlejandroRosalez,,US,
,managers,,
,us-sales,US,"SMB,Startup"
MarthaRivera,,"APAC,LATAM",
`

// viewers are users and the groups they are in.
var viewers = []struct {
	user   string
	groups []string
}{
	{"AlejandroRosalez", nil},
	{"MarthaRivera", []string{"us-sales"}},
	{"NikhilJayashankar", []string{"us-sales"}},
	{"SaanviSarkar", []string{"managers"}},
	{"nobody", nil},
}

// The texts of the two columns, by turns. "emea" is not EMEA, "" and NULL are
// nobody's but a manager's.
var (
	regions  = []string{"EMEA", "US", "APAC", "emea", "", "EMEA ", "LATAM"}
	segments = []string{"Enterprise", "SMB", "Startup", "smb", "SMB\u200b"}
)

// null says in which rows both columns are NULL.
const nullEvery = 11

// newSales makes rows in the memory of this machine. The caller releases them.
func newSales(rows int) arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64},
		{Name: "Region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "Segment", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "amount", Type: arrow.PrimitiveTypes.Int64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range rows {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		for c, texts := range [][]string{regions, segments} {
			if i%nullEvery == 0 {
				b.Field(1 + c).AppendNull()
			} else {
				b.Field(1 + c).(*array.StringBuilder).Append(texts[i/(1+c)%len(texts)])
			}
		}
		b.Field(3).(*array.Int64Builder).Append(int64(i % 1000))
	}
	return b.NewRecord()
}

// createSales is the statement that makes the same rows on a cluster, where they
// are spread over its workers. So many rows must be a multiple of 1,000.
func createSales(table string, rows int) (string, error) {
	if rows < 1000 || rows > 10_000_000 || rows%1000 != 0 {
		return "", fmt.Errorf("got %d rows, want a multiple of 1000, at most 10000000", rows)
	}
	return fmt.Sprintf(`CREATE TABLE %s AS
SELECT id,
  IF(id %% %d = 0, NULL, element_at(%s, CAST(id %% %d AS integer) + 1)) AS "Region",
  IF(id %% %d = 0, NULL, element_at(%s, CAST(id / 2 %% %d AS integer) + 1)) AS "Segment",
  id %% 1000 AS amount
FROM (SELECT a * 1000 + b AS id FROM UNNEST(sequence(0, %d)) AS t (a) CROSS JOIN UNNEST(sequence(0, 999)) AS u (b))`,
		table, nullEvery, sqlArray(regions), len(regions), nullEvery, sqlArray(segments), len(segments), rows/1000-1), nil
}
