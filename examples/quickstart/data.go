package main

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/tagrules"
)

// The users and groups of the QuickSight guide, in one permission dataset. An
// empty cell means all values. ZhangWei has a group's name where a Region
// should stand, so no row is for ZhangWei.
const permissions = `UserName,GroupName,Region,Segment
AlejandroRosalez,,EMEA,"Enterprise,SMB,Startup"
MarthaRivera,,US,Enterprise
NikhilJayashankars,,US,SMB
PauloSantos,,US,Startup
SaanviSarkar,,APAC,"SMB,Startup"
sales-tps@example.com,,,
ZhangWei,,APAC-Sales,"Enterprise,Startup"
,EMEA-Sales,EMEA,"Enterprise,SMB,Startup"
,US-Sales,US,Enterprise
,US-Sales,US,SMB
,US-Sales,US,Startup
,APAC-Sales,APAC,"SMB,Startup"
,Corporate-Reporting,,
,APAC-Sales,APAC,"Enterprise,Startup"
`

// Both tags restrict. A session may list several regions, or "*" for all.
const tagConfiguration = `{
	"Status": "ENABLED",
	"TagRules": [
		{"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"},
		{"TagKey": "segment", "ColumnName": "Segment"}
	]
}`

var sessions = []struct {
	title string
	tags  []tagrules.Tag
}{
	{"a session with two regions", []tagrules.Tag{{Key: "region", Value: "US, APAC"}, {Key: "segment", Value: "SMB"}}},
	{"a session with all regions", []tagrules.Tag{{Key: "region", Value: "*"}, {Key: "segment", Value: "SMB"}}},
	{"a session without its segment", []tagrules.Tag{{Key: "region", Value: "*"}}},
}

// newSales returns a row for each region and segment, and some that only an
// empty cell admits: NULL, "" and another spelling. The caller releases it.
func newSales() arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "Order", Type: arrow.PrimitiveTypes.Int64},
		{Name: "Region", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "Segment", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "Amount", Type: arrow.PrimitiveTypes.Float64},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()

	order, region := b.Field(0).(*array.Int64Builder), b.Field(1).(*array.StringBuilder)
	segment, amount := b.Field(2).(*array.StringBuilder), b.Field(3).(*array.Float64Builder)
	row := func(r, s string) {
		n := order.Len() + 1
		order.Append(int64(n))
		region.Append(r)
		segment.Append(s)
		amount.Append(float64(n*n)*75.5 + 1000)
	}
	for _, r := range []string{"EMEA", "US", "APAC"} {
		for _, s := range []string{"Enterprise", "SMB", "Startup"} {
			row(r, s)
		}
	}
	row("", "SMB")
	row("emea", "SMB")
	order.Append(12)
	region.AppendNull()
	segment.Append("Startup")
	amount.Append(640)
	return b.NewRecord()
}
